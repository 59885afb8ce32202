//! Routes of memberships.

use crate::resources::membership::MembershipId;
use actix_web::{delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Membership, MembershipFields, MembershipFilter, MembershipSort, NewMembership, store};
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
        .service(list_memberships)
        .service(create_membership)
        .service(show_membership)
        .service(update_membership)
        .service(remove_membership)
        .service(list_membership_versions)
        .service(show_membership_version);
}

/// Lists the memberships of the caller's territory.
#[utoipa::path(tag = "memberships", params(ListParams<MembershipFilter, MembershipSort>), responses((status = 200, body = Page<Membership>)))]
#[get("")]
async fn list_memberships(
    permit: Permit<Membership, Read>,
    ask: AskFor<MembershipFilter, MembershipSort>,
) -> Result<Listed<Membership>> {
    permit.read(move |tx| store::list(tx, &ask.read(tx)?)).await
}

/// Creates a membership.
#[utoipa::path(tag = "memberships", request_body = NewMembership, responses((status = 201, body = Membership)))]
#[post("")]
async fn create_membership(
    permit: Permit<Membership, Create>,
    body: Body<NewMembership>,
) -> Result<Created<Membership>> {
    permit
        .write(move |tx| {
            let new = body.read()?;
            let id = body.once(tx, |tx| store::create(tx, new))?;
            Ok(Created(store::find(tx, id)?))
        })
        .await
}

/// Shows a membership.
#[utoipa::path(tag = "memberships", responses((status = 200, body = Membership)))]
#[get("/{membershipId}")]
async fn show_membership(
    permit: Permit<Membership, Read>,
    At((id,)): At<(MembershipId,)>,
) -> Result<Tagged<Membership>> {
    permit.read(move |tx| store::find(tx, id)).await.map(Tagged)
}

/// Changes a membership.
#[utoipa::path(tag = "memberships", responses((status = 200, body = Membership)))]
#[patch("/{membershipId}")]
async fn update_membership(
    permit: Permit<Membership, Update>,
    At((id,)): At<(MembershipId,)>,
    seen: IfMatch,
    patch: MergePatch<MembershipFields>,
) -> Result<Tagged<Membership>> {
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

/// Removes a membership.
#[utoipa::path(tag = "memberships", responses((status = 204)))]
#[delete("/{membershipId}")]
async fn remove_membership(
    permit: Permit<Membership, Delete>,
    At((id,)): At<(MembershipId,)>,
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

/// Lists the versions of a membership.
#[utoipa::path(tag = "memberships", params(ListParams<NoFilter, VersionSort>), responses((status = 200, body = Page<Version<Membership>>)))]
#[get("/{membershipId}/versions")]
async fn list_membership_versions(
    permit: Permit<Membership, Read>,
    At((id,)): At<(MembershipId,)>,
    ask: AskFor<NoFilter, VersionSort>,
) -> Result<Listed<Version<Membership>>> {
    permit
        .read(move |tx| {
            let found = store::find(tx, id)?;
            history::versions(tx, &found, &ask.read(tx)?)
        })
        .await
}

/// Shows a membership as it was at one version.
#[utoipa::path(tag = "memberships", responses((status = 200, body = Version<Membership>)))]
#[get("/{membershipId}/versions/{version}")]
async fn show_membership_version(
    permit: Permit<Membership, Read>,
    At((id, version)): At<(MembershipId, i32)>,
) -> Result<Plain<Version<Membership>>> {
    permit
        .read(move |tx| {
            let found = store::find(tx, id)?;
            history::version(tx, &found, version).map(Plain)
        })
        .await
}
