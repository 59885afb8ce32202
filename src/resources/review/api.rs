//! Routes of reviews.

use crate::resources::review::ReviewId;
use actix_web::{delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{NewReview, Review, ReviewFields, ReviewFilter, ReviewSort, store};
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
        .service(list_reviews)
        .service(create_review)
        .service(show_review)
        .service(update_review)
        .service(remove_review)
        .service(list_review_versions)
        .service(show_review_version);
}

/// Lists the reviews of the caller's territory.
#[utoipa::path(tag = "reviews", params(ListParams<ReviewFilter, ReviewSort>), responses((status = 200, body = Page<Review>)))]
#[get("")]
async fn list_reviews(permit: Permit<Review, Read>, ask: AskFor<ReviewFilter, ReviewSort>) -> Result<Listed<Review>> {
    permit.read(move |tx| store::list(tx, &ask.read(tx)?)).await
}

/// Creates a review.
#[utoipa::path(tag = "reviews", request_body = NewReview, responses((status = 201, body = Review)))]
#[post("")]
async fn create_review(permit: Permit<Review, Create>, body: Body<NewReview>) -> Result<Created<Review>> {
    permit
        .write(move |tx| {
            let new = body.read()?;
            let id = body.once(tx, |tx| store::create(tx, new))?;
            Ok(Created(store::find(tx, id)?))
        })
        .await
}

/// Shows a review.
#[utoipa::path(tag = "reviews", responses((status = 200, body = Review)))]
#[get("/{reviewId}")]
async fn show_review(permit: Permit<Review, Read>, At((id,)): At<(ReviewId,)>) -> Result<Tagged<Review>> {
    permit.glance(move |tx| store::find(tx, id)).await.map(Tagged)
}

/// Changes a review.
#[utoipa::path(tag = "reviews", responses((status = 200, body = Review)))]
#[patch("/{reviewId}")]
async fn update_review(
    permit: Permit<Review, Update>,
    At((id,)): At<(ReviewId,)>,
    seen: IfMatch,
    patch: MergePatch<ReviewFields>,
) -> Result<Tagged<Review>> {
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

/// Removes a review that no record points to.
#[utoipa::path(tag = "reviews", responses((status = 204)))]
#[delete("/{reviewId}")]
async fn remove_review(permit: Permit<Review, Delete>, At((id,)): At<(ReviewId,)>, seen: IfMatch) -> Result<NoContent> {
    permit
        .write(move |tx| {
            let found = store::find(tx, id)?;
            seen.check(&found.meta)?;
            store::remove(tx, &found)?;
            Ok(NoContent)
        })
        .await
}

/// Lists the versions of a review.
#[utoipa::path(tag = "reviews", params(ListParams<NoFilter, VersionSort>), responses((status = 200, body = Page<Version<Review>>)))]
#[get("/{reviewId}/versions")]
async fn list_review_versions(
    permit: Permit<Review, Read>,
    At((id,)): At<(ReviewId,)>,
    ask: AskFor<NoFilter, VersionSort>,
) -> Result<Listed<Version<Review>>> {
    permit
        .read(move |tx| {
            let found = store::find(tx, id)?;
            history::versions(tx, &found, &ask.read(tx)?)
        })
        .await
}

/// Shows a review as it was at one version.
#[utoipa::path(tag = "reviews", responses((status = 200, body = Version<Review>)))]
#[get("/{reviewId}/versions/{version}")]
async fn show_review_version(
    permit: Permit<Review, Read>,
    At((id, version)): At<(ReviewId, i32)>,
) -> Result<Plain<Version<Review>>> {
    permit
        .read(move |tx| {
            let found = store::find(tx, id)?;
            history::version(tx, &found, version).map(Plain)
        })
        .await
}
