//! Shapes of an incident's status changes: written once, each a new version of the incident.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{IncidentId, IncidentStatus};
use crate::access::{Named, Noun};
use crate::http::sort_by;
use crate::journal::{Meta, Record};
use crate::types::{Decision, Id, Moment, NewId, Reason, UnitId};

/// Identifier of a status change.
pub type IncidentStatusChangeId = Id<IncidentStatusChange>;
/// Identifier brought along for a new status change.
pub type NewIncidentStatusChangeId = NewId<IncidentStatusChange>;

/// What a client says of a status change.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IncidentStatusChangeFields {
    /// The new status.
    pub to: IncidentStatus,
    /// Since when.
    pub effective_at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub note: Option<Reason>,
    /// The paper it rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub decision: Option<Decision>,
}

/// A status change to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NewIncidentStatusChange {
    /// The client's own identifier, a UUIDv7; made by the registry when absent.
    #[schema(nullable = false)]
    pub id: Option<NewIncidentStatusChangeId>,
    #[serde(flatten)]
    pub fields: IncidentStatusChangeFields,
}

/// A change of an incident's status.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IncidentStatusChange {
    #[serde(flatten)]
    pub meta: Meta,
    /// The incident.
    #[schema(read_only)]
    pub incident_id: IncidentId,
    /// The unit to whose territory the incident belongs.
    #[schema(read_only)]
    pub unit_id: UnitId,
    /// The status before.
    #[schema(read_only)]
    pub from: IncidentStatus,
    #[serde(flatten)]
    pub fields: IncidentStatusChangeFields,
}

impl Named for IncidentStatusChange {
    const NOUN: Noun = Noun::IncidentStatusChange;
}

impl Record for IncidentStatusChange {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn territory(&self) -> Option<UnitId> {
        Some(self.unit_id)
    }

    fn collection(&self) -> String {
        format!("/v1/incidents/{}/status-changes", self.incident_id)
    }
}

sort_by!(IncidentStatusChangeSort, "-createdAt", { CreatedAt = "createdAt", EffectiveAt = "effectiveAt" });
