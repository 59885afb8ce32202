//! Measures: what is counted to decide whether a figure may be told, and which part of it a figure is.

use crate::resources::incident::IncidentStatus;
use crate::statistics::Dimension;
use crate::statistics::cube::Reading;
use crate::statistics::fact::{Fact, Part, Series};
use crate::statistics::sources::Source;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// The sum of a series.
    Sum(Series),
    /// How many subjects have marks of a series.
    Subjects(Series),
}

impl Measure {
    pub const fn series(self) -> Series {
        match self {
            Self::Sum(series) | Self::Subjects(series) => series,
        }
    }
}

/// Along what the records of a slab differ: what figures can be broken down by, and what tells the
/// records of one indicator from those of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    By(Dimension),
    /// What has become of an incident: its status and, if it is resolved, in which month.
    Outcome,
    /// Whether a model contributed to an incident.
    Helped,
}

pub const HELPED: Part = Part::Word("yes");
pub const NOT_HELPED: Part = Part::Word("no");

/// Whether a model contributed to what a fact is of.
pub fn helped(fact: &Fact) -> Part {
    match fact.marks.iter().any(|mark| mark.series == Series::IncidentContributed) {
        true => HELPED,
        false => NOT_HELPED,
    }
}

/// What a figure takes of a measure whatever is asked.
pub type Share = (Axis, Part);

/// What decides about the figures of an indicator.
#[derive(Clone, Debug)]
pub struct Ruling {
    /// Whether they are read on a day, else over a time.
    pub stock: bool,
    pub measure: Measure,
    /// The part of the measure that they are.
    pub share: Option<Share>,
    /// Whether they are told by the day of a resolution.
    pub on_resolution: bool,
}

/// What decides about a reading; none where it is never told.
pub fn ruling(reading: Reading) -> Option<Ruling> {
    let flow = |measure| Ruling { stock: false, measure, share: None, on_resolution: false };
    let resolved = (Axis::By(Dimension::Status), Part::Word(IncidentStatus::Resolved.as_str()));
    let reported = Measure::Sum(Series::IncidentReported);
    Some(match reading {
        Reading::Flow(Series::MembershipStarted | Series::MembershipEnded) => return None,
        Reading::Flow(Series::PropertyDamage) => flow(reported),
        Reading::Flow(Series::IncidentContributed) => Ruling { share: Some((Axis::Helped, HELPED)), ..flow(reported) },
        Reading::Flow(Series::IncidentResolved) | Reading::Median(_) => {
            Ruling { share: Some(resolved), on_resolution: true, ..flow(reported) }
        }
        Reading::Flow(Series::PledgeSigned) => flow(Measure::Subjects(Series::PledgeSigned)),
        Reading::Flow(series) | Reading::First(series) => flow(Measure::Sum(series)),
        Reading::Stock(series) | Reading::Standing(series) => Ruling { stock: true, ..flow(Measure::Subjects(series)) },
    })
}

/// Everything that is decided about together, so that nothing of one is learnt from another.
pub fn family(source: Source, stock: bool) -> &'static [Measure] {
    use Measure::{Subjects, Sum};
    match (source, stock) {
        (Source::Incidents, false) => &[Sum(Series::IncidentReported), Sum(Series::Injured), Sum(Series::Deaths)],
        (Source::Memberships, true) => &[Subjects(Series::MembershipActive)],
        (Source::Memberships, false) => &[Subjects(Series::PledgeSigned)],
        _ => &[],
    }
}
