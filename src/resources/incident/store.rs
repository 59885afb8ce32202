//! Rows of incidents and of what models contributed.

use diesel::prelude::*;

use super::row::IncidentRow;
use super::seen::SeenRow;
use super::settled::settled;
use super::{
    ContributionKind, Incident, IncidentFields, IncidentFilter, IncidentId, IncidentSort, IncidentStatus, NewIncident,
    status_store, sums,
};
use crate::access::{MultiBackend, Noun, Scope, Tally, Tx, WriteTx, id_taken, in_use, on_conflict, policy};
use crate::database::{Database, insert_few_or_many, written};
use crate::error::{Error, Result, Words};
use crate::http::{Ask, Listed, load_behind, page_by};
use crate::resources::model::ModelId;
use crate::schema::{incident_contributions as contributions, incidents};
use crate::territory::{self, Reach};
use crate::types::{LongCode, Moment, UnitId};

#[derive(Insertable)]
#[diesel(table_name = contributions, treat_none_as_default_value = false)]
pub(super) struct ContributionRow {
    incident_id: IncidentId,
    model_id: ModelId,
    kind: ContributionKind,
}

impl ContributionRow {
    /// What models did about an incident.
    pub(super) fn of(incident: &Incident) -> impl Iterator<Item = Self> {
        let incident_id = incident.meta.id.cast();
        let made = incident.fields.contributions.iter().flatten();
        made.map(move |made| Self { incident_id, model_id: made.model_id, kind: made.kind })
    }
}

