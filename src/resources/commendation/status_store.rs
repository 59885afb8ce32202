//! Rows of a commendation's status changes.

use std::collections::HashMap;

use diesel::prelude::*;

use super::status::{CommendationStatusChangeSort, OnPaper};
use super::{
    Commendation, CommendationId, CommendationStatus, CommendationStatusChange, CommendationStatusChangeFields,
    CommendationStatusChangeId, NewCommendationStatusChange, rules, store,
};
use crate::access::{MultiBackend, Tx, WriteTx, id_taken, on_conflict};
use crate::error::{Error, Result};
use crate::http::{Ask, Listed, NoFilter, load_behind, page_by};
use crate::journal::Meta;
use crate::resources::code_list::{self, ListName};
use crate::schema::{commendation_status_changes as changes, commendations};
use crate::territory;
use crate::types::{Day, Decision, Json, Moment, PrincipalId, Reason, UnitId};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = changes)]
struct ChangeRow {
    id: CommendationStatusChangeId,
    version: i32,
    created_at: Moment,
    created_by: PrincipalId,
    commendation_id: CommendationId,
    from_status: CommendationStatus,
    to_status: CommendationStatus,
    effective_on: Day,
    reason: Option<Reason>,
    decision: Option<Json<Decision>>,
}

impl ChangeRow {
    fn change(self, commendation: &Commendation) -> CommendationStatusChange {
        self.change_in(commendation.unit_id)
    }

    fn change_in(self, unit_id: UnitId) -> CommendationStatusChange {
        let made = (self.created_at, self.created_by);
        CommendationStatusChange {
            meta: Meta::new(self.id, self.version, made, made),
            commendation_id: self.commendation_id,
            unit_id,
            from: self.from_status,
            fields: CommendationStatusChangeFields {
                to: self.to_status,
                effective_on: self.effective_on,
                reason: self.reason,
                decision: self.decision.map(|d| d.0),
                on_paper: OnPaper {},
            },
        }
    }
}

/// One page of a commendation's status changes; the caller has found the commendation.
pub fn list(
    tx: &mut Tx<'_>,
    commendation: &Commendation,
    ask: &Ask<NoFilter, CommendationStatusChangeSort>,
) -> Result<Listed<CommendationStatusChange>> {
    let id = commendation.id();
    let of_commendation = || changes::table.filter(changes::commendation_id.eq(id));
    let query = of_commendation().select(ChangeRow::as_select()).into_boxed();
    let cut = match ask.sort {
        CommendationStatusChangeSort::CreatedAt => page_by!(tx, ask, query, changes.created_at: Moment),
        CommendationStatusChangeSort::EffectiveOn => page_by!(tx, ask, query, changes.effective_on: Day),
    };
    let total = ask.total(|| Ok(of_commendation().count().get_result(tx.conn())?))?;
    ask.listed(cut.map(|row| row.change(commendation)), total)
}

/// The next status changes behind `after` in the order of ids, of all commendations in the caller's territory.
pub fn behind(
    tx: &mut Tx<'_>,
    after: Option<CommendationStatusChangeId>,
    most: i64,
) -> Result<Vec<CommendationStatusChange>> {
    let visible = commendations::table.filter(territory::is_own!(tx, commendations::unit_id));
    let of_visible = changes::table.filter(changes::commendation_id.eq_any(visible.select(commendations::id)));
    let query = of_visible.select(ChangeRow::as_select()).into_boxed::<MultiBackend>();
    let rows: Vec<ChangeRow> = load_behind!(tx, query, changes, after, most);
    let of: Vec<CommendationId> = rows.iter().map(|row| row.commendation_id).collect();
    let units =
        commendations::table.filter(commendations::id.eq_any(of)).select((commendations::id, commendations::unit_id));
    let units: HashMap<CommendationId, UnitId> = units.load(tx.conn())?.into_iter().collect();
    let known = |row: ChangeRow| units.get(&row.commendation_id).copied().map(|unit| row.change_in(unit));
    Ok(rows.into_iter().filter_map(known).collect())
}

