//! Rows of an incident's status changes.

use std::collections::HashMap;

use diesel::prelude::*;

use super::status::IncidentStatusChangeSort;
use super::{
    Incident, IncidentId, IncidentStatus, IncidentStatusChange, IncidentStatusChangeFields, IncidentStatusChangeId,
    NewIncidentStatusChange, rules,
};
use crate::access::{MultiBackend, Tx, WriteTx, id_taken, on_conflict};
use crate::database::insert_many;
use crate::error::{Error, Result};
use crate::http::{Ask, Listed, NoFilter, load_behind, page_by};
use crate::journal::Meta;
use crate::schema::{incident_status_changes as changes, incidents};
use crate::territory;
use crate::types::{Decision, Json, Moment, PrincipalId, Reason, UnitId};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = changes, treat_none_as_default_value = false)]
struct ChangeRow {
    id: IncidentStatusChangeId,
    version: i32,
    created_at: Moment,
    created_by: PrincipalId,
    incident_id: IncidentId,
    from_status: IncidentStatus,
    to_status: IncidentStatus,
    effective_at: Moment,
    note: Option<Reason>,
    decision: Option<Json<Decision>>,
}

impl ChangeRow {
    fn new(change: &IncidentStatusChange) -> Self {
        let (meta, fields) = (&change.meta, change.fields.clone());
        Self {
            id: meta.id.cast(),
            version: meta.version,
            created_at: meta.created_at,
            created_by: meta.created_by,
            incident_id: change.incident_id,
            from_status: change.from,
            to_status: fields.to,
            effective_at: fields.effective_at,
            note: fields.note,
            decision: fields.decision.map(Json),
        }
    }

    fn change(self, incident: &Incident) -> IncidentStatusChange {
        self.change_in(incident.fields.unit_id)
    }

    fn change_in(self, unit_id: UnitId) -> IncidentStatusChange {
        let made = (self.created_at, self.created_by);
        IncidentStatusChange {
            meta: Meta::new(self.id, self.version, made, made),
            incident_id: self.incident_id,
            unit_id,
            from: self.from_status,
            fields: IncidentStatusChangeFields {
                to: self.to_status,
                effective_at: self.effective_at,
                note: self.note,
                decision: self.decision.map(|d| d.0),
            },
        }
    }
}

/// One page of an incident's status changes; the caller has found the incident.
pub fn list(
    tx: &mut Tx<'_>,
    incident: &Incident,
    ask: &Ask<NoFilter, IncidentStatusChangeSort>,
) -> Result<Listed<IncidentStatusChange>> {
    let id: IncidentId = incident.meta.id.cast();
    let of_incident = || changes::table.filter(changes::incident_id.eq(id));
    let query = of_incident().select(ChangeRow::as_select()).into_boxed();
    let cut = match ask.sort {
        IncidentStatusChangeSort::CreatedAt => page_by!(tx, ask, query, changes.created_at: Moment),
        IncidentStatusChangeSort::EffectiveAt => page_by!(tx, ask, query, changes.effective_at: Moment),
    };
    let total = ask.total(|| Ok(of_incident().count().get_result(tx.conn())?))?;
    ask.listed(cut.map(|row| row.change(incident)), total)
}

/// The next status changes behind `after` in the order of ids, of all incidents in the caller's territory.
pub fn behind(tx: &mut Tx<'_>, after: Option<IncidentStatusChangeId>, most: i64) -> Result<Vec<IncidentStatusChange>> {
    let visible = incidents::table.filter(territory::is_own!(tx, incidents::unit_id));
    let of_visible = changes::table.filter(changes::incident_id.eq_any(visible.select(incidents::id)));
    let query = of_visible.select(ChangeRow::as_select()).into_boxed::<MultiBackend>();
    let rows: Vec<ChangeRow> = load_behind!(tx, query, changes, after, most);
    let of: Vec<IncidentId> = rows.iter().map(|row| row.incident_id).collect();
    let units = incidents::table.filter(incidents::id.eq_any(of)).select((incidents::id, incidents::unit_id));
    let units: HashMap<IncidentId, UnitId> = units.load(tx.conn())?.into_iter().collect();
    let known = |row: ChangeRow| units.get(&row.incident_id).copied().map(|unit| row.change_in(unit));
    Ok(rows.into_iter().filter_map(known).collect())
}

