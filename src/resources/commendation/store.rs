//! Rows of commendations and of the incidents they are for.

use std::collections::HashMap;

use diesel::dsl::exists;
use diesel::prelude::*;

use super::row::{CommendationRow, seal};
use super::{
    Commendation, CommendationFields, CommendationFilter, CommendationId, CommendationSort, CommendationStatus,
    NewCommendation, Recipient, RecipientKind, rules, status_store,
};
use crate::access::{MultiBackend, Noun, Scope, Tx, WriteTx, id_taken, in_use, on_conflict, policy};
use crate::error::{Error, Result};
use crate::http::{Ask, Listed, load_behind, page_by};
use crate::resources::code_list::{self, ListName};
use crate::resources::incident::{self, IncidentId};
use crate::resources::member::{self, MemberId};
use crate::resources::{model, unit};
use crate::schema::{commendation_incidents as links, commendations};
use crate::territory;
use crate::types::{LongCode, Moment, Name, UnitId};

type Boxed = commendations::BoxedQuery<'static, MultiBackend>;

fn visible(tx: &Tx<'_>) -> Boxed {
    commendations::table.filter(territory::is_own!(tx, commendations::unit_id)).into_boxed()
}

fn of(recipient: Recipient) -> Boxed {
    let query = commendations::table.into_boxed();
    match recipient {
        Recipient::Member(id) => query.filter(commendations::recipient_member_id.eq(id)),
        Recipient::Model(id) => query.filter(commendations::recipient_model_id.eq(id)),
        Recipient::Unit(id) => query.filter(commendations::recipient_unit_id.eq(id)),
    }
}

fn of_kinds(mut query: Boxed, kinds: &[RecipientKind]) -> Boxed {
    for other in RecipientKind::ALL.iter().filter(|kind| !kinds.contains(kind)) {
        query = match other {
            RecipientKind::Member => query.filter(commendations::recipient_member_id.is_null()),
            RecipientKind::Model => query.filter(commendations::recipient_model_id.is_null()),
            RecipientKind::Unit => query.filter(commendations::recipient_unit_id.is_null()),
        };
    }
    query
}

fn filtered(tx: &mut Tx<'_>, filter: &CommendationFilter) -> Result<Boxed> {
    let units = territory::narrowed(tx, filter.unit_id.as_deref())?;
    let mut query = commendations::table.filter(commendations::unit_id.eq_any(units)).into_boxed();
    if let Some(kinds) = &filter.recipient_kind {
        query = of_kinds(query, kinds);
    }
    if let Some(ids) = &filter.recipient_id {
        let (members, models): (Vec<MemberId>, Vec<model::ModelId>) =
            ids.iter().map(|id| (id.cast(), id.cast())).unzip();
        let units: Vec<UnitId> = ids.iter().map(|id| id.cast()).collect();
        let members = commendations::recipient_member_id.eq_any(members);
        let models = commendations::recipient_model_id.eq_any(models);
        query = query.filter(members.or(models).or(commendations::recipient_unit_id.eq_any(units)));
    }
    if let Some(forms) = &filter.form {
        query = query.filter(commendations::form.eq_any(forms.clone()));
    }
    if let Some(levels) = &filter.level {
        query = query.filter(commendations::level.eq_any(levels.clone()));
    }
    if let Some(statuses) = &filter.status {
        query = query.filter(commendations::status.eq_any(statuses.clone()));
    }
    if let Some(day) = filter.decided_from {
        query = query.filter(commendations::decided_on.ge(day));
    }
    if let Some(day) = filter.decided_to {
        query = query.filter(commendations::decided_on.le(day));
    }
    Ok(query)
}

/// What of a commendation the caller does not see.
fn unseen(tx: &Tx<'_>) -> (bool, bool) {
    let scopes = tx.caller().scopes;
    let incidents = policy::hidden(Noun::Commendation, scopes).contains(&"incidentIds");
    (incidents, policy::hidden_of_person(Noun::Commendation, scopes).contains(&"recipientName"))
}

fn seen(tx: &Tx<'_>, mut commendation: Commendation) -> Commendation {
    let (incidents, names) = unseen(tx);
    if incidents {
        commendation.fields.incident_ids = None;
    }
    if names && commendation.fields.recipient_kind == RecipientKind::Member {
        commendation.recipient_name = None;
    }
    commendation
}

/// One page of the commendations in the caller's territory, as the caller may see them.
pub fn list(tx: &mut Tx<'_>, ask: &Ask<CommendationFilter, CommendationSort>) -> Result<Listed<Commendation>> {
    let query = filtered(tx, &ask.filter)?.select(CommendationRow::as_select());
    let cut = match ask.sort {
        CommendationSort::CreatedAt => page_by!(tx, ask, query, commendations.created_at: Moment),
        CommendationSort::DecidedOn => page_by!(tx, ask, query, commendations.decided_key: String),
    };
    let total = ask.total(|| Ok(filtered(tx, &ask.filter)?.count().get_result(tx.conn())?))?;
    let cut = cut.with(|rows| opened(tx, rows))?;
    ask.listed(cut.map(|commendation| seen(tx, commendation)), total)
}

