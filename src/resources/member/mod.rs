//! Members: persons, households and organisations that take part. What tells of a person is sealed at
//! rest; numbers are shown by their endings and in the clear through a disclosure alone.

pub mod acts;
pub mod acts_api;
pub mod acts_store;
pub mod api;
pub mod blind_store;
mod followers;
mod profile;
mod search;
pub mod store;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub use self::acts::{
    Disclosed, FoundMembers, MemberDisclosure, MemberDisclosureId, MemberErasure, MemberErasureId, MemberLookup,
    NewMemberDisclosure, NewMemberErasure,
};
use crate::access::{Named, Noun};
use crate::http::sort_by;
use crate::journal::{Meta, Record};
use crate::types::{Id, Name, NewId, PersonId, UnitId, text_enum};
use crate::vault::{NationalId, Phone};

/// Identifier of a member.
pub type MemberId = Id<Member>;
/// Identifier brought along for a new member.
pub type NewMemberId = NewId<Member>;

text_enum! {
    /// Who takes part.
    pub enum MemberKind {
        Person = "person",
        Household = "household",
        Organisation = "organisation",
    }
}

text_enum! {
    /// A person's gender as the identity register has it.
    pub enum Gender {
        Male = "male",
        Female = "female",
        Other = "other",
    }
}

/// What a client says of a member.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemberFields {
    pub kind: MemberKind,
    pub name: Name,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1850, maximum = 2200)]
    pub birth_year: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub gender: Option<Gender>,
    /// The personal identification number, 12 digits. Written and never read: see `nationalIdMasked`.
    #[serde(skip_serializing_if = "always", serialize_with = "nothing")]
    #[schema(nullable = false)]
    pub national_id: Option<NationalId>,
    /// A telephone number. Written and never read: see `phoneMasked`.
    #[serde(skip_serializing_if = "always", serialize_with = "nothing")]
    #[schema(nullable = false)]
    pub phone: Option<Phone>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub address: Option<Name>,
    /// The unit in which the member is kept.
    pub unit_id: UnitId,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub occupation: Option<Name>,
}

/// Numbers in the clear are read from a body and left out of every other.
const fn always<T>(_: &T) -> bool {
    true
}

fn nothing<T, S: serde::Serializer>(_: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_none()
}

/// The properties that a patch may clear though nobody sees them.
pub const UNSEEN: &[&str] = &["nationalId", "phone"];

/// A member to be created.
#[derive(Clone, Deserialize, ToSchema)]
pub struct NewMember {
    /// The client's own identifier, a UUIDv7; made by the registry when absent.
    #[schema(nullable = false)]
    pub id: Option<NewMemberId>,
    #[serde(flatten)]
    pub fields: MemberFields,
}

/// A person, household or organisation. After an erasure everything personal is null.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    #[serde(flatten)]
    pub meta: Meta,
    pub kind: MemberKind,
    pub unit_id: UnitId,
    #[serde(flatten)]
    pub told: Told,
}

/// A property that is left out where it was never said, and null where it was erased.
type Shown<T> = Option<Option<T>>;

/// What is told of a member.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    #[schema(required = true, value_type = Option<String>, max_length = 200)]
    pub name: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i32>, minimum = 1850, maximum = 2200)]
    pub birth_year: Shown<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 10, pattern = "^(male|female|other)$")]
    pub gender: Shown<Gender>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub address: Shown<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub occupation: Shown<Name>,
    /// The number's last three digits behind asterisks.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, read_only, max_length = 12, pattern = r"^\*+[0-9]{3}$")]
    pub national_id_masked: Shown<String>,
    /// The number's last three digits at most, behind asterisks.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, read_only, max_length = 12, pattern = r"^\*+[0-9]{2,3}$")]
    pub phone_masked: Shown<String>,
}

impl Told {
    /// What is told of an erased member.
    pub const NOTHING: Self = Self {
        name: None,
        birth_year: Some(None),
        gender: Some(None),
        address: Some(None),
        occupation: Some(None),
        national_id_masked: Some(None),
        phone_masked: Some(None),
    };
}

impl Member {
    pub fn id(&self) -> MemberId {
        self.meta.id.cast()
    }

    /// What a patch applies to; nothing once the member was erased.
    pub fn said(&self) -> Option<MemberFields> {
        let told = self.told.clone();
        Some(MemberFields {
            kind: self.kind,
            name: told.name?,
            birth_year: told.birth_year.flatten(),
            gender: told.gender.flatten(),
            national_id: None,
            phone: None,
            address: told.address.flatten(),
            unit_id: self.unit_id,
            occupation: told.occupation.flatten(),
        })
    }

    pub fn erased(&self) -> bool {
        self.told.name.is_none()
    }
}

impl Named for Member {
    const NOUN: Noun = Noun::Member;
}

impl Record for Member {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn territory(&self) -> Option<UnitId> {
        Some(self.unit_id)
    }

    fn person(&self) -> Option<PersonId> {
        Some(self.meta.id.cast())
    }
}

/// Which members to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct MemberFilter {
    /// Of one of these kinds.
    #[param(inline, style = Form, explode = false, max_items = 3)]
    pub kind: Option<Vec<MemberKind>>,
    /// In one of these units or under it.
    #[param(inline, style = Form, explode = false, max_items = 100)]
    pub unit_id: Option<Vec<UnitId>>,
    /// Text in the name; case, diacritics and đ/d make no difference. A page may hold fewer members
    /// than asked for and still have a next one.
    #[param(inline)]
    pub q: Option<Name>,
}

sort_by!(MemberSort, "-createdAt", { CreatedAt = "createdAt", Name = "name" });
