//! Rows of thousands of reviews at once, for loads: the same rows and entries as in `store`, in a few
//! statements. Whoever loads has kept to the rules.

use std::collections::HashMap;

use super::Review;
use super::store::ReviewRow;
use crate::access::WriteTx;
use crate::database::insert_many;
use crate::error::Result;
use crate::resources::model::ModelId;
use crate::schema::reviews;
use crate::types::Day;

/// Writes all reviews of some models; enters each. What they make of their models is the models' own.
pub(crate) fn insert(tx: &mut WriteTx<'_>, made: &[Review]) -> Result<()> {
    let mut latest_first: Vec<&Review> = made.iter().collect();
    latest_first
        .sort_by_key(|review| std::cmp::Reverse((review.fields.reviewed_on, review.meta.created_at, review.meta.id)));
    let mut next: HashMap<ModelId, Day> = HashMap::new();
    let row = |review: &Review| {
        let until_on = next.insert(review.fields.model_id, review.fields.reviewed_on);
        ReviewRow::new(review, until_on)
    };
    let rows: Vec<ReviewRow> = latest_first.into_iter().map(row).collect();
    insert_many!(tx.write(), reviews::table, rows)?;
    made.iter().try_for_each(|review| tx.created(review))
}
