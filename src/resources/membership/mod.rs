//! Memberships: that a member takes part in a model, in a team, or in the force of a unit, as what and
//! from when to when.

pub mod api;
pub mod rules;
pub mod store;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::schema::ObjectBuilder;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use crate::access::{Named, Noun};
use crate::http::schema::WHOLE;
use crate::http::sort_by;
use crate::journal::{Meta, Record};
use crate::resources::member::MemberId;
use crate::resources::model::ModelId;
use crate::resources::team::TeamId;
use crate::types::{Day, Id, LongCode, NewId, Reason, UnitId, text_enum};

/// Identifier of a membership.
pub type MembershipId = Id<Membership>;
/// Identifier brought along for a new membership.
pub type NewMembershipId = NewId<Membership>;

text_enum! {
    /// What a member is among the others.
    pub enum MembershipRole {
        Leader = "leader",
        Deputy = "deputy",
        Secretary = "secretary",
        Member = "member",
    }
}

/// What it is a membership of: a model, a team, or a unit, that is its force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MembershipOf {
    #[serde(rename = "modelId")]
    Model(ModelId),
    #[serde(rename = "teamId")]
    Team(TeamId),
    #[serde(rename = "unitId")]
    Unit(UnitId),
}

impl PartialSchema for MembershipOf {
    fn schema() -> RefOr<Schema> {
        let one = json!({"oneOf": [
            {"required": ["modelId"]}, {"required": ["teamId"]}, {"required": ["unitId"]},
        ]});
        ObjectBuilder::new()
            .property("modelId", ModelId::schema())
            .property("teamId", TeamId::schema())
            .property("unitId", UnitId::schema())
            .extensions(Some(ExtensionsBuilder::new().add(WHOLE, one).build()))
            .into()
    }
}

impl ToSchema for MembershipOf {
    fn name() -> Cow<'static, str> {
        "MembershipOf".into()
    }
}

/// As what and from when to when a member takes part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MembershipTerms {
    /// A code of the list `membership_category` in force on `startedOn`.
    pub category: LongCode,
    pub role: MembershipRole,
    /// Its first day.
    pub started_on: Day,
    /// First day on which it no longer stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub ended_on: Option<Day>,
    /// Why it ended. Name nobody in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub end_reason: Option<Reason>,
    /// The day on which the member signed the pledge.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub pledged_on: Option<Day>,
}

/// What a client says of a membership.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MembershipFields {
    pub member_id: MemberId,
    #[serde(flatten)]
    pub of: MembershipOf,
    #[serde(flatten)]
    pub terms: MembershipTerms,
}

/// A membership to be created.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NewMembership {
    /// The client's own identifier, a UUIDv7; made by the registry when absent.
    #[schema(nullable = false)]
    pub id: Option<NewMembershipId>,
    #[serde(flatten)]
    pub fields: MembershipFields,
}

/// That a member takes part.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Membership {
    #[serde(flatten)]
    pub meta: Meta,
    pub member_id: MemberId,
    /// The model, where it is a membership of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub model_id: Option<ModelId>,
    /// The team, where it is a membership of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub team_id: Option<TeamId>,
    /// The unit, where it is a membership of its force; else the one of the model or team.
    pub unit_id: UnitId,
    #[serde(flatten)]
    pub terms: MembershipTerms,
}

impl Membership {
    pub fn id(&self) -> MembershipId {
        self.meta.id.cast()
    }

    /// What it is a membership of.
    pub fn of(&self) -> MembershipOf {
        match (self.model_id, self.team_id) {
            (Some(model), _) => MembershipOf::Model(model),
            (None, Some(team)) => MembershipOf::Team(team),
            (None, None) => MembershipOf::Unit(self.unit_id),
        }
    }

    /// What a patch applies to: a unit that is the model's or the team's was never said.
    pub fn said(&self) -> MembershipFields {
        MembershipFields { member_id: self.member_id, of: self.of(), terms: self.terms.clone() }
    }

    fn made(meta: Meta, fields: MembershipFields, unit_id: UnitId) -> Self {
        let (model_id, team_id) = match fields.of {
            MembershipOf::Model(model) => (Some(model), None),
            MembershipOf::Team(team) => (None, Some(team)),
            MembershipOf::Unit(_) => (None, None),
        };
        Self { meta, member_id: fields.member_id, model_id, team_id, unit_id, terms: fields.terms }
    }
}

impl Named for Membership {
    const NOUN: Noun = Noun::Membership;
}

impl Record for Membership {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn territory(&self) -> Option<UnitId> {
        Some(self.unit_id)
    }
}

/// Which memberships to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct MembershipFilter {
    /// Of one of these members.
    #[param(inline, style = Form, explode = false, max_items = 100)]
    pub member_id: Option<Vec<MemberId>>,
    /// In one of these models; memberships of its teams apart.
    #[param(inline, style = Form, explode = false, max_items = 100)]
    pub model_id: Option<Vec<ModelId>>,
    /// In one of these teams.
    #[param(inline, style = Form, explode = false, max_items = 100)]
    pub team_id: Option<Vec<TeamId>>,
    /// In one of these units or under it.
    #[param(inline, style = Form, explode = false, max_items = 100)]
    pub unit_id: Option<Vec<UnitId>>,
    /// Of one of these categories.
    #[param(inline, style = Form, explode = false, max_items = 100)]
    pub category: Option<Vec<LongCode>>,
    /// In one of these roles.
    #[param(inline, style = Form, explode = false, max_items = 4)]
    pub role: Option<Vec<MembershipRole>>,
    /// Standing on this day.
    #[param(inline)]
    pub active_on: Option<Day>,
}

sort_by!(MembershipSort, "-createdAt", { CreatedAt = "createdAt", StartedOn = "startedOn" });
