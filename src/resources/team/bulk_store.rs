//! Rows of thousands of teams at once, for loads: the same rows and entries as in `store`, in a few
//! statements. Whoever loads has kept to the rules.

use super::Team;
use super::store::TeamRow;
use crate::access::WriteTx;
use crate::database::insert_many;
use crate::error::Result;
use crate::schema::teams;

/// Writes teams, which know their units; enters each.
pub(crate) fn insert(tx: &mut WriteTx<'_>, made: &[Team]) -> Result<()> {
    let placed = made.iter().filter_map(|team| team.fields.unit_id.map(|unit| (team, unit)));
    let rows: Vec<TeamRow> = placed.map(|(team, unit)| TeamRow::new(team, unit)).collect();
    insert_many!(tx.write(), teams::table, rows)?;
    made.iter().try_for_each(|team| tx.created(team))
}
