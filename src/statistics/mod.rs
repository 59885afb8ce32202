//! Statistics: citable figures counted out of the records, on the day they are asked for. What must
//! not come in: figures that are kept anywhere; every one is a count over rows the caller may list.
//!
//! A request is read (`params`) into a period cut into slots (`period`) and a scope whose facts are
//! loaded once (`facts`, the only SQL). What the facts mean (`life`, `movements`) is grouped by key
//! (`cube`) and read per slot, as observations (`observe`) or balances (`balance`), then written
//! (`render`).

pub mod api;
mod balance;
mod cube;
mod facts;
mod indicators;
mod life;
mod meta;
mod movements;
mod observe;
mod params;
mod period;
mod render;

use crate::types::text_enum;

pub use balance::{Balance, BalancePage};
pub use cube::CellKey;
pub use indicators::Indicator;
pub use observe::{Observation, ObservationPage};

text_enum! {
    /// What figures can be broken down by.
    pub enum Dimension {
        Unit = "unit",
        ModelType = "modelType",
        Field = "field",
        Setting = "setting",
        Status = "status",
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
            Self::Unit | Self::ModelType | Self::Field | Self::Setting | Self::Status => None,
        }
    }
}
