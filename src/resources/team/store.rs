//! Rows of teams.

use diesel::prelude::*;

use super::{NewTeam, Team, TeamFields, TeamFilter, TeamId, TeamSort, rules};
use crate::access::{MultiBackend, Tx, WriteTx, id_taken, in_use, on_conflict};
use crate::error::{Error, Result};
use crate::http::{Ask, Listed, load_behind, page_by};
use crate::journal::Meta;
use crate::resources::membership::{self, MembershipOf};
use crate::resources::model::{self, ModelId};
use crate::schema::teams;
use crate::territory;
use crate::types::{Day, Moment, Name, PrincipalId, SortKey, UnitId};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = teams, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct TeamRow {
    id: TeamId,
    version: i32,
    created_at: Moment,
    created_by: PrincipalId,
    updated_at: Moment,
    updated_by: PrincipalId,
    model_id: ModelId,
    name: Name,
    name_key: SortKey,
    unit_id: UnitId,
    own_unit: bool,
    started_on: Day,
    ended_on: Option<Day>,
}

impl TeamRow {
    pub(super) fn new(team: &Team, unit_id: UnitId) -> Self {
        let (meta, fields) = (&team.meta, team.fields.clone());
        Self {
            id: meta.id.cast(),
            version: meta.version,
            created_at: meta.created_at,
            created_by: meta.created_by,
            updated_at: meta.updated_at,
            updated_by: meta.updated_by,
            model_id: fields.model_id,
            name_key: SortKey::of(fields.name.as_str()),
            name: fields.name,
            unit_id,
            own_unit: team.own_unit,
            started_on: fields.started_on,
            ended_on: fields.ended_on,
        }
    }

    fn team(self) -> Team {
        let (created, updated) = ((self.created_at, self.created_by), (self.updated_at, self.updated_by));
        Team {
            meta: Meta::new(self.id, self.version, created, updated),
            fields: TeamFields {
                model_id: self.model_id,
                name: self.name,
                unit_id: Some(self.unit_id),
                started_on: self.started_on,
                ended_on: self.ended_on,
            },
            own_unit: self.own_unit,
        }
    }
}

