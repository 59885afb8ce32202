//! Teams (tổ): those that run a model, each perhaps in a unit of its own.

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
use crate::types::{Day, Id, Name, NewId, UnitId};

/// Identifier of a team.
pub type TeamId = Id<Team>;
/// Identifier brought along for a new team.
pub type NewTeamId = NewId<Team>;

/// What a client says of a team.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TeamFields {
    /// The model it runs.
    pub model_id: ModelId,
    pub name: Name,
    /// The unit it works in; its model's when it has none of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub unit_id: Option<UnitId>,
    /// Its first day.
    pub started_on: Day,
    /// First day on which it no longer works.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub ended_on: Option<Day>,
}

/// A team to be created.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NewTeam {
    /// The client's own identifier, a UUIDv7; made by the registry when absent.
    #[schema(nullable = false)]
    pub id: Option<NewTeamId>,
    #[serde(flatten)]
    pub fields: TeamFields,
}

/// A team that runs a model.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Team {
    #[serde(flatten)]
    pub meta: Meta,
    /// As served: `unitId` is always there, its own or its model's.
    #[serde(flatten)]
    pub fields: TeamFields,
    /// Whether `unitId` is the team's own.
    #[serde(skip)]
    #[schema(ignore)]
    pub own_unit: bool,
}

impl Team {
    /// What a patch applies to: a unit that is the model's was never said of the team.
    pub fn said(&self) -> TeamFields {
        TeamFields { unit_id: self.fields.unit_id.filter(|_| self.own_unit), ..self.fields.clone() }
    }
}

impl Named for Team {
    const NOUN: Noun = Noun::Team;
}

impl Record for Team {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn territory(&self) -> Option<UnitId> {
        self.fields.unit_id
    }
}

/// Which teams to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct TeamFilter {
    /// Of one of these models.
    #[param(inline, style = Form, explode = false, max_items = 100)]
    pub model_id: Option<Vec<ModelId>>,
    /// In one of these units or under it.
    #[param(inline, style = Form, explode = false, max_items = 100)]
    pub unit_id: Option<Vec<UnitId>>,
}

sort_by!(TeamSort, "-createdAt", { CreatedAt = "createdAt", StartedOn = "startedOn", Name = "name" });
