//! Routes of activities.

use crate::resources::activity::ActivityId;
use actix_web::{delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Activity, ActivityFields, ActivityFilter, ActivitySort, NewActivity, store};
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
        .service(list_activities)
        .service(create_activity)
        .service(show_activity)
        .service(update_activity)
        .service(remove_activity)
        .service(list_activity_versions)
        .service(show_activity_version);
}

/// Lists the activities of the caller's territory.
#[utoipa::path(tag = "activities", params(ListParams<ActivityFilter, ActivitySort>), responses((status = 200, body = Page<Activity>)))]
#[get("")]
async fn list_activities(
    permit: Permit<Activity, Read>,
    ask: AskFor<ActivityFilter, ActivitySort>,
) -> Result<Listed<Activity>> {
    permit.read(move |tx| store::list(tx, &ask.read(tx)?)).await
}

/// Creates an activity.
#[utoipa::path(tag = "activities", request_body = NewActivity, responses((status = 201, body = Activity)))]
#[post("")]
async fn create_activity(permit: Permit<Activity, Create>, body: Body<NewActivity>) -> Result<Created<Activity>> {
    permit
        .write(move |tx| {
            let new = body.read()?;
            let id = body.once(tx, |tx| store::create(tx, new))?;
            Ok(Created(store::find(tx, id)?))
        })
        .await
}

/// Shows an activity.
#[utoipa::path(tag = "activities", responses((status = 200, body = Activity)))]
#[get("/{activityId}")]
async fn show_activity(permit: Permit<Activity, Read>, At((id,)): At<(ActivityId,)>) -> Result<Tagged<Activity>> {
    permit.glance(move |tx| store::find(tx, id)).await.map(Tagged)
}

/// Changes an activity.
#[utoipa::path(tag = "activities", responses((status = 200, body = Activity)))]
#[patch("/{activityId}")]
async fn update_activity(
    permit: Permit<Activity, Update>,
    At((id,)): At<(ActivityId,)>,
    seen: IfMatch,
    patch: MergePatch<ActivityFields>,
) -> Result<Tagged<Activity>> {
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

/// Removes an activity that no record points to.
#[utoipa::path(tag = "activities", responses((status = 204)))]
#[delete("/{activityId}")]
async fn remove_activity(
    permit: Permit<Activity, Delete>,
    At((id,)): At<(ActivityId,)>,
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

/// Lists the versions of an activity.
#[utoipa::path(tag = "activities", params(ListParams<NoFilter, VersionSort>), responses((status = 200, body = Page<Version<Activity>>)))]
#[get("/{activityId}/versions")]
async fn list_activity_versions(
    permit: Permit<Activity, Read>,
    At((id,)): At<(ActivityId,)>,
    ask: AskFor<NoFilter, VersionSort>,
) -> Result<Listed<Version<Activity>>> {
    permit
        .read(move |tx| {
            let found = store::find(tx, id)?;
            history::versions(tx, &found, &ask.read(tx)?)
        })
        .await
}

/// Shows an activity as it was at one version.
#[utoipa::path(tag = "activities", responses((status = 200, body = Version<Activity>)))]
#[get("/{activityId}/versions/{version}")]
async fn show_activity_version(
    permit: Permit<Activity, Read>,
    At((id, version)): At<(ActivityId, i32)>,
) -> Result<Plain<Version<Activity>>> {
    permit
        .read(move |tx| {
            let found = store::find(tx, id)?;
            history::version(tx, &found, version).map(Plain)
        })
        .await
}
