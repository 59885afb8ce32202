//! Routes of incidents and of their status changes.

use actix_web::{delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::status::IncidentStatusChangeSort;
use super::{
    Incident, IncidentFields, IncidentFilter, IncidentId, IncidentSort, IncidentStatusChange, IncidentStatusChangeId,
    NewIncident, NewIncidentStatusChange, status_store, store,
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
        .service(list_incidents)
        .service(create_incident)
        .service(show_incident)
        .service(update_incident)
        .service(remove_incident)
        .service(list_incident_versions)
        .service(show_incident_version)
        .service(list_incident_status_changes)
        .service(create_incident_status_change)
        .service(show_incident_status_change);
}

/// Lists the incidents of the caller's territory.
#[utoipa::path(tag = "incidents", params(ListParams<IncidentFilter, IncidentSort>), responses((status = 200, body = Page<Incident>)))]
#[get("")]
async fn list_incidents(
    permit: Permit<Incident, Read>,
    ask: AskFor<IncidentFilter, IncidentSort>,
) -> Result<Listed<Incident>> {
    permit.glance(move |tx| store::list(tx, &ask.read(tx)?)).await
}

/// Creates an incident.
#[utoipa::path(tag = "incidents", request_body = NewIncident, responses((status = 201, body = Incident)))]
#[post("")]
async fn create_incident(permit: Permit<Incident, Create>, body: Body<NewIncident>) -> Result<Created<Incident>> {
    let new = body.read()?;
    permit.write(move |tx| body.made(tx, |tx| store::create_shown(tx, new.clone()), store::show).map(Created)).await
}

/// Shows an incident.
#[utoipa::path(tag = "incidents", responses((status = 200, body = Incident)))]
#[get("/{incidentId}")]
async fn show_incident(permit: Permit<Incident, Read>, At((id,)): At<(IncidentId,)>) -> Result<Tagged<Incident>> {
    permit.glance(move |tx| store::show(tx, id)).await.map(Tagged)
}

/// Changes an incident.
#[utoipa::path(tag = "incidents", responses((status = 200, body = Incident)))]
#[patch("/{incidentId}")]
async fn update_incident(
    permit: Permit<Incident, Update>,
    At((id,)): At<(IncidentId,)>,
    seen: IfMatch,
    patch: MergePatch<IncidentFields>,
) -> Result<Tagged<Incident>> {
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

/// Removes an incident that no other record points to.
#[utoipa::path(tag = "incidents", responses((status = 204)))]
#[delete("/{incidentId}")]
async fn remove_incident(
    permit: Permit<Incident, Delete>,
    At((id,)): At<(IncidentId,)>,
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

/// Lists the versions of an incident.
#[utoipa::path(tag = "incidents", params(ListParams<NoFilter, VersionSort>), responses((status = 200, body = Page<Version<Incident>>)))]
#[get("/{incidentId}/versions")]
async fn list_incident_versions(
    permit: Permit<Incident, Read>,
    At((id,)): At<(IncidentId,)>,
    ask: AskFor<NoFilter, VersionSort>,
) -> Result<Listed<Version<Incident>>> {
    permit
        .read(move |tx| {
            let found = store::find(tx, id)?;
            history::versions(tx, &found, &ask.read(tx)?)
        })
        .await
}

/// Shows an incident as it was at one version.
#[utoipa::path(tag = "incidents", responses((status = 200, body = Version<Incident>)))]
#[get("/{incidentId}/versions/{version}")]
async fn show_incident_version(
    permit: Permit<Incident, Read>,
    At((id, version)): At<(IncidentId, i32)>,
) -> Result<Plain<Version<Incident>>> {
    permit
        .read(move |tx| {
            let found = store::find(tx, id)?;
            history::version(tx, &found, version).map(Plain)
        })
        .await
}

/// Lists the status changes of an incident.
#[utoipa::path(tag = "incidents", params(ListParams<NoFilter, IncidentStatusChangeSort>), responses((status = 200, body = Page<IncidentStatusChange>)))]
#[get("/{incidentId}/status-changes")]
async fn list_incident_status_changes(
    permit: Permit<IncidentStatusChange, Read>,
    At((id,)): At<(IncidentId,)>,
    ask: AskFor<NoFilter, IncidentStatusChangeSort>,
) -> Result<Listed<IncidentStatusChange>> {
    permit
        .read(move |tx| {
            let incident = store::find(tx, id)?;
            status_store::list(tx, &incident, &ask.read(tx)?)
        })
        .await
}

/// Changes the status of an incident.
#[utoipa::path(tag = "incidents", request_body = NewIncidentStatusChange, responses((status = 201, body = IncidentStatusChange)))]
#[post("/{incidentId}/status-changes")]
async fn create_incident_status_change(
    permit: Permit<IncidentStatusChange, Create>,
    At((id,)): At<(IncidentId,)>,
    body: Body<NewIncidentStatusChange>,
) -> Result<Created<IncidentStatusChange>> {
    permit
        .write(move |tx| {
            let incident = store::find(tx, id)?;
            let new = body.read()?;
            let made = body.once(tx, |tx| {
                let (made, after) = status_store::create(tx, &incident, new)?;
                store::save(tx, &incident, after)?;
                Ok(made)
            })?;
            status_store::find(tx, &incident, made).map(Created)
        })
        .await
}

/// Shows a status change of an incident.
#[utoipa::path(tag = "incidents", responses((status = 200, body = IncidentStatusChange)))]
#[get("/{incidentId}/status-changes/{statusChangeId}")]
async fn show_incident_status_change(
    permit: Permit<IncidentStatusChange, Read>,
    At((incident, id)): At<(IncidentId, IncidentStatusChangeId)>,
) -> Result<Tagged<IncidentStatusChange>> {
    permit
        .read(move |tx| {
            let incident = store::find(tx, incident)?;
            status_store::find(tx, &incident, id).map(Tagged)
        })
        .await
}
