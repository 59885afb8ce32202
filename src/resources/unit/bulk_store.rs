//! Rows of thousands of units at once, for the lists that the state publishes: the same rows, rules
//! and entries as in `store`, in a few statements.

use std::collections::HashMap;

use diesel::prelude::*;

use super::store::{self, UnitRow};
use super::succession_store::SuccessionRow;
use super::{Succession, SuccessionId, Unit, UnitId};
use crate::access::{ROOT_UNIT, Tx, WriteTx, on_conflict};
use crate::database::insert_many;
use crate::error::Result;
use crate::schema::{succession_links, successions, units};
use crate::territory;

/// What a load makes of the units: new ones (those above before those below), next versions of old
/// ones, and successions between any of them.
pub(crate) struct Load {
    pub made: Vec<Unit>,
    pub changed: Vec<(Unit, Unit)>,
    pub successions: Vec<Succession>,
}

/// Every unit, as served.
pub(crate) fn all(tx: &mut Tx<'_>) -> Result<Vec<Unit>> {
    let rows: Vec<UnitRow> = units::table.select(UnitRow::as_select()).order(units::id).load(tx.conn())?;
    let mut all: Vec<Unit> = rows.into_iter().map(UnitRow::unit).collect();
    let places: HashMap<UnitId, usize> = all.iter().enumerate().map(|(n, unit)| (unit.meta.id.cast(), n)).collect();
    let links: Vec<(UnitId, UnitId)> = succession_links::table
        .select((succession_links::predecessor_id, succession_links::successor_id))
        .distinct()
        .order((succession_links::predecessor_id, succession_links::successor_id))
        .load(tx.conn())?;
    for (predecessor, successor) in links {
        if let (Some(before), Some(after)) = (places.get(&predecessor), places.get(&successor)) {
            all[*before].successor_ids.push(successor);
            all[*after].predecessor_ids.push(predecessor);
        }
    }
    Ok(all)
}

/// Writes a load whose units and successions have been checked against the rules; enters each.
pub(crate) fn write(tx: &mut WriteTx<'_>, load: &Load) -> Result<()> {
    insert(tx, &load.made)?;
    for (before, after) in &load.changed {
        store::store(tx, before, after.clone())?;
    }
    succeed(tx, &load.successions)
}

fn insert(tx: &mut WriteTx<'_>, made: &[Unit]) -> Result<()> {
    let rows: Vec<UnitRow> = made.iter().map(UnitRow::new).collect();
    insert_many!(tx.write(), units::table, rows).map_err(on_conflict(&[(
        "units_code_from",
        "units.code_system, units.code, units.valid_from",
        store::overlapping,
    )]))?;
    let hung: Vec<(UnitId, UnitId)> =
        made.iter().map(|unit| (unit.meta.id.cast(), unit.fields.parent_id.unwrap_or(ROOT_UNIT))).collect();
    territory::plant_many(tx, &hung)?;
    made.iter().try_for_each(|unit| tx.created(unit))
}

#[derive(Insertable)]
#[diesel(table_name = succession_links, treat_none_as_default_value = false)]
struct LinkRow {
    succession_id: SuccessionId,
    predecessor_id: UnitId,
    successor_id: UnitId,
}

impl LinkRow {
    fn of(succession: &Succession) -> impl Iterator<Item = Self> {
        let (succession_id, predecessor_id) = (succession.meta.id.cast(), succession.unit_id);
        let successors = succession.fields.successor_ids.iter();
        successors.map(move |successor| Self { succession_id, predecessor_id, successor_id: *successor })
    }
}

fn succeed(tx: &mut WriteTx<'_>, made: &[Succession]) -> Result<()> {
    let rows: Vec<SuccessionRow> = made.iter().map(SuccessionRow::new).collect();
    insert_many!(tx.write(), successions::table, rows)?;
    let links: Vec<LinkRow> = made.iter().flat_map(LinkRow::of).collect();
    insert_many!(tx.write(), succession_links::table, links)?;
    made.iter().try_for_each(|succession| tx.created(succession))
}
