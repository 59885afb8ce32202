//! Reviews: how a model did in a period, and whether it is held up as an example.

pub mod api;
pub(crate) mod bulk_store;
pub mod store;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::{Named, Noun};
use crate::http::sort_by;
use crate::journal::{Meta, Record};
use crate::resources::model::ModelId;
use crate::types::{Day, Decision, Id, Name, NewId, Notes, Period, UnitId, text_enum};

/// Identifier of a review.
pub type ReviewId = Id<Review>;
/// Identifier brought along for a new review.
pub type NewReviewId = NewId<Review>;

text_enum! {
    /// How a model did. That it was not rated is a value, not an absence.
    pub enum Rating {
        Excellent = "excellent",
        Good = "good",
        Average = "average",
        Weak = "weak",
        Unrated = "unrated",
    }
}

text_enum! {
    /// What is to be done with a model.
    pub enum Recommendation {
        Maintain = "maintain",
        Strengthen = "strengthen",
        Replicate = "replicate",
        Merge = "merge",
        Dissolve = "dissolve",
    }
}

/// What a client says of a review.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReviewFields {
    /// The model; one review for each period.
    pub model_id: ModelId,
    pub period: Period,
    pub rating: Rating,
    pub recommendation: Recommendation,
    /// The day of the review.
    pub reviewed_on: Day,
    /// The body that reviewed.
    pub reviewer: Name,
    /// Whether the model is held up as an example.
    pub exemplar: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub notes: Option<Notes>,
    /// The paper it rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub decision: Option<Decision>,
}

/// A review to be created.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NewReview {
    /// The client's own identifier, a UUIDv7; made by the registry when absent.
    #[schema(nullable = false)]
    pub id: Option<NewReviewId>,
    #[serde(flatten)]
    pub fields: ReviewFields,
}

/// A review of a model.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Review {
    #[serde(flatten)]
    pub meta: Meta,
    #[serde(flatten)]
    pub fields: ReviewFields,
    /// The unit of the model.
    #[schema(read_only)]
    pub unit_id: UnitId,
}

impl Named for Review {
    const NOUN: Noun = Noun::Review;
}

impl Record for Review {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn territory(&self) -> Option<UnitId> {
        Some(self.unit_id)
    }
}

/// Which reviews to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ReviewFilter {
    /// Of one of these models.
    #[param(inline, style = Form, explode = false, max_items = 100)]
    pub model_id: Option<Vec<ModelId>>,
    /// Of models in one of these units or under it.
    #[param(inline, style = Form, explode = false, max_items = 100)]
    pub unit_id: Option<Vec<UnitId>>,
    /// For one of these periods.
    #[param(inline, style = Form, explode = false, max_items = 100)]
    pub period: Option<Vec<Period>>,
    /// With one of these ratings.
    #[param(inline, style = Form, explode = false, max_items = 5)]
    pub rating: Option<Vec<Rating>>,
}

sort_by!(ReviewSort, "-createdAt", { CreatedAt = "createdAt", ReviewedOn = "reviewedOn" });
