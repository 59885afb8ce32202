//! Commendations: what a member, a model or a unit is proposed for, and what became of the proposal.

pub mod api;
mod row;
pub mod rules;
pub mod status;
pub mod status_api;
pub mod status_store;
pub mod store;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub use self::status::{
    CommendationStatusChange, CommendationStatusChangeFields, CommendationStatusChangeId, NewCommendationStatusChange,
};
use crate::access::{Named, Noun};
use crate::http::sort_by;
use crate::journal::{Meta, Record};
use crate::resources::incident::IncidentId;
use crate::resources::member::MemberId;
use crate::resources::model::ModelId;
use crate::types::{AnyId, Day, Decision, Id, LongCode, Name, NewId, Notes, PersonId, UnitId, text_enum};

/// Identifier of a commendation.
pub type CommendationId = Id<Commendation>;
/// Identifier brought along for a new commendation.
pub type NewCommendationId = NewId<Commendation>;

text_enum! {
    /// Who is commended.
    pub enum RecipientKind {
        Member = "member",
        Model = "model",
        Unit = "unit",
    }
}

text_enum! {
    /// At which level it is conferred.
    pub enum CommendationLevel {
        Commune = "commune",
        District = "district",
        Province = "province",
        Ministry = "ministry",
        State = "state",
    }
}

text_enum! {
    /// Where a proposal stands.
    pub enum CommendationStatus {
        Proposed = "proposed",
        Awarded = "awarded",
        Rejected = "rejected",
        Revoked = "revoked",
    }
}

/// Who is commended, by an id of its own kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recipient {
    Member(MemberId),
    Model(ModelId),
    Unit(UnitId),
}

/// What a client says of a commendation.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CommendationFields {
    pub recipient_kind: RecipientKind,
    /// The member, model or unit.
    pub recipient_id: AnyId,
    /// A code of the list `commendation_form`, in force on the day awarded.
    pub form: LongCode,
    pub level: CommendationLevel,
    pub title: Name,
    /// What for. Name nobody in it.
    #[schema(min_length = 1)]
    pub achievement: Notes,
    /// First day of the time it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub period_from: Option<Day>,
    /// Last day of the time it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub period_to: Option<Day>,
    /// Incidents it is for. Seen, and sent, only with `incidents:read`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_items = 100)]
    pub incident_ids: Option<Vec<IncidentId>>,
}

impl CommendationFields {
    pub fn recipient(&self) -> Recipient {
        match self.recipient_kind {
            RecipientKind::Member => Recipient::Member(self.recipient_id.cast()),
            RecipientKind::Model => Recipient::Model(self.recipient_id.cast()),
            RecipientKind::Unit => Recipient::Unit(self.recipient_id.cast()),
        }
    }
}

/// A commendation to be proposed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NewCommendation {
    /// The client's own identifier, a UUIDv7; made by the registry when absent.
    #[schema(nullable = false)]
    pub id: Option<NewCommendationId>,
    #[serde(flatten)]
    pub fields: CommendationFields,
}

/// A commendation, proposed or decided.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Commendation {
    #[serde(flatten)]
    pub meta: Meta,
    #[serde(flatten)]
    pub fields: CommendationFields,
    /// The unit to whose territory the recipient belongs.
    #[schema(read_only)]
    pub unit_id: UnitId,
    /// The recipient's name as it was when it was proposed; null once the person was erased. That of a
    /// member is left out without `members:read`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, read_only, max_length = 200)]
    pub recipient_name: Option<Option<Name>>,
    /// Changed by `status-changes` alone.
    #[schema(read_only)]
    pub status: CommendationStatus,
    /// The paper by which it was awarded.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, read_only)]
    pub decision: Option<Decision>,
    /// The day on which it was awarded or rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, read_only)]
    pub decided_on: Option<Day>,
}

impl Commendation {
    pub fn id(&self) -> CommendationId {
        self.meta.id.cast()
    }
}

impl Named for Commendation {
    const NOUN: Noun = Noun::Commendation;
}

impl Record for Commendation {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn territory(&self) -> Option<UnitId> {
        Some(self.unit_id)
    }

    fn person(&self) -> Option<PersonId> {
        match self.fields.recipient() {
            Recipient::Member(member) => Some(member.cast()),
            Recipient::Model(_) | Recipient::Unit(_) => None,
        }
    }

    const PERSONAL: &'static [&'static str] = &["recipientName"];
}

/// Which commendations to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct CommendationFilter {
    /// Of recipients of one of these kinds.
    #[param(inline, style = Form, explode = false, max_items = 3)]
    pub recipient_kind: Option<Vec<RecipientKind>>,
    /// Of one of these members, models or units.
    #[param(inline, style = Form, explode = false, max_items = 100)]
    pub recipient_id: Option<Vec<AnyId>>,
    /// Of one of these forms.
    #[param(inline, style = Form, explode = false, max_items = 100)]
    pub form: Option<Vec<LongCode>>,
    /// At one of these levels.
    #[param(inline, style = Form, explode = false, max_items = 5)]
    pub level: Option<Vec<CommendationLevel>>,
    /// In one of these statuses.
    #[param(inline, style = Form, explode = false, max_items = 4)]
    pub status: Option<Vec<CommendationStatus>>,
    /// In one of these units or under it.
    #[param(inline, style = Form, explode = false, max_items = 100)]
    pub unit_id: Option<Vec<UnitId>>,
    /// Decided on this day or later.
    #[param(inline)]
    pub decided_from: Option<Day>,
    /// Decided on this day or earlier.
    #[param(inline)]
    pub decided_to: Option<Day>,
}

// Those that are not decided come before all days.
sort_by!(CommendationSort, "-createdAt", { CreatedAt = "createdAt", DecidedOn = "decidedOn" });
