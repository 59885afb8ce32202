//! Sources: each turns the rows of one noun into facts. A source knows what its noun can be filtered
//! and broken down by. What no question tells apart is added up in the database, between the days that
//! matter (`cuts`), so that what comes over grows with the cells asked for and not with the records; the
//! cube takes the marks that it needs. The only SQL of this room.

mod activities;
mod commendations;
mod cuts;
mod incident_cells;
mod incident_sums;
mod incidents;
mod kept;
mod members;
mod memberships;
mod models;
mod reviews;
mod said;
mod surroundings;
mod teams;
mod types;
mod verdicts;
mod version;

pub use incident_cells::years as years_of_incidents;
pub use kept::astray;
pub use surroundings::{holds, labels, names, scene, values, whole};
pub use version::version;

use diesel::dsl::sql as literal;
use diesel::expression::SqlLiteral as Literal;
use diesel::sql_types::{Nullable, Text, Untyped};
use uuid::Uuid;

use self::cuts::Cuts;
use super::Dimension;
use super::cube::{Book, Cut};
use super::disclosure::Field as Plots;
use super::fact::{Fact, Mark, Part, Series};
use super::filters::{Filter, Filters};
use super::period::{Range, Slot};
use super::scene::{Scene, Vocabulary};
use crate::access::{ROOT_UNIT, Scope, Tx};
use crate::error::Result;
use crate::noun::Noun;
use crate::resources::activity::ActivityKind;
use crate::resources::code_list::ListName;
use crate::resources::commendation::{CommendationLevel, CommendationStatus, RecipientKind};
use crate::resources::incident::{IncidentStatus, Severity, Source as Origin};
use crate::resources::member::MemberKind;
use crate::resources::membership::MembershipRole;
use crate::resources::model::{ModelStatus, Setting};
use crate::resources::model_type::Field;
use crate::resources::review::Rating;
use crate::territory::{self, Under};
use crate::types::{UnitId, sql};

/// Where facts come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    Models,
    Ratings,
    Reviews,
    Teams,
    Activities,
    Incidents,
    Memberships,
    Commendations,
}

/// What is wanted of a source.
pub struct Want<'w> {
    pub dims: &'w [Dimension],
    pub filters: &'w Filters,
    pub place: Place,
    /// Of these units alone, where that is said.
    pub only: Option<&'w [UnitId]>,
    pub cut: &'w Cut,
    pub scene: &'w Scene,
    /// What is read of the facts.
    pub series: &'w [Series],
    /// When it is read: every slot, those of a comparison included.
    pub slots: &'w [Slot],
    /// Whether subjects are told apart.
    pub by_subject: bool,
    /// Whether it matters on which day of a slot something was.
    pub by_day: bool,
}

impl Want<'_> {
    /// From the first day that is read to the last.
    pub fn span(&self) -> Option<Range> {
        let from = self.slots.iter().map(|slot| slot.range.from).min()?;
        let to = self.slots.iter().map(|slot| slot.range.to).max()?;
        Some(Range { from, to })
    }

    /// The days between which records can be added up; none where nothing is read.
    fn cuts(&self) -> Option<Cuts> {
        Cuts::of(self.slots, self.by_day)
    }

    /// The column of the unit, where units are told apart.
    fn unit(&self, column: &str) -> Literal<Nullable<sql::Uuid>> {
        literal(if self.differs(Dimension::Unit) { column } else { "CAST(NULL AS uuid)" })
    }

    /// The column of a dimension, where it is wanted.
    fn column(&self, dimension: Dimension, column: &str) -> Literal<Nullable<Text>> {
        literal(if self.differs(dimension) { column } else { "CAST(NULL AS text)" })
    }

    /// Whether records differ along a dimension here.
    fn differs(&self, dimension: Dimension) -> bool {
        match dimension {
            Dimension::Unit => self.cut.by.contains(&Dimension::Unit),
            other => self.dims.contains(&other),
        }
    }

    /// Records as a fact.
    fn fact(&self, unit: Option<UnitId>, subject: Option<Uuid>, parts: Vec<Part>, marks: Vec<Mark>) -> Fact {
        Fact { unit: unit.unwrap_or(ROOT_UNIT), subject, parts, marks }
    }

    /// Whether one of these is read.
    pub fn reads(&self, series: &[Series]) -> bool {
        self.series.iter().any(|read| series.contains(read))
    }
}