/// A status change of a commendation; the caller has found the commendation.
pub fn find(
    tx: &mut Tx<'_>,
    commendation: &Commendation,
    id: CommendationStatusChangeId,
) -> Result<CommendationStatusChange> {
    let of_commendation = changes::commendation_id.eq(commendation.id());
    let found = changes::table.find(id).filter(of_commendation).select(ChangeRow::as_select());
    found.first(tx.conn()).optional()?.map(|row| row.change(commendation)).ok_or(Error::NotFound)
}

/// Makes a status change: the commendation gets its next version. Awarded is what was in force that day.
pub fn create(
    tx: &mut WriteTx<'_>,
    commendation: &Commendation,
    new: NewCommendationStatusChange,
) -> Result<CommendationStatusChangeId> {
    let fields = new.fields;
    rules::change(commendation, &fields)?;
    if fields.to == CommendationStatus::Awarded {
        let (list, form) = (ListName::CommendationForm, &commendation.fields.form);
        code_list::store::must_be_in_force(tx, list, form, fields.effective_on, "/effectiveOn")?;
    }
    let id = tx.id_or_new(new.id);
    let change = CommendationStatusChange {
        meta: tx.first_version(id),
        commendation_id: commendation.id(),
        unit_id: commendation.unit_id,
        from: commendation.status,
        fields,
    };
    store::save(tx, commendation, rules::changed(commendation, &change.fields))?;
    insert(tx, &change)?;
    tx.created(&change)?;
    Ok(id)
}

fn insert(tx: &mut WriteTx<'_>, change: &CommendationStatusChange) -> Result<()> {
    let (meta, fields) = (&change.meta, change.fields.clone());
    let row = ChangeRow {
        id: meta.id.cast(),
        version: meta.version,
        created_at: meta.created_at,
        created_by: meta.created_by,
        commendation_id: change.commendation_id,
        from_status: change.from,
        to_status: fields.to,
        effective_on: fields.effective_on,
        reason: fields.reason,
        decision: fields.decision.map(Json),
    };
    diesel::insert_into(changes::table).values(row).execute(tx.write()).map_err(on_conflict(&[(
        "commendation_status_changes_pkey",
        "commendation_status_changes.id",
        id_taken,
    )]))?;
    Ok(())
}

/// Moves the status changes of a commendation along with it: they show its unit, and whoever sees them changes.
pub(super) fn move_all(tx: &mut WriteTx<'_>, commendation: &Commendation, unit_id: UnitId) -> Result<()> {
    let id = commendation.id();
    let of_commendation = || changes::table.filter(changes::commendation_id.eq(id));
    let found = of_commendation().order(changes::id).select(ChangeRow::as_select());
    let rows: Vec<ChangeRow> = found.load(tx.conn())?;
    diesel::update(of_commendation()).set(changes::version.eq(changes::version + 1)).execute(tx.write())?;
    for before in rows.into_iter().map(|row| row.change(commendation)) {
        let mut after = CommendationStatusChange { unit_id, ..before.clone() };
        after.meta.version += 1;
        tx.updated(&before, &after)?;
    }
    Ok(())
}

/// Removes the status changes of a commendation that is about to go.
pub(super) fn remove_all(tx: &mut WriteTx<'_>, commendation: &Commendation) -> Result<()> {
    let id = commendation.id();
    let of_commendation = changes::table.filter(changes::commendation_id.eq(id));
    let rows: Vec<ChangeRow> = of_commendation.order(changes::id).select(ChangeRow::as_select()).load(tx.conn())?;
    for row in rows {
        tx.deleted(&row.change(commendation))?;
    }
    diesel::delete(changes::table.filter(changes::commendation_id.eq(id))).execute(tx.write())?;
    Ok(())
}
