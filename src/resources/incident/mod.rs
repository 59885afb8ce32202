//! Incidents: what happened, how it was handled, what models contributed. Each may be a violation of
//! law by somebody, so all of it is sensitive; the summary needs a right of its own.

pub mod api;
pub(crate) mod bulk_store;
pub mod code_store;
pub mod recount;
mod row;
pub mod rules;
mod seen;
mod settled;
pub mod status;
pub mod status_store;
pub mod store;
pub mod sums;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub use self::status::{
    IncidentStatusChange, IncidentStatusChangeFields, IncidentStatusChangeId, NewIncidentStatusChange,
};
use crate::access::{Named, Noun};
use crate::http::sort_by;
use crate::journal::{Meta, Record};
use crate::resources::model::ModelId;
use crate::types::{Degrees, GeoPoint, Id, LongCode, Moment, NewId, Notes, UnitId, text_enum};

/// Identifier of an incident.
pub type IncidentId = Id<Incident>;
/// Identifier brought along for a new incident.
pub type NewIncidentId = NewId<Incident>;

text_enum! {
    /// How grave it was: the four grades of the Penal Code.
    pub enum Severity {
        Minor = "minor",
        Serious = "serious",
        VerySerious = "very_serious",
        ExtremelySerious = "extremely_serious",
    }
}

text_enum! {
    /// Who brought it to notice.
    pub enum Source {
        Citizen = "citizen",
        Patrol = "patrol",
        Camera = "camera",
        ModelMember = "model_member",
        Police = "police",
        Other = "other",
    }
}

text_enum! {
    /// Where the handling stands.
    pub enum IncidentStatus {
        Received = "received",
        Verifying = "verifying",
        Handling = "handling",
        Resolved = "resolved",
        Transferred = "transferred",
        Rejected = "rejected",
    }
}

text_enum! {
    /// What a model did about it.
    pub enum ContributionKind {
        Detected = "detected",
        Prevented = "prevented",
        Handled = "handled",
        Reported = "reported",
    }
}

/// What a model did about an incident.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Contribution {
    pub model_id: ModelId,
    pub kind: ContributionKind,
}

/// What a client says of an incident.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IncidentFields {
    /// Unique within the unit; made by the registry when absent in a POST.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub code: Option<LongCode>,
    /// A code of the list `incident_category` in force on the day it occurred.
    pub category: LongCode,
    pub severity: Severity,
    pub occurred_at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub occurred_until: Option<Moment>,
    /// Now, when absent in a POST.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reported_at: Option<Moment>,
    pub unit_id: UnitId,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub location: Option<GeoPoint>,
    pub source: Source,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_items = 100)]
    pub contributions: Option<Vec<Contribution>>,
    /// Seen, and sent, only with `incidents:detail`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub summary: Option<Notes>,
    /// People injured; 0 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 1000000)]
    pub injured: Option<i64>,
    /// Deaths; 0 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 1000000)]
    pub deaths: Option<i64>,
    /// Damage to property in đồng; 0 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 1000000000000000i64)]
    pub property_damage_vnd: Option<i64>,
}

/// An incident to be created.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NewIncident {
    /// The client's own identifier, a UUIDv7; made by the registry when absent.
    #[schema(nullable = false)]
    pub id: Option<NewIncidentId>,
    #[serde(flatten)]
    pub fields: IncidentFields,
}

/// Something that happened and was taken up.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Incident {
    #[serde(flatten)]
    pub meta: Meta,
    #[serde(flatten)]
    pub fields: IncidentFields,
    /// Changed by `status-changes` alone.
    #[schema(read_only)]
    pub status: IncidentStatus,
    /// When it was resolved, while it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, read_only)]
    pub resolved_at: Option<Moment>,
    /// Since when it has its status.
    #[serde(skip)]
    #[schema(ignore)]
    pub status_since: Moment,
}

impl Named for Incident {
    const NOUN: Noun = Noun::Incident;
}

impl Record for Incident {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn territory(&self) -> Option<UnitId> {
        Some(self.fields.unit_id)
    }
}

/// Which incidents to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct IncidentFilter {
    /// Of one of these categories.
    #[param(inline, style = Form, explode = false, max_items = 100)]
    pub category: Option<Vec<LongCode>>,
    /// Of one of these grades.
    #[param(inline, style = Form, explode = false, max_items = 4)]
    pub severity: Option<Vec<Severity>>,
    /// In one of these statuses.
    #[param(inline, style = Form, explode = false, max_items = 6)]
    pub status: Option<Vec<IncidentStatus>>,
    /// From one of these sources.
    #[param(inline, style = Form, explode = false, max_items = 6)]
    pub source: Option<Vec<Source>>,
    /// In one of these units or under it.
    #[param(inline, style = Form, explode = false, max_items = 100)]
    pub unit_id: Option<Vec<UnitId>>,
    /// With a contribution of one of these models.
    #[param(inline, style = Form, explode = false, max_items = 100)]
    pub model_id: Option<Vec<ModelId>>,
    /// Occurred at this moment or later.
    #[param(inline)]
    pub occurred_from: Option<Moment>,
    /// Occurred at this moment or earlier.
    #[param(inline)]
    pub occurred_to: Option<Moment>,
    /// Within these degrees: `minLng,minLat,maxLng,maxLat`.
    #[param(inline, style = Form, explode = false, min_items = 4, max_items = 4)]
    pub bbox: Option<Vec<Degrees>>,
}

sort_by!(IncidentSort, "-createdAt", { CreatedAt = "createdAt", OccurredAt = "occurredAt", ReportedAt = "reportedAt", Code = "code" });
