//! The cube: facts grouped by key, marks in time read per slot. It knows no noun, no indicator and no
//! balance. Pure.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::Dimension;
use super::fact::{Fact, Part, Series};
use super::figure::Figure;
use super::period::Slot;
use super::scene::{Scene, Vocabulary};
use crate::error::{Error, Fault, Result, Words};
use crate::resources::unit::UnitKind;
use crate::types::Day;

/// More cells than this are no report.
pub const MOST_CELLS: usize = 250_000;

/// The facts of one source, and what each part of them says.
#[derive(Debug, Default)]
pub struct Book {
    pub dims: Vec<Dimension>,
    pub facts: Vec<Fact>,
    /// What the dimensions of this source can say, for cells of 0.
    pub vocabulary: Option<fn(Dimension) -> Vocabulary>,
}

impl Book {
    /// What a dimension says of a fact; the unit is the fact's own.
    pub fn part<'f>(&self, fact: &'f Fact, dimension: Dimension) -> &'f Part {
        let at = self.dims.iter().position(|own| *own == dimension);
        at.and_then(|at| fact.parts.get(at)).unwrap_or(&Part::None)
    }

    /// The facts that filters on dimensions leave.
    pub fn left(&self, left: &[(Dimension, Vec<Part>)]) -> Self {
        let passes = |fact: &&Fact| left.iter().all(|(dimension, parts)| parts.contains(self.part(fact, *dimension)));
        let facts = self.facts.iter().filter(passes).cloned().collect();
        Self { dims: self.dims.clone(), facts, vocabulary: self.vocabulary }
    }
}

/// What figures are broken down by, time apart.
#[derive(Clone, Debug, Default)]
pub struct Cut {
    pub by: Vec<Dimension>,
    pub level: Option<UnitKind>,
    /// Whether cells of 0 are shown.
    pub empty: bool,
}

impl Cut {
    /// The dimensions of the breakdown that are not of time.
    pub fn still(&self) -> impl Iterator<Item = Dimension> {
        self.by.iter().copied().filter(|dimension| dimension.grain().is_none())
    }
}

/// Where a group lies: one part for each dimension that is not of time.
pub type Key = Vec<Part>;

/// The facts of each key, in the order of keys.
pub type Groups<'f> = BTreeMap<Key, Vec<&'f Fact>>;

/// The key of a fact; none where it has no unit of the level asked for.
fn key(fact: &Fact, book: &Book, scene: &Scene, cut: &Cut) -> Option<Key> {
    let part = |dimension| match dimension {
        Dimension::Unit => Some(Part::Id(scene.shown(fact.unit, cut.level)?.uuid())),
        other => Some(book.part(fact, other).clone()),
    };
    cut.still().map(part).collect()
}

/// Groups the facts, at most `most` groups.
pub fn groups<'f>(book: &'f Book, scene: &Scene, cut: &Cut, most: usize) -> Result<Groups<'f>> {
    let mut groups = Groups::new();
    for fact in &book.facts {
        if let Some(key) = key(fact, book, scene, cut) {
            groups.entry(key).or_default().push(fact);
        }
    }
    if cut.empty || cut.still().next().is_none() {
        for key in every_key(book, scene, cut, most)? {
            groups.entry(key).or_default();
        }
    }
    if groups.len() > most { Err(too_many()) } else { Ok(groups) }
}

fn every_key(book: &Book, scene: &Scene, cut: &Cut, most: usize) -> Result<Vec<Key>> {
    let mut keys: Vec<Vec<(Dimension, Part)>> = vec![Vec::new()];
    for dimension in cut.still() {
        let vocabulary = book.vocabulary.map_or(Vocabulary::Words(&[]), |of| of(dimension));
        let mut longer = Vec::new();
        for key in keys {
            for value in scene.values(dimension, vocabulary, &key) {
                longer.push(key.iter().cloned().chain([(dimension, value)]).collect());
            }
            if longer.len() > most {
                return Err(too_many());
            }
        }
        keys = longer;
    }
    Ok(keys.into_iter().map(|key| key.into_iter().map(|(_, part)| part).collect()).collect())
}

/// What asks for more cells than a report can hold.
pub fn too_many() -> Error {
    let detail = Words::new(
        format!("This makes more than {MOST_CELLS} cells; ask for less at a time."),
        format!("Kết quả vượt quá {MOST_CELLS} ô; hãy chia nhỏ yêu cầu."),
    );
    Error::Invalid(vec![Fault::parameter("by", "too-many", detail)])
}

/// How far records can be added up before they are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// All together.
    Sums,
    /// Those of each subject.
    Subjects,
    /// Those of each sample.
    Samples,
}

impl Shape {
    pub const ALL: [Self; 3] = [Self::Sums, Self::Subjects, Self::Samples];
}

/// How a series becomes a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// What stands at the end of a slot.
    Stock(Series),
    /// What happened in a slot.
    Flow(Series),
    /// How many subjects have something that stands at the end of a slot.
    Standing(Series),
    /// How many subjects had something for the first time in a slot.
    First(Series),
    /// The median of the samples taken in a slot; none without samples.
    Median(Series),
}

impl Reading {
    pub const fn series(self) -> Series {
        match self {
            Self::Stock(series) | Self::Flow(series) | Self::Standing(series) => series,
            Self::First(series) | Self::Median(series) => series,
        }
    }

