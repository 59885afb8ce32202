//! Observations: each indicator's reading of the cube. Pure.

use serde::Serialize;
use utoipa::ToSchema;

use super::catalogue::IndicatorId;
use super::cube::{self, Book, Cut, MOST_CELLS};
use super::figure::Figure;
use super::key::CellKey;
use super::meta::Meta;
use super::period::Slot;
use super::scene::Scene;
use crate::access::Named;
use crate::error::Result;
use crate::http::PageInfo;
use crate::noun::Noun;
use crate::types::text_enum;

text_enum! {
    /// Whether a figure is shown or withheld.
    pub enum Standing {
        /// It is what it is.
        Final = "final",
        /// Not to be told to this caller; the value is null.
        Suppressed = "suppressed",
    }
}

/// One figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Observation {
    pub indicator: IndicatorId,
    pub key: CellKey,
    /// Null when suppressed, and where there is nothing to take a median of.
    #[schema(required = true)]
    pub value: Option<Figure>,
    pub status: Standing,
    /// The figure with which it is compared; with `compare` alone, and where it may be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub previous: Option<Figure>,
    /// `value` less `previous`; with `compare` alone, and where both may be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub change: Option<Figure>,
}

impl Named for Observation {
    const NOUN: Noun = Noun::Observation;
}

/// A page of figures.
#[derive(Debug, Serialize, ToSchema)]
pub struct ObservationPage {
    /// In the order of the indicators asked for, then of the key.
    #[schema(max_items = 10000)]
    pub items: Vec<Observation>,
    /// Where this page stands in the list.
    pub page: PageInfo,
    /// What holds for all of them.
    pub meta: Meta,
}

/// What is asked of the cube.
#[derive(Clone, Debug)]
pub struct Asked {
    pub indicators: Vec<IndicatorId>,
    pub cut: Cut,
    pub slots: Vec<Slot>,
    /// For each slot the one it is compared with.
    pub earlier: Option<Vec<Slot>>,
}

impl Asked {
    /// The most groups that make no more cells than a report can hold.
    pub fn most_groups(&self) -> usize {
        MOST_CELLS / (self.indicators.len().max(1) * self.slots.len().max(1))
    }

    /// Every slot that is read, those of the comparison included.
    pub fn all_slots(&self) -> Vec<Slot> {
        self.slots.iter().chain(self.earlier.iter().flatten()).copied().collect()
    }

    /// Whether cells of 0 are shown: where they are asked for, and where there is one cell alone.
    pub fn shows_all(&self) -> bool {
        self.cut.empty || self.cut.by.is_empty()
    }
}

/// Every figure of one indicator. What is 0, and was where it is compared, is left out unless
/// `empty`; without a breakdown there is one figure, whatever it is.
pub fn observe(indicator: IndicatorId, asked: &Asked, book: &Book, scene: &Scene) -> Result<Vec<Observation>> {
    let reading = indicator.indicator().reading;
    let mut figures = Vec::new();
    for (key, facts) in cube::groups(book, scene, &asked.cut, asked.most_groups())? {
        let values = reading.read(&facts, &asked.slots);
        let earlier = asked.earlier.as_ref().map(|slots| reading.read(&facts, slots));
        for (at, (slot, value)) in asked.slots.iter().zip(values).enumerate() {
            let previous = earlier.as_ref().and_then(|values| values.get(at).copied()).flatten();
            if asked.shows_all() || tells(value) || tells(previous) {
                let key = CellKey::new(&key, slot, &asked.cut.by);
                figures.push(figure(indicator, key, value, previous));
            }
        }
    }
    Ok(figures)
}

fn tells(value: Option<Figure>) -> bool {
    value.is_some_and(|value| !value.is_zero())
}

/// A figure that may be told.
pub fn figure(indicator: IndicatorId, key: CellKey, value: Option<Figure>, previous: Option<Figure>) -> Observation {
    let change = value.zip(previous).map(|(value, before)| value.less(before));
    Observation { indicator, key, value, status: Standing::Final, previous, change }
}

/// Puts figures into the order of the list.
pub fn sort(figures: &mut [Observation], asked: &Asked) {
    figures.sort_by_cached_key(|figure| position(figure, asked));
}

/// Where a figure stands in the order of the list.
pub fn position(figure: &Observation, asked: &Asked) -> (usize, Vec<String>) {
    let rank = asked.indicators.iter().position(|id| *id == figure.indicator).unwrap_or_default();
    (rank, figure.key.place(&asked.cut.by))
}
