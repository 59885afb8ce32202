//! Balances: opening + inflows − outflows = closing, for every key, told by the lives themselves, so
//! that it holds whatever was recorded when. Pure.

use serde::Serialize;
use utoipa::ToSchema;

use super::cube::{self, Book, Cut, MOST_CELLS};
use super::fact::{Fact, Series};
use super::key::CellKey;
use super::meta::Meta;
use super::observe::Standing;
use super::period::{Range, Slot};
use super::scene::Scene;
use super::sources::Source;
use crate::access::Named;
use crate::error::Result;
use crate::http::PageInfo;
use crate::noun::Noun;
use crate::types::{Day, text_enum};

text_enum! {
    /// Of what a balance is drawn up.
    pub enum Counted {
        ModelTypes = "modelTypes",
        Models = "models",
        Teams = "teams",
        Memberships = "memberships",
    }
}

text_enum! {
    /// How something comes to be counted, or no longer.
    pub enum Movement {
        Introduced = "introduced",
        Established = "established",
        Started = "started",
        Resumed = "resumed",
        Suspended = "suspended",
        Merged = "merged",
        Dissolved = "dissolved",
        Ended = "ended",
    }
}

impl Counted {
    pub const fn inflows(self) -> &'static [Movement] {
        match self {
            Self::ModelTypes => &[Movement::Introduced, Movement::Resumed],
            Self::Models => &[Movement::Established, Movement::Resumed],
            Self::Teams | Self::Memberships => &[Movement::Started],
        }
    }

    pub const fn outflows(self) -> &'static [Movement] {
        match self {
            Self::ModelTypes | Self::Teams | Self::Memberships => &[Movement::Ended],
            Self::Models => &[Movement::Suspended, Movement::Merged, Movement::Dissolved],
        }
    }

    pub const fn source(self) -> Source {
        match self {
            Self::ModelTypes | Self::Models => Source::Models,
            Self::Teams => Source::Teams,
            Self::Memberships => Source::Memberships,
        }
    }

    /// What is read of the facts.
    pub fn read(self) -> Vec<Series> {
        let movements = self.inflows().iter().chain(self.outflows());
        let mut series: Vec<Series> = movements.map(|movement| self.series(*movement)).collect();
        series.push(self.standing());
        series
    }

    /// What stands between the movements.
    pub const fn standing(self) -> Series {
        match self {
            Self::ModelTypes | Self::Models => Series::ModelActive,
            Self::Teams => Series::TeamActive,
            Self::Memberships => Series::MembershipActive,
        }
    }

    fn series(self, movement: Movement) -> Series {
        match (self, movement) {
            (Self::Teams, Movement::Started) => Series::TeamStarted,
            (Self::Teams, _) => Series::TeamEnded,
            (Self::Memberships, Movement::Started) => Series::MembershipStarted,
            (Self::Memberships, _) => Series::MembershipEnded,
            (_, Movement::Resumed) => Series::ModelResumed,
            (_, Movement::Suspended) => Series::ModelSuspended,
            (_, Movement::Merged) => Series::ModelMerged,
            (_, Movement::Dissolved) => Series::ModelDissolved,
            (_, Movement::Introduced | Movement::Established | Movement::Started | Movement::Ended) => {
                Series::ModelEstablished
            }
        }
    }
}

/// What came in: types `introduced` and `resumed`, models `established` and `resumed`, teams and memberships
/// `started`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Inflows {
    /// For the first time in this scope.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 9007199254740991i64)]
    pub introduced: Option<i64>,
    /// Active for the first time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 9007199254740991i64)]
    pub established: Option<i64>,
    /// Begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 9007199254740991i64)]
    pub started: Option<i64>,
    /// Active again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 9007199254740991i64)]
    pub resumed: Option<i64>,
}

/// What went out: types, teams and memberships `ended`, models `suspended`, `merged` and `dissolved` while active.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Outflows {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 9007199254740991i64)]
    pub suspended: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 9007199254740991i64)]
    pub merged: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 9007199254740991i64)]
    pub dissolved: Option<i64>,
    /// Ended, or left without an active site in this scope.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 9007199254740991i64)]
    pub ended: Option<i64>,
}

/// A balance of active things over a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Balance {
    pub key: CellKey,
    /// Active at the end of the day before the period. Null when suppressed, as is all else.
    #[schema(required = true, minimum = 0, maximum = 9007199254740991i64)]
    pub opening: Option<i64>,
    pub inflows: Inflows,
    pub outflows: Outflows,
    /// Active at the end of the period's last day.
    #[schema(required = true, minimum = 0, maximum = 9007199254740991i64)]
    pub closing: Option<i64>,
    pub status: Standing,
}

impl Named for Balance {
    const NOUN: Noun = Noun::Balance;
}

impl Balance {
    fn new(key: CellKey, opening: i64, closing: i64) -> Self {
        let (inflows, outflows) = (Inflows::default(), Outflows::default());
        Self { key, opening: Some(opening), inflows, outflows, closing: Some(closing), status: Standing::Final }
    }

