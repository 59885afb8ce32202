//! Routes of teams.

use crate::resources::team::TeamId;
use actix_web::{delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{NewTeam, Team, TeamFields, TeamFilter, TeamSort, store};
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
        .service(list_teams)
        .service(create_team)
        .service(show_team)
        .service(update_team)
        .service(remove_team)
        .service(list_team_versions)
        .service(show_team_version);
}

/// Lists the teams of the caller's territory.
#[utoipa::path(tag = "teams", params(ListParams<TeamFilter, TeamSort>), responses((status = 200, body = Page<Team>)))]
#[get("")]
async fn list_teams(permit: Permit<Team, Read>, ask: AskFor<TeamFilter, TeamSort>) -> Result<Listed<Team>> {
    permit.read(move |tx| store::list(tx, &ask.read(tx)?)).await
}

/// Creates a team.
#[utoipa::path(tag = "teams", request_body = NewTeam, responses((status = 201, body = Team)))]
#[post("")]
async fn create_team(permit: Permit<Team, Create>, body: Body<NewTeam>) -> Result<Created<Team>> {
    permit
        .write(move |tx| {
            let new = body.read()?;
            let id = body.once(tx, |tx| store::create(tx, new))?;
            Ok(Created(store::find(tx, id)?))
        })
        .await
}

/// Shows a team.
#[utoipa::path(tag = "teams", responses((status = 200, body = Team)))]
#[get("/{teamId}")]
async fn show_team(permit: Permit<Team, Read>, At((id,)): At<(TeamId,)>) -> Result<Tagged<Team>> {
    permit.glance(move |tx| store::find(tx, id)).await.map(Tagged)
}

/// Changes a team.
#[utoipa::path(tag = "teams", responses((status = 200, body = Team)))]
#[patch("/{teamId}")]
async fn update_team(
    permit: Permit<Team, Update>,
    At((id,)): At<(TeamId,)>,
    seen: IfMatch,
    patch: MergePatch<TeamFields>,
) -> Result<Tagged<Team>> {
    permit
        .write(move |tx| {
            let before = store::find(tx, id)?;
            seen.check(&before.meta)?;
            if let Some(fields) = patch.apply(&before.said())? {
                store::update(tx, &before, fields)?;
            }
            Ok(Tagged(store::find(tx, id)?))
        })
        .await
}

/// Removes a team that no record points to.
#[utoipa::path(tag = "teams", responses((status = 204)))]
#[delete("/{teamId}")]
async fn remove_team(permit: Permit<Team, Delete>, At((id,)): At<(TeamId,)>, seen: IfMatch) -> Result<NoContent> {
    permit
        .write(move |tx| {
            let found = store::find(tx, id)?;
            seen.check(&found.meta)?;
            store::remove(tx, &found)?;
            Ok(NoContent)
        })
        .await
}

/// Lists the versions of a team.
#[utoipa::path(tag = "teams", params(ListParams<NoFilter, VersionSort>), responses((status = 200, body = Page<Version<Team>>)))]
#[get("/{teamId}/versions")]
async fn list_team_versions(
    permit: Permit<Team, Read>,
    At((id,)): At<(TeamId,)>,
    ask: AskFor<NoFilter, VersionSort>,
) -> Result<Listed<Version<Team>>> {
    permit
        .read(move |tx| {
            let found = store::find(tx, id)?;
            history::versions(tx, &found, &ask.read(tx)?)
        })
        .await
}

/// Shows a team as it was at one version.
#[utoipa::path(tag = "teams", responses((status = 200, body = Version<Team>)))]
#[get("/{teamId}/versions/{version}")]
async fn show_team_version(
    permit: Permit<Team, Read>,
    At((id, version)): At<(TeamId, i32)>,
) -> Result<Plain<Version<Team>>> {
    permit
        .read(move |tx| {
            let found = store::find(tx, id)?;
            history::version(tx, &found, version).map(Plain)
        })
        .await
}
