//! Routes of a commendation's status changes.

use actix_web::{get, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::status::CommendationStatusChangeSort;
use super::{
    CommendationId, CommendationStatusChange, CommendationStatusChangeId, NewCommendationStatusChange, status_store,
    store,
};
use crate::access::{Create, Permit, Read};
use crate::error::Result;
use crate::http::{AskFor, At, Body, Created, ListParams, Listed, NoFilter, Page, Tagged};

/// Every route of this room.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_commendation_status_changes)
        .service(create_commendation_status_change)
        .service(show_commendation_status_change);
}

/// Lists the status changes of a commendation.
#[utoipa::path(tag = "commendations", params(ListParams<NoFilter, CommendationStatusChangeSort>), responses((status = 200, body = Page<CommendationStatusChange>)))]
#[get("/{commendationId}/status-changes")]
async fn list_commendation_status_changes(
    permit: Permit<CommendationStatusChange, Read>,
    At((id,)): At<(CommendationId,)>,
    ask: AskFor<NoFilter, CommendationStatusChangeSort>,
) -> Result<Listed<CommendationStatusChange>> {
    permit
        .read(move |tx| {
            let commendation = store::find(tx, id)?;
            status_store::list(tx, &commendation, &ask.read(tx)?)
        })
        .await
}

/// Decides on a commendation, or revokes it.
#[utoipa::path(tag = "commendations", request_body = NewCommendationStatusChange, responses((status = 201, body = CommendationStatusChange)))]
#[post("/{commendationId}/status-changes")]
async fn create_commendation_status_change(
    permit: Permit<CommendationStatusChange, Create>,
    At((id,)): At<(CommendationId,)>,
    body: Body<NewCommendationStatusChange>,
) -> Result<Created<CommendationStatusChange>> {
    permit
        .write(move |tx| {
            let commendation = store::find(tx, id)?;
            let new = body.read()?;
            let made = body.once(tx, |tx| status_store::create(tx, &commendation, new))?;
            status_store::find(tx, &commendation, made).map(Created)
        })
        .await
}

/// Shows a status change of a commendation.
#[utoipa::path(tag = "commendations", responses((status = 200, body = CommendationStatusChange)))]
#[get("/{commendationId}/status-changes/{statusChangeId}")]
async fn show_commendation_status_change(
    permit: Permit<CommendationStatusChange, Read>,
    At((commendation, id)): At<(CommendationId, CommendationStatusChangeId)>,
) -> Result<Tagged<CommendationStatusChange>> {
    permit
        .read(move |tx| {
            let commendation = store::find(tx, commendation)?;
            status_store::find(tx, &commendation, id).map(Tagged)
        })
        .await
}