/// A status change of an incident; the caller has found the incident.
pub fn find(tx: &mut Tx<'_>, incident: &Incident, id: IncidentStatusChangeId) -> Result<IncidentStatusChange> {
    let of_incident = changes::incident_id.eq(incident.meta.id.cast::<Incident>());
    let found = changes::table.find(id).filter(of_incident).select(ChangeRow::as_select());
    found.first(tx.conn()).optional()?.map(|row| row.change(incident)).ok_or(Error::NotFound)
}

/// Keeps a status change, and gives what the incident becomes by it.
pub fn create(
    tx: &mut WriteTx<'_>,
    incident: &Incident,
    new: NewIncidentStatusChange,
) -> Result<(IncidentStatusChangeId, Incident)> {
    let fields = new.fields;
    rules::change(incident, &fields)?;
    let id = tx.id_or_new(new.id);
    let change = IncidentStatusChange {
        meta: tx.first_version(id),
        incident_id: incident.meta.id.cast(),
        unit_id: incident.fields.unit_id,
        from: incident.status,
        fields,
    };
    insert(tx, &change)?;
    tx.created(&change)?;
    let after = Incident {
        status: change.fields.to,
        status_since: change.fields.effective_at,
        resolved_at: rules::resolved_at(change.fields.to, change.fields.effective_at),
        ..incident.clone()
    };
    Ok((id, after))
}

fn insert(tx: &mut WriteTx<'_>, change: &IncidentStatusChange) -> Result<()> {
    let row = ChangeRow::new(change);
    diesel::insert_into(changes::table).values(row).execute(tx.write()).map_err(on_conflict(&[(
        "incident_status_changes_pkey",
        "incident_status_changes.id",
        id_taken,
    )]))?;
    Ok(())
}

/// Writes many status changes, which others enter.
pub(super) fn insert_all<'c>(tx: &mut WriteTx<'_>, made: impl Iterator<Item = &'c IncidentStatusChange>) -> Result<()> {
    let rows: Vec<ChangeRow> = made.map(ChangeRow::new).collect();
    Ok(insert_many!(tx.write(), changes::table, rows)?)
}

/// Moves the status changes of an incident along with it: they show its unit, and whoever sees them changes.
pub(super) fn move_all(tx: &mut WriteTx<'_>, incident: &Incident, unit_id: UnitId) -> Result<()> {
    let id: IncidentId = incident.meta.id.cast();
    let of_incident = || changes::table.filter(changes::incident_id.eq(id));
    let found = of_incident().order(changes::id).select(ChangeRow::as_select());
    let rows: Vec<ChangeRow> = found.load(tx.conn())?;
    diesel::update(of_incident()).set(changes::version.eq(changes::version + 1)).execute(tx.write())?;
    for before in rows.into_iter().map(|row| row.change(incident)) {
        let mut after = IncidentStatusChange { unit_id, ..before.clone() };
        after.meta.version += 1;
        tx.updated(&before, &after)?;
    }
    Ok(())
}

/// Removes the status changes of an incident that is about to go.
pub(super) fn remove_all(tx: &mut WriteTx<'_>, incident: &Incident) -> Result<()> {
    let id: IncidentId = incident.meta.id.cast();
    let of_incident = changes::table.filter(changes::incident_id.eq(id));
    let rows: Vec<ChangeRow> = of_incident.order(changes::id).select(ChangeRow::as_select()).load(tx.conn())?;
    for row in rows {
        tx.deleted(&row.change(incident))?;
    }
    diesel::delete(changes::table.filter(changes::incident_id.eq(id))).execute(tx.write())?;
    Ok(())
}
