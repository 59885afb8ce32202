//! Routes of clients and of their credentials.

use crate::resources::client::ClientCredentialId;
use crate::resources::client::ClientId;
use actix_web::{delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::credential::CredentialSort;
use super::{
    Client, ClientCredential, ClientFields, ClientFilter, ClientSort, IssuedCredential, NewClient, NewClientCredential,
    store,
};
use crate::access::{Create, Delete, Permit, Read, Update};
use crate::error::Result;
use crate::history::{self, Version};
use crate::http::{
    AskFor, At, Body, Created, IfMatch, ListParams, Listed, MergePatch, NoContent, NoFilter, Page, Plain, Tagged,
    VersionSort,
};
use crate::resources::client::Secret;

/// Every route of this room.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_clients)
        .service(create_client)
        .service(show_client)
        .service(update_client)
        .service(list_client_versions)
        .service(show_client_version)
        .service(list_client_credentials)
        .service(create_client_credential)
        .service(show_client_credential)
        .service(remove_client_credential);
}

/// Lists the clients of the caller's territory.
#[utoipa::path(tag = "clients", params(ListParams<ClientFilter, ClientSort>), responses((status = 200, body = Page<Client>)))]
#[get("")]
async fn list_clients(permit: Permit<Client, Read>, ask: AskFor<ClientFilter, ClientSort>) -> Result<Listed<Client>> {
    permit.read(move |tx| store::list(tx, &ask.read(tx)?)).await
}

/// Creates a client.
#[utoipa::path(tag = "clients", request_body = NewClient, responses((status = 201, body = Client)))]
#[post("")]
async fn create_client(permit: Permit<Client, Create>, body: Body<NewClient>) -> Result<Created<Client>> {
    permit
        .write(move |tx| {
            let new = body.read()?;
            let id = body.once(tx, |tx| store::create(tx, new))?;
            Ok(Created(store::find(tx, id)?))
        })
        .await
}

/// Shows a client.
#[utoipa::path(tag = "clients", responses((status = 200, body = Client)))]
#[get("/{clientId}")]
async fn show_client(permit: Permit<Client, Read>, At((id,)): At<(ClientId,)>) -> Result<Tagged<Client>> {
    permit.glance(move |tx| store::find(tx, id)).await.map(Tagged)
}

/// Changes a client.
#[utoipa::path(tag = "clients", responses((status = 200, body = Client)))]
#[patch("/{clientId}")]
async fn update_client(
    permit: Permit<Client, Update>,
    At((id,)): At<(ClientId,)>,
    seen: IfMatch,
    patch: MergePatch<ClientFields>,
) -> Result<Tagged<Client>> {
    permit
        .write(move |tx| {
            let before = store::find(tx, id)?;
            seen.check(&before.meta)?;
            if let Some(fields) = patch.apply(&before.fields)? {
                store::update(tx, &before, fields)?;
            }
            Ok(Tagged(store::find(tx, id)?))
        })
        .await
}

/// Lists the versions of a client.
#[utoipa::path(tag = "clients", params(ListParams<NoFilter, VersionSort>), responses((status = 200, body = Page<Version<Client>>)))]
#[get("/{clientId}/versions")]
async fn list_client_versions(
    permit: Permit<Client, Read>,
    At((id,)): At<(ClientId,)>,
    ask: AskFor<NoFilter, VersionSort>,
) -> Result<Listed<Version<Client>>> {
    permit
        .read(move |tx| {
            let found = store::find(tx, id)?;
            history::versions(tx, &found, &ask.read(tx)?)
        })
        .await
}

/// Shows a client as it was at one version.
#[utoipa::path(tag = "clients", responses((status = 200, body = Version<Client>)))]
#[get("/{clientId}/versions/{version}")]
async fn show_client_version(
    permit: Permit<Client, Read>,
    At((id, version)): At<(ClientId, i32)>,
) -> Result<Plain<Version<Client>>> {
    permit
        .read(move |tx| {
            let found = store::find(tx, id)?;
            history::version(tx, &found, version).map(Plain)
        })
        .await
}

/// Lists the credentials of a client, without their secrets.
#[utoipa::path(tag = "clients", params(ListParams<NoFilter, CredentialSort>), responses((status = 200, body = Page<ClientCredential>)))]
#[get("/{clientId}/credentials")]
async fn list_client_credentials(
    permit: Permit<ClientCredential, Read>,
    At((id,)): At<(ClientId,)>,
    ask: AskFor<NoFilter, CredentialSort>,
) -> Result<Listed<ClientCredential>> {
    permit
        .read(move |tx| {
            let client = store::find(tx, id)?;
            store::list_credentials(tx, &client, &ask.read(tx)?)
        })
        .await
}

/// Makes a credential and shows its secret, this once.
#[utoipa::path(tag = "clients", request_body = NewClientCredential, responses((status = 201, body = IssuedCredential)))]
#[post("/{clientId}/credentials")]
async fn create_client_credential(
    permit: Permit<ClientCredential, Create>,
    At((id,)): At<(ClientId,)>,
    body: Body<NewClientCredential>,
) -> Result<Created<IssuedCredential>> {
    permit
        .write(move |tx| {
            let client = store::find(tx, id)?;
            let new = body.read_or_empty()?;
            let mut shown = None;
            let made = body.once(tx, |tx| {
                let secret = Secret::new()?;
                let made = store::create_credential(tx, &client, new.id, secret.hash())?;
                shown = Some(secret.reveal());
                Ok(made)
            })?;
            Ok(Created(IssuedCredential {
                credential: store::find_credential(tx, &client, made)?,
                client_secret: shown,
            }))
        })
        .await
}

/// Shows a credential, without its secret.
#[utoipa::path(tag = "clients", responses((status = 200, body = ClientCredential)))]
#[get("/{clientId}/credentials/{credentialId}")]
async fn show_client_credential(
    permit: Permit<ClientCredential, Read>,
    At((client, id)): At<(ClientId, ClientCredentialId)>,
) -> Result<Tagged<ClientCredential>> {
    permit
        .read(move |tx| {
            let client = store::find(tx, client)?;
            store::find_credential(tx, &client, id).map(Tagged)
        })
        .await
}

/// Removes a credential: its secret opens nothing from here on.
#[utoipa::path(tag = "clients", responses((status = 204)))]
#[delete("/{clientId}/credentials/{credentialId}")]
async fn remove_client_credential(
    permit: Permit<ClientCredential, Delete>,
    At((client, id)): At<(ClientId, ClientCredentialId)>,
    seen: IfMatch,
) -> Result<NoContent> {
    permit
        .write(move |tx| {
            let client = store::find(tx, client)?;
            let credential = store::find_credential(tx, &client, id)?;
            seen.check(&credential.meta)?;
            store::remove_credential(tx, &credential)?;
            Ok(NoContent)
        })
        .await
}
