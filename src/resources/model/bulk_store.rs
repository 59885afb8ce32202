//! Rows of thousands of models at once, for loads: the same rows and entries as in `store`, in a few
//! statements. Whoever loads has kept to the rules.

use super::store::ModelRow;
use super::{Model, ModelStatusChange, spans, status_store};
use crate::access::WriteTx;
use crate::database::insert_many;
use crate::error::Result;
use crate::schema::models;

/// A model as it stands, with the status changes that led there, in order.
pub(crate) struct Settled {
    pub model: Model,
    pub changes: Vec<ModelStatusChange>,
}

/// Writes models with what led there; enters each as it stands.
pub(crate) fn insert(tx: &mut WriteTx<'_>, made: &[Settled]) -> Result<()> {
    let rows: Vec<ModelRow> = made.iter().map(|settled| ModelRow::new(&settled.model)).collect();
    insert_many!(tx.write(), models::table, rows)?;
    spans::insert_all(tx, made.iter().map(|settled| (&settled.model, settled.changes.as_slice())))?;
    status_store::insert_all(tx, made.iter().flat_map(|settled| &settled.changes))?;
    for settled in made {
        tx.created(&settled.model)?;
        settled.changes.iter().try_for_each(|change| tx.created(change))?;
    }
    Ok(())
}
