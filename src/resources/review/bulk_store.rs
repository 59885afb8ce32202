//! Rows of thousands of reviews at once, for loads: the same rows and entries as in `store`, in a few
//! statements. Whoever loads has kept to the rules.

use super::Review;
use super::store::ReviewRow;
use crate::access::WriteTx;
use crate::database::insert_many;
use crate::error::Result;
use crate::schema::reviews;

/// Writes reviews; enters each. What they make of their models is the models' own.
pub(crate) fn insert(tx: &mut WriteTx<'_>, made: &[Review]) -> Result<()> {
    let rows: Vec<ReviewRow> = made.iter().map(ReviewRow::new).collect();
    insert_many!(tx.write(), reviews::table, rows)?;
    made.iter().try_for_each(|review| tx.created(review))
}
