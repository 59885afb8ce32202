//! Routes of units and of their successions.

use crate::resources::unit::SuccessionId;
use crate::types::UnitId;
use actix_web::{delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    NewSuccession, NewUnit, Succession, SuccessionSort, Unit, UnitFields, UnitFilter, UnitSort, store, succession_store,
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
        .service(list_units)
        .service(create_unit)
        .service(show_unit)
        .service(update_unit)
        .service(remove_unit)
        .service(list_unit_versions)
        .service(show_unit_version)
        .service(list_unit_successions)
        .service(create_unit_succession)
        .service(show_unit_succession);
}

/// Lists administrative units, those no longer in force included.
#[utoipa::path(tag = "units", params(ListParams<UnitFilter, UnitSort>), responses((status = 200, body = Page<Unit>)))]
#[get("")]
async fn list_units(permit: Permit<Unit, Read>, ask: AskFor<UnitFilter, UnitSort>) -> Result<Listed<Unit>> {
    permit.read(move |tx| store::list(tx, &ask.read(tx)?)).await
}

/// Creates a unit within the caller's territory.
#[utoipa::path(tag = "units", request_body = NewUnit, responses((status = 201, body = Unit)))]
#[post("")]
async fn create_unit(permit: Permit<Unit, Create>, body: Body<NewUnit>) -> Result<Created<Unit>> {
    permit
        .write(move |tx| {
            let new = body.read()?;
            let id = body.once(tx, |tx| store::create(tx, new))?;
            Ok(Created(store::find(tx, id)?))
        })
        .await
}

/// Shows a unit.
#[utoipa::path(tag = "units", responses((status = 200, body = Unit)))]
#[get("/{unitId}")]
async fn show_unit(permit: Permit<Unit, Read>, At((id,)): At<(UnitId,)>) -> Result<Tagged<Unit>> {
    permit.read(move |tx| store::find(tx, id)).await.map(Tagged)
}

/// Changes a unit of the caller's territory.
#[utoipa::path(tag = "units", responses((status = 200, body = Unit)))]
#[patch("/{unitId}")]
async fn update_unit(
    permit: Permit<Unit, Update>,
    At((id,)): At<(UnitId,)>,
    seen: IfMatch,
    patch: MergePatch<UnitFields>,
) -> Result<Tagged<Unit>> {
    permit
        .write(move |tx| {
            let before = store::find_own(tx, id)?;
            seen.check(&before.meta)?;
            if let Some(fields) = patch.apply(&before.fields)? {
                store::update(tx, &before, fields)?;
            }
            Ok(Tagged(store::find(tx, id)?))
        })
        .await
}

/// Removes a unit that no record points to.
#[utoipa::path(tag = "units", responses((status = 204)))]
#[delete("/{unitId}")]
async fn remove_unit(permit: Permit<Unit, Delete>, At((id,)): At<(UnitId,)>, seen: IfMatch) -> Result<NoContent> {
    permit
        .write(move |tx| {
            let unit = store::find_own(tx, id)?;
            seen.check(&unit.meta)?;
            store::remove(tx, &unit)?;
            Ok(NoContent)
        })
        .await
}

/// Lists the versions of a unit.
#[utoipa::path(tag = "units", params(ListParams<NoFilter, VersionSort>), responses((status = 200, body = Page<Version<Unit>>)))]
#[get("/{unitId}/versions")]
async fn list_unit_versions(
    permit: Permit<Unit, Read>,
    At((id,)): At<(UnitId,)>,
    ask: AskFor<NoFilter, VersionSort>,
) -> Result<Listed<Version<Unit>>> {
    permit
        .read(move |tx| {
            let unit = store::find(tx, id)?;
            history::versions(tx, &unit, &ask.read(tx)?)
        })
        .await
}

/// Shows a unit as it was at one version.
#[utoipa::path(tag = "units", responses((status = 200, body = Version<Unit>)))]
#[get("/{unitId}/versions/{version}")]
async fn show_unit_version(
    permit: Permit<Unit, Read>,
    At((id, version)): At<(UnitId, i32)>,
) -> Result<Plain<Version<Unit>>> {
    permit
        .read(move |tx| {
            let unit = store::find(tx, id)?;
            history::version(tx, &unit, version).map(Plain)
        })
        .await
}

/// Lists the successions that ended a unit.
#[utoipa::path(tag = "units", params(ListParams<NoFilter, SuccessionSort>), responses((status = 200, body = Page<Succession>)))]
#[get("/{unitId}/successions")]
async fn list_unit_successions(
    permit: Permit<Succession, Read>,
    At((id,)): At<(UnitId,)>,
    ask: AskFor<NoFilter, SuccessionSort>,
) -> Result<Listed<Succession>> {
    permit
        .read(move |tx| {
            store::find(tx, id)?;
            succession_store::list(tx, id, &ask.read(tx)?)
        })
        .await
}

/// Ends a unit and links it with the units that follow it.
#[utoipa::path(tag = "units", request_body = NewSuccession, responses((status = 201, body = Succession)))]
#[post("/{unitId}/successions")]
async fn create_unit_succession(
    permit: Permit<Succession, Create>,
    At((id,)): At<(UnitId,)>,
    body: Body<NewSuccession>,
) -> Result<Created<Succession>> {
    permit
        .write(move |tx| {
            let unit = store::find_own(tx, id)?;
            let new = body.read()?;
            let made = body.once(tx, |tx| succession_store::create(tx, &unit, new))?;
            Ok(Created(succession_store::find(tx, id, made)?))
        })
        .await
}

/// Shows a succession.
#[utoipa::path(tag = "units", responses((status = 200, body = Succession)))]
#[get("/{unitId}/successions/{successionId}")]
async fn show_unit_succession(
    permit: Permit<Succession, Read>,
    At((unit, id)): At<(UnitId, SuccessionId)>,
) -> Result<Tagged<Succession>> {
    permit.read(move |tx| succession_store::find(tx, unit, id)).await.map(Tagged)
}
