//! Facts: what records come down to before they are counted, those together that no question tells
//! apart. A source turns rows into facts, the cube adds marks up, and neither knows the other. What must
//! not come in: SQL, periods, rights.

use uuid::Uuid;

use crate::types::{Day, UnitId};

/// A stream of marks. Of a stock a mark adds on the first day and takes away on the day after the
/// last; of a flow it is what happened on its day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Series {
    ModelActive,
    ModelEstablished,
    ModelResumed,
    ModelSuspended,
    ModelMerged,
    ModelDissolved,
    ModelEnded,
    ModelReplicated,
    ModelExemplary,
    ModelRated,
    TeamActive,
    TeamStarted,
    TeamEnded,
    MembershipActive,
    MembershipStarted,
    MembershipEnded,
    PledgeSigned,
    ActivityHeld,
    ActivityParticipants,
    ActivityHouseholds,
    IncidentReported,
    IncidentResolved,
    IncidentContributed,
    Injured,
    Deaths,
    PropertyDamage,
    /// One mark for each resolved incident, whose value is the days it took.
    DaysToResolve,
    CommendationAwarded,
    CommendationInForce,
    ReviewCompleted,
}

/// So much of a series on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    pub series: Series,
    pub day: Day,
    pub value: i64,
    /// How often it stands here: samples of one value are told together.
    pub times: i64,
}

/// What a dimension says of a record; nothing where the record has no such property.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    None,
    Id(Uuid),
    Word(&'static str),
    Code(String),
}

impl Part {
    /// As it is written in a key; none where there is nothing to write.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::None => None,
            Self::Id(id) => Some(id.to_string()),
            Self::Word(word) => Some((*word).to_owned()),
            Self::Code(code) => Some(code.clone()),
        }
    }
}

/// Records as statistics know them: where they lie, whom they are about, and their marks.
#[derive(Clone, Debug)]
pub struct Fact {
    /// Any, where units are not told apart.
    pub unit: UnitId,
    /// What is counted once however many facts it has: the type of a site, the member of a membership.
    /// None where that is of no matter, or done.
    pub subject: Option<Uuid>,
    /// One for each dimension that was wanted of the source.
    pub parts: Vec<Part>,
    pub marks: Vec<Mark>,
}

/// Marks of one record as they are found.
#[derive(Debug, Default)]
pub struct Marks(Vec<Mark>);

impl Marks {
    /// Something that happened on a day.
    pub fn on(&mut self, series: Series, day: Day, value: i64) {
        if value != 0 {
            self.0.push(Mark { series, day, value, times: 1 });
        }
    }

    /// A sample taken on a day so many times, which counts though it is 0.
    pub fn sample(&mut self, series: Series, day: Day, value: i64, times: i64) {
        self.0.push(Mark { series, day, value, times });
    }

    /// So many things that stood from a day to a day (exclusive). They may end on the day they begin: then
    /// they began and ended, and stood on no day.
    pub fn stood(&mut self, series: Series, from: Day, to: Option<Day>, number: i64) {
        self.on(series, from, number);
        if let Some(to) = to {
            self.on(series, to.max(from), -number);
        }
    }

    /// The same, with marks of their own for the standing, the beginning and the end.
    pub fn lived(&mut self, [stood, began, ended]: [Series; 3], from: Day, to: Option<Day>, number: i64) {
        self.stood(stood, from, to, number);
        self.on(began, from, number);
        if let Some(to) = to {
            self.on(ended, to.max(from), number);
        }
    }

    pub fn all(self) -> Vec<Mark> {
        self.0
    }
}
