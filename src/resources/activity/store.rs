//! Rows of activities and of the models they were for.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{Activity, ActivityFields, ActivityFilter, ActivityId, ActivityKind, ActivitySort, NewActivity, rules};
use crate::access::{MultiBackend, Tx, WriteTx, id_taken, in_use, on_conflict};
use crate::error::{Error, Result};
use crate::http::{Ask, Listed, load_behind, page_by};
use crate::journal::Meta;
use crate::resources::model::{self, ModelId};
use crate::schema::{activities, activity_models};
use crate::territory;
use crate::types::{Moment, Name, PrincipalId, UnitId};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = activities, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct ActivityRow {
    id: ActivityId,
    version: i32,
    created_at: Moment,
    created_by: PrincipalId,
    updated_at: Moment,
    updated_by: PrincipalId,
    kind: ActivityKind,
    title: Name,
    unit_id: UnitId,
    started_at: Moment,
    ended_at: Option<Moment>,
    organiser: Name,
    topic: Option<Name>,
    participant_count: Option<i64>,
    household_count: Option<i64>,
}

impl ActivityRow {
    pub(super) fn new(activity: &Activity) -> Self {
        let (meta, fields) = (&activity.meta, activity.fields.clone());
        Self {
            id: meta.id.cast(),
            version: meta.version,
            created_at: meta.created_at,
            created_by: meta.created_by,
            updated_at: meta.updated_at,
            updated_by: meta.updated_by,
            kind: fields.kind,
            title: fields.title,
            unit_id: fields.unit_id,
            started_at: fields.started_at,
            ended_at: fields.ended_at,
            organiser: fields.organiser,
            topic: fields.topic,
            participant_count: fields.participant_count,
            household_count: fields.household_count,
        }
    }

    fn activity(self, model_ids: Option<Vec<ModelId>>) -> Activity {
        let (created, updated) = ((self.created_at, self.created_by), (self.updated_at, self.updated_by));
        Activity {
            meta: Meta::new(self.id, self.version, created, updated),
            fields: ActivityFields {
                kind: self.kind,
                title: self.title,
                unit_id: self.unit_id,
                model_ids,
                started_at: self.started_at,
                ended_at: self.ended_at,
                organiser: self.organiser,
                topic: self.topic,
                participant_count: self.participant_count,
                household_count: self.household_count,
            },
        }
    }
}

