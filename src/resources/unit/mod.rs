//! Administrative units with their validity in time: codes are re-used, wards merge and split.

pub mod api;
pub mod bulk_store;
pub mod rules;
pub mod store;
pub mod succession_store;

use crate::types::PrincipalId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::{Named, Noun};
use crate::http::sort_by;
use crate::journal::{Meta, Record};
use crate::types::{Code, Day, Decision, Id, Line, LongCode, Moment, Name, NewId, ShortCode, text_enum};

pub use crate::types::{NewUnitId, UnitId};
/// Identifier of a succession.
pub type SuccessionId = Id<Succession>;
/// Identifier brought along for a new succession.
pub type NewSuccessionId = NewId<Succession>;

text_enum! {
    /// The level of a unit.
    pub enum UnitKind {
        Country = "country",
        Province = "province",
        District = "district",
        Commune = "commune",
        Neighbourhood = "neighbourhood",
    }
}

text_enum! {
    /// What the unit is called by law.
    pub enum NameType {
        Country = "country",
        City = "city",
        Province = "province",
        District = "district",
        Town = "town",
        Ward = "ward",
        Commune = "commune",
        Township = "township",
        SpecialZone = "special_zone",
        Block = "block",
        Village = "village",
    }
}

/// What a client says of a unit.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnitFields {
    /// The unit's code within its code system; unique at any one time.
    pub code: ShortCode,
    /// Who gives the codes, e.g. `gso` for the National Statistics Office.
    pub code_system: LongCode,
    /// The full name, e.g. `Phường Hội An`.
    pub name: Name,
    pub kind: UnitKind,
    pub name_type: NameType,
    /// The unit above; left out only for the country. Absent in a POST means the country.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub parent_id: Option<UnitId>,
    /// First day in force.
    pub valid_from: Day,
    /// First day no longer in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub valid_to: Option<Day>,
}

/// A unit to be created.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NewUnit {
    /// The client's own identifier, a UUIDv7; made by the registry when absent.
    #[schema(nullable = false)]
    pub id: Option<NewUnitId>,
    #[serde(flatten)]
    pub fields: UnitFields,
}

/// An administrative unit.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Unit {
    #[serde(flatten)]
    pub meta: Meta,
    #[serde(flatten)]
    pub fields: UnitFields,
    /// The units this one follows.
    #[schema(read_only, max_items = 1000)]
    pub predecessor_ids: Vec<UnitId>,
    /// The units that follow this one.
    #[schema(read_only, max_items = 1000)]
    pub successor_ids: Vec<UnitId>,
}

impl Named for Unit {
    const NOUN: Noun = Noun::Unit;
}

impl Record for Unit {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    /// Units are visible to all.
    fn territory(&self) -> Option<UnitId> {
        None
    }
}

/// Which units to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct UnitFilter {
    /// One of these levels.
    #[param(inline, style = Form, explode = false, max_items = 5)]
    pub kind: Option<Vec<UnitKind>>,
    /// One of these codes.
    #[param(inline, style = Form, explode = false, max_items = 100)]
    pub code: Option<Vec<ShortCode>>,
    /// Directly under one of these units.
    #[param(inline, style = Form, explode = false, max_items = 100)]
    pub parent_id: Option<Vec<UnitId>>,
    /// Under one of these units at any depth.
    #[param(inline, style = Form, explode = false, max_items = 100)]
    pub ancestor_id: Option<Vec<UnitId>>,
    /// In force on this day.
    #[param(inline)]
    pub valid_on: Option<Day>,
    /// Text in the name or code; case, diacritics and đ/d make no difference.
    #[param(inline)]
    pub q: Option<Name>,
}

sort_by!(UnitSort, "-createdAt", { CreatedAt = "createdAt", ValidFrom = "validFrom", Code = "code", Name = "name" });

/// A succession to be recorded.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewSuccession {
    /// The client's own identifier, a UUIDv7; made by the registry when absent.
    #[schema(nullable = false)]
    pub id: Option<NewSuccessionId>,
    #[serde(flatten)]
    pub fields: SuccessionFields,
}

/// What a client says of a succession.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SuccessionFields {
    /// The units that follow.
    #[schema(min_items = 1, max_items = 100)]
    pub successor_ids: Vec<UnitId>,
    /// First day on which the unit is no longer in force and its successors are.
    pub effective_on: Day,
    /// The paper it rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub decision: Option<Decision>,
}

/// The end of a unit and those that follow it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Succession {
    #[serde(flatten)]
    pub meta: Meta,
    /// The unit that ended.
    #[schema(read_only)]
    pub unit_id: UnitId,
    #[serde(flatten)]
    pub fields: SuccessionFields,
}

impl Named for Succession {
    const NOUN: Noun = Noun::Succession;
}

impl Record for Succession {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn territory(&self) -> Option<UnitId> {
        None
    }

    fn collection(&self) -> String {
        format!("/v1/units/{}/successions", self.unit_id)
    }
}

sort_by!(SuccessionSort, "-createdAt", { CreatedAt = "createdAt", EffectiveOn = "effectiveOn" });

/// The bookkeeping of a record that is written once: version 1 for ever.
pub(crate) fn written_once<R>(id: Id<R>, at: Moment, by: PrincipalId) -> Meta {
    Meta::new(id, 1, (at, by), (at, by))
}

impl Unit {
    /// The unit that a fresh registry holds.
    pub(crate) fn country(meta: Meta) -> Self {
        Self {
            meta,
            fields: UnitFields {
                code: Code::from("VN"),
                code_system: Code::from("iso-3166-1"),
                name: Line::from("Việt Nam"),
                kind: UnitKind::Country,
                name_type: NameType::Country,
                parent_id: None,
                valid_from: Day::FIRST,
                valid_to: None,
            },
            predecessor_ids: Vec::new(),
            successor_ids: Vec::new(),
        }
    }
}