    pub const fn shape(self) -> Shape {
        match self {
            Self::Stock(_) | Self::Flow(_) => Shape::Sums,
            Self::Standing(_) | Self::First(_) => Shape::Subjects,
            Self::Median(_) => Shape::Samples,
        }
    }

    /// The figure of each slot.
    pub fn read(self, facts: &[&Fact], slots: &[Slot]) -> Vec<Option<Figure>> {
        let whole = |numbers: Vec<i64>| numbers.into_iter().map(|number| Some(Figure::whole(number))).collect();
        match self {
            Self::Stock(series) => whole(at_ends(marks(facts, series), slots)),
            Self::Flow(series) => whole(within(marks(facts, series), slots)),
            Self::Standing(series) => {
                let (counted, facts): (Vec<&Fact>, Vec<&Fact>) = facts.iter().partition(|fact| fact.subject.is_none());
                let turns = turns(&facts, series).into_iter();
                let steps = turns.map(|turn| (turn.day, if turn.up { 1 } else { -1 }));
                whole(at_ends(steps.chain(marks(&counted, series)), slots))
            }
            Self::First(series) => {
                let firsts = turns(facts, series).into_iter().filter(|turn| turn.up && turn.first);
                whole(within(firsts.map(|turn| (turn.day, 1)), slots))
            }
            Self::Median(series) => medians(facts, series, slots),
        }
    }
}

/// The marks of a series: their days and values.
pub fn marks<'f>(facts: &'f [&Fact], series: Series) -> impl Iterator<Item = (Day, i64)> + 'f {
    let of_fact = move |fact: &&'f Fact| fact.marks.iter().filter(move |mark| mark.series == series);
    facts.iter().flat_map(of_fact).map(|mark| (mark.day, mark.value))
}

/// What stands at the end of each slot.
pub fn at_ends(marks: impl Iterator<Item = (Day, i64)>, slots: &[Slot]) -> Vec<i64> {
    let mut steps = vec![0_i64; slots.len() + 1];
    for (day, value) in marks {
        steps[slots.partition_point(|slot| slot.range.to < day)] += value;
    }
    let mut standing = 0;
    steps.truncate(slots.len());
    for step in &mut steps {
        standing += *step;
        *step = standing;
    }
    steps
}

/// What falls into each slot.
pub fn within(marks: impl Iterator<Item = (Day, i64)>, slots: &[Slot]) -> Vec<i64> {
    let mut sums = vec![0_i64; slots.len()];
    for (day, value) in marks {
        if let Some(at) = slot_of(day, slots) {
            sums[at] = i64::saturating_add(sums[at], value);
        }
    }
    sums
}

fn slot_of(day: Day, slots: &[Slot]) -> Option<usize> {
    let at = slots.partition_point(|slot| slot.range.to < day);
    slots.get(at).is_some_and(|slot| slot.range.from <= day).then_some(at)
}

fn medians(facts: &[&Fact], series: Series, slots: &[Slot]) -> Vec<Option<Figure>> {
    let mut samples: Vec<BTreeMap<i64, i64>> = vec![BTreeMap::new(); slots.len()];
    for mark in facts.iter().flat_map(|fact| &fact.marks).filter(|mark| mark.series == series) {
        if let Some(at) = slot_of(mark.day, slots) {
            *samples[at].entry(mark.value).or_default() += mark.times;
        }
    }
    samples.iter().map(median).collect()
}

/// The median of samples, each with how often it was taken.
fn median(samples: &BTreeMap<i64, i64>) -> Option<Figure> {
    let last = samples.values().sum::<i64>().checked_sub(1).filter(|last| *last >= 0)?;
    let at = |rank: i64| {
        let mut passed = 0;
        let reached = samples.iter().find(|(_, times)| {
            passed += **times;
            passed > rank
        });
        reached.map(|(value, _)| *value)
    };
    Some(Figure::between(at(last / 2)?, at(last - last / 2)?))
}

/// A day on which a subject comes to have something, or no longer has anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    pub day: Day,
    pub up: bool,
    /// Whether it never had anything before.
    pub first: bool,
}

/// The turns of all subjects. One that gets and loses within a day, having nothing before or after,
/// makes both turns on that day, so that beginnings and ends always add up.
pub fn turns(facts: &[&Fact], series: Series) -> Vec<Turn> {
    let mut subjects: BTreeMap<Uuid, BTreeMap<Day, (i64, bool)>> = BTreeMap::new();
    for fact in facts {
        let days = subjects.entry(fact.subject.unwrap_or_default()).or_default();
        for mark in fact.marks.iter().filter(|mark| mark.series == series) {
            let day = days.entry(mark.day).or_default();
            day.0 += mark.value;
            day.1 |= mark.value > 0;
        }
    }
    let mut turns = Vec::new();
    for days in subjects.into_values() {
        let (mut standing, mut first) = (0, true);
        for (day, (net, began)) in days {
            let (before, after) = (standing > 0, standing + net > 0);
            standing += net;
            if !before && (after || began) {
                turns.push(Turn { day, up: true, first });
                first = false;
            }
            if !after && (before || began) {
                turns.push(Turn { day, up: false, first: false });
            }
        }
    }
    turns
}
