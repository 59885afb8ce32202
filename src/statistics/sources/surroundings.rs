//! What surrounds the facts: the tree of units, what gets a cell of 0, names for charts.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use diesel::prelude::*;
use uuid::Uuid;

use super::{Place, Source};
use crate::access::Tx;
use crate::error::Result;
use crate::resources::code_list::ListName;
use crate::resources::model_type::{Field, ModelTypeId};
use crate::resources::unit::{UnitId, UnitKind};
use crate::schema::{codes, model_types, units};
use crate::statistics::Dimension;
use crate::statistics::params::Settled;
use crate::statistics::period::Range;
use crate::statistics::scene::Scene;
use crate::territory;
use crate::types::{LongCode, Name};

/// What a breakdown needs beside the facts.
pub fn scene(tx: &mut Tx<'_>, settled: &Settled, sources: &[Source]) -> Result<Scene> {
    let cut = &settled.cut;
    let by = |dimension| cut.by.contains(&dimension);
    let mut scene = Scene::default();
    if by(Dimension::Unit) && cut.level.is_some() {
        scene.tree = tree(tx)?;
    }
    if cut.empty {
        let lists = sources.iter().flat_map(|source| cut.still().filter_map(|dimension| source.list(dimension)));
        let values = values(tx, settled.range, lists.collect())?.left(&settled.filters);
        (scene.types, scene.codes) = (values.types, values.codes);
        if by(Dimension::Unit) {
            scene.units = units_of(tx, settled)?;
        }
    }
    Ok(scene)
}

/// The types, and the codes of some lists, that were in force in a period.
pub fn values(tx: &mut Tx<'_>, period: Range, lists: Vec<ListName>) -> Result<Scene> {
    let mut scene = Scene { types: types_of(tx, period)?, ..Scene::default() };
    for list in lists {
        if let Entry::Vacant(place) = scene.codes.entry(list) {
            place.insert(codes_of(tx, period, list)?);
        }
    }
    Ok(scene)
}

/// The whole scene, for deciding what may be told: every unit, and every code of the lists in question,
/// whatever period is asked for, since a code that one answer leaves out would be nothing in another.
pub fn whole(tx: &mut Tx<'_>, source: Source) -> Result<Scene> {
    let mut scene = Scene { tree: tree(tx)?, ..Scene::default() };
    for list in source.dimensions().iter().filter_map(|dimension| source.list(*dimension)) {
        let every = codes::table.filter(codes::list.eq(list)).select(codes::code).distinct();
        let found: Vec<LongCode> = every.load(tx.conn())?;
        scene.codes.insert(list, found.iter().map(LongCode::to_string).collect());
    }
    Ok(scene)
}

/// Whether a unit lies in the caller's territory.
pub fn holds(tx: &mut Tx<'_>, unit: UnitId) -> Result<bool> {
    territory::holds(tx, unit)
}

/// Where all units stand.
fn tree(tx: &mut Tx<'_>) -> Result<HashMap<UnitId, (UnitKind, Option<UnitId>)>> {
    let rows: Vec<(UnitId, UnitKind, Option<UnitId>)> =
        units::table.select((units::id, units::kind, units::parent_id)).load(tx.conn())?;
    Ok(rows.into_iter().map(|(id, kind, parent)| (id, (kind, parent))).collect())
}

/// The units of the scope that were in force in the period, of the level asked for.
fn units_of(tx: &mut Tx<'_>, settled: &Settled) -> Result<Vec<UnitId>> {
    let period = settled.range;
    let scope = Place::Caller(settled.unit).units(tx)?;
    let mut query = units::table
        .filter(units::id.eq_any(scope))
        .filter(units::valid_from.le(period.to))
        .filter(units::valid_to.is_null().or(units::valid_to.gt(period.from)))
        .into_boxed();
    if let Some(level) = settled.cut.level {
        query = query.filter(units::kind.eq(level));
    }
    Ok(query.select(units::id).load(tx.conn())?)
}

/// The types that were in use in a period.
fn types_of(tx: &mut Tx<'_>, period: Range) -> Result<Vec<(ModelTypeId, Field)>> {
    let found = model_types::table
        .filter(model_types::valid_from.le(period.to))
        .filter(model_types::valid_to.is_null().or(model_types::valid_to.gt(period.from)));
    Ok(found.select((model_types::id, model_types::field)).load(tx.conn())?)
}

/// The codes of a list that were in force in the period.
fn codes_of(tx: &mut Tx<'_>, period: Range, list: ListName) -> Result<Vec<String>> {
    let found: Vec<LongCode> = codes::table
        .filter(codes::list.eq(list))
        .filter(codes::valid_from.le(period.to))
        .filter(codes::valid_to.is_null().or(codes::valid_to.gt(period.from)))
        .select(codes::code)
        .distinct()
        .load(tx.conn())?;
    Ok(found.iter().map(LongCode::to_string).collect())
}

/// The names of units and types, for people to read.
pub fn names(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<HashMap<Uuid, String>> {
    let of_units: Vec<UnitId> = ids.iter().map(|id| UnitId::new(*id)).collect();
    let found: Vec<(UnitId, Name)> =
        units::table.filter(units::id.eq_any(of_units)).select((units::id, units::name)).load(tx.conn())?;
    let mut names: HashMap<Uuid, String> = found.into_iter().map(|(id, name)| (id.uuid(), name.to_string())).collect();
    let of_types: Vec<ModelTypeId> = ids.iter().map(|id| ModelTypeId::new(*id)).collect();
    let found: Vec<(ModelTypeId, Name)> = model_types::table
        .filter(model_types::id.eq_any(of_types))
        .select((model_types::id, model_types::name))
        .load(tx.conn())?;
    names.extend(found.into_iter().map(|(id, name)| (id.uuid(), name.to_string())));
    Ok(names)
}

/// The labels of the codes of a list, in Vietnamese or English.
pub fn labels(tx: &mut Tx<'_>, list: ListName, vietnamese: bool) -> Result<HashMap<String, String>> {
    let rows: Vec<(LongCode, Name, Name)> = codes::table
        .filter(codes::list.eq(list))
        .order(codes::valid_from)
        .select((codes::code, codes::label_vi, codes::label_en))
        .load(tx.conn())?;
    let label =
        |(code, vi, en): (LongCode, Name, Name)| (code.to_string(), (if vietnamese { vi } else { en }).to_string());
    Ok(rows.into_iter().map(label).collect())
}
