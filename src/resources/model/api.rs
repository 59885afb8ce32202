//! Routes of models and of their status changes.

use crate::resources::model::ModelId;
use crate::resources::model::ModelStatusChangeId;
use actix_web::{delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    Model, ModelFields, ModelFilter, ModelSort, ModelStatusChange, NewModel, NewModelStatusChange, StatusChangeSort,
    followers, status_store, store,
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
        .service(list_models)
        .service(create_model)
        .service(show_model)
        .service(update_model)
        .service(remove_model)
        .service(list_model_versions)
        .service(show_model_version)
        .service(list_model_status_changes)
        .service(create_model_status_change)
        .service(show_model_status_change);
}

/// Lists the models of the caller's territory.
#[utoipa::path(tag = "models", params(ListParams<ModelFilter, ModelSort>), responses((status = 200, body = Page<Model>)))]
#[get("")]
async fn list_models(permit: Permit<Model, Read>, ask: AskFor<ModelFilter, ModelSort>) -> Result<Listed<Model>> {
    permit.glance(move |tx| store::list(tx, &ask.read(tx)?)).await
}

/// Creates a model.
#[utoipa::path(tag = "models", request_body = NewModel, responses((status = 201, body = Model)))]
#[post("")]
async fn create_model(permit: Permit<Model, Create>, body: Body<NewModel>) -> Result<Created<Model>> {
    permit
        .write(move |tx| {
            let new = body.read()?;
            let id = body.once(tx, |tx| store::create(tx, new))?;
            Ok(Created(store::find(tx, id)?))
        })
        .await
}

/// Shows a model.
#[utoipa::path(tag = "models", responses((status = 200, body = Model)))]
#[get("/{modelId}")]
async fn show_model(permit: Permit<Model, Read>, At((id,)): At<(ModelId,)>) -> Result<Tagged<Model>> {
    permit.glance(move |tx| store::find(tx, id)).await.map(Tagged)
}

/// Changes a model.
#[utoipa::path(tag = "models", responses((status = 200, body = Model)))]
#[patch("/{modelId}")]
async fn update_model(
    permit: Permit<Model, Update>,
    At((id,)): At<(ModelId,)>,
    seen: IfMatch,
    patch: MergePatch<ModelFields>,
) -> Result<Tagged<Model>> {
    permit
        .write(move |tx| {
            let before = store::find(tx, id)?;
            seen.check(&before.meta)?;
            if let Some(fields) = patch.apply(&before.fields)? {
                store::update(tx, &before, fields)?;
                followers::follow(tx, &before)?;
            }
            Ok(Tagged(store::find(tx, id)?))
        })
        .await
}

/// Removes a model that no other record points to.
#[utoipa::path(tag = "models", responses((status = 204)))]
#[delete("/{modelId}")]
async fn remove_model(permit: Permit<Model, Delete>, At((id,)): At<(ModelId,)>, seen: IfMatch) -> Result<NoContent> {
    permit
        .write(move |tx| {
            let found = store::find(tx, id)?;
            seen.check(&found.meta)?;
            status_store::remove_model(tx, &found)?;
            Ok(NoContent)
        })
        .await
}

/// Lists the versions of a model.
#[utoipa::path(tag = "models", params(ListParams<NoFilter, VersionSort>), responses((status = 200, body = Page<Version<Model>>)))]
#[get("/{modelId}/versions")]
async fn list_model_versions(
    permit: Permit<Model, Read>,
    At((id,)): At<(ModelId,)>,
    ask: AskFor<NoFilter, VersionSort>,
) -> Result<Listed<Version<Model>>> {
    permit
        .read(move |tx| {
            let found = store::find(tx, id)?;
            history::versions(tx, &found, &ask.read(tx)?)
        })
        .await
}

/// Shows a model as it was at one version.
#[utoipa::path(tag = "models", responses((status = 200, body = Version<Model>)))]
#[get("/{modelId}/versions/{version}")]
async fn show_model_version(
    permit: Permit<Model, Read>,
    At((id, version)): At<(ModelId, i32)>,
) -> Result<Plain<Version<Model>>> {
    permit
        .read(move |tx| {
            let found = store::find(tx, id)?;
            history::version(tx, &found, version).map(Plain)
        })
        .await
}

/// Lists the status changes of a model.
#[utoipa::path(tag = "models", params(ListParams<NoFilter, StatusChangeSort>), responses((status = 200, body = Page<ModelStatusChange>)))]
#[get("/{modelId}/status-changes")]
async fn list_model_status_changes(
    permit: Permit<ModelStatusChange, Read>,
    At((id,)): At<(ModelId,)>,
    ask: AskFor<NoFilter, StatusChangeSort>,
) -> Result<Listed<ModelStatusChange>> {
    permit
        .read(move |tx| {
            let model = store::find(tx, id)?;
            status_store::list(tx, &model, &ask.read(tx)?)
        })
        .await
}

/// Changes the status of a model.
#[utoipa::path(tag = "models", request_body = NewModelStatusChange, responses((status = 201, body = ModelStatusChange)))]
#[post("/{modelId}/status-changes")]
async fn create_model_status_change(
    permit: Permit<ModelStatusChange, Create>,
    At((id,)): At<(ModelId,)>,
    body: Body<NewModelStatusChange>,
) -> Result<Created<ModelStatusChange>> {
    permit
        .write(move |tx| {
            let model = store::find(tx, id)?;
            let new = body.read()?;
            let made = body.once(tx, |tx| {
                let made = status_store::create(tx, &model, new)?;
                followers::follow(tx, &model)?;
                Ok(made)
            })?;
            status_store::find(tx, &model, made).map(Created)
        })
        .await
}

/// Shows a status change of a model.
#[utoipa::path(tag = "models", responses((status = 200, body = ModelStatusChange)))]
#[get("/{modelId}/status-changes/{statusChangeId}")]
async fn show_model_status_change(
    permit: Permit<ModelStatusChange, Read>,
    At((model, id)): At<(ModelId, ModelStatusChangeId)>,
) -> Result<Tagged<ModelStatusChange>> {
    permit
        .read(move |tx| {
            let model = store::find(tx, model)?;
            status_store::find(tx, &model, id).map(Tagged)
        })
        .await
}
