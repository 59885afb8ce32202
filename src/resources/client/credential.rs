//! Shapes of credentials. A secret is shown once, when it is made; only its hash is kept.

use crate::resources::client::ClientId;
use crate::types::UnitId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::{Named, Noun};
use crate::http::sort_by;
use crate::journal::{Meta, Record};
use crate::types::{Id, NewId};

/// Identifier of a credential.
pub type ClientCredentialId = Id<ClientCredential>;
/// Identifier brought along for a new credential.
pub type NewClientCredentialId = NewId<ClientCredential>;

/// A credential to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewClientCredential {
    /// The caller's own identifier, a UUIDv7; made by the registry when absent.
    #[schema(nullable = false)]
    pub id: Option<NewClientCredentialId>,
}

/// A secret that a client signs in with, without the secret.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClientCredential {
    #[serde(flatten)]
    pub meta: Meta,
    /// The client it belongs to; its `client_id` at `/oauth/token`.
    #[schema(read_only)]
    pub client_id: ClientId,
    #[serde(skip)]
    #[schema(ignore)]
    pub unit_id: UnitId,
}

/// A credential just made.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IssuedCredential {
    #[serde(flatten)]
    pub credential: ClientCredential,
    /// The secret. Shown this once; absent when an idempotent request is repeated.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 100)]
    pub client_secret: Option<String>,
}

impl Named for ClientCredential {
    const NOUN: Noun = Noun::ClientCredential;
}

impl Record for ClientCredential {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn territory(&self) -> Option<UnitId> {
        Some(self.unit_id)
    }

    fn collection(&self) -> String {
        format!("/v1/clients/{}/credentials", self.client_id)
    }
}

impl Named for IssuedCredential {
    const NOUN: Noun = Noun::ClientCredential;
}

/// For the answer alone: what is entered in the journal is the credential.
impl Record for IssuedCredential {
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

sort_by!(CredentialSort, "-createdAt", { CreatedAt = "createdAt" });
