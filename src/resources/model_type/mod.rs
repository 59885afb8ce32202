//! Model types: a mô hình by name, of which there are sites (see `model`) in many units.

pub mod api;
pub mod rules;
pub mod store;

use crate::types::UnitId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::{Named, Noun};
use crate::http::sort_by;
use crate::journal::{Meta, Record};
use crate::types::{Day, Id, LongCode, Name, NewId, Notes, text_enum};

/// Identifier of a model type.
pub type ModelTypeId = Id<ModelType>;
/// Identifier brought along for a new model type.
pub type NewModelTypeId = NewId<ModelType>;

text_enum! {
    /// What a model works on.
    pub enum Field {
        Security = "security",
        Order = "order",
        FireSafety = "fire_safety",
        Drugs = "drugs",
        Traffic = "traffic",
        Residence = "residence",
        Other = "other",
    }
}

/// What a client says of a model type.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ModelTypeFields {
    /// Unique in the registry.
    pub code: LongCode,
    /// The Vietnamese name.
    pub name: Name,
    /// The English name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub name_en: Option<Name>,
    pub field: Field,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub description: Option<Notes>,
    /// First day in use.
    pub valid_from: Day,
    /// First day no longer in use.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub valid_to: Option<Day>,
}

/// A model type to be created.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NewModelType {
    /// The client's own identifier, a UUIDv7; made by the registry when absent.
    #[schema(nullable = false)]
    pub id: Option<NewModelTypeId>,
    #[serde(flatten)]
    pub fields: ModelTypeFields,
}

/// A kind of self-managed model.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ModelType {
    #[serde(flatten)]
    pub meta: Meta,
    #[serde(flatten)]
    pub fields: ModelTypeFields,
}

impl Named for ModelType {
    const NOUN: Noun = Noun::ModelType;
}

impl Record for ModelType {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    /// Model types are visible to all.
    fn territory(&self) -> Option<UnitId> {
        None
    }
}

/// Which model types to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ModelTypeFilter {
    /// One of these fields of work.
    #[param(inline, style = Form, explode = false, max_items = 7)]
    pub field: Option<Vec<Field>>,
    /// In use on this day.
    #[param(inline)]
    pub valid_on: Option<Day>,
    /// Text in a name or the code; case, diacritics and đ/d make no difference.
    #[param(inline)]
    pub q: Option<Name>,
}

sort_by!(ModelTypeSort, "-createdAt", { CreatedAt = "createdAt", ValidFrom = "validFrom", Code = "code", Name = "name" });
