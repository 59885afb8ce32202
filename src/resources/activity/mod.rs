//! Activities: training, outreach, patrols, launches, pledge signings, with attendance.

pub mod api;
pub(crate) mod bulk_store;
pub mod rules;
pub mod store;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::{Named, Noun};
use crate::http::sort_by;
use crate::journal::{Meta, Record};
use crate::resources::model::ModelId;
use crate::types::{Id, Moment, Name, NewId, UnitId, text_enum};

/// Identifier of an activity.
pub type ActivityId = Id<Activity>;
/// Identifier brought along for a new activity.
pub type NewActivityId = NewId<Activity>;

text_enum! {
    /// What was done.
    pub enum ActivityKind {
        Training = "training",
        Drill = "drill",
        Outreach = "outreach",
        Patrol = "patrol",
        Meeting = "meeting",
        Launch = "launch",
        PledgeSigning = "pledge_signing",
        Other = "other",
    }
}

/// What a client says of an activity.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActivityFields {
    pub kind: ActivityKind,
    pub title: Name,
    /// The unit in which it took place.
    pub unit_id: UnitId,
    /// The models it was for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_items = 100)]
    pub model_ids: Option<Vec<ModelId>>,
    pub started_at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub ended_at: Option<Moment>,
    /// The body that held it.
    pub organiser: Name,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub topic: Option<Name>,
    /// People that took part.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 100000000)]
    pub participant_count: Option<i64>,
    /// Households that took part.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 100000000)]
    pub household_count: Option<i64>,
}

/// An activity to be created.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NewActivity {
    /// The client's own identifier, a UUIDv7; made by the registry when absent.
    #[schema(nullable = false)]
    pub id: Option<NewActivityId>,
    #[serde(flatten)]
    pub fields: ActivityFields,
}

/// Something that was held or done.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Activity {
    #[serde(flatten)]
    pub meta: Meta,
    #[serde(flatten)]
    pub fields: ActivityFields,
}

impl Named for Activity {
    const NOUN: Noun = Noun::Activity;
}

impl Record for Activity {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn territory(&self) -> Option<UnitId> {
        Some(self.fields.unit_id)
    }
}

/// Which activities to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ActivityFilter {
    /// Of one of these kinds.
    #[param(inline, style = Form, explode = false, max_items = 8)]
    pub kind: Option<Vec<ActivityKind>>,
    /// In one of these units or under it.
    #[param(inline, style = Form, explode = false, max_items = 100)]
    pub unit_id: Option<Vec<UnitId>>,
    /// For one of these models.
    #[param(inline, style = Form, explode = false, max_items = 100)]
    pub model_id: Option<Vec<ModelId>>,
    /// Begun at this moment or later.
    #[param(inline)]
    pub from: Option<Moment>,
    /// Begun at this moment or earlier.
    #[param(inline)]
    pub to: Option<Moment>,
}

sort_by!(ActivitySort, "-createdAt", { CreatedAt = "createdAt", StartedAt = "startedAt" });