/// Puts together the rows that are alike in those of their first columns that differ at all: a column
/// that is the same in all costs as much to compare as any other.
fn alike(differ: &[&[bool]]) -> Literal<Untyped> {
    let columns = (1..).zip(differ.iter().copied().flatten()).filter(|(_, differs)| **differs);
    literal(&columns.map(|(number, _): (usize, _)| number.to_string()).collect::<Vec<_>>().join(", "))
}

/// In which units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// The caller's territory, or a unit of it and what lies under that.
    Caller(Option<UnitId>),
    /// Under a unit, whoever asks: to decide what may be told, or to tell what was decided about.
    Under(UnitId),
}

impl Place {
    /// The units, for `eq_any`.
    pub fn units(&self, tx: &mut Tx<'_>) -> Result<Under> {
        match self {
            Self::Caller(unit) => territory::narrowed(tx, unit.as_ref().map(std::slice::from_ref)),
            Self::Under(root) => Ok(territory::under(vec![*root])),
        }
    }
}

const OF_MODELS: &[Filter] = &[
    Filter::ModelTypeId,
    Filter::Field,
    Filter::Setting,
    Filter::Status,
    Filter::EstablishedFrom,
    Filter::EstablishedTo,
    Filter::Exemplar,
    Filter::Q,
];

impl Source {
    /// The facts of what a caller's filters pick.
    pub fn book(self, tx: &mut Tx<'_>, want: &Want<'_>) -> Result<Book> {
        let facts: Vec<Fact> = match self {
            Self::Models => models::facts(tx, want)?,
            Self::Ratings => verdicts::rated(tx, want)?,
            Self::Reviews => reviews::facts(tx, want)?,
            Self::Teams => teams::facts(tx, want)?,
            Self::Activities => activities::facts(tx, want)?,
            Self::Incidents => incidents::facts(tx, want)?,
            Self::Memberships => memberships::facts(tx, want)?,
            Self::Commendations => commendations::facts(tx, want)?,
        };
        Ok(Book { dims: want.dims.to_vec(), facts, vocabulary: Some(self.words()) })
    }

    /// The facts of a field, by all that they can be broken down by, month and subject: to decide what may
    /// be told of them. Nothing where everything may.
    pub fn cells(self, tx: &mut Tx<'_>, field: &Plots, slots: &[Slot]) -> Result<Book> {
        let (dims, vocabulary) = (self.dimensions().to_vec(), Some(self.words()));
        let facts = match self {
            Self::Incidents => incident_cells::facts(tx, field, slots)?,
            Self::Memberships => memberships::cells(tx, field, slots)?,
            _ => Vec::new(),
        };
        Ok(Book { dims, facts, vocabulary })
    }