/// The next commendations behind `after` in the order of ids, as the caller may see them.
pub fn behind(tx: &mut Tx<'_>, after: Option<CommendationId>, most: i64) -> Result<Vec<Commendation>> {
    let query = visible(tx).select(CommendationRow::as_select());
    let rows: Vec<CommendationRow> = load_behind!(tx, query, commendations, after, most);
    Ok(opened(tx, rows)?.into_iter().map(|commendation| seen(tx, commendation)).collect())
}

/// The commendation with all that it tells, if it lies in the caller's territory.
pub fn find(tx: &mut Tx<'_>, id: CommendationId) -> Result<Commendation> {
    let found = visible(tx).filter(commendations::id.eq(id)).select(CommendationRow::as_select());
    let row = found.first(tx.conn()).optional()?.ok_or(Error::NotFound)?;
    opened(tx, vec![row])?.pop().ok_or(Error::NotFound)
}

/// The commendation as the caller may see it.
pub fn show(tx: &mut Tx<'_>, id: CommendationId) -> Result<Commendation> {
    let commendation = find(tx, id)?;
    Ok(seen(tx, commendation))
}

/// Rows with their incidents and the names that their members' keys open.
fn opened(tx: &mut Tx<'_>, rows: Vec<CommendationRow>) -> Result<Vec<Commendation>> {
    let ids: Vec<CommendationId> = rows.iter().map(|row| row.id).collect();
    let linked: Vec<(CommendationId, IncidentId)> = links::table
        .filter(links::commendation_id.eq_any(ids))
        .order((links::commendation_id, links::incident_id))
        .select((links::commendation_id, links::incident_id))
        .load(tx.conn())?;
    let mut incidents: HashMap<CommendationId, Vec<IncidentId>> = HashMap::new();
    for (commendation, incident) in linked {
        incidents.entry(commendation).or_default().push(incident);
    }
    let keys = tx.person_keys(rows.iter().filter_map(CommendationRow::person).collect())?;
    rows.into_iter()
        .map(|row| {
            let key = row.person().and_then(|person| keys.get(&person));
            let of_row = incidents.remove(&row.id);
            row.open(key, of_row)
        })
        .collect()
}

/// Proposes a commendation.
pub fn create(tx: &mut WriteTx<'_>, new: NewCommendation) -> Result<CommendationId> {
    may_say(tx, None, &new.fields)?;
    let id = tx.id_or_new(new.id);
    let (fields, named) = settled(tx, None, new.fields)?;
    let (name, unit_id) = named.ok_or_else(|| Error::internal("a commendation of nobody"))?;
    let commendation = Commendation {
        meta: tx.first_version(id),
        fields,
        unit_id,
        recipient_name: Some(name),
        status: CommendationStatus::Proposed,
        decision: None,
        decided_on: None,
    };
    let sealed = seal(tx, &commendation)?;
    diesel::insert_into(commendations::table)
        .values(CommendationRow::new(&commendation, sealed))
        .execute(tx.write())
        .map_err(on_conflict(&[("commendations_pkey", "commendations.id", id_taken)]))?;
    link(tx, &commendation)?;
    tx.created(&commendation)?;
    Ok(id)
}

/// Changes a commendation; `before` is what the caller has seen.
pub fn update(tx: &mut WriteTx<'_>, before: &Commendation, fields: CommendationFields) -> Result<()> {
    may_say(tx, Some(&before.fields), &fields)?;
    rules::open(before)?;
    let (fields, named) = settled(tx, Some(&before.fields), fields)?;
    let mut after = Commendation { fields, ..before.clone() };
    if let Some((name, unit_id)) = named {
        after = Commendation { recipient_name: Some(name), unit_id, ..after };
    }
    unlink(tx, before)?;
    link(tx, &after)?;
    save(tx, before, after)
}

/// Writes the next version of a commendation.
pub(super) fn save(tx: &mut WriteTx<'_>, before: &Commendation, mut after: Commendation) -> Result<()> {
    after.meta = tx.next_version(&before.meta);
    let sealed = seal(tx, &after)?;
    let found = commendations::table
        .filter(commendations::id.eq(before.id()))
        .filter(commendations::version.eq(before.meta.version));
    match diesel::update(found).set(CommendationRow::new(&after, sealed)).execute(tx.write())? {
        1 => tx.updated(before, &after)?,
        _ => return Err(Error::Raced),
    }
    match before.unit_id == after.unit_id {
        true => Ok(()),
        false => status_store::move_all(tx, before, after.unit_id),
    }
}