fn visible(tx: &Tx<'_>) -> teams::BoxedQuery<'static, MultiBackend> {
    teams::table.filter(territory::is_own!(tx, teams::unit_id)).into_boxed()
}

fn filtered(tx: &mut Tx<'_>, filter: &TeamFilter) -> Result<teams::BoxedQuery<'static, MultiBackend>> {
    let units = territory::narrowed(tx, filter.unit_id.as_deref())?;
    let mut query = teams::table.filter(teams::unit_id.eq_any(units)).into_boxed();
    if let Some(models) = &filter.model_id {
        query = query.filter(teams::model_id.eq_any(models.clone()));
    }
    Ok(query)
}

/// One page of the teams in the caller's territory.
pub fn list(tx: &mut Tx<'_>, ask: &Ask<TeamFilter, TeamSort>) -> Result<Listed<Team>> {
    let query = filtered(tx, &ask.filter)?.select(TeamRow::as_select());
    let cut = match ask.sort {
        TeamSort::CreatedAt => page_by!(tx, ask, query, teams.created_at: Moment),
        TeamSort::StartedOn => page_by!(tx, ask, query, teams.started_on: Day),
        TeamSort::Name => page_by!(tx, ask, query, teams.name_key: SortKey),
    };
    let total = ask.total(|| Ok(filtered(tx, &ask.filter)?.count().get_result(tx.conn())?))?;
    ask.listed(cut.map(TeamRow::team), total)
}

/// The next teams behind `after` in the order of ids, as the caller may see them.
pub fn behind(tx: &mut Tx<'_>, after: Option<TeamId>, most: i64) -> Result<Vec<Team>> {
    let query = visible(tx).select(TeamRow::as_select());
    let rows: Vec<TeamRow> = load_behind!(tx, query, teams, after, most);
    Ok(rows.into_iter().map(TeamRow::team).collect())
}

/// The team, if it lies in the caller's territory.
pub fn find(tx: &mut Tx<'_>, id: TeamId) -> Result<Team> {
    let row = visible(tx).filter(teams::id.eq(id)).select(TeamRow::as_select()).first(tx.conn()).optional()?;
    row.map(TeamRow::team).ok_or(Error::NotFound)
}

/// The team and its unit, wherever it lies.
pub(crate) fn find_anywhere(tx: &mut Tx<'_>, id: TeamId) -> Result<(Team, UnitId)> {
    let row = teams::table.find(id).select(TeamRow::as_select()).first(tx.conn()).optional()?;
    row.map(|row| (row.unit_id, row.team())).map(|(unit, team)| (team, unit)).ok_or(Error::NotFound)
}

/// A team that a body names, and its unit: 409 `reference-missing` where it is absent or outside, alike.
pub fn must_find(tx: &mut Tx<'_>, id: TeamId, pointer: &'static str) -> Result<(Team, UnitId)> {
    let row = visible(tx).filter(teams::id.eq(id)).select(TeamRow::as_select()).first(tx.conn()).optional()?;
    row.map(|row| (row.unit_id, row.team())).map(|(unit, team)| (team, unit)).ok_or(Error::ReferenceMissing { pointer })
}

/// Creates a team of a model in the caller's territory.
pub fn create(tx: &mut WriteTx<'_>, new: NewTeam) -> Result<TeamId> {
    let (fields, unit, own_unit) = settled(tx, None, new.fields)?;
    let id = tx.id_or_new(new.id);
    let team = Team { meta: tx.first_version(id), fields, own_unit };
    diesel::insert_into(teams::table)
        .values(TeamRow::new(&team, unit))
        .execute(tx.write())
        .map_err(on_conflict(&[("teams_pkey", "teams.id", id_taken)]))?;
    tx.created(&team)?;
    Ok(id)
}

/// Changes a team; `before` is what the caller has seen.
pub fn update(tx: &mut WriteTx<'_>, before: &Team, said: TeamFields) -> Result<()> {
    let (fields, unit, own_unit) = settled(tx, Some(before), said)?;
    save(tx, before, fields, unit, own_unit)
}

fn save(tx: &mut WriteTx<'_>, before: &Team, fields: TeamFields, unit: UnitId, own_unit: bool) -> Result<()> {
    let after = Team { meta: tx.next_version(&before.meta), fields, own_unit };
    let found =
        teams::table.filter(teams::id.eq(after.meta.id.cast::<Team>())).filter(teams::version.eq(before.meta.version));
    match diesel::update(found).set(TeamRow::new(&after, unit)).execute(tx.write())? {
        1 => tx.updated(before, &after)?,
        _ => return Err(Error::Raced),
    }
    follow(tx, before, &after, unit)
}

/// The memberships of a team end and move with it.
fn follow(tx: &mut WriteTx<'_>, before: &Team, after: &Team, unit: UnitId) -> Result<()> {
    let of = MembershipOf::Team(after.meta.id.cast());
    let end = after.fields.ended_on.filter(|day| before.fields.ended_on != Some(*day));
    let moved = before.fields.unit_id != Some(unit);
    if end.is_some() || moved {
        tx.alone()?;
    }
    if let Some(day) = end {
        membership::store::end_all(tx, of, day)?;
    }
    match moved {
        true => membership::store::move_all(tx, of, unit),
        false => Ok(()),
    }
}

/// Removes a team that no record points to.
pub fn remove(tx: &mut WriteTx<'_>, team: &Team) -> Result<()> {
    let found =
        teams::table.filter(teams::id.eq(team.meta.id.cast::<Team>())).filter(teams::version.eq(team.meta.version));
    match diesel::delete(found).execute(tx.write()).map_err(in_use)? {
        1 => tx.deleted(team),
        _ => Err(Error::Raced),
    }
}

/// Ends the open teams of a model that ends on `day`.
pub fn end_all(tx: &mut WriteTx<'_>, model: ModelId, day: Day) -> Result<()> {
    for team in of_model(tx, model)? {
        if let (Some(fields), Some(unit)) = (rules::end(&team.fields, day), team.fields.unit_id) {
            save(tx, &team, fields, unit, team.own_unit)?;
        }
    }
    Ok(())
}

/// Moves the teams that have no unit of their own along with their model.
pub fn move_all(tx: &mut WriteTx<'_>, model: ModelId, unit: UnitId) -> Result<()> {
    for team in of_model(tx, model)?.into_iter().filter(|team| !team.own_unit) {
        let fields = TeamFields { unit_id: Some(unit), ..team.fields.clone() };
        save(tx, &team, fields, unit, false)?;
    }
    Ok(())
}

fn of_model(tx: &mut Tx<'_>, model: ModelId) -> Result<Vec<Team>> {
    let found = teams::table.filter(teams::model_id.eq(model)).order(teams::id).select(TeamRow::as_select());
    let rows: Vec<TeamRow> = found.load(tx.conn())?;
    Ok(rows.into_iter().map(TeamRow::team).collect())
}

/// Checks what is new in what is said of a team and finds its unit: its own, or its model's.
fn settled(tx: &mut WriteTx<'_>, before: Option<&Team>, mut fields: TeamFields) -> Result<(TeamFields, UnitId, bool)> {
    let model = match before {
        Some(b) if b.fields.model_id == fields.model_id => model::store::find_anywhere(tx, fields.model_id)?,
        _ => model::store::must_find(tx, fields.model_id, "/modelId")?,
    };
    let own_unit = fields.unit_id.is_some();
    let unit = fields.unit_id.unwrap_or(model.fields.unit_id);
    fields.unit_id = Some(unit);
    let place = |f: &TeamFields| (f.unit_id, f.started_on);
    if before.map(|b| place(&b.fields)) != Some(place(&fields)) {
        territory::must_be_in_force(tx, unit, fields.started_on, "/unitId")?;
    }
    rules::check(&fields)?;
    rules::within(&fields, model.fields.established_on, model.ended_on)?;
    Ok((fields, unit, own_unit))
}
