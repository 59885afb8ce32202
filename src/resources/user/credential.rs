//! Shapes of passwords as records. A one-time password is shown once, when it is made; only its hash
//! is kept, and that sealed.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::UserId;
use crate::access::{Named, Noun};
use crate::http::sort_by;
use crate::journal::{Meta, Record};
use crate::types::{Id, NewId, UnitId};

/// Identifier of a password.
pub type UserCredentialId = Id<UserCredential>;
/// Identifier brought along for a new password.
pub type NewUserCredentialId = NewId<UserCredential>;

/// A one-time password to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUserCredential {
    /// The caller's own identifier, a UUIDv7; made by the registry when absent.
    #[schema(nullable = false)]
    pub id: Option<NewUserCredentialId>,
}

/// The password of a user, without the password.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserCredential {
    #[serde(flatten)]
    pub meta: Meta,
    /// The user who signs in with it.
    #[schema(read_only)]
    pub user_id: UserId,
    /// Whether it was made for the user, who should change it.
    #[schema(read_only)]
    pub temporary: bool,
    #[serde(skip)]
    #[schema(ignore)]
    pub unit_id: UnitId,
}

/// A one-time password just made.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IssuedPassword {
    #[serde(flatten)]
    pub credential: UserCredential,
    /// The password. Shown this once; absent when an idempotent request is repeated.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 100)]
    pub password: Option<String>,
}

impl Named for UserCredential {
    const NOUN: Noun = Noun::UserCredential;
}

impl Record for UserCredential {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn territory(&self) -> Option<UnitId> {
        Some(self.unit_id)
    }

    fn collection(&self) -> String {
        format!("/v1/users/{}/credentials", self.user_id)
    }
}

impl Named for IssuedPassword {
    const NOUN: Noun = Noun::UserCredential;
}

/// For the answer alone: what is entered in the journal is the credential.
impl Record for IssuedPassword {
    fn meta(&self) -> &Meta {
        &self.credential.meta
    }

    fn territory(&self) -> Option<UnitId> {
        self.credential.territory()
    }

    fn collection(&self) -> String {
        self.credential.collection()
    }
}

sort_by!(UserCredentialSort, "-createdAt", { CreatedAt = "createdAt" });
