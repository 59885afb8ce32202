//! Routes of disclosures, erasures and look-ups.

use actix_web::{get, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::acts::ActSort;
use super::{
    Disclosed, FoundMembers, MemberDisclosure, MemberDisclosureId, MemberErasure, MemberErasureId, MemberId,
    MemberLookup, NewMemberDisclosure, NewMemberErasure, acts_store, store,
};
use crate::access::{Create, Permit, Read};
use crate::error::Result;
use crate::http::{AskFor, At, Body, Created, ListParams, Listed, NoFilter, Page, Plain, Tagged};

/// Every route of this room.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_member_disclosures)
        .service(create_member_disclosure)
        .service(show_member_disclosure)
        .service(list_member_erasures)
        .service(create_member_erasure)
        .service(show_member_erasure);
}

/// Looking for somebody by a number.
pub fn lookups(config: &mut ServiceConfig<'_>) {
    config.service(create_member_lookup);
}

/// Lists what was disclosed of a member, to whom and why.
#[utoipa::path(tag = "members", params(ListParams<NoFilter, ActSort>), responses((status = 200, body = Page<MemberDisclosure>)))]
#[get("/{memberId}/disclosures")]
async fn list_member_disclosures(
    permit: Permit<MemberDisclosure, Read>,
    At((id,)): At<(MemberId,)>,
    ask: AskFor<NoFilter, ActSort>,
) -> Result<Listed<MemberDisclosure>> {
    permit
        .read(move |tx| {
            let member = store::find(tx, id)?;
            acts_store::list_disclosures(tx, &member, &ask.read(tx)?)
        })
        .await
}

/// Discloses a member's numbers in the clear, this once; the reason is in the journal before they leave.
#[utoipa::path(tag = "members", request_body = NewMemberDisclosure, responses((status = 201, body = Disclosed)))]
#[post("/{memberId}/disclosures")]
async fn create_member_disclosure(
    permit: Permit<MemberDisclosure, Create>,
    At((id,)): At<(MemberId,)>,
    body: Body<NewMemberDisclosure>,
) -> Result<Created<Disclosed>> {
    permit
        .write(move |tx| {
            let member = store::find(tx, id)?;
            let new = body.read()?;
            let mut values = (None, None);
            let made = body.once(tx, |tx| {
                let (made, shown) = acts_store::disclose(tx, &member, new)?;
                values = shown;
                Ok(made)
            })?;
            let disclosure = acts_store::find_disclosure(tx, &member, made)?;
            Ok(Created(Disclosed { disclosure, national_id: values.0, phone: values.1 }))
        })
        .await
}

/// Shows a disclosure, without what it disclosed.
#[utoipa::path(tag = "members", responses((status = 200, body = MemberDisclosure)))]
#[get("/{memberId}/disclosures/{disclosureId}")]
async fn show_member_disclosure(
    permit: Permit<MemberDisclosure, Read>,
    At((member, id)): At<(MemberId, MemberDisclosureId)>,
) -> Result<Tagged<MemberDisclosure>> {
    permit
        .read(move |tx| {
            let member = store::find(tx, member)?;
            acts_store::find_disclosure(tx, &member, id).map(Tagged)
        })
        .await
}

/// Lists the erasures of a member.
#[utoipa::path(tag = "members", params(ListParams<NoFilter, ActSort>), responses((status = 200, body = Page<MemberErasure>)))]
#[get("/{memberId}/erasures")]
async fn list_member_erasures(
    permit: Permit<MemberErasure, Read>,
    At((id,)): At<(MemberId,)>,
    ask: AskFor<NoFilter, ActSort>,
) -> Result<Listed<MemberErasure>> {
    permit
        .read(move |tx| {
            let member = store::find(tx, id)?;
            acts_store::list_erasures(tx, &member, &ask.read(tx)?)
        })
        .await
}

/// Erases the person of a member: in the record, its versions, the feed and wherever its name was kept.
#[utoipa::path(tag = "members", request_body = NewMemberErasure, responses((status = 201, body = MemberErasure)))]
#[post("/{memberId}/erasures")]
async fn create_member_erasure(
    permit: Permit<MemberErasure, Create>,
    At((id,)): At<(MemberId,)>,
    body: Body<NewMemberErasure>,
) -> Result<Created<MemberErasure>> {
    permit
        .write(move |tx| {
            let member = store::find(tx, id)?;
            let new = body.read()?;
            let made = body.once(tx, |tx| acts_store::erase(tx, &member, new))?;
            acts_store::find_erasure(tx, &member, made).map(Created)
        })
        .await
}

/// Shows an erasure.
#[utoipa::path(tag = "members", responses((status = 200, body = MemberErasure)))]
#[get("/{memberId}/erasures/{erasureId}")]
async fn show_member_erasure(
    permit: Permit<MemberErasure, Read>,
    At((member, id)): At<(MemberId, MemberErasureId)>,
) -> Result<Tagged<MemberErasure>> {
    permit
        .read(move |tx| {
            let member = store::find(tx, member)?;
            acts_store::find_erasure(tx, &member, id).map(Tagged)
        })
        .await
}

/// Looks up who in the caller's territory has a number. By POST, so that it is in no log of addresses.
#[utoipa::path(tag = "members", request_body = MemberLookup, responses((status = 200, body = FoundMembers)))]
#[post("/v1/member-lookups")]
async fn create_member_lookup(
    permit: Permit<MemberLookup, Create>,
    body: Body<MemberLookup>,
) -> Result<Plain<FoundMembers>> {
    permit.write(move |tx| acts_store::look_up(tx, &body.read()?).map(Plain)).await
}