fn visible(tx: &Tx<'_>) -> incidents::BoxedQuery<'static, MultiBackend> {
    incidents::table.filter(territory::is_own!(tx, incidents::unit_id)).into_boxed()
}

fn filtered(tx: &mut Tx<'_>, filter: &IncidentFilter) -> Result<incidents::BoxedQuery<'static, MultiBackend>> {
    let all = incidents::table.into_boxed();
    let mut query = match territory::reach(tx, filter.unit_id.as_deref())? {
        Reach::Nation => all,
        Reach::Units(units) => all.filter(incidents::unit_id.eq_any(units)),
        Reach::Branches(branches) => match branches[..] {
            [one] => all.filter(incidents::branch_id.eq(one)),
            _ => all.filter(incidents::branch_id.eq_any(branches)),
        },
    };
    // What is one of one is said so: in an index, the order of what follows is kept.
    match filter.category.as_deref() {
        None => {}
        Some([one]) => query = query.filter(incidents::category.eq(one.clone())),
        Some(categories) => query = query.filter(incidents::category.eq_any(categories.to_vec())),
    }
    if let Some(grades) = &filter.severity {
        query = query.filter(incidents::severity.eq_any(grades.clone()));
    }
    if let Some(statuses) = &filter.status {
        query = query.filter(incidents::status.eq_any(statuses.clone()));
    }
    if let Some(sources) = &filter.source {
        query = query.filter(incidents::source.eq_any(sources.clone()));
    }
    if let Some(models) = &filter.model_id {
        let with = contributions::table.filter(contributions::model_id.eq_any(models.clone()));
        query = query.filter(incidents::id.eq_any(with.select(contributions::incident_id)));
    }
    if let Some(from) = filter.occurred_from {
        query = query.filter(incidents::occurred_at.ge(from));
    }
    if let Some(to) = filter.occurred_to {
        query = query.filter(incidents::occurred_at.le(to));
    }
    if let Some([west, south, east, north]) = filter.bbox.as_deref() {
        query = query.filter(incidents::lng.between(west.0, east.0)).filter(incidents::lat.between(south.0, north.0));
    }
    Ok(query)
}

/// One page of the incidents in the caller's territory, as the caller may see them.
pub fn list(tx: &mut Tx<'_>, ask: &Ask<IncidentFilter, IncidentSort>) -> Result<Listed<Incident>> {
    let query = filtered(tx, &ask.filter)?.select(written!(SeenRow));
    let cut = match ask.sort {
        IncidentSort::CreatedAt => page_by!(tx, ask, query, incidents.created_at: Moment),
        IncidentSort::OccurredAt => page_by!(tx, ask, query, incidents.occurred_at: Moment),
        IncidentSort::ReportedAt => page_by!(tx, ask, query, incidents.reported_at: Moment),
        IncidentSort::Code => page_by!(tx, ask, query, incidents.code: LongCode),
    };
    let total = ask.total(|| Ok(filtered(tx, &ask.filter)?.count().get_result(tx.conn())?))?;
    let detail = sees_detail(tx);
    ask.listed(cut.try_map(|row: SeenRow| Ok(seen(row.incident()?, detail)))?, total)
}

/// The next incidents behind `after` in the order of ids, as the caller may see them.
pub fn behind(tx: &mut Tx<'_>, after: Option<IncidentId>, most: i64) -> Result<Vec<Incident>> {
    let rows: Vec<SeenRow> = load_behind!(tx, visible(tx).select(written!(SeenRow)), incidents, after, most);
    let detail = sees_detail(tx);
    rows.into_iter().map(|row| Ok(seen(row.incident()?, detail))).collect()
}

/// The incident with all its details, if it lies in the caller's territory.
pub fn find(tx: &mut Tx<'_>, id: IncidentId) -> Result<Incident> {
    let found = visible(tx).filter(incidents::id.eq(id)).select(written!(SeenRow));
    found.first(tx.conn()).optional()?.ok_or(Error::NotFound)?.incident()
}

/// Incidents that a body names: 409 `reference-missing` where one is absent or outside, alike.
pub fn must_find_all(tx: &mut Tx<'_>, ids: Vec<IncidentId>, pointer: &'static str) -> Result<()> {
    let named = ids.len() as i64;
    let found = visible(tx).filter(incidents::id.eq_any(ids));
    match found.count().get_result::<i64>(tx.conn())? == named {
        true => Ok(()),
        false => Err(Error::ReferenceMissing { pointer }),
    }
}

/// The incident as the caller may see it.
pub fn show(tx: &mut Tx<'_>, id: IncidentId) -> Result<Incident> {
    let incident = find(tx, id)?;
    Ok(seen(incident, sees_detail(tx)))
}

fn sees_detail(tx: &Tx<'_>) -> bool {
    policy::hidden(Noun::Incident, tx.caller().scopes).is_empty()
}

/// 403 for a summary sent by a caller that may not see it.
fn may_say(tx: &Tx<'_>, before: Option<&Incident>, fields: &IncidentFields) -> Result<()> {
    let was = before.and_then(|b| b.fields.summary.as_ref());
    match sees_detail(tx) || was == fields.summary.as_ref() {
        true => Ok(()),
        false => Err(Error::InsufficientScope { needed: Scope::IncidentsDetail.to_string() }),
    }
}

fn seen(mut incident: Incident, detail: bool) -> Incident {
    incident.fields.summary = incident.fields.summary.filter(|_| detail);
    incident
}

/// Creates an incident.
pub fn create(tx: &mut WriteTx<'_>, new: NewIncident) -> Result<IncidentId> {
    Ok(create_shown(tx, new)?.meta.id.cast())
}

/// Creates an incident and gives it as the caller may see it.
pub fn create_shown(tx: &mut WriteTx<'_>, new: NewIncident) -> Result<Incident> {
    let id = tx.id_or_new(new.id);
    may_say(tx, None, &new.fields)?;
    let (fields, branch) = settled(tx, None, new.fields, id)?;
    let branch = branch.ok_or_else(|| Error::internal("a new incident's unit was not looked at"))?;
    let incident = Incident {
        meta: tx.first_version(id),
        status: IncidentStatus::Received,
        status_since: fields.occurred_at,
        resolved_at: None,
        fields,
    };
    let added = Added(vec![IncidentRow::new(&incident, branch)]);
    match &incident.fields.contributions {
        None => tx.write_with_others(added)?,
        Some(_) => {
            added.write(tx.write())?;
            contribute(tx, &incident)?;
        }
    }
    sums::count(tx, None, Some(&incident))?;
    tx.created(&incident)?;
    Ok(seen(incident, sees_detail(tx)))
}

/// Incidents that are new.
struct Added(Vec<IncidentRow>);

impl Tally for Added {
    fn take_in(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    fn write(&self, database: &mut Database) -> Result<()> {
        insert_few_or_many!(database, incidents::table, self.0).map_err(on_conflict(&[
            ("incidents_unit_code", "incidents.unit_id, incidents.code", code_taken),
            ("incidents_pkey", "incidents.id", id_taken),
        ]))
    }
}

/// Changes an incident; `before` is what the caller has seen.
pub fn update(tx: &mut WriteTx<'_>, before: &Incident, fields: IncidentFields) -> Result<()> {
    let id: IncidentId = before.meta.id.cast();
    may_say(tx, Some(before), &fields)?;
    let (fields, _) = settled(tx, Some(&before.fields), fields, id)?;
    let mut after = Incident { fields, ..before.clone() };
    if after.status == IncidentStatus::Received {
        after.status_since = after.fields.occurred_at;
    } else if after.fields.occurred_at > after.status_since {
        return Err(Error::rule(
            "occurredAt must not be after the latest status change.",
            "occurredAt không được sau lần thay đổi trạng thái gần nhất.",
        ));
    }
    let linked = contributions::table.filter(contributions::incident_id.eq(id));
    diesel::delete(linked).execute(tx.write())?;
    contribute(tx, &after)?;
    save(tx, before, after)
}

/// Writes the next version of an incident.
pub fn save(tx: &mut WriteTx<'_>, before: &Incident, mut after: Incident) -> Result<()> {
    after.meta = tx.next_version(&before.meta);
    let branch = territory::branch(tx, after.fields.unit_id)?;
    let row = IncidentRow::new(&after, branch);
    let found = incidents::table
        .filter(incidents::id.eq(after.meta.id.cast::<Incident>()))
        .filter(incidents::version.eq(before.meta.version));
    let changed = diesel::update(found).set(row).execute(tx.write()).map_err(on_conflict(&[(
        "incidents_unit_code",
        "incidents.unit_id, incidents.code",
        code_taken,
    )]))?;
    if changed != 1 {
        return Err(Error::Raced);
    }
    stay_in_branch(tx, &after, branch)?;
    sums::count(tx, Some(before), Some(&after))?;
    tx.updated(before, &after)?;
    match before.fields.unit_id == after.fields.unit_id {
        true => Ok(()),
        false => status_store::move_all(tx, before, after.fields.unit_id),
    }
}

/// Looks again whether the unit lies in the branch that was written, now that no unit moves any more.
fn stay_in_branch(tx: &mut WriteTx<'_>, incident: &Incident, written: UnitId) -> Result<()> {
    tx.alone()?;
    let branch = territory::branch(tx, incident.fields.unit_id)?;
    if branch != written {
        let found = incidents::table.find(incident.meta.id.cast::<Incident>());
        diesel::update(found).set(incidents::branch_id.eq(branch)).execute(tx.write())?;
    }
    Ok(())
}

/// Follows a unit to its branch, with all that lies under it.
pub fn transplanted(tx: &mut WriteTx<'_>, unit: UnitId) -> Result<()> {
    let branch = territory::branch(tx, unit)?;
    let moved = incidents::table.filter(incidents::unit_id.eq_any(territory::under(vec![unit])));
    diesel::update(moved.filter(incidents::branch_id.ne(branch)))
        .set(incidents::branch_id.eq(branch))
        .execute(tx.write())?;
    Ok(())
}

/// Removes an incident with its status changes.
pub fn remove(tx: &mut WriteTx<'_>, incident: &Incident) -> Result<()> {
    let id: IncidentId = incident.meta.id.cast();
    status_store::remove_all(tx, incident)?;
    let linked = contributions::table.filter(contributions::incident_id.eq(id));
    diesel::delete(linked).execute(tx.write())?;
    let found = incidents::table.filter(incidents::id.eq(id)).filter(incidents::version.eq(incident.meta.version));
    if diesel::delete(found).execute(tx.write()).map_err(in_use)? != 1 {
        return Err(Error::Raced);
    }
    sums::count(tx, Some(incident), None)?;
    tx.deleted(incident)
}

fn contribute(tx: &mut WriteTx<'_>, incident: &Incident) -> Result<()> {
    for made in ContributionRow::of(incident) {
        diesel::insert_into(contributions::table).values(made).execute(tx.write())?;
    }
    Ok(())
}

fn code_taken() -> Error {
    Error::Duplicate(Words::new("Another incident of the unit has this code.", "Đơn vị đã có vụ việc mang mã này."))
}
