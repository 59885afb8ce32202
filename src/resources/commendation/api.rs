//! Routes of commendations.

use actix_web::{delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    Commendation, CommendationFields, CommendationFilter, CommendationId, CommendationSort, NewCommendation, store,
};
use crate::access::{Create, Delete, Permit, Read, Update};
use crate::error::Result;
use crate::history::{self, Version};
use crate::http::{
    AskFor, At, Body, Created, IfMatch, ListParams, Listed, MergePatch, NoContent, NoFilter, Page, Plain, Tagged,
    VersionSort,
};

/// Every route of this room.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_commendations)
        .service(create_commendation)
        .service(show_commendation)
        .service(update_commendation)
        .service(remove_commendation)
        .service(list_commendation_versions)
        .service(show_commendation_version);
}

/// Lists the commendations of the caller's territory.
#[utoipa::path(tag = "commendations", params(ListParams<CommendationFilter, CommendationSort>), responses((status = 200, body = Page<Commendation>)))]
#[get("")]
async fn list_commendations(
    permit: Permit<Commendation, Read>,
    ask: AskFor<CommendationFilter, CommendationSort>,
) -> Result<Listed<Commendation>> {
    permit.read(move |tx| store::list(tx, &ask.read(tx)?)).await
}

/// Proposes a commendation.
#[utoipa::path(tag = "commendations", request_body = NewCommendation, responses((status = 201, body = Commendation)))]
#[post("")]
async fn create_commendation(
    permit: Permit<Commendation, Create>,
    body: Body<NewCommendation>,
) -> Result<Created<Commendation>> {
    permit
        .write(move |tx| {
            let new = body.read()?;
            let id = body.once(tx, |tx| store::create(tx, new))?;
            Ok(Created(store::show(tx, id)?))
        })
        .await
}

/// Shows a commendation.
#[utoipa::path(tag = "commendations", responses((status = 200, body = Commendation)))]
#[get("/{commendationId}")]
async fn show_commendation(
    permit: Permit<Commendation, Read>,
    At((id,)): At<(CommendationId,)>,
) -> Result<Tagged<Commendation>> {
    permit.read(move |tx| store::show(tx, id)).await.map(Tagged)
}

/// Changes a commendation that was not decided yet.
#[utoipa::path(tag = "commendations", responses((status = 200, body = Commendation)))]
#[patch("/{commendationId}")]
async fn update_commendation(
    permit: Permit<Commendation, Update>,
    At((id,)): At<(CommendationId,)>,
    seen: IfMatch,
    patch: MergePatch<CommendationFields>,
) -> Result<Tagged<Commendation>> {
    permit
        .write(move |tx| {
            let before = store::find(tx, id)?;
            seen.check(&before.meta)?;
            if let Some(fields) = patch.apply(&before.fields)? {
                store::update(tx, &before, fields)?;
            }
            Ok(Tagged(store::show(tx, id)?))
        })
        .await
}

/// Removes a commendation with its status changes.
#[utoipa::path(tag = "commendations", responses((status = 204)))]
#[delete("/{commendationId}")]
async fn remove_commendation(
    permit: Permit<Commendation, Delete>,
    At((id,)): At<(CommendationId,)>,
    seen: IfMatch,
) -> Result<NoContent> {
    permit
        .write(move |tx| {
            let found = store::find(tx, id)?;
            seen.check(&found.meta)?;
            store::remove(tx, &found)?;
            Ok(NoContent)
        })
        .await
}

/// Lists the versions of a commendation.
#[utoipa::path(tag = "commendations", params(ListParams<NoFilter, VersionSort>), responses((status = 200, body = Page<Version<Commendation>>)))]
#[get("/{commendationId}/versions")]
async fn list_commendation_versions(
    permit: Permit<Commendation, Read>,
    At((id,)): At<(CommendationId,)>,
    ask: AskFor<NoFilter, VersionSort>,
) -> Result<Listed<Version<Commendation>>> {
    permit
        .read(move |tx| {
            let found = store::find(tx, id)?;
            history::versions(tx, &found, &ask.read(tx)?)
        })
        .await
}

/// Shows a commendation as it was at one version.
#[utoipa::path(tag = "commendations", responses((status = 200, body = Version<Commendation>)))]
#[get("/{commendationId}/versions/{version}")]
async fn show_commendation_version(
    permit: Permit<Commendation, Read>,
    At((id, version)): At<(CommendationId, i32)>,
) -> Result<Plain<Version<Commendation>>> {
    permit
        .read(move |tx| {
            let found = store::find(tx, id)?;
            history::version(tx, &found, version).map(Plain)
        })
        .await
}
