//! Whether units moved into a caller's territory or out of it. The feed tells of every record that moves,
//! and of a unit that moves, but not of all the records under it: their reader begins anew.

use diesel::prelude::*;
use serde::Deserialize;

use super::versions::KEPT;
use crate::access::{Noun, ROOT_UNIT, Tx};
use crate::error::{Error, Result};
use crate::journal::Deed;
use crate::schema::journal as entries;
use crate::territory;
use crate::types::{AnyId, UnitId};

/// How many moves are looked at before a reader is told to begin anew without more ado.
const MOST: i64 = 1000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Under {
    parent_id: Option<UnitId>,
}

/// Whether another set of units is the caller's since the journal had `known` entries, but for new ones.
///
/// Of the moves between, the last that changed the territory led from inside to outside or the other way
/// round, and neither of its two parents has come in or gone out since: so the territory as it is now
/// suffices to find one.
pub(super) fn changed_territory(tx: &mut Tx<'_>, (known, end): (i64, i64)) -> Result<bool> {
    if known == end || tx.caller().unit == ROOT_UNIT {
        return Ok(false);
    }
    let moves: Vec<(Option<AnyId>, Option<i32>, Option<String>)> = entries::table
        .filter(entries::resource_type.eq(Noun::Unit).and(entries::action.eq(Deed::Update)))
        .filter(entries::sequence.ge(known).and(entries::sequence.lt(end)))
        .filter(entries::changed_fields.like("%parentId%"))
        .select((entries::resource_id, entries::version, entries::record))
        .order(entries::sequence)
        .limit(MOST + 1)
        .load(tx.conn())?;
    if moves.len() as i64 > MOST {
        return Ok(true);
    }
    for (unit, version, record) in moves {
        let before = entries::table
            .filter(entries::resource_type.eq(Noun::Unit).and(entries::action.eq_any(KEPT)))
            .filter(entries::resource_id.eq(unit).and(entries::version.eq(version.map(|number| number - 1))))
            .select(entries::record);
        let before: Option<String> = before.first(tx.conn())?;
        if inside(tx, before)? != inside(tx, record)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a unit, as an entry keeps it, hangs under one of the caller's territory.
fn inside(tx: &mut Tx<'_>, record: Option<String>) -> Result<bool> {
    let record = record.ok_or_else(|| Error::internal("a version without a record"))?;
    let under: Under = serde_json::from_str(&record).map_err(Error::internal)?;
    under.parent_id.map_or(Ok(false), |parent| territory::holds(tx, parent))
}
