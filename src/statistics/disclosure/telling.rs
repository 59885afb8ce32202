//! Telling: whether the part of a cell that lies in a slab may be told.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::blocks::{Blocks, ENOUGH, Take};
use super::measures::{Axis, Measure, Share};
use super::outcome;
use super::slab::{Coordinate, Months, Slab, months};
use crate::statistics::Dimension;
use crate::statistics::fact::Part;
use crate::statistics::period::Range;
use crate::types::{Day, UnitId};

/// Whether a cell may be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// It is known to hold nothing.
    Nothing,
    Openly,
    Withheld,
}

impl Told {
    pub const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Withheld, _) | (_, Self::Withheld) => Self::Withheld,
            (Self::Openly, _) | (_, Self::Openly) => Self::Openly,
            (Self::Nothing, Self::Nothing) => Self::Nothing,
        }
    }
}

/// What a cell takes along axes; of one named twice it takes what both leave.
pub type Chosen = Vec<(Axis, Rc<HashSet<Part>>)>;

/// Units that a cell takes, and how many of each root they are.
#[derive(Default)]
pub struct Units {
    parts: Rc<HashSet<Part>>,
    roots: HashMap<UnitId, usize>,
}

impl Units {
    /// These, where `root` gives the root of a unit.
    pub fn of(units: impl Iterator<Item = UnitId>, root: impl Fn(UnitId) -> UnitId) -> Self {
        let (mut parts, mut roots) = (HashSet::new(), HashMap::new());
        for unit in units {
            parts.insert(Part::Id(unit.uuid()));
            *roots.entry(root(unit)).or_default() += 1;
        }
        Self { parts: Rc::new(parts), roots }
    }
}

/// What a cell takes of all slabs.
pub struct Reach {
    /// All that it names, and the same without the units: what it takes of a root all of whose units it takes.
    all: Chosen,
    apart: Chosen,
    units: Rc<Units>,
}

impl Reach {
    /// What `chosen` takes of the share alone, in some units.
    pub fn of(chosen: Chosen, units: Rc<Units>, share: Option<&Share>) -> Self {
        let mut apart = chosen;
        apart.extend(share.map(|(axis, part)| (*axis, Rc::new(HashSet::from([part.clone()])))));
        let mut all = apart.clone();
        all.push((Axis::By(Dimension::Unit), units.parts.clone()));
        Self { all, apart, units }
    }

    /// What it takes of a slab; none where that lies elsewhere.
    pub fn within(&self, root: UnitId, slab: &Slab) -> Option<&Chosen> {
        let units = *self.units.roots.get(&root)?;
        Some(if units == slab.units() { &self.apart } else { &self.all })
    }
}

/// When what a cell counts was so.
pub enum When {
    /// On the day of the slab.
    Standing,
    /// In these months of the slab's year.
    Happened(Months),
    /// It was resolved in these months of these years, whenever it happened.
    Resolved(HashMap<i32, Months>),
}

impl When {
    /// Resolved in a period.
    pub fn resolved(period: Range) -> Self {
        let year = |day: Day| i32::from(day.date().year());
        let years = year(period.from)..=year(period.to);
        Self::Resolved(years.map(|year| (year, months(year, period))).collect())
    }
}

impl Slab {
    /// The values of a dimension that are not known to hold nothing, or all there could be.
    pub fn values(&self, dimension: Dimension, measure: Option<Measure>, all: bool) -> Vec<Part> {
        let own = |axis: Axis| axis == Axis::By(dimension) || (axis == Axis::Outcome && dimension == Dimension::Status);
        let Some(number) = self.coordinates.iter().position(|coordinate| own(coordinate.axis)) else {
            return Vec::new();
        };
        let coordinate = &self.coordinates[number];
        let decided = self.measures.iter().find(|(own, _)| Some(*own) == measure).map(|(_, decided)| decided);
        let known = |value: usize| match decided {
            Some(decided) => decided.total == 0 || decided.blocks[number].of[value].is_none(),
            None => false,
        };
        let shown = coordinate.values.iter().enumerate().filter(|(value, _)| all || !known(*value));
        let named = |part: &Part| if coordinate.axis == Axis::Outcome { outcome::status(part) } else { part.clone() };
        shown.map(|(_, part)| named(part)).collect()
    }

    /// Whether the part of a cell that lies in this slab may be told.
    pub fn told(&self, measure: Measure, chosen: &Chosen, when: &When) -> Told {
        let Some((_, decided)) = self.measures.iter().find(|(own, _)| *own == measure) else {
            return Told::Withheld;
        };
        if decided.total == 0 {
            return Told::Nothing;
        }
        let (mut groups, mut parts) = (Vec::new(), false);
        for (number, coordinate) in self.coordinates.iter().enumerate() {
            match coordinate.take(&decided.blocks[number], chosen, when) {
                Take::Nothing => return Told::Nothing,
                Take::All => {}
                Take::Whole => groups.push(self.groups[number]),
                Take::Parts => parts = true,
            }
        }
        let one_group = groups.iter().all(|group| Some(group) == groups.first());
        match !parts && one_group && decided.total >= ENOUGH {
            true => Told::Openly,
            false => Told::Withheld,
        }
    }
}

impl Coordinate {
    /// What a cell takes along this coordinate.
    fn take(&self, blocks: &Blocks, chosen: &Chosen, when: &When) -> Take {
        let of = |axis: Axis| chosen.iter().filter(move |(own, _)| *own == axis).map(|(_, set)| set);
        let among = |axis: Axis, part: &Part| of(axis).all(|set| set.contains(part));
        match (self.axis, when) {
            (Axis::By(Dimension::Month), When::Happened((whole, ragged))) => {
                self.choose(blocks, |month| (whole.contains(month), ragged.contains(month)))
            }
            (Axis::Outcome, When::Resolved(years)) => self.choose(blocks, |value| {
                let left = among(Axis::By(Dimension::Status), &outcome::status(value));
                let (whole, ragged) = outcome::within(value, years);
                (left && whole, left && ragged)
            }),
            (Axis::Outcome, _) if of(Axis::By(Dimension::Status)).next().is_some() => {
                self.choose(blocks, |value| (among(Axis::By(Dimension::Status), &outcome::status(value)), false))
            }
            (axis, _) if of(axis).next().is_some() => self.choose(blocks, |value| (among(axis, value), false)),
            _ => Take::All,
        }
    }

    /// What is taken by those values that are, where none is taken in part that may hold something.
    fn choose(&self, blocks: &Blocks, taken: impl Fn(&Part) -> (bool, bool)) -> Take {
        let taken: Vec<(bool, bool)> = self.values.iter().map(taken).collect();
        match taken.iter().zip(&blocks.of).any(|((_, ragged), block)| *ragged && block.is_some()) {
            true => Take::Parts,
            false => blocks.take(&taken.into_iter().map(|(whole, _)| whole).collect::<Vec<_>>()),
        }
    }
}
