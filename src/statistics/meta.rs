//! What an answer says of itself, so that a figure can be cited.

use serde::Serialize;
use utoipa::ToSchema;

use crate::types::{Day, Moment, UnitId};

/// What holds for all cells of an answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = StatisticsMeta)]
pub struct Meta {
    /// The first day counted.
    pub from: Day,
    /// The last day counted.
    pub to: Day,
    /// The unit in and under which was counted.
    pub unit_id: UnitId,
    /// The moment of the last change on which the figures may depend: the same records give the same
    /// answer, byte for byte.
    pub generated_at: Moment,
    /// Stays the same as long as no record has changed.
    #[schema(max_length = 40, pattern = "^[0-9A-Za-z.-]+$")]
    pub dataset_version: String,
}
