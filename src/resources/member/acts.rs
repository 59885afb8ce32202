//! Shapes of what is done about a member beside changing it: disclosures, erasures, look-ups. Each is
//! written once and entered in the journal.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Member, MemberId};
use crate::access::{Named, Noun};
use crate::http::sort_by;
use crate::journal::{Meta, Record};
use crate::types::{Decision, Id, NewId, Reason, UnitId, text_enum};
use crate::vault::NationalId;

/// Identifier of a disclosure.
pub type MemberDisclosureId = Id<MemberDisclosure>;
/// Identifier brought along for a new disclosure.
pub type NewMemberDisclosureId = NewId<MemberDisclosure>;
/// Identifier of an erasure.
pub type MemberErasureId = Id<MemberErasure>;
/// Identifier brought along for a new erasure.
pub type NewMemberErasureId = NewId<MemberErasure>;

text_enum! {
    /// What can be disclosed of a member.
    pub enum Disclosable {
        NationalId = "nationalId",
        Phone = "phone",
    }
}

/// Why and what is to be disclosed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemberDisclosureFields {
    /// Why; kept in the journal. Name nobody in it.
    #[schema(min_length = 1)]
    pub reason: Reason,
    #[schema(min_items = 1, max_items = 2)]
    pub fields: Vec<Disclosable>,
}

/// A disclosure to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NewMemberDisclosure {
    /// The client's own identifier, a UUIDv7; made by the registry when absent.
    #[schema(nullable = false)]
    pub id: Option<NewMemberDisclosureId>,
    #[serde(flatten)]
    pub fields: MemberDisclosureFields,
}

/// That something was disclosed, to whom (`createdBy`) and why.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemberDisclosure {
    #[serde(flatten)]
    pub meta: Meta,
    #[schema(read_only)]
    pub member_id: MemberId,
    /// The unit to whose territory the member belongs.
    #[schema(read_only)]
    pub unit_id: UnitId,
    #[serde(flatten)]
    pub fields: MemberDisclosureFields,
}

/// A disclosure with what it discloses, this once: a repeated request is told that it was made, no more.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Disclosed {
    #[serde(flatten)]
    pub disclosure: MemberDisclosure,
    /// In the clear; left out when it was not asked for or is not kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, read_only, max_length = 12)]
    pub national_id: Option<String>,
    /// In the clear; left out when it was not asked for or is not kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, read_only, max_length = 16)]
    pub phone: Option<String>,
}

/// Why a person is to be erased.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemberErasureFields {
    /// Why; kept in the journal. Name nobody in it.
    #[schema(min_length = 1)]
    pub reason: Reason,
    /// The paper it rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub decision: Option<Decision>,
}

/// An erasure to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NewMemberErasure {
    /// The client's own identifier, a UUIDv7; made by the registry when absent.
    #[schema(nullable = false)]
    pub id: Option<NewMemberErasureId>,
    #[serde(flatten)]
    pub fields: MemberErasureFields,
}

/// That a person was erased: the record counts on, and nothing in it tells of the person.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemberErasure {
    #[serde(flatten)]
    pub meta: Meta,
    #[schema(read_only)]
    pub member_id: MemberId,
    /// The unit to whose territory the member belongs.
    #[schema(read_only)]
    pub unit_id: UnitId,
    #[serde(flatten)]
    pub fields: MemberErasureFields,
}

/// Whom to look up.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemberLookup {
    /// The personal identification number, 12 digits.
    pub national_id: NationalId,
}

/// The members of the caller's territory that have a number.
#[derive(Serialize, ToSchema)]
pub struct FoundMembers {
    #[schema(max_items = 500)]
    pub items: Vec<Member>,
}

macro_rules! written_once {
    ($record:ty, $noun:ident, $path:literal) => {
        impl Named for $record {
            const NOUN: Noun = Noun::$noun;
        }
        impl Record for $record {
            fn meta(&self) -> &Meta {
                &self.meta
            }
            fn territory(&self) -> Option<UnitId> {
                Some(self.unit_id)
            }
            fn collection(&self) -> String {
                format!("/v1/members/{}/{}", self.member_id, $path)
            }
        }
    };
}
written_once!(MemberDisclosure, MemberDisclosure, "disclosures");
written_once!(MemberErasure, MemberErasure, "erasures");

impl Named for Disclosed {
    const NOUN: Noun = Noun::MemberDisclosure;
}

/// For the answer alone: what it discloses is never entered anywhere.
impl Record for Disclosed {
    fn meta(&self) -> &Meta {
        &self.disclosure.meta
    }

    fn territory(&self) -> Option<UnitId> {
        self.disclosure.territory()
    }

    fn collection(&self) -> String {
        self.disclosure.collection()
    }
}

impl Named for MemberLookup {
    const NOUN: Noun = Noun::MemberLookup;
}

sort_by!(ActSort, "-createdAt", { CreatedAt = "createdAt" });
