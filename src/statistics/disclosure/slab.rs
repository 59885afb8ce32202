//! A slab: records that are decided about together, their blocks along each coordinate, and which
//! coordinates are tied.

use std::collections::{HashMap, HashSet};

use rustc_hash::FxHashMap;
use uuid::Uuid;

use super::blocks::{Blocks, ENOUGH, Tree};
use super::coordinates::coordinates;
use super::ground::Plot;
use super::measures::{Axis, Measure, family, helped};
use super::outcome;
use crate::statistics::Dimension;
use crate::statistics::fact::{Fact, Part};
use crate::statistics::period::{Calendar, Grain, Range};
use crate::types::Day;

/// Values along which records of a slab differ.
#[derive(Clone, Debug)]
pub struct Coordinate {
    pub axis: Axis,
    pub values: Vec<Part>,
    pub tree: Tree,
}

/// Months taken whole, and those taken in part.
pub type Months = (HashSet<Part>, HashSet<Part>);

/// No slab has more coordinates than this.
const MOST: usize = 8;

/// What lies at one place of a slab, of one measure. A nation's incidents make a million of them.
#[derive(Clone, Copy, Debug)]
struct Atom {
    /// The number of the value on each coordinate.
    at: [u32; MOST],
    value: i64,
    subject: Option<Uuid>,
}

/// What each value along a coordinate weighs, alone or with others.
enum Weights {
    Sums(Vec<i64>),
    Subjects(Vec<HashSet<Option<Uuid>>>),
}

impl Weights {
    fn of(measure: Measure, atoms: &[Atom], number: usize, values: usize) -> Self {
        match measure {
            Measure::Sum(_) => {
                let mut sums = vec![0; values];
                atoms.iter().for_each(|atom| sums[atom.at[number] as usize] += atom.value);
                Self::Sums(sums)
            }
            Measure::Subjects(_) => {
                let mut subjects = vec![HashSet::new(); values];
                for atom in atoms {
                    subjects[atom.at[number] as usize].insert(atom.subject);
                }
                Self::Subjects(subjects)
            }
        }
    }

    fn weigh(&self, chosen: &[usize]) -> i64 {
        match self {
            Self::Sums(sums) => chosen.iter().map(|value| sums[*value]).sum(),
            Self::Subjects(subjects) => match chosen {
                [one] => subjects[*one].len() as i64,
                _ => chosen.iter().flat_map(|value| &subjects[*value]).collect::<HashSet<_>>().len() as i64,
            },
        }
    }
}

/// What of a slab is decided for one measure.
pub struct Decided {
    /// Everything there is: nothing, too few, or enough.
    pub total: i64,
    /// Along each coordinate.
    pub blocks: Vec<Blocks>,
}

/// Records that are decided about together.
pub struct Slab {
    pub coordinates: Vec<Coordinate>,
    pub measures: Vec<(Measure, Decided)>,
    /// The group of each coordinate.
    pub groups: Vec<usize>,
}

/// The month of a year as a value.
pub fn month(number: i32) -> Part {
    Part::Code(format!("{number:02}"))
}

/// The months of a year that a range takes whole, and those of which it takes a part.
pub fn months(year: i32, range: Range) -> Months {
    let (mut whole, mut ragged) = (HashSet::new(), HashSet::new());
    let calendar = Calendar::starting_on(1);
    let Some(of_year) = calendar.period(&format!("{year:04}")) else {
        return (whole, ragged);
    };
    for slot in calendar.slots(of_year, Some(Grain::Month)) {
        let month = month(slot.month_of_year());
        if range.from <= slot.range.from && slot.range.to <= range.to {
            whole.insert(month);
        } else if range.from <= slot.range.to && slot.range.from <= range.to {
            ragged.insert(month);
        }
    }
    (whole, ragged)
}

/// The slabs of what happened on a plot, by year.
pub fn by_year(plot: &Plot<'_>) -> HashMap<i32, Slab> {
    let mut pieces: HashMap<i32, Piece> = HashMap::new();
    for fact in &plot.book.facts {
        for (number, measure) in family(plot.source, false).iter().enumerate() {
            for mark in fact.marks.iter().filter(|mark| mark.series == measure.series()) {
                let date = mark.day.date();
                let piece = pieces.entry(i32::from(date.year())).or_default();
                piece.push((number, mark.value, fact, Some(month(i32::from(date.month())))));
            }
        }
    }
    lay(plot, pieces, false)
}

/// The slab of what stands on a plot at the end of a day; none where nothing does.
pub fn on_day(plot: &Plot<'_>, day: Day) -> Option<Slab> {
    let mut pieces: HashMap<i32, Piece> = HashMap::new();
    for fact in &plot.book.facts {
        for (number, measure) in family(plot.source, true).iter().enumerate() {
            let past = fact.marks.iter().filter(|mark| mark.series == measure.series() && mark.day <= day);
            let standing: i64 = past.map(|mark| mark.value).sum();
            if standing > 0 {
                pieces.entry(0).or_default().push((number, standing, fact, None));
            }
        }
    }
    lay(plot, pieces, true).remove(&0)
}

/// Number of the measure, value, fact and month.
type Piece<'f> = Vec<(usize, i64, &'f Fact, Option<Part>)>;

fn lay(plot: &Plot<'_>, pieces: HashMap<i32, Piece<'_>>, stock: bool) -> HashMap<i32, Slab> {
    let coordinates = coordinates(plot, !stock);
    let slab = |(year, piece)| (year, Slab::of(plot, coordinates.clone(), piece, stock));
    pieces.into_iter().map(slab).collect()
}

