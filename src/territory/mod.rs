//! Territory: who lies under whom, and so what a caller may see. A unit's territory is the unit and
//! its descendants as they stand at the request. What must not come in: rights (see `access`).

use crate::types::UnitId;
use diesel::dsl::{EqAny, Filter, Select, exists};
use diesel::prelude::*;
use std::collections::HashMap;

use crate::access::{Tx, WriteTx};
use crate::database::insert_many;
use crate::error::{Error, Result};
use crate::schema::{unit_closure, units};
use crate::types::Day;

/// The units under `roots`, the roots included; for `eq_any` in a store's query.
pub fn under(roots: Vec<UnitId>) -> Under {
    unit_closure::table.filter(unit_closure::ancestor_id.eq_any(roots)).select(unit_closure::descendant_id)
}

/// What `under` gives.
pub type Under =
    Select<Filter<unit_closure::table, EqAny<unit_closure::ancestor_id, Vec<UnitId>>>, unit_closure::descendant_id>;

/// The caller's territory.
pub fn of_caller(tx: &Tx<'_>) -> Under {
    under(vec![tx.caller().unit])
}

/// The caller's territory narrowed to the units a filter names; what it names outside counts for nothing.
pub fn narrowed(tx: &mut Tx<'_>, filter: Option<&[UnitId]>) -> Result<Under> {
    match filter {
        None => Ok(of_caller(tx)),
        Some(named) => {
            let inside: Vec<UnitId> =
                of_caller(tx).filter(unit_closure::descendant_id.eq_any(named.to_vec())).load(tx.conn())?;
            Ok(under(inside))
        }
    }
}

/// Whether a unit lies in the caller's territory.
pub fn holds(tx: &mut Tx<'_>, unit: UnitId) -> Result<bool> {
    let link = unit_closure::table
        .filter(unit_closure::ancestor_id.eq(tx.caller().unit))
        .filter(unit_closure::descendant_id.eq(unit));
    Ok(diesel::select(exists(link)).get_result(tx.conn())?)
}

/// A unit that a body names: 409 `reference-missing` where it is absent or outside, alike.
pub fn must_hold(tx: &mut Tx<'_>, unit: UnitId, pointer: &'static str) -> Result<()> {
    match holds(tx, unit)? {
        true => Ok(()),
        false => Err(Error::ReferenceMissing { pointer }),
    }
}

/// A unit that a body names must also be in force on the record's day.
pub fn must_be_in_force(tx: &mut Tx<'_>, unit: UnitId, on: Day, pointer: &'static str) -> Result<()> {
    must_hold(tx, unit, pointer)?;
    let in_force = units::table
        .find(unit)
        .filter(units::valid_from.le(on))
        .filter(units::valid_to.is_null().or(units::valid_to.gt(on)));
    match diesel::select(exists(in_force)).get_result(tx.conn())? {
        true => Ok(()),
        false => Err(Error::UnitNotInForce),
    }
}

/// Hangs a new unit into the tree.
pub fn plant(tx: &mut WriteTx<'_>, unit: UnitId, parent: Option<UnitId>) -> Result<()> {
    let mut above = match parent {
        Some(parent) => ancestors(tx, parent)?,
        None => Vec::new(),
    };
    above.push(unit);
    for ancestor in above {
        link(tx, ancestor, unit)?;
    }
    Ok(())
}

/// Hangs many new units into the tree, those above before those below.
pub fn plant_many(tx: &mut WriteTx<'_>, units: &[(UnitId, UnitId)]) -> Result<()> {
    let mut above: HashMap<UnitId, Vec<UnitId>> = HashMap::new();
    let mut links = Vec::new();
    for (unit, parent) in units {
        let mut line = match above.get(parent) {
            Some(line) => line.clone(),
            None => ancestors(tx, *parent)?,
        };
        above.entry(*parent).or_insert_with(|| line.clone());
        line.push(*unit);
        links.extend(line.iter().map(|ancestor| Link { ancestor_id: *ancestor, descendant_id: *unit }));
        above.insert(*unit, line);
    }
    Ok(insert_many!(tx.write(), unit_closure::table, links)?)
}

#[derive(Insertable)]
#[diesel(table_name = unit_closure, treat_none_as_default_value = false)]
struct Link {
    ancestor_id: UnitId,
    descendant_id: UnitId,
}

/// Moves a unit and all under it to another parent; refuses to hang it under itself. Gives the units
/// that were above it and those that are now.
pub fn transplant(tx: &mut WriteTx<'_>, unit: UnitId, parent: Option<UnitId>) -> Result<(Vec<UnitId>, Vec<UnitId>)> {
    let below: Vec<UnitId> = under(vec![unit]).load(tx.conn())?;
    if parent.is_some_and(|parent| below.contains(&parent)) {
        return Err(Error::rule(
            "parentId would put the unit under itself.",
            "parentId khiến đơn vị nằm dưới chính nó.",
        ));
    }
    let old = ancestors(tx, unit)?.into_iter().filter(|above| *above != unit).collect::<Vec<_>>();
    let cut = unit_closure::table
        .filter(unit_closure::ancestor_id.eq_any(old.clone()))
        .filter(unit_closure::descendant_id.eq_any(below.clone()));
    diesel::delete(cut).execute(tx.write())?;
    let new = match parent {
        Some(parent) => ancestors(tx, parent)?,
        None => Vec::new(),
    };
    for ancestor in &new {
        for descendant in &below {
            link(tx, *ancestor, *descendant)?;
        }
    }
    Ok((old, new))
}

/// Whether no other unit lies under `unit`.
pub fn alone(tx: &mut Tx<'_>, unit: UnitId) -> Result<bool> {
    let below: i64 = under(vec![unit]).count().get_result(tx.conn())?;
    Ok(below <= 1)
}

/// Takes a unit without descendants out of the tree.
pub fn uproot(tx: &mut WriteTx<'_>, unit: UnitId) -> Result<()> {
    let links = unit_closure::table.filter(unit_closure::descendant_id.eq(unit));
    diesel::delete(links).execute(tx.write())?;
    Ok(())
}

fn ancestors(tx: &mut Tx<'_>, unit: UnitId) -> Result<Vec<UnitId>> {
    let above = unit_closure::table.filter(unit_closure::descendant_id.eq(unit)).select(unit_closure::ancestor_id);
    Ok(above.load(tx.conn())?)
}

fn link(tx: &mut WriteTx<'_>, ancestor: UnitId, descendant: UnitId) -> Result<()> {
    diesel::insert_into(unit_closure::table)
        .values((unit_closure::ancestor_id.eq(ancestor), unit_closure::descendant_id.eq(descendant)))
        .execute(tx.write())?;
    Ok(())
}