/// Removes a commendation with its status changes.
pub fn remove(tx: &mut WriteTx<'_>, commendation: &Commendation) -> Result<()> {
    status_store::remove_all(tx, commendation)?;
    unlink(tx, commendation)?;
    let found = commendations::table
        .filter(commendations::id.eq(commendation.id()))
        .filter(commendations::version.eq(commendation.meta.version));
    match diesel::delete(found).execute(tx.write()).map_err(in_use)? {
        1 => tx.deleted(commendation),
        _ => Err(Error::Raced),
    }
}

/// Moves the commendations of a recipient along with it.
pub fn move_all(tx: &mut WriteTx<'_>, recipient: Recipient, unit_id: UnitId) -> Result<()> {
    for commendation in all(tx, recipient)? {
        save(tx, &commendation, Commendation { unit_id, ..commendation.clone() })?;
    }
    Ok(())
}

/// Forgets the name of a member that is about to be erased. One that is proposed at the same time is
/// seen here, or finds the member erased.
pub fn forget(tx: &mut WriteTx<'_>, member: MemberId) -> Result<()> {
    tx.alone()?;
    for commendation in all(tx, Recipient::Member(member))? {
        save(tx, &commendation, Commendation { recipient_name: Some(None), ..commendation.clone() })?;
    }
    Ok(())
}

/// Whether a commendation is of a form.
pub fn uses(tx: &mut Tx<'_>, form: &LongCode) -> Result<bool> {
    let used = commendations::table.filter(commendations::form.eq(form.clone()));
    Ok(diesel::select(exists(used)).get_result(tx.conn())?)
}

fn all(tx: &mut Tx<'_>, recipient: Recipient) -> Result<Vec<Commendation>> {
    let found = of(recipient).order(commendations::id).select(CommendationRow::as_select());
    let rows: Vec<CommendationRow> = found.load(tx.conn())?;
    opened(tx, rows)
}

fn link(tx: &mut WriteTx<'_>, commendation: &Commendation) -> Result<()> {
    for incident in commendation.fields.incident_ids.iter().flatten() {
        diesel::insert_into(links::table)
            .values((links::commendation_id.eq(commendation.id()), links::incident_id.eq(*incident)))
            .execute(tx.write())?;
    }
    Ok(())
}

fn unlink(tx: &mut WriteTx<'_>, commendation: &Commendation) -> Result<()> {
    diesel::delete(links::table.filter(links::commendation_id.eq(commendation.id()))).execute(tx.write())?;
    Ok(())
}

/// 403 for incidents sent by a caller that may not see them.
fn may_say(tx: &Tx<'_>, before: Option<&CommendationFields>, fields: &CommendationFields) -> Result<()> {
    let was = before.and_then(|b| b.incident_ids.as_ref());
    match unseen(tx).0 && was != fields.incident_ids.as_ref() {
        false => Ok(()),
        true => Err(Error::InsufficientScope { needed: Scope::IncidentsRead.to_string() }),
    }
}

/// The name of a recipient as it is now, none where it was erased, and its unit.
type NameAndUnit = (Option<Name>, UnitId);

/// Checks what is new in what is said; for a new recipient gives its name and unit. From here on nobody
/// else commits: a recipient that moves or is erased at the same time is seen, or sees this one.
fn settled(
    tx: &mut WriteTx<'_>,
    before: Option<&CommendationFields>,
    mut fields: CommendationFields,
) -> Result<(CommendationFields, Option<NameAndUnit>)> {
    tx.alone()?;
    let new = before.is_none_or(|b| b.recipient() != fields.recipient());
    let named = if new { Some(find_recipient(tx, fields.recipient())?) } else { None };
    if before.map(|b| &b.form) != Some(&fields.form) {
        code_list::store::must_exist(tx, ListName::CommendationForm, &fields.form, "/form")?;
    }
    rules::check(&fields)?;
    let mut incidents = fields.incident_ids.take().unwrap_or_default();
    incidents.sort_unstable();
    incidents.dedup();
    let known = before.and_then(|b| b.incident_ids.as_deref()).unwrap_or_default();
    let added: Vec<IncidentId> = incidents.iter().copied().filter(|id| !known.contains(id)).collect();
    incident::store::must_find_all(tx, added, "/incidentIds")?;
    fields.incident_ids = Some(incidents).filter(|incidents| !incidents.is_empty());
    Ok((fields, named))
}

/// A recipient that a body names: 409 `reference-missing` where it is absent or outside, alike.
fn find_recipient(tx: &mut Tx<'_>, recipient: Recipient) -> Result<NameAndUnit> {
    const POINTER: &str = "/recipientId";
    match recipient {
        Recipient::Member(id) => {
            let member = member::store::must_find(tx, id, POINTER)?;
            Ok((member.told.name, member.unit_id))
        }
        Recipient::Model(id) => {
            let model = model::store::must_find(tx, id, POINTER)?;
            Ok((Some(model.fields.name), model.fields.unit_id))
        }
        Recipient::Unit(id) => {
            territory::must_hold(tx, id, POINTER)?;
            Ok((Some(unit::store::find(tx, id)?.fields.name), id))
        }
    }
}
