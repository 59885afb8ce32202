//! Shapes of a model's status changes: written once, each a new version of the model.

use crate::resources::model::ModelId;
use crate::types::UnitId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ModelStatus;
use crate::access::{Named, Noun};
use crate::http::sort_by;
use crate::journal::{Meta, Record};
use crate::types::{Day, Decision, Id, NewId, Reason};

/// Identifier of a status change.
pub type ModelStatusChangeId = Id<ModelStatusChange>;
/// Identifier brought along for a new status change.
pub type NewModelStatusChangeId = NewId<ModelStatusChange>;

/// What a client says of a status change.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ModelStatusChangeFields {
    /// The new status.
    pub to: ModelStatus,
    /// First day in the new status.
    pub effective_on: Day,
    /// Why.
    #[schema(min_length = 1)]
    pub reason: Reason,
    /// The paper it rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub decision: Option<Decision>,
    /// With `merged`: the model that goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub merged_into_id: Option<ModelId>,
}

/// A status change to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NewModelStatusChange {
    /// The client's own identifier, a UUIDv7; made by the registry when absent.
    #[schema(nullable = false)]
    pub id: Option<NewModelStatusChangeId>,
    #[serde(flatten)]
    pub fields: ModelStatusChangeFields,
}

/// A change of a model's status.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ModelStatusChange {
    #[serde(flatten)]
    pub meta: Meta,
    /// The model.
    #[schema(read_only)]
    pub model_id: ModelId,
    /// The unit to whose territory the model belongs.
    #[schema(read_only)]
    pub unit_id: UnitId,
    /// The status before.
    #[schema(read_only)]
    pub from: ModelStatus,
    #[serde(flatten)]
    pub fields: ModelStatusChangeFields,
}

impl Named for ModelStatusChange {
    const NOUN: Noun = Noun::ModelStatusChange;
}

impl Record for ModelStatusChange {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn territory(&self) -> Option<UnitId> {
        Some(self.unit_id)
    }

    fn collection(&self) -> String {
        format!("/v1/models/{}/status-changes", self.model_id)
    }
}

sort_by!(StatusChangeSort, "-createdAt", { CreatedAt = "createdAt", EffectiveOn = "effectiveOn" });
