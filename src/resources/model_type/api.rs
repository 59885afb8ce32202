//! Routes of model types.

use crate::resources::model_type::ModelTypeId;
use actix_web::{delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{ModelType, ModelTypeFields, ModelTypeFilter, ModelTypeSort, NewModelType, store};
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
        .service(list_model_types)
        .service(create_model_type)
        .service(show_model_type)
        .service(update_model_type)
        .service(remove_model_type)
        .service(list_model_type_versions)
        .service(show_model_type_version);
}

/// Lists model types.
#[utoipa::path(tag = "model types", params(ListParams<ModelTypeFilter, ModelTypeSort>), responses((status = 200, body = Page<ModelType>)))]
#[get("")]
async fn list_model_types(
    permit: Permit<ModelType, Read>,
    ask: AskFor<ModelTypeFilter, ModelTypeSort>,
) -> Result<Listed<ModelType>> {
    permit.read(move |tx| store::list(tx, &ask.read(tx)?)).await
}

/// Creates a model type.
#[utoipa::path(tag = "model types", request_body = NewModelType, responses((status = 201, body = ModelType)))]
#[post("")]
async fn create_model_type(permit: Permit<ModelType, Create>, body: Body<NewModelType>) -> Result<Created<ModelType>> {
    permit
        .write(move |tx| {
            let new = body.read()?;
            let id = body.once(tx, |tx| store::create(tx, new))?;
            Ok(Created(store::find(tx, id)?))
        })
        .await
}

/// Shows a model type.
#[utoipa::path(tag = "model types", responses((status = 200, body = ModelType)))]
#[get("/{modelTypeId}")]
async fn show_model_type(permit: Permit<ModelType, Read>, At((id,)): At<(ModelTypeId,)>) -> Result<Tagged<ModelType>> {
    permit.glance(move |tx| store::find(tx, id)).await.map(Tagged)
}

/// Changes a model type.
#[utoipa::path(tag = "model types", responses((status = 200, body = ModelType)))]
#[patch("/{modelTypeId}")]
async fn update_model_type(
    permit: Permit<ModelType, Update>,
    At((id,)): At<(ModelTypeId,)>,
    seen: IfMatch,
    patch: MergePatch<ModelTypeFields>,
) -> Result<Tagged<ModelType>> {
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

/// Removes a model type that no model is of.
#[utoipa::path(tag = "model types", responses((status = 204)))]
#[delete("/{modelTypeId}")]
async fn remove_model_type(
    permit: Permit<ModelType, Delete>,
    At((id,)): At<(ModelTypeId,)>,
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

/// Lists the versions of a model type.
#[utoipa::path(tag = "model types", params(ListParams<NoFilter, VersionSort>), responses((status = 200, body = Page<Version<ModelType>>)))]
#[get("/{modelTypeId}/versions")]
async fn list_model_type_versions(
    permit: Permit<ModelType, Read>,
    At((id,)): At<(ModelTypeId,)>,
    ask: AskFor<NoFilter, VersionSort>,
) -> Result<Listed<Version<ModelType>>> {
    permit
        .read(move |tx| {
            let found = store::find(tx, id)?;
            history::versions(tx, &found, &ask.read(tx)?)
        })
        .await
}

/// Shows a model type as it was at one version.
#[utoipa::path(tag = "model types", responses((status = 200, body = Version<ModelType>)))]
#[get("/{modelTypeId}/versions/{version}")]
async fn show_model_type_version(
    permit: Permit<ModelType, Read>,
    At((id, version)): At<(ModelTypeId, i32)>,
) -> Result<Plain<Version<ModelType>>> {
    permit
        .read(move |tx| {
            let found = store::find(tx, id)?;
            history::version(tx, &found, version).map(Plain)
        })
        .await
}
