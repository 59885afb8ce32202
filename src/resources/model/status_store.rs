//! Rows of a model's status changes, and of the spans of days they cut its life into.

use crate::resources::model::ModelId;
use crate::resources::model::ModelStatusChangeId;
use crate::types::{PrincipalId, UnitId};
use std::collections::HashMap;

use diesel::prelude::*;

use super::rules;
use super::{
    Model, ModelStatus, ModelStatusChange, ModelStatusChangeFields, NewModelStatusChange, StatusChangeSort, spans,
    store,
};
use crate::access::{MultiBackend, Tx, WriteTx, id_taken, in_use, on_conflict};
use crate::database::insert_many;
use crate::error::{Error, Result};
use crate::http::{Ask, Listed, NoFilter, load_behind, page_by};
use crate::journal::Meta;
use crate::schema::{model_spans, model_status_changes, models};
use crate::territory;
use crate::types::{Day, Decision, Json, Moment, Reason};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = model_status_changes, treat_none_as_default_value = false)]
struct ChangeRow {
    id: ModelStatusChangeId,
    version: i32,
    created_at: Moment,
    created_by: PrincipalId,
    model_id: ModelId,
    from_status: ModelStatus,
    to_status: ModelStatus,
    effective_on: Day,
    reason: Reason,
    decision: Option<Json<Decision>>,
    merged_into_id: Option<ModelId>,
}

impl ChangeRow {
    fn new(change: &ModelStatusChange) -> Self {
        let (meta, fields) = (&change.meta, change.fields.clone());
        Self {
            id: meta.id.cast(),
            version: meta.version,
            created_at: meta.created_at,
            created_by: meta.created_by,
            model_id: change.model_id,
            from_status: change.from,
            to_status: fields.to,
            effective_on: fields.effective_on,
            reason: fields.reason,
            decision: fields.decision.map(Json),
            merged_into_id: fields.merged_into_id,
        }
    }

    fn change(self, model: &Model) -> ModelStatusChange {
        self.change_in(model.fields.unit_id)
    }

    fn change_in(self, unit_id: UnitId) -> ModelStatusChange {
        let made = (self.created_at, self.created_by);
        ModelStatusChange {
            meta: Meta::new(self.id, self.version, made, made),
            model_id: self.model_id,
            unit_id,
            from: self.from_status,
            fields: ModelStatusChangeFields {
                to: self.to_status,
                effective_on: self.effective_on,
                reason: self.reason,
                decision: self.decision.map(|d| d.0),
                merged_into_id: self.merged_into_id,
            },
        }
    }
}

/// One page of a model's status changes; the caller has found the model.
pub fn list(
    tx: &mut Tx<'_>,
    model: &Model,
    ask: &Ask<NoFilter, StatusChangeSort>,
) -> Result<Listed<ModelStatusChange>> {
    let id: ModelId = model.meta.id.cast();
    let of_model = || model_status_changes::table.filter(model_status_changes::model_id.eq(id));
    let query = of_model().select(ChangeRow::as_select()).into_boxed();
    let cut = match ask.sort {
        StatusChangeSort::CreatedAt => page_by!(tx, ask, query, model_status_changes.created_at: Moment),
        StatusChangeSort::EffectiveOn => page_by!(tx, ask, query, model_status_changes.effective_on: Day),
    };
    let total = ask.total(|| Ok(of_model().count().get_result(tx.conn())?))?;
    ask.listed(cut.map(|row| row.change(model)), total)
}

/// The next status changes behind `after` in the order of ids, of all models in the caller's territory.
pub fn behind(tx: &mut Tx<'_>, after: Option<ModelStatusChangeId>, most: i64) -> Result<Vec<ModelStatusChange>> {
    let visible = models::table.filter(territory::is_own!(tx, models::unit_id));
    let of_visible =
        model_status_changes::table.filter(model_status_changes::model_id.eq_any(visible.select(models::id)));
    let query = of_visible.select(ChangeRow::as_select()).into_boxed::<MultiBackend>();
    let rows: Vec<ChangeRow> = load_behind!(tx, query, model_status_changes, after, most);
    let of: Vec<ModelId> = rows.iter().map(|row| row.model_id).collect();
    let units = models::table.filter(models::id.eq_any(of)).select((models::id, models::unit_id));
    let units: HashMap<ModelId, UnitId> = units.load(tx.conn())?.into_iter().collect();
    let known = |row: ChangeRow| units.get(&row.model_id).copied().map(|unit| row.change_in(unit));
    Ok(rows.into_iter().filter_map(known).collect())
}

