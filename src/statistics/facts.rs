//! The facts of a scope, loaded once: the models the caller may list with their lives, and what
//! there is to break them down by. The only SQL of this room.

use std::collections::HashMap;

use diesel::prelude::*;

use super::Dimension;
use super::cube::{Cut, Facts};
use super::life::Site;
use super::period::Range;
use crate::access::Tx;
use crate::error::Result;
use crate::journal::Deed;
use crate::noun::Noun;
use crate::resources::model::rules::Span;
use crate::resources::model::{ModelFilter, ModelId, ModelStatus, Setting, store};
use crate::resources::model_type::{Field, ModelTypeId};
use crate::resources::unit::{UnitId, UnitKind};
use crate::schema::{journal, model_spans, model_types, models, units};
use crate::territory;
use crate::types::Day;

#[derive(Queryable, Selectable)]
#[diesel(table_name = models)]
struct SiteRow {
    id: ModelId,
    model_type_id: ModelTypeId,
    unit_id: UnitId,
    setting: Option<Setting>,
    replicated_from_id: Option<ModelId>,
    status: ModelStatus,
    exemplar: bool,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = model_spans)]
struct SpanRow {
    model_id: ModelId,
    number: i32,
    status: ModelStatus,
    from_on: Day,
    to_on: Option<Day>,
}

/// The place in the journal of the last change that a figure could depend on.
pub fn version(tx: &mut Tx<'_>) -> Result<String> {
    let counted = [Noun::Unit, Noun::ModelType, Noun::Model, Noun::ModelStatusChange];
    let last: Option<i64> = journal::table
        .filter(journal::resource_type.eq_any(counted))
        .filter(journal::action.eq_any([Deed::Create, Deed::Update, Deed::Delete]))
        .order(journal::sequence.desc())
        .select(journal::sequence)
        .first(tx.conn())
        .optional()?;
    Ok(last.unwrap_or(0).to_string())
}

/// What there is to count among the models that a filter picks.
pub fn load(tx: &mut Tx<'_>, filter: &ModelFilter, cut: &Cut, period: Range) -> Result<Facts> {
    let fields: HashMap<ModelTypeId, Field> =
        model_types::table.select((model_types::id, model_types::field)).load(tx.conn())?.into_iter().collect();
    let by = |dimension| cut.by.contains(&dimension);
    Ok(Facts {
        sites: sites(tx, filter, &fields)?,
        tree: if by(Dimension::Unit) && cut.level.is_some() { tree(tx)? } else { HashMap::new() },
        units: if by(Dimension::Unit) && cut.empty { units_of(tx, filter, cut, period)? } else { Vec::new() },
        types: if cut.empty { types_of(tx, filter, period)? } else { Vec::new() },
    })
}

fn sites(tx: &mut Tx<'_>, filter: &ModelFilter, fields: &HashMap<ModelTypeId, Field>) -> Result<Vec<Site>> {
    let query = store::filtered(tx, filter)?;
    let rows: Vec<SiteRow> = query.select(SiteRow::as_select()).load(tx.conn())?;
    let mut lives = lives(tx, filter)?;
    let site = |row: SiteRow| {
        Some(Site {
            unit: row.unit_id,
            model_type: row.model_type_id,
            field: *fields.get(&row.model_type_id)?,
            setting: row.setting,
            status: row.status,
            exemplar: row.exemplar,
            replicated: row.replicated_from_id.is_some(),
            life: lives.remove(&row.id).unwrap_or_default(),
        })
    };
    Ok(rows.into_iter().filter_map(site).collect())
}

/// The lives of all models of the scope, picked or not: a boxed query cannot stand inside another.
fn lives(tx: &mut Tx<'_>, filter: &ModelFilter) -> Result<HashMap<ModelId, Vec<Span>>> {
    let scope = territory::narrowed(tx, filter.unit_id.as_deref())?;
    let within = models::table.filter(models::unit_id.eq_any(scope)).select(models::id);
    let rows: Vec<SpanRow> = model_spans::table
        .filter(model_spans::model_id.eq_any(within))
        .order((model_spans::model_id, model_spans::number))
        .select(SpanRow::as_select())
        .load(tx.conn())?;
    let mut lives: HashMap<ModelId, Vec<Span>> = HashMap::new();
    for row in rows {
        let span = Span { number: row.number, status: row.status, from_on: row.from_on, to_on: row.to_on };
        lives.entry(row.model_id).or_default().push(span);
    }
    Ok(lives)
}

fn tree(tx: &mut Tx<'_>) -> Result<HashMap<UnitId, (UnitKind, Option<UnitId>)>> {
    let rows: Vec<(UnitId, UnitKind, Option<UnitId>)> =
        units::table.select((units::id, units::kind, units::parent_id)).load(tx.conn())?;
    Ok(rows.into_iter().map(|(id, kind, parent)| (id, (kind, parent))).collect())
}

/// The units of the scope that were in force in the period, of the level asked for.
fn units_of(tx: &mut Tx<'_>, filter: &ModelFilter, cut: &Cut, period: Range) -> Result<Vec<UnitId>> {
    let scope = territory::narrowed(tx, filter.unit_id.as_deref())?;
    let mut query = units::table
        .filter(units::id.eq_any(scope))
        .filter(units::valid_from.le(period.to))
        .filter(units::valid_to.is_null().or(units::valid_to.gt(period.from)))
        .into_boxed();
    if let Some(level) = cut.level {
        query = query.filter(units::kind.eq(level));
    }
    Ok(query.select(units::id).load(tx.conn())?)
}

/// The types that the filter leaves and that were in use in the period.
fn types_of(tx: &mut Tx<'_>, filter: &ModelFilter, period: Range) -> Result<Vec<(ModelTypeId, Field)>> {
    let mut query = model_types::table
        .filter(model_types::valid_from.le(period.to))
        .filter(model_types::valid_to.is_null().or(model_types::valid_to.gt(period.from)))
        .into_boxed();
    if let Some(types) = &filter.model_type_id {
        query = query.filter(model_types::id.eq_any(types.clone()));
    }
    if let Some(fields) = &filter.field {
        query = query.filter(model_types::field.eq_any(fields.clone()));
    }
    Ok(query.select((model_types::id, model_types::field)).load(tx.conn())?)
}
