//! Statistics: citable figures counted out of the records, on the day they are asked for. What must
//! not come in: figures that are kept anywhere; every one is a count over rows the caller may list.
//!
//! A request is read (`params`, `filters`) into a period cut into slots (`period`) and a scope. Each
//! noun's `sources` turns its rows into facts with marks in time (`fact`): there is SQL and nowhere
//! else. One engine groups facts by key and reads marks per slot (`cube`), as observations
//! (`observe`) or balances (`balance`). What a caller without right to the rows may not be told is
//! withheld (`disclosure`), and all is written alike in JSON, CSV, XLSX and as a chart (`render`).
//! The yearly report (`report`) asks all of these and counts nothing of its own.

mod answer;
pub mod api;
mod balance;
mod catalogue;
mod count;
mod cube;
mod disclosure;
mod fact;
mod figure;
mod filters;
mod key;
mod life;
mod meta;
mod observe;
mod params;
mod period;
mod recalled;
mod render;
pub mod report;
mod scene;
mod shelf;
mod sources;
#[cfg(test)]
mod tests;
mod words;

use crate::types::text_enum;

pub use balance::{Balance, BalancePage};
pub use catalogue::Indicator;
pub use key::CellKey;
pub use observe::{Observation, ObservationPage};
pub use recalled::Recalled;
pub(crate) use sources::astray;

text_enum! {
    /// What figures can be broken down by.
    pub enum Dimension {
        Unit = "unit",
        ModelType = "modelType",
        Field = "field",
        Setting = "setting",
        Status = "status",
        Rating = "rating",
        Kind = "kind",
        Category = "category",
        Role = "role",
        Form = "form",
        Level = "level",
        Severity = "severity",
        Source = "source",
        Month = "month",
        Quarter = "quarter",
        Year = "year",
    }
}

impl Dimension {
    /// The stretch of time it cuts a period into, if it is one of time.
    const fn grain(self) -> Option<period::Grain> {
        match self {
            Self::Month => Some(period::Grain::Month),
            Self::Quarter => Some(period::Grain::Quarter),
            Self::Year => Some(period::Grain::Year),
            _ => None,
        }
    }
}
