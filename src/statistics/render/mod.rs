//! Rendering: the same cells as JSON, as tables that spreadsheets open safely, and as a chart. What
//! must not come in: what a figure means.

pub mod chart;
mod csv;
mod table;
mod xlsx;

pub use self::chart::Svg;
pub use self::csv::{Csv, csv};
pub use self::table::{Cell, Table, balances, observations};
pub use self::xlsx::{Sheet, Xlsx, xlsx};
