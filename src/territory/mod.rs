//! Territory: who lies under whom, and so what a caller may see. A unit's territory is the unit and
//! its descendants as they stand at the request. What must not come in: rights (see `access`).

use crate::types::UnitId;
use diesel::dsl::{Eq, EqAny, Filter, Select, exists};
use diesel::prelude::*;
use std::collections::HashMap;

use crate::access::{ROOT_UNIT, Tx, WriteTx};
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

/// The caller's territory. One unit is said to be one: a plan for any number of them costs more than it is
/// worth, so that the database would plan each time anew.
pub fn of_caller(tx: &Tx<'_>) -> Own {
    unit_closure::table.filter(unit_closure::ancestor_id.eq(tx.caller().unit)).select(unit_closure::descendant_id)
}

/// Whether the unit of a record, as its column tells, lies in the caller's territory: for what is found by its
/// id, where a set of a whole nation's units is not worth making. Asked for as a value, which is one look into an
/// index for each record; out of a condition that something exists a planner makes a walk through the territory.
macro_rules! is_own {
    ($tx:expr, $unit:expr) => {{
        let own = $crate::territory::of_caller($tx).filter($crate::schema::unit_closure::descendant_id.eq($unit));
        own.single_value().is_not_null()
    }};
}
pub(crate) use is_own;

/// What `of_caller` gives.
pub type Own = Select<Filter<unit_closure::table, Eq<unit_closure::ancestor_id, UnitId>>, unit_closure::descendant_id>;

/// The caller's territory narrowed to the units a filter names; what it names outside counts for nothing.
pub fn narrowed(tx: &mut Tx<'_>, filter: Option<&[UnitId]>) -> Result<Under> {
    match filter {
        None => Ok(under(vec![tx.caller().unit])),
        Some([one]) if *one == tx.caller().unit => Ok(under(vec![*one])),
        Some(named) => {
            tx.stay()?;
            let inside: Vec<UnitId> =
                of_caller(tx).filter(unit_closure::descendant_id.eq_any(named.to_vec())).load(tx.conn())?;
            Ok(under(inside))
        }
    }
}

/// Where a list looks, told so that an index in the order of branches can follow: a branch is a unit right
/// below the nation, with all that lies under it.
pub enum Reach {
    Nation,
    Branches(Vec<UnitId>),
    Units(Under),
}

/// As `narrowed`, for records that know their branch.
pub fn reach(tx: &mut Tx<'_>, filter: Option<&[UnitId]>) -> Result<Reach> {
    let own = tx.caller().unit;
    let named = filter.map_or_else(|| vec![own], <[_]>::to_vec);
    if named == [own] {
        return Ok(match tx.caller().branch {
            _ if own == ROOT_UNIT => Reach::Nation,
            true => Reach::Branches(named),
            false => Reach::Units(under(named)),
        });
    }
    tx.stay()?;
    let lying = unit_closure::table
        .inner_join(units::table.on(units::id.eq(unit_closure::descendant_id)))
        .filter(unit_closure::ancestor_id.eq(own))
        .select((units::id, units::parent_id));
    let inside: Vec<(UnitId, Option<UnitId>)> = match named[..] {
        [one] => lying.filter(unit_closure::descendant_id.eq(one)).load(tx.conn())?,
        _ => lying.filter(unit_closure::descendant_id.eq_any(named)).load(tx.conn())?,
    };
    let ids = inside.iter().map(|(id, _)| *id).collect::<Vec<_>>();
    if ids.contains(&ROOT_UNIT) {
        return Ok(Reach::Nation);
    }
    let branches = !ids.is_empty() && inside.iter().all(|(id, parent)| is_branch(*id, *parent));
    Ok(if branches { Reach::Branches(ids) } else { Reach::Units(under(ids)) })
}

/// The branch in which a unit lies; the nation's own is the nation.
pub fn branch(tx: &mut Tx<'_>, unit: UnitId) -> Result<UnitId> {
    let above = unit_closure::table
        .inner_join(units::table.on(units::id.eq(unit_closure::ancestor_id)))
        .filter(unit_closure::descendant_id.eq(unit))
        .filter(units::parent_id.eq(ROOT_UNIT));
    Ok(above.select(units::id).first(tx.conn()).optional()?.unwrap_or(ROOT_UNIT))
}

/// Whether a unit is its own branch: the nation, and what lies right below it.
pub fn is_branch(unit: UnitId, above: Option<UnitId>) -> bool {
    unit == ROOT_UNIT || above == Some(ROOT_UNIT)
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

/// A unit with those above it: which each lies under, and when it is in force.
type Line = Vec<(UnitId, Option<UnitId>, Day, Option<Day>)>;

fn line(tx: &mut Tx<'_>, unit: UnitId) -> Result<Line> {
    let above = unit_closure::table
        .inner_join(units::table.on(units::id.eq(unit_closure::ancestor_id)))
        .filter(unit_closure::descendant_id.eq(unit))
        .select((units::id, units::parent_id, units::valid_from, units::valid_to));
    Ok(above.load(tx.conn())?)
}

/// A unit that a body names must also be in force on the record's day. Gives its branch.
pub fn must_be_in_force(tx: &mut Tx<'_>, unit: UnitId, on: Day, pointer: &'static str) -> Result<UnitId> {
    let line = line(tx, unit)?;
    in_force(&line, tx.caller().unit, unit, on, pointer)
}

/// As `must_be_in_force`, where records of many units come one after the other. No other transaction commits
/// a change from here on.
pub fn must_stay_in_force(tx: &mut WriteTx<'_>, unit: UnitId, on: Day, pointer: &'static str) -> Result<UnitId> {
    let seen = tx.caller().unit;
    if let Some(line) = tx.known::<UnitId, Line>()?.get(&unit) {
        return in_force(line, seen, unit, on, pointer);
    }
    let line = line(tx, unit)?;
    let branch = in_force(&line, seen, unit, on, pointer)?;
    tx.know(unit, line)?;
    Ok(branch)
}

fn in_force(line: &Line, seen: UnitId, unit: UnitId, on: Day, pointer: &'static str) -> Result<UnitId> {
    match line.iter().find(|(id, ..)| *id == unit) {
        Some((_, _, from, to)) if line.iter().any(|(id, ..)| *id == seen) => {
            let in_force = *from <= on && to.is_none_or(|to| to > on);
            let branch = line.iter().find(|(_, parent, ..)| *parent == Some(ROOT_UNIT));
            if in_force { Ok(branch.map_or(ROOT_UNIT, |(id, ..)| *id)) } else { Err(Error::UnitNotInForce) }
        }
        _ => Err(Error::ReferenceMissing { pointer }),
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