    /// What facts of this source can be broken down by, beside units and time.
    pub const fn dimensions(self) -> &'static [Dimension] {
        use Dimension::{Category, Field, Form, Kind, Level, ModelType, Rating, Role, Setting, Severity, Status};
        match self {
            Self::Models => &[ModelType, Field, Setting, Status],
            Self::Ratings | Self::Reviews => &[ModelType, Field, Setting, Rating],
            Self::Teams => &[ModelType, Field, Setting],
            Self::Activities => &[Kind],
            Self::Incidents => &[Category, Severity, Dimension::Source, Status],
            Self::Memberships => &[Category, Role, Kind],
            Self::Commendations => &[Form, Level, Kind, Status],
        }
    }

    /// What they can be filtered by, beside the unit.
    pub const fn filters(self) -> &'static [Filter] {
        match self {
            Self::Models => OF_MODELS,
            Self::Ratings | Self::Reviews => {
                &[Filter::ModelId, Filter::ModelTypeId, Filter::Field, Filter::Setting, Filter::Rating]
            }
            Self::Teams => &[Filter::ModelId, Filter::ModelTypeId, Filter::Field, Filter::Setting],
            Self::Activities => &[Filter::ModelId, Filter::Kind],
            Self::Incidents => &[
                Filter::ModelId,
                Filter::Category,
                Filter::Severity,
                Filter::Source,
                Filter::Status,
                Filter::OccurredFrom,
                Filter::OccurredTo,
                Filter::Bbox,
            ],
            Self::Memberships => &[Filter::ModelId, Filter::Category, Filter::Role, Filter::Kind],
            Self::Commendations => &[Filter::Form, Filter::Level, Filter::Kind, Filter::Status],
        }
    }

    /// The words that its `status`, `kind` and so on can be.
    fn words(self) -> fn(Dimension) -> Vocabulary {
        match self {
            Self::Models | Self::Ratings | Self::Reviews | Self::Teams => |dimension| match dimension {
                Dimension::Status => words::<ModelStatus>(),
                Dimension::Setting => words::<Setting>(),
                Dimension::Field => words::<Field>(),
                _ => words::<Rating>(),
            },
            Self::Activities => |_| words::<ActivityKind>(),
            Self::Incidents => |dimension| match dimension {
                Dimension::Category => Vocabulary::List(ListName::IncidentCategory),
                Dimension::Severity => words::<Severity>(),
                Dimension::Status => words::<IncidentStatus>(),
                _ => words::<Origin>(),
            },
            Self::Memberships => |dimension| match dimension {
                Dimension::Category => Vocabulary::List(ListName::MembershipCategory),
                Dimension::Role => words::<MembershipRole>(),
                _ => words::<MemberKind>(),
            },
            Self::Commendations => |dimension| match dimension {
                Dimension::Form => Vocabulary::List(ListName::CommendationForm),
                Dimension::Level => words::<CommendationLevel>(),
                Dimension::Kind => words::<RecipientKind>(),
                _ => words::<CommendationStatus>(),
            },
        }
    }

    /// What one of its dimensions can say.
    pub fn vocabulary(self, dimension: Dimension) -> Vocabulary {
        (self.words())(dimension)
    }

    /// Whether a word can be what this source's `dimension` says.
    pub fn says(self, dimension: Dimension, word: &str) -> bool {
        match (self.words())(dimension) {
            Vocabulary::Words(words) => words.contains(&word),
            Vocabulary::List(_) => true,
        }
    }

    /// The code list of a dimension, if its values come from one.
    pub fn list(self, dimension: Dimension) -> Option<ListName> {
        match (self.words())(dimension) {
            Vocabulary::Words(_) => None,
            Vocabulary::List(list) => self.dimensions().contains(&dimension).then_some(list),
        }
    }

    /// The nouns whose changes can change a figure.
    pub const fn nouns(self) -> &'static [Noun] {
        match self {
            Self::Models => &[Noun::Model, Noun::ModelStatusChange, Noun::Review],
            Self::Ratings => &[Noun::Model, Noun::ModelStatusChange, Noun::Review],
            Self::Reviews => &[Noun::Model, Noun::Review],
            Self::Teams => &[Noun::Model, Noun::Team],
            Self::Activities => &[Noun::Activity],
            Self::Incidents => &[Noun::Incident, Noun::IncidentStatusChange],
            Self::Memberships => &[Noun::Member, Noun::Membership],
            Self::Commendations => &[Noun::Commendation, Noun::CommendationStatusChange],
        }
    }

    /// The rights with which a caller may list every row that is counted, where fewer than five of
    /// them must not be told to one who has not. None where a count says nothing of a person: sites,
    /// teams, reviews, activities (whose attendance is a number and no list) and public honours.
    pub const fn guarded_by(self) -> Option<&'static [Scope]> {
        match self {
            Self::Models | Self::Ratings | Self::Reviews | Self::Teams => None,
            Self::Activities | Self::Commendations => None,
            Self::Incidents => Some(&[Scope::IncidentsRead]),
            Self::Memberships => Some(&[Scope::MembershipsRead]),
        }
    }
}

/// A text enum as words.
trait Spoken {
    const WORDS: &'static [&'static str];
}

macro_rules! spoken {
    ($($name:ty: $count:literal),+ $(,)?) => {$(
        impl Spoken for $name {
            const WORDS: &'static [&'static str] = &{
                let mut words = [""; $count];
                let mut at = 0;
                while at < $count {
                    words[at] = <$name>::ALL[at].as_str();
                    at += 1;
                }
                assert!(<$name>::ALL.len() == $count, "every value is a word");
                words
            };
        }
    )+};
}
spoken!(ModelStatus: 5, Setting: 7, Field: 7, Rating: 5, ActivityKind: 8, Severity: 4, IncidentStatus: 6, Origin: 6);
spoken!(MembershipRole: 4, MemberKind: 3, CommendationLevel: 5, RecipientKind: 3, CommendationStatus: 4);

fn words<T: Spoken>() -> Vocabulary {
    Vocabulary::Words(T::WORDS)
}