fn visible(tx: &Tx<'_>) -> activities::BoxedQuery<'static, MultiBackend> {
    activities::table.filter(territory::is_own!(tx, activities::unit_id)).into_boxed()
}

fn filtered(tx: &mut Tx<'_>, filter: &ActivityFilter) -> Result<activities::BoxedQuery<'static, MultiBackend>> {
    let units = territory::narrowed(tx, filter.unit_id.as_deref())?;
    let mut query = activities::table.filter(activities::unit_id.eq_any(units)).into_boxed();
    if let Some(kinds) = &filter.kind {
        query = query.filter(activities::kind.eq_any(kinds.clone()));
    }
    if let Some(models) = &filter.model_id {
        let with = activity_models::table.filter(activity_models::model_id.eq_any(models.clone()));
        query = query.filter(activities::id.eq_any(with.select(activity_models::activity_id)));
    }
    if let Some(from) = filter.from {
        query = query.filter(activities::started_at.ge(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(activities::started_at.le(to));
    }
    Ok(query)
}

/// One page of the activities in the caller's territory.
pub fn list(tx: &mut Tx<'_>, ask: &Ask<ActivityFilter, ActivitySort>) -> Result<Listed<Activity>> {
    let query = filtered(tx, &ask.filter)?.select(ActivityRow::as_select());
    let cut = match ask.sort {
        ActivitySort::CreatedAt => page_by!(tx, ask, query, activities.created_at: Moment),
        ActivitySort::StartedAt => page_by!(tx, ask, query, activities.started_at: Moment),
    };
    let total = ask.total(|| Ok(filtered(tx, &ask.filter)?.count().get_result(tx.conn())?))?;
    ask.listed(cut.with(|rows| with_models(tx, rows))?, total)
}

/// The next activities behind `after` in the order of ids, as the caller may see them.
pub fn behind(tx: &mut Tx<'_>, after: Option<ActivityId>, most: i64) -> Result<Vec<Activity>> {
    let query = visible(tx).select(ActivityRow::as_select());
    let rows: Vec<ActivityRow> = load_behind!(tx, query, activities, after, most);
    with_models(tx, rows)
}

/// The activity, if it lies in the caller's territory.
pub fn find(tx: &mut Tx<'_>, id: ActivityId) -> Result<Activity> {
    let found = visible(tx).filter(activities::id.eq(id)).select(ActivityRow::as_select());
    let row = found.first(tx.conn()).optional()?.ok_or(Error::NotFound)?;
    with_models(tx, vec![row])?.pop().ok_or(Error::NotFound)
}

fn with_models(tx: &mut Tx<'_>, rows: Vec<ActivityRow>) -> Result<Vec<Activity>> {
    let ids: Vec<ActivityId> = rows.iter().map(|row| row.id).collect();
    let links: Vec<(ActivityId, ModelId)> = activity_models::table
        .filter(activity_models::activity_id.eq_any(ids))
        .order((activity_models::activity_id, activity_models::model_id))
        .select((activity_models::activity_id, activity_models::model_id))
        .load(tx.conn())?;
    let mut models: HashMap<ActivityId, Vec<ModelId>> = HashMap::new();
    for (activity, model) in links {
        models.entry(activity).or_default().push(model);
    }
    let whole = rows.into_iter().map(|row| {
        let of_row = models.remove(&row.id);
        row.activity(of_row)
    });
    Ok(whole.collect())
}

/// Creates an activity.
pub fn create(tx: &mut WriteTx<'_>, new: NewActivity) -> Result<ActivityId> {
    let fields = settled(tx, None, new.fields)?;
    let id = tx.id_or_new(new.id);
    let activity = Activity { meta: tx.first_version(id), fields };
    diesel::insert_into(activities::table)
        .values(ActivityRow::new(&activity))
        .execute(tx.write())
        .map_err(on_conflict(&[("activities_pkey", "activities.id", id_taken)]))?;
    link(tx, id, &activity)?;
    tx.created(&activity)?;
    Ok(id)
}

/// Changes an activity; `before` is what the caller has seen.
pub fn update(tx: &mut WriteTx<'_>, before: &Activity, fields: ActivityFields) -> Result<()> {
    let after = Activity { meta: tx.next_version(&before.meta), fields: settled(tx, Some(&before.fields), fields)? };
    let id: ActivityId = after.meta.id.cast();
    let found = activities::table.filter(activities::id.eq(id)).filter(activities::version.eq(before.meta.version));
    if diesel::update(found).set(ActivityRow::new(&after)).execute(tx.write())? != 1 {
        return Err(Error::Raced);
    }
    unlink(tx, id)?;
    link(tx, id, &after)?;
    tx.updated(before, &after)
}

/// Removes an activity.
pub fn remove(tx: &mut WriteTx<'_>, activity: &Activity) -> Result<()> {
    let id: ActivityId = activity.meta.id.cast();
    unlink(tx, id)?;
    let found = activities::table.filter(activities::id.eq(id)).filter(activities::version.eq(activity.meta.version));
    match diesel::delete(found).execute(tx.write()).map_err(in_use)? {
        1 => tx.deleted(activity),
        _ => Err(Error::Raced),
    }
}

fn link(tx: &mut WriteTx<'_>, id: ActivityId, activity: &Activity) -> Result<()> {
    for model in activity.fields.model_ids.iter().flatten() {
        diesel::insert_into(activity_models::table)
            .values((activity_models::activity_id.eq(id), activity_models::model_id.eq(*model)))
            .execute(tx.write())?;
    }
    Ok(())
}

fn unlink(tx: &mut WriteTx<'_>, id: ActivityId) -> Result<()> {
    let links = activity_models::table.filter(activity_models::activity_id.eq(id));
    diesel::delete(links).execute(tx.write())?;
    Ok(())
}

/// Checks what is new in what is said of an activity; its models once each, in order.
fn settled(
    tx: &mut WriteTx<'_>,
    before: Option<&ActivityFields>,
    mut fields: ActivityFields,
) -> Result<ActivityFields> {
    let place = |f: &ActivityFields| (f.unit_id, f.started_at.day());
    if before.map(place) != Some(place(&fields)) {
        territory::must_be_in_force(tx, fields.unit_id, fields.started_at.day(), "/unitId")?;
    }
    rules::check(&fields)?;
    let mut models = fields.model_ids.take().unwrap_or_default();
    models.sort_unstable();
    models.dedup();
    let known = before.and_then(|b| b.model_ids.as_deref()).unwrap_or_default();
    for model in models.iter().filter(|model| !known.contains(model)) {
        model::store::must_find(tx, *model, "/modelIds")?;
    }
    fields.model_ids = Some(models).filter(|models| !models.is_empty());
    Ok(fields)
}
