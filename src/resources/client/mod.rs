//! Service accounts: other systems that call the registry, and the secrets and keys they sign in with.

pub mod api;
pub mod assertion_store;
pub mod credential;
pub mod public_key;
mod rules;
mod secret;
pub mod store;

use crate::types::UnitId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub use self::credential::{
    ClientCredential, ClientCredentialId, IssuedCredential, NewClientCredential, NewClientCredentialId,
};
pub use self::public_key::{KeyAlgorithm, PublicKey};
pub use self::secret::{Secret, hash as secret_hash, matches as secret_matches};
use crate::access::{Named, Noun, Scope};
use crate::http::sort_by;
use crate::journal::{Meta, Record};
use crate::types::{Id, LongCode, Name, NewId, text_enum};

/// Identifier of a client.
pub type ClientId = Id<Client>;
/// Identifier brought along for a new client.
pub type NewClientId = NewId<Client>;

text_enum! {
    /// Whether a principal may sign in.
    pub enum State {
        Active = "active",
        Disabled = "disabled",
    }
}

/// What is said of a client.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClientFields {
    pub name: Name,
    /// The electronic identifier of the organisation that runs it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub organisation_code: Option<LongCode>,
    /// What it may do.
    #[schema(max_items = 64)]
    pub scopes: Vec<Scope>,
    /// The root of its territory.
    pub unit_id: UnitId,
    /// Requests a minute; 600 when absent in a POST.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, maximum = 10000000)]
    pub rate_limit_per_minute: Option<i64>,
    /// What it proves itself with at `/oauth/token` without a secret (`private_key_jwt`, RFC 7523).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_items = 5)]
    pub public_keys: Option<Vec<PublicKey>>,
    /// `active` when absent in a POST; a disabled client is turned away within a second.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub state: Option<State>,
}

/// Requests a minute where nothing else was said.
pub const DEFAULT_RATE_LIMIT: i64 = 600;

/// A client to be created.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NewClient {
    /// The caller's own identifier, a UUIDv7; made by the registry when absent.
    #[schema(nullable = false)]
    pub id: Option<NewClientId>,
    #[serde(flatten)]
    pub fields: ClientFields,
}

/// A service account.
// In the document it is named so: libraries that are generated have a `Client` of their own.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ServiceAccount)]
pub struct Client {
    #[serde(flatten)]
    pub meta: Meta,
    #[serde(flatten)]
    pub fields: ClientFields,
}

impl Client {
    pub fn active(&self) -> bool {
        self.fields.state != Some(State::Disabled)
    }
}

impl Named for Client {
    const NOUN: Noun = Noun::Client;
}

impl Record for Client {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn territory(&self) -> Option<UnitId> {
        Some(self.fields.unit_id)
    }
}

/// Which clients to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ClientFilter {
    /// In one of these units or under it.
    #[param(inline, style = Form, explode = false, max_items = 100)]
    pub unit_id: Option<Vec<UnitId>>,
    /// In one of these states.
    #[param(inline, style = Form, explode = false, max_items = 2)]
    pub state: Option<Vec<State>>,
    /// Text in the name; case, diacritics and đ/d make no difference.
    #[param(inline)]
    pub q: Option<Name>,
}

sort_by!(ClientSort, "-createdAt", { CreatedAt = "createdAt", Name = "name" });
