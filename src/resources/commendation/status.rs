//! Shapes of a commendation's status changes: written once, each a new version of the commendation.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::{CommendationId, CommendationStatus};
use crate::access::{Named, Noun};
use crate::http::schema::WHOLE;
use crate::http::sort_by;
use crate::journal::{Meta, Record};
use crate::types::{Day, Decision, Id, NewId, Reason, UnitId};

/// Identifier of a status change.
pub type CommendationStatusChangeId = Id<CommendationStatusChange>;
/// Identifier brought along for a new status change.
pub type NewCommendationStatusChangeId = NewId<CommendationStatusChange>;

/// An award and a revocation rest on a paper. Nothing but a condition on the other properties.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct OnPaper {}

impl PartialSchema for OnPaper {
    fn schema() -> RefOr<Schema> {
        let when = json!({
            "if": {"properties": {"to": {"enum": ["awarded", "revoked"]}}, "required": ["to"]},
            "then": {"properties": {"decision": {}}, "required": ["decision"]},
        });
        ObjectBuilder::new()
            .schema_type(SchemaType::AnyValue)
            .extensions(Some(ExtensionsBuilder::new().add(WHOLE, when).build()))
            .into()
    }
}

impl ToSchema for OnPaper {
    fn name() -> Cow<'static, str> {
        "OnPaper".into()
    }
}

/// What a client says of a status change.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CommendationStatusChangeFields {
    /// The new status.
    pub to: CommendationStatus,
    /// First day in the new status.
    pub effective_on: Day,
    /// Why. Name nobody in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reason: Option<Reason>,
    /// The paper it rests on; an award and a revocation need one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub decision: Option<Decision>,
    #[serde(flatten)]
    pub on_paper: OnPaper,
}

/// A status change to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NewCommendationStatusChange {
    /// The client's own identifier, a UUIDv7; made by the registry when absent.
    #[schema(nullable = false)]
    pub id: Option<NewCommendationStatusChangeId>,
    #[serde(flatten)]
    pub fields: CommendationStatusChangeFields,
}

/// A change of a commendation's status.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CommendationStatusChange {
    #[serde(flatten)]
    pub meta: Meta,
    /// The commendation.
    #[schema(read_only)]
    pub commendation_id: CommendationId,
    /// The unit to whose territory the commendation belongs.
    #[schema(read_only)]
    pub unit_id: UnitId,
    /// The status before.
    #[schema(read_only)]
    pub from: CommendationStatus,
    #[serde(flatten)]
    pub fields: CommendationStatusChangeFields,
}

impl Named for CommendationStatusChange {
    const NOUN: Noun = Noun::CommendationStatusChange;
}

impl Record for CommendationStatusChange {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn territory(&self) -> Option<UnitId> {
        Some(self.unit_id)
    }

    fn collection(&self) -> String {
        format!("/v1/commendations/{}/status-changes", self.commendation_id)
    }
}

sort_by!(CommendationStatusChangeSort, "-createdAt", { CreatedAt = "createdAt", EffectiveOn = "effectiveOn" });
