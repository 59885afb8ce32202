//! Models: one site (điểm) of a model type in one unit, with the status it was in on every day.

pub mod api;
pub(crate) mod bulk_store;
mod followers;
pub mod rules;
mod spans;
pub mod status;
pub mod status_store;
pub mod store;

use crate::resources::model_type::ModelTypeId;
use crate::types::UnitId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub use self::status::{
    ModelStatusChange, ModelStatusChangeFields, ModelStatusChangeId, NewModelStatusChange, NewModelStatusChangeId,
    StatusChangeSort,
};
use crate::access::{Named, Noun};
use crate::http::sort_by;
use crate::journal::{Meta, Record};
use crate::resources::model_type::Field;
use crate::types::{Day, Decision, GeoPoint, Id, LongCode, Name, NewId, Notes, text_enum};

/// Identifier of a model.
pub type ModelId = Id<Model>;
/// Identifier brought along for a new model.
pub type NewModelId = NewId<Model>;

text_enum! {
    /// Where a model stands in its life.
    pub enum ModelStatus {
        Proposed = "proposed",
        Active = "active",
        Suspended = "suspended",
        Merged = "merged",
        Dissolved = "dissolved",
    }
}

text_enum! {
    /// The status a model begins with.
    pub enum FirstStatus {
        Proposed = "proposed",
        Active = "active",
    }
}

text_enum! {
    /// The surroundings a model works in.
    pub enum Setting {
        Residential = "residential",
        Agency = "agency",
        Enterprise = "enterprise",
        School = "school",
        Religious = "religious",
        Hotspot = "hotspot",
        Other = "other",
    }
}

text_enum! {
    /// What is odd about a model without being wrong.
    pub enum ModelWarning {
        HouseholdGroupSize = "household_group_size",
    }
}

/// What a client says of a model.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ModelFields {
    /// Unique within the unit; made by the registry when absent in a POST.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub code: Option<LongCode>,
    pub name: Name,
    /// The type of which this is a site.
    pub model_type_id: ModelTypeId,
    /// The unit in which it works.
    pub unit_id: UnitId,
    /// Its first day.
    pub established_on: Day,
    /// The body that leads it, e.g. the ward police.
    pub lead_body: Name,
    /// Bodies that work with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_items = 50)]
    pub partner_bodies: Option<Vec<Name>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub setting: Option<Setting>,
    /// Households that take part.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 100000000)]
    pub household_count: Option<i64>,
    /// People that take part.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 100000000)]
    pub participant_count: Option<i64>,
    /// The model that this one replicates.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub replicated_from_id: Option<ModelId>,
    /// The paper it rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub decision: Option<Decision>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub location: Option<GeoPoint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub notes: Option<Notes>,
}

/// A model to be created.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NewModel {
    /// The client's own identifier, a UUIDv7; made by the registry when absent.
    #[schema(nullable = false)]
    pub id: Option<NewModelId>,
    /// `active` when absent.
    #[schema(nullable = false)]
    pub status: Option<FirstStatus>,
    #[serde(flatten)]
    pub fields: ModelFields,
}

/// One site of a model type.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Model {
    #[serde(flatten)]
    pub meta: Meta,
    #[serde(flatten)]
    pub fields: ModelFields,
    /// Changed by `status-changes` alone.
    #[schema(read_only)]
    pub status: ModelStatus,
    /// First day on which it no longer works, once merged or dissolved.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, read_only)]
    pub ended_on: Option<Day>,
    /// Whether its latest review holds it up as an example.
    #[schema(read_only)]
    pub exemplar: bool,
    /// What is odd about it without being wrong, as of its last change. `household_group_size`: a household
    /// fire-safety group of fewer than 5 or more than 15 households.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, read_only, max_items = 10)]
    pub warnings: Option<Vec<ModelWarning>>,
}

impl Named for Model {
    const NOUN: Noun = Noun::Model;
}

impl Record for Model {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn territory(&self) -> Option<UnitId> {
        Some(self.fields.unit_id)
    }
}

/// Which models to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ModelFilter {
    /// In one of these units or under it.
    #[param(inline, style = Form, explode = false, max_items = 100)]
    pub unit_id: Option<Vec<UnitId>>,
    /// Of one of these types.
    #[param(inline, style = Form, explode = false, max_items = 100)]
    pub model_type_id: Option<Vec<ModelTypeId>>,
    /// Of a type in one of these fields of work.
    #[param(inline, style = Form, explode = false, max_items = 7)]
    pub field: Option<Vec<Field>>,
    /// In one of these settings.
    #[param(inline, style = Form, explode = false, max_items = 7)]
    pub setting: Option<Vec<Setting>>,
    /// In one of these statuses now.
    #[param(inline, style = Form, explode = false, max_items = 5)]
    pub status: Option<Vec<ModelStatus>>,
    /// Established on this day or later.
    #[param(inline)]
    pub established_from: Option<Day>,
    /// Established on this day or earlier.
    #[param(inline)]
    pub established_to: Option<Day>,
    /// Exemplary by the latest review, or not.
    pub exemplar: Option<bool>,
    /// Text in the name or code; case, diacritics and đ/d make no difference.
    #[param(inline)]
    pub q: Option<Name>,
}

sort_by!(ModelSort, "-createdAt", {
    CreatedAt = "createdAt", EstablishedOn = "establishedOn", Code = "code", Name = "name",
});
