//! Code lists: categories and forms with their labels and the days on which they are in force.

pub mod api;
pub mod rules;
pub mod store;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::{Named, Noun};
use crate::http::sort_by;
use crate::journal::{Meta, Record};
use crate::types::{Day, Id, LongCode, Name, NewId, UnitId, text_enum};

/// Identifier of a code.
pub type ListCodeId = Id<ListCode>;
/// Identifier brought along for a new code.
pub type NewListCodeId = NewId<ListCode>;

text_enum! {
    /// A code list by its name.
    pub enum ListName {
        IncidentCategory = "incident_category",
        MembershipCategory = "membership_category",
        CommendationForm = "commendation_form",
    }
}

/// A list of codes.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CodeList {
    /// The list's name.
    pub id: ListName,
    #[schema(max_length = 200)]
    pub label_vi: &'static str,
    #[schema(max_length = 200)]
    pub label_en: &'static str,
}

impl CodeList {
    /// The list of that name.
    pub const fn named(id: ListName) -> Self {
        let (label_vi, label_en) = match id {
            ListName::IncidentCategory => ("Loại vụ việc", "Incident category"),
            ListName::MembershipCategory => ("Loại thành viên", "Membership category"),
            ListName::CommendationForm => ("Hình thức khen thưởng", "Form of commendation"),
        };
        Self { id, label_vi, label_en }
    }
}

impl Named for CodeList {
    const NOUN: Noun = Noun::CodeList;
}

/// What a client says of a code.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ListCodeFields {
    /// Unique within the list at any one time.
    pub code: LongCode,
    pub label_vi: Name,
    pub label_en: Name,
    /// The wider code of the same list.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub parent_code: Option<LongCode>,
    /// First day in force.
    pub valid_from: Day,
    /// First day no longer in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub valid_to: Option<Day>,
    /// The code of the same list that took its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub replaced_by_code: Option<LongCode>,
}

/// A code to be created.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NewListCode {
    /// The client's own identifier, a UUIDv7; made by the registry when absent.
    #[schema(nullable = false)]
    pub id: Option<NewListCodeId>,
    #[serde(flatten)]
    pub fields: ListCodeFields,
}

/// A code of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ListCode {
    #[serde(flatten)]
    pub meta: Meta,
    /// The list it is in.
    #[schema(read_only)]
    pub list_id: ListName,
    #[serde(flatten)]
    pub fields: ListCodeFields,
}

impl Named for ListCode {
    const NOUN: Noun = Noun::ListCode;
}

impl Record for ListCode {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    /// Code lists are visible to all.
    fn territory(&self) -> Option<UnitId> {
        None
    }

    fn collection(&self) -> String {
        format!("/v1/code-lists/{}/codes", self.list_id)
    }
}

/// Which codes to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ListCodeFilter {
    /// In force on this day.
    #[param(inline)]
    pub valid_on: Option<Day>,
}

sort_by!(ListCodeSort, "-createdAt", { CreatedAt = "createdAt", ValidFrom = "validFrom", Code = "code" });
sort_by!(CodeListSort, "id", { Id = "id" });
