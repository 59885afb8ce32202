//! Routes of members.

use actix_web::{delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    Member, MemberFields, MemberFilter, MemberId, MemberSort, NewMember, UNSEEN, acts_store, followers, store,
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
        .service(list_members)
        .service(create_member)
        .service(show_member)
        .service(update_member)
        .service(remove_member)
        .service(list_member_versions)
        .service(show_member_version);
}

/// Lists the members of the caller's territory.
#[utoipa::path(tag = "members", params(ListParams<MemberFilter, MemberSort>), responses((status = 200, body = Page<Member>)))]
#[get("")]
async fn list_members(permit: Permit<Member, Read>, ask: AskFor<MemberFilter, MemberSort>) -> Result<Listed<Member>> {
    permit.read(move |tx| store::list(tx, &ask.read(tx)?)).await
}

/// Creates a member.
#[utoipa::path(tag = "members", request_body = NewMember, responses((status = 201, body = Member)))]
#[post("")]
async fn create_member(permit: Permit<Member, Create>, body: Body<NewMember>) -> Result<Created<Member>> {
    permit
        .write(move |tx| {
            let new = body.read()?;
            let id = body.once(tx, |tx| store::create(tx, new))?;
            Ok(Created(store::find(tx, id)?))
        })
        .await
}

/// Shows a member, its numbers masked.
#[utoipa::path(tag = "members", responses((status = 200, body = Member)))]
#[get("/{memberId}")]
async fn show_member(permit: Permit<Member, Read>, At((id,)): At<(MemberId,)>) -> Result<Tagged<Member>> {
    permit.read(move |tx| store::find(tx, id)).await.map(Tagged)
}

/// Changes a member that was not erased.
#[utoipa::path(tag = "members", responses((status = 200, body = Member)))]
#[patch("/{memberId}")]
async fn update_member(
    permit: Permit<Member, Update>,
    At((id,)): At<(MemberId,)>,
    seen: IfMatch,
    patch: MergePatch<MemberFields>,
) -> Result<Tagged<Member>> {
    permit
        .write(move |tx| {
            let before = store::find(tx, id)?;
            seen.check(&before.meta)?;
            let said = before.said().ok_or_else(acts_store::erased)?;
            if let Some((fields, cleared)) = patch.apply_over(&said, UNSEEN)? {
                store::update(tx, &before, fields, &cleared)?;
                followers::follow(tx, &before)?;
            }
            Ok(Tagged(store::find(tx, id)?))
        })
        .await
}

/// Removes a member that no record points to.
#[utoipa::path(tag = "members", responses((status = 204)))]
#[delete("/{memberId}")]
async fn remove_member(permit: Permit<Member, Delete>, At((id,)): At<(MemberId,)>, seen: IfMatch) -> Result<NoContent> {
    permit
        .write(move |tx| {
            let found = store::find(tx, id)?;
            seen.check(&found.meta)?;
            acts_store::remove(tx, &found)?;
            Ok(NoContent)
        })
        .await
}

/// Lists the versions of a member.
#[utoipa::path(tag = "members", params(ListParams<NoFilter, VersionSort>), responses((status = 200, body = Page<Version<Member>>)))]
#[get("/{memberId}/versions")]
async fn list_member_versions(
    permit: Permit<Member, Read>,
    At((id,)): At<(MemberId,)>,
    ask: AskFor<NoFilter, VersionSort>,
) -> Result<Listed<Version<Member>>> {
    permit
        .read(move |tx| {
            let found = store::find(tx, id)?;
            history::versions(tx, &found, &ask.read(tx)?)
        })
        .await
}

/// Shows a member as it was at one version, as far as the person was not erased.
#[utoipa::path(tag = "members", responses((status = 200, body = Version<Member>)))]
#[get("/{memberId}/versions/{version}")]
async fn show_member_version(
    permit: Permit<Member, Read>,
    At((id, version)): At<(MemberId, i32)>,
) -> Result<Plain<Version<Member>>> {
    permit
        .read(move |tx| {
            let found = store::find(tx, id)?;
            history::version(tx, &found, version).map(Plain)
        })
        .await
}
