//! The movement report: the ten tables of an annual report in one answer, each beside the same period
//! before. What must not come in: any way of counting of its own. Every cell is a figure that an
//! observation or a balance gives, and says which query gives it.
//!
//! The tables are a list (`tables`) of sections; a section asks the queries that its cells cite
//! (`asked`) and makes rows of the answers (`drawn`). The same is written as a workbook (`workbook`).

pub mod api;
mod asked;
mod drawn;
mod tables;
mod titles;
mod workbook;

use serde::Serialize;
use utoipa::ToSchema;

use super::balance::Counted;
use super::catalogue::IndicatorId;
use super::figure::Figure;
use super::key::CellKey;
use super::meta::Meta;
use super::observe::Standing;
use crate::access::Named;
use crate::noun::Noun;
use crate::types::{Day, text_enum};

text_enum! {
    /// One of the ten tables.
    pub enum ReportTableId {
        Models = "models",
        Quality = "quality",
        Exemplars = "exemplars",
        Teams = "teams",
        Forces = "forces",
        Members = "members",
        Outreach = "outreach",
        Incidents = "incidents",
        FireSafety = "fire_safety",
        Commendations = "commendations",
    }
}

text_enum! {
    /// Which number of a balance a cell shows.
    pub enum BalancePart {
        Opening = "opening",
        Introduced = "introduced",
        Established = "established",
        Started = "started",
        Resumed = "resumed",
        Suspended = "suspended",
        Merged = "merged",
        Dissolved = "dissolved",
        Ended = "ended",
        Closing = "closing",
    }
}

/// What came in, what went out and what stands, as an annual report tells it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MovementReport {
    #[schema(max_length = 1000)]
    pub title: String,
    /// The first day of the period before.
    pub previous_from: Day,
    /// The last day of the period before.
    pub previous_to: Day,
    /// The ten tables, in order.
    #[schema(max_items = 10)]
    pub tables: Vec<ReportTable>,
    pub meta: Meta,
}

impl Named for MovementReport {
    const NOUN: Noun = Noun::MovementReport;
}

/// A table of the report.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportTable {
    pub id: ReportTableId,
    #[schema(max_length = 1000)]
    pub title: String,
    #[schema(max_items = 50)]
    pub columns: Vec<ReportColumn>,
    /// Rows in which nothing is or was are left out, but for totals and where every value is a row.
    #[schema(max_items = 10000)]
    pub rows: Vec<ReportRow>,
}

/// A column: an indicator, or a number of a balance.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportColumn {
    /// The indicator's name, or `models.opening` and the like.
    #[schema(max_length = 64, pattern = "^[0-9a-zA-Z_.]+$")]
    pub id: String,
    #[schema(max_length = 1000)]
    pub label: String,
}

/// A row: what its figures are of, and the figures.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportRow {
    #[schema(max_length = 1000)]
    pub label: String,
    /// The key that the row's cells have in the answers to their queries; empty in totals.
    pub key: CellKey,
    /// In the order of the columns; a column that says nothing of the row has no cell.
    #[schema(max_items = 50)]
    pub cells: Vec<ReportCell>,
}

/// A figure beside that of the period before, and where both come from.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportCell {
    /// The column's id.
    #[schema(max_length = 64, pattern = "^[0-9a-zA-Z_.]+$")]
    pub column: String,
    /// Null when suppressed, and where there is nothing to take a median of.
    #[schema(required = true)]
    pub value: Option<Figure>,
    pub status: Standing,
    /// The same in the period before, where it may be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub previous: Option<Figure>,
    /// `value` less `previous`, where both may be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub change: Option<Figure>,
    pub trace: ReportTrace,
}

/// Where a cell comes from: what is counted, and the query whose answer holds the same figure under the
/// row's key.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportTrace {
    /// The indicator; of a balance, what stands between its movements.
    pub indicator: IndicatorId,
    /// The version of the indicator's definition.
    #[schema(minimum = 1, maximum = 1000)]
    pub version: i32,
    /// Of what the balance is, where the cell is out of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub counted: Option<Counted>,
    /// Which number of the balance it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub part: Option<BalancePart>,
    /// Path and query of the answer that holds `value`.
    #[schema(
        max_length = 2000,
        pattern = "^/v1/statistics/(observations|balances)\\?[!-~]+$",
        example = "/v1/statistics/observations?indicator=models_active&period=2023"
    )]
    pub href: String,
    /// Path and query of the answer that holds `previous`, where it is another: its `value` there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        max_length = 2000,
        pattern = "^/v1/statistics/balances\\?[!-~]+$",
        example = "/v1/statistics/balances?counted=models&period=2022"
    )]
    pub previous_href: Option<String>,
}