/// The statuses that models began with.
pub fn first_statuses(tx: &mut Tx<'_>, of: Vec<ModelId>) -> Result<HashMap<ModelId, ModelStatus>> {
    let first = model_spans::table.filter(model_spans::model_id.eq_any(of)).filter(model_spans::number.eq(0));
    Ok(first.select((model_spans::model_id, model_spans::status)).load(tx.conn())?.into_iter().collect())
}

/// A status change of a model; the caller has found the model.
pub fn find(tx: &mut Tx<'_>, model: &Model, id: ModelStatusChangeId) -> Result<ModelStatusChange> {
    let row = model_status_changes::table
        .find(id)
        .filter(model_status_changes::model_id.eq(model.meta.id.cast::<Model>()))
        .select(ChangeRow::as_select())
        .first(tx.conn())
        .optional()?;
    row.map(|row| row.change(model)).ok_or(Error::NotFound)
}

/// Makes a status change: the model gets its next version and a new span.
pub fn create(tx: &mut WriteTx<'_>, model: &Model, new: NewModelStatusChange) -> Result<ModelStatusChangeId> {
    let (model_id, fields) = (model.meta.id.cast(), new.fields);
    let last = spans::latest(tx, model_id)?;
    rules::change(model_id, &last, &fields)?;
    if let Some(into) = fields.merged_into_id {
        let into = store::must_find(tx, into, "/mergedIntoId")?;
        rules::goes_on(&into)?;
    }
    let id = tx.id_or_new(new.id);
    let change = ModelStatusChange {
        meta: tx.first_version(id),
        model_id,
        unit_id: model.fields.unit_id,
        from: last.status,
        fields,
    };
    let after = Model {
        status: change.fields.to,
        ended_on: rules::ended_on(change.fields.to, change.fields.effective_on),
        ..model.clone()
    };
    store::save(tx, model, after)?;
    insert(tx, &change)?;
    spans::advance(tx, &last, &change)?;
    tx.created(&change)?;
    Ok(id)
}

fn insert(tx: &mut WriteTx<'_>, change: &ModelStatusChange) -> Result<()> {
    let row = ChangeRow::new(change);
    diesel::insert_into(model_status_changes::table).values(row).execute(tx.write()).map_err(on_conflict(&[(
        "model_status_changes_pkey",
        "model_status_changes.id",
        id_taken,
    )]))?;
    Ok(())
}

/// Writes many status changes, which others enter.
pub(super) fn insert_all<'c>(tx: &mut WriteTx<'_>, made: impl Iterator<Item = &'c ModelStatusChange>) -> Result<()> {
    let rows: Vec<ChangeRow> = made.map(ChangeRow::new).collect();
    Ok(insert_many!(tx.write(), model_status_changes::table, rows)?)
}

/// Moves the status changes of a model along with it: they show its unit, and whoever sees them changes.
pub(super) fn move_all(tx: &mut WriteTx<'_>, model: &Model, unit_id: UnitId) -> Result<()> {
    let id: ModelId = model.meta.id.cast();
    let of_model = || model_status_changes::table.filter(model_status_changes::model_id.eq(id));
    let found = of_model().order(model_status_changes::id).select(ChangeRow::as_select());
    let rows: Vec<ChangeRow> = found.load(tx.conn())?;
    let next = model_status_changes::version.eq(model_status_changes::version + 1);
    diesel::update(of_model()).set(next).execute(tx.write())?;
    for before in rows.into_iter().map(|row| row.change(model)) {
        let mut after = ModelStatusChange { unit_id, ..before.clone() };
        after.meta.version += 1;
        tx.updated(&before, &after)?;
    }
    Ok(())
}

/// Removes a model with its status changes, unless other records point to it.
pub fn remove_model(tx: &mut WriteTx<'_>, model: &Model) -> Result<()> {
    let id: ModelId = model.meta.id.cast();
    let rows: Vec<ChangeRow> = model_status_changes::table
        .filter(model_status_changes::model_id.eq(id))
        .order(model_status_changes::id)
        .select(ChangeRow::as_select())
        .load(tx.conn())?;
    for row in rows {
        tx.deleted(&row.change(model))?;
    }
    let changes = model_status_changes::table.filter(model_status_changes::model_id.eq(id));
    diesel::delete(changes).execute(tx.write()).map_err(in_use)?;
    spans::remove(tx, id)?;
    store::remove(tx, model)
}