impl Slab {
    fn of(plot: &Plot<'_>, coordinates: Vec<Coordinate>, piece: Piece<'_>, stock: bool) -> Self {
        let numbers: Vec<FxHashMap<&Part, u32>> =
            coordinates.iter().map(|coordinate| coordinate.values.iter().zip(0..).collect()).collect();
        let family = family(plot.source, stock);
        let mut atoms: Vec<Vec<Atom>> = vec![Vec::new(); family.len()];
        for (measure, value, fact, month) in piece {
            let place = |(coordinate, numbers): (&Coordinate, &FxHashMap<&Part, u32>)| match coordinate.axis {
                Axis::By(Dimension::Unit) => numbers.get(&Part::Id(fact.unit.uuid())).copied(),
                Axis::By(Dimension::Month) => numbers.get(month.as_ref()?).copied(),
                Axis::By(other) => numbers.get(plot.book.part(fact, other)).copied(),
                Axis::Helped => numbers.get(&helped(fact)).copied(),
                Axis::Outcome => numbers.get(&outcome::of(fact, plot.book.part(fact, Dimension::Status))).copied(),
            };
            let mut at = [0; MOST];
            let places = at.iter_mut().zip(coordinates.iter().zip(&numbers));
            // Every part is a value of its coordinate: the universe holds what the facts have.
            let lies = places.map(|(at, along)| place(along).map(|number| *at = number)).all(|found| found.is_some());
            atoms[measure].extend(lies.then_some(Atom { at, value, subject: fact.subject }));
        }
        Self::decide(coordinates, family.iter().copied().zip(atoms).collect())
    }

    fn decide(coordinates: Vec<Coordinate>, measured: Vec<(Measure, Vec<Atom>)>) -> Self {
        let decide = |(measure, atoms): &(Measure, Vec<Atom>)| {
            let total = weigh(*measure, atoms.iter());
            let blocks = coordinates.iter().enumerate().map(|(number, coordinate)| {
                let values = coordinate.values.len();
                if total < ENOUGH && coordinate.axis != Axis::Outcome {
                    return Blocks::whole(values);
                }
                let weights = Weights::of(*measure, atoms, number, values);
                let weigh = |chosen: &[usize]| weights.weigh(chosen);
                if total < ENOUGH {
                    // Nothing else is told of them; that they were resolved in no other month may be.
                    return Blocks::one((0..values).map(|value| weigh(&[value]) != 0));
                }
                Blocks::of(&coordinate.tree, values, &weigh)
            });
            (*measure, Decided { total, blocks: blocks.collect() })
        };
        let measures: Vec<(Measure, Decided)> = measured.iter().map(decide).collect();
        let mut slab = Self { groups: (0..coordinates.len()).collect(), coordinates, measures };
        slab.tie(&measured);
        slab
    }

    /// How many units could hold something of it.
    pub fn units(&self) -> usize {
        let of_units = |coordinate: &&Coordinate| coordinate.axis == Axis::By(Dimension::Unit);
        self.coordinates.iter().find(of_units).map_or(0, |coordinate| coordinate.values.len())
    }

    /// Ties groups of coordinates as long as every cell of their blocks holds nothing or enough.
    fn tie(&mut self, measured: &[(Measure, Vec<Atom>)]) {
        for second in 1..self.coordinates.len() {
            for first in 0..second {
                let (one, other) = (self.groups[first], self.groups[second]);
                if one == other {
                    continue;
                }
                let both = |number: &usize| self.groups[*number] == one || self.groups[*number] == other;
                let numbers: Vec<usize> = (0..self.coordinates.len()).filter(both).collect();
                let safe =
                    measured.iter().enumerate().all(|(at, (measure, atoms))| self.safe(at, *measure, atoms, &numbers));
                if safe {
                    for group in &mut self.groups {
                        if *group == other {
                            *group = one;
                        }
                    }
                }
            }
        }
    }

    fn safe(&self, at: usize, measure: Measure, atoms: &[Atom], numbers: &[usize]) -> bool {
        let decided = &self.measures[at].1;
        if decided.total < ENOUGH {
            return true;
        }
        let cell = |atom: &Atom| {
            // Of what holds something every value lies in a block.
            let block =
                |number: &usize| decided.blocks[*number].of[atom.at[*number] as usize].map_or(0, |block| block + 1);
            let count = |number: &usize| decided.blocks[*number].count() + 1;
            numbers.iter().fold(0_u128, |cell, number| cell * count(number) as u128 + block(number) as u128)
        };
        match measure {
            Measure::Sum(_) => {
                let mut cells: FxHashMap<u128, i64> = FxHashMap::default();
                for atom in atoms {
                    *cells.entry(cell(atom)).or_default() += atom.value;
                    // So many cells cannot all hold enough.
                    if cells.len() as i64 * ENOUGH > decided.total {
                        return false;
                    }
                }
                cells.into_values().all(|sum| sum >= ENOUGH)
            }
            Measure::Subjects(_) => {
                let mut cells: FxHashMap<u128, HashSet<Option<Uuid>>> = FxHashMap::default();
                for atom in atoms {
                    cells.entry(cell(atom)).or_default().insert(atom.subject);
                }
                cells.into_values().all(|subjects| subjects.len() as i64 >= ENOUGH)
            }
        }
    }
}

fn weigh<'a>(measure: Measure, atoms: impl Iterator<Item = &'a Atom>) -> i64 {
    match measure {
        Measure::Sum(_) => atoms.map(|atom| atom.value).sum(),
        Measure::Subjects(_) => atoms.map(|atom| atom.subject).collect::<HashSet<_>>().len() as i64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::sources::Source;

    #[test]
    fn an_atom_has_a_place_on_every_coordinate() {
        // Units, months and whether models helped lie beside what a source can be broken down by.
        for source in [Source::Incidents, Source::Memberships] {
            assert!(source.dimensions().len() + 3 <= MOST, "{source:?}");
        }
    }
}