    /// What a caller is told who may not list the rows: nothing, since what begins and what ends would
    /// tell each other by the stocks (see `disclosure`).
    pub fn withheld() -> Self {
        let (inflows, outflows) = (Inflows::default(), Outflows::default());
        Self { key: CellKey::default(), opening: None, inflows, outflows, closing: None, status: Standing::Suppressed }
    }

    fn place(&mut self, movement: Movement) -> &mut Option<i64> {
        match movement {
            Movement::Introduced => &mut self.inflows.introduced,
            Movement::Established => &mut self.inflows.established,
            Movement::Started => &mut self.inflows.started,
            Movement::Resumed => &mut self.inflows.resumed,
            Movement::Suspended => &mut self.outflows.suspended,
            Movement::Merged => &mut self.outflows.merged,
            Movement::Dissolved => &mut self.outflows.dissolved,
            Movement::Ended => &mut self.outflows.ended,
        }
    }

    /// The number of one movement; none where it has no part in this balance.
    pub fn moved(&self, movement: Movement) -> Option<i64> {
        match movement {
            Movement::Introduced => self.inflows.introduced,
            Movement::Established => self.inflows.established,
            Movement::Started => self.inflows.started,
            Movement::Resumed => self.inflows.resumed,
            Movement::Suspended => self.outflows.suspended,
            Movement::Merged => self.outflows.merged,
            Movement::Dissolved => self.outflows.dissolved,
            Movement::Ended => self.outflows.ended,
        }
    }

    fn still(&self) -> bool {
        let moved = Movement::ALL.iter().any(|movement| self.moved(*movement).is_some_and(|number| number != 0));
        self.opening == Some(0) && self.closing == Some(0) && !moved
    }
}

/// A page of balances.
#[derive(Debug, Serialize, ToSchema)]
pub struct BalancePage {
    /// In the order of the key.
    #[schema(max_items = 10000)]
    pub items: Vec<Balance>,
    /// Where this page stands in the list.
    pub page: PageInfo,
    /// What holds for all of them.
    pub meta: Meta,
}

/// What is asked of the cube.
#[derive(Clone, Debug)]
pub struct Asked {
    pub counted: Counted,
    pub cut: Cut,
    pub slots: Vec<Slot>,
}

/// Every balance asked for, in order; those in which nothing was and nothing moved are left out
/// unless `empty`, or where there is one alone.
pub fn balance(asked: &Asked, book: &Book, scene: &Scene) -> Result<Vec<Balance>> {
    let all = asked.cut.empty || asked.cut.by.is_empty();
    let mut balances = Vec::new();
    for (key, facts) in cube::groups(book, scene, &asked.cut, MOST_CELLS / asked.slots.len().max(1))? {
        let ledger = Ledger::of(asked.counted, &facts);
        let opening = cube::at_ends(ledger.standing.iter().copied(), &eves(&asked.slots));
        let closing = cube::at_ends(ledger.standing.iter().copied(), &asked.slots);
        let start = balances.len();
        for (at, slot) in asked.slots.iter().enumerate() {
            balances.push(Balance::new(CellKey::new(&key, slot, &asked.cut.by), opening[at], closing[at]));
        }
        for (movement, days) in ledger.movements {
            let sums = cube::within(days.into_iter(), &asked.slots);
            for (balance, sum) in balances[start..].iter_mut().zip(sums) {
                *balance.place(movement) = Some(sum);
            }
        }
    }
    balances.retain(|balance| all || !balance.still());
    balances.sort_by_cached_key(|balance| balance.key.place(&asked.cut.by));
    Ok(balances)
}

/// What a group's balance is drawn up from: each step of what stands has a movement on its day.
struct Ledger {
    standing: Vec<(Day, i64)>,
    movements: Vec<(Movement, Vec<(Day, i64)>)>,
}

impl Ledger {
    fn of(counted: Counted, facts: &[&Fact]) -> Self {
        match counted {
            Counted::ModelTypes => Self::of_subjects(facts, counted.standing()),
            Counted::Models | Counted::Teams | Counted::Memberships => {
                let movements = counted.inflows().iter().chain(counted.outflows());
                let days = |movement| cube::marks(facts, counted.series(movement)).collect();
                Self {
                    standing: cube::marks(facts, counted.standing()).collect(),
                    movements: movements.map(|movement| (*movement, days(*movement))).collect(),
                }
            }
        }
    }

    fn of_subjects(facts: &[&Fact], series: Series) -> Self {
        let turns = cube::turns(facts, series);
        let days = |up: bool, first: bool| {
            let alike = turns.iter().filter(|turn| turn.up == up && turn.first == first);
            alike.map(|turn| (turn.day, 1)).collect()
        };
        Self {
            standing: turns.iter().map(|turn| (turn.day, if turn.up { 1 } else { -1 })).collect(),
            movements: vec![
                (Movement::Introduced, days(true, true)),
                (Movement::Resumed, days(true, false)),
                (Movement::Ended, days(false, false)),
            ],
        }
    }
}

/// The day before each slot.
fn eves(slots: &[Slot]) -> Vec<Slot> {
    let eve = |slot: &Slot| {
        let day = slot.range.from.plus(-1);
        Slot { range: Range { from: day, to: day }, month: slot.month }
    };
    slots.iter().map(eve).collect()
}
