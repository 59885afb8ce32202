//! Users: people who sign in, the offices they hold, their passwords and their sessions. A display name
//! and the identities at other issuers are sealed at rest.

pub mod api;
pub mod credential;
pub mod credential_store;
pub mod failure_store;
pub mod identity_store;
mod rules;
pub mod session_store;
pub mod store;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub use self::credential::{IssuedPassword, NewUserCredential, UserCredential, UserCredentialId};
use crate::access::{Named, Noun, Role};
use crate::http::sort_by;
use crate::journal::{Meta, Record};
use crate::resources::client::State;
use crate::types::{Id, Line, Name, NewId, PersonId, UnitId, Username};

/// Identifier of a user.
pub type UserId = Id<User>;
/// Identifier brought along for a new user.
pub type NewUserId = NewId<User>;

/// Requests a minute that a user may make.
pub const RATE_LIMIT: u32 = crate::resources::client::DEFAULT_RATE_LIMIT as u32;

/// Who a user is at another issuer (OpenID Connect Core, section 2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// The issuer, as its tokens name it.
    pub iss: Line<300>,
    /// The subject at that issuer.
    pub sub: Line<255>,
}

/// What is said of a user.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserFields {
    /// What the user is called.
    pub display_name: Name,
    /// The office, which brings the scopes.
    pub role: Role,
    /// The root of the user's territory.
    pub unit_id: UnitId,
    /// Who the user is at trusted issuers; nobody else may be the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_items = 10)]
    pub identities: Option<Vec<Identity>>,
    /// `active` when absent in a POST; a disabled user is turned away within a second.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub state: Option<State>,
}

/// A user to be created.
#[derive(Clone, Deserialize, ToSchema)]
pub struct NewUser {
    /// The caller's own identifier, a UUIDv7; made by the registry when absent.
    #[schema(nullable = false)]
    pub id: Option<NewUserId>,
    /// The name to sign in with; it stays as it is.
    pub username: Username,
    #[serde(flatten)]
    pub fields: UserFields,
}

/// A person who signs in.
#[derive(Clone, Serialize, ToSchema)]
pub struct User {
    #[serde(flatten)]
    pub meta: Meta,
    /// The name to sign in with.
    pub username: Username,
    #[serde(flatten)]
    pub fields: UserFields,
}

impl User {
    pub fn id(&self) -> UserId {
        self.meta.id.cast()
    }

    pub fn active(&self) -> bool {
        self.fields.state != Some(State::Disabled)
    }
}

impl Named for User {
    const NOUN: Noun = Noun::User;
}

impl Record for User {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn territory(&self) -> Option<UnitId> {
        Some(self.fields.unit_id)
    }

    fn person(&self) -> Option<PersonId> {
        Some(self.meta.id.cast())
    }
}

/// Which users to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct UserFilter {
    /// In one of these units or under it.
    #[param(inline, style = Form, explode = false, max_items = 100)]
    pub unit_id: Option<Vec<UnitId>>,
    /// In one of these offices.
    #[param(inline, style = Form, explode = false, max_items = 6)]
    pub role: Option<Vec<Role>>,
    /// In one of these states.
    #[param(inline, style = Form, explode = false, max_items = 2)]
    pub state: Option<Vec<State>>,
    /// Text in the username; case makes no difference.
    #[param(inline)]
    pub q: Option<Name>,
}

sort_by!(UserSort, "-createdAt", { CreatedAt = "createdAt", Username = "username" });
