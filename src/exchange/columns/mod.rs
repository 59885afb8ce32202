//! The columns of files, noun by noun: the JSON name, what people call it in both languages, and how its
//! cells are understood. What must not come in: how a file is laid out.

mod activity;
mod commendation;
mod incident;
mod member;
mod membership;
mod model;
mod model_type;
mod review;
mod status_changes;
mod team;

pub use activity::ACTIVITIES;
pub use commendation::COMMENDATIONS;
pub use incident::INCIDENTS;
pub use member::MEMBERS;
pub use membership::MEMBERSHIPS;
pub use model::MODELS;
pub use model_type::MODEL_TYPES;
pub use review::REVIEWS;
pub use status_changes::{COMMENDATION_STATUS_CHANGES, INCIDENT_STATUS_CHANGES, MODEL_STATUS_CHANGES};
pub use team::TEAMS;

use crate::resources::code_list::ListName;

/// A value with its labels: the API's word, English, Vietnamese.
pub type Label = (&'static str, &'static str, &'static str);

/// How the cells of a column are understood.
#[derive(Clone, Copy, Debug)]
pub enum Cells {
    Text,
    /// Text of digits that a spreadsheet must not have taken for a number.
    Digits,
    /// A whole number.
    Whole,
    /// Degrees of latitude or longitude.
    Degrees,
    YesNo,
    Day,
    Moment,
    /// One of these values.
    One(&'static [Label]),
    /// A code of a list, or its label.
    Code(ListName),
    /// A record of another kind, by its id or by what people call it.
    Names(Named),
    /// Several texts.
    Texts,
    /// Several records.
    NamesMany(Named),
    /// Models with what each contributed.
    Contributions(&'static [Label]),
}

/// What a reference names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// An id, or the code of a unit in force on the row's day.
    Unit,
    /// An id, or the code of a model type.
    ModelType,
    /// An id, or the code of a model: of the row's unit, or the only one that has it; `unit:code` is exact.
    Model,
    /// An id, or the code of an incident.
    Incident,
    /// A member, model or unit, as `recipientKind` says.
    Recipient,
    /// An id.
    Only,
}

/// What a column is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Every row has it.
    Needed,
    Optional,
    /// Written to exports; what a file says of it is not read.
    Shown,
    /// Read and never written.
    Secret,
}

/// One column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// The JSON name; `.` goes into an object.
    pub path: &'static str,
    pub en: &'static str,
    pub vi: &'static str,
    pub cells: Cells,
    pub used: Use,
}

const fn column(path: &'static str, en: &'static str, vi: &'static str, cells: Cells, used: Use) -> Column {
    Column { path, en, vi, cells, used }
}

const fn needed(path: &'static str, en: &'static str, vi: &'static str, cells: Cells) -> Column {
    column(path, en, vi, cells, Use::Needed)
}

const fn optional(path: &'static str, en: &'static str, vi: &'static str, cells: Cells) -> Column {
    column(path, en, vi, cells, Use::Optional)
}

const fn shown(path: &'static str, en: &'static str, vi: &'static str, cells: Cells) -> Column {
    column(path, en, vi, cells, Use::Shown)
}

const ID: Column = optional("id", "Identifier", "Định danh", Cells::Names(Named::Only));
const NOTES: Column = optional("notes", "Notes", "Ghi chú", Cells::Text);
const LAT: Column = optional("location.lat", "Latitude", "Vĩ độ", Cells::Degrees);
const LNG: Column = optional("location.lng", "Longitude", "Kinh độ", Cells::Degrees);
const DECISION_NUMBER: Column = optional("decision.number", "Decision number", "Số quyết định", Cells::Text);
const DECISION_DAY: Column = optional("decision.issuedOn", "Decision date", "Ngày quyết định", Cells::Day);
const DECISION_ISSUER: Column = optional("decision.issuer", "Issued by", "Cơ quan ban hành", Cells::Text);

/// The bookkeeping of records, which a file may hold and which is not read.
pub const BOOKKEEPING: &[&str] = &["version", "createdAt", "updatedAt", "createdBy", "updatedBy"];
