//! Routes of the journal's readings.

use std::time::{Duration, Instant};

use actix_web::{get, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::audit::{self, AuditEvent, AuditFilter, AuditSort};
use super::feed::{self, Change, ChangeParams};
use super::notary::{AuditCheckpoint, Notary};
use super::proofs::{self, AuditProof, ConsistencyParams, ConsistencyProof, InclusionParams, InclusionProof};
use crate::access::{Permit, Read};
use crate::error::Result;
use crate::http::{AskFor, ListParams, Listed, Page, Plain, RawQuery, Streamed, Wire};

/// Every route of this room.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_changes)
        .service(list_audit_events)
        .service(show_audit_checkpoint)
        .service(show_inclusion_proof)
        .service(show_consistency_proof);
}

/// Lists what happened to the records that the caller may see, in the order it was committed.
///
/// `nextCursor` is never null: ask again with it for what happens next. With `waitSeconds` an empty
/// answer is held back until there is something, the time is over, or the right to read is gone.
#[utoipa::path(tag = "journal", params(ChangeParams), responses((status = 200, body = Page<Change>)))]
#[get("/v1/changes")]
async fn list_changes(
    mut permit: Permit<Change, Read>,
    query: RawQuery,
    wire: web::Data<Wire>,
) -> Result<Streamed<Change>> {
    let source = format!("{}/v1", wire.base);
    let mut until = None;
    loop {
        let (query, source) = (query.clone(), source.clone());
        let (page, seen, wait) = permit.read(move |tx| feed::page(tx, &query, &source)).await?;
        let until = *until.get_or_insert_with(|| Instant::now() + Duration::from_secs(wait));
        if !page.is_empty() || !permit.news(seen, until).await? {
            return Ok(page);
        }
    }
}

/// Lists who did what and when: changes, disclosures, look-ups, sign-ins, refusals, grants.
#[utoipa::path(tag = "journal", params(ListParams<AuditFilter, AuditSort>), responses((status = 200, body = Page<AuditEvent>)))]
#[get("/v1/audit-events")]
async fn list_audit_events(
    permit: Permit<AuditEvent, Read>,
    ask: AskFor<AuditFilter, AuditSort>,
) -> Result<Listed<AuditEvent>> {
    permit.read(move |tx| audit::list(tx, &ask.read(tx)?)).await
}

/// Shows how long the journal is and the root of its tree, signed.
#[utoipa::path(tag = "journal", responses((status = 200, body = AuditCheckpoint)))]
#[get("/v1/audit-checkpoints/latest")]
async fn show_audit_checkpoint(
    permit: Permit<AuditCheckpoint, Read>,
    notary: web::Data<Notary>,
) -> Result<Plain<AuditCheckpoint>> {
    permit.read(move |tx| notary.checkpoint(tx)).await.map(Plain)
}

/// Proves that an entry is in the tree of the first `treeSize` entries.
#[utoipa::path(tag = "journal", params(InclusionParams), responses((status = 200, body = AuditProof)))]
#[get("/v1/audit-proofs/inclusion")]
async fn show_inclusion_proof(permit: Permit<InclusionProof, Read>, query: RawQuery) -> Result<Plain<AuditProof>> {
    permit.read(move |tx| proofs::inclusion(tx, &query.read::<InclusionParams>()?)).await.map(Plain)
}

/// Proves that the tree of the first entries is the beginning of that of the first `second` ones.
#[utoipa::path(tag = "journal", params(ConsistencyParams), responses((status = 200, body = AuditProof)))]
#[get("/v1/audit-proofs/consistency")]
async fn show_consistency_proof(permit: Permit<ConsistencyProof, Read>, query: RawQuery) -> Result<Plain<AuditProof>> {
    permit.read(move |tx| proofs::consistency(tx, &query.read::<ConsistencyParams>()?)).await.map(Plain)
}
