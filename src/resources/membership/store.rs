//! Rows of memberships.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::{
    Membership, MembershipFields, MembershipFilter, MembershipId, MembershipOf, MembershipRole, MembershipSort,
    MembershipTerms, NewMembership, rules,
};
use crate::access::{MultiBackend, Tx, WriteTx, id_taken, in_use, on_conflict};
use crate::error::{Error, Result, Words};
use crate::http::{Ask, Listed, load_behind, page_by};
use crate::journal::Meta;
use crate::resources::code_list::{self, ListName};
use crate::resources::member::{self, MemberId};
use crate::resources::model::{self, ModelId};
use crate::resources::team::{self, TeamId};
use crate::schema::memberships;
use crate::territory;
use crate::types::{Day, LongCode, Moment, PrincipalId, Reason, UnitId};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = memberships, treat_none_as_null = true)]
struct MembershipRow {
    id: MembershipId,
    version: i32,
    created_at: Moment,
    created_by: PrincipalId,
    updated_at: Moment,
    updated_by: PrincipalId,
    member_id: MemberId,
    model_id: Option<ModelId>,
    team_id: Option<TeamId>,
    unit_id: UnitId,
    category: LongCode,
    role: MembershipRole,
    started_on: Day,
    ended_on: Option<Day>,
    end_reason: Option<Reason>,
    pledged_on: Option<Day>,
}

impl MembershipRow {
    fn new(membership: &Membership) -> Self {
        let (meta, terms) = (&membership.meta, membership.terms.clone());
        Self {
            id: meta.id.cast(),
            version: meta.version,
            created_at: meta.created_at,
            created_by: meta.created_by,
            updated_at: meta.updated_at,
            updated_by: meta.updated_by,
            member_id: membership.member_id,
            model_id: membership.model_id,
            team_id: membership.team_id,
            unit_id: membership.unit_id,
            category: terms.category,
            role: terms.role,
            started_on: terms.started_on,
            ended_on: terms.ended_on,
            end_reason: terms.end_reason,
            pledged_on: terms.pledged_on,
        }
    }

    fn membership(self) -> Membership {
        let (created, updated) = ((self.created_at, self.created_by), (self.updated_at, self.updated_by));
        Membership {
            meta: Meta::new(self.id, self.version, created, updated),
            member_id: self.member_id,
            model_id: self.model_id,
            team_id: self.team_id,
            unit_id: self.unit_id,
            terms: MembershipTerms {
                category: self.category,
                role: self.role,
                started_on: self.started_on,
                ended_on: self.ended_on,
                end_reason: self.end_reason,
                pledged_on: self.pledged_on,
            },
        }
    }
}

type Boxed = memberships::BoxedQuery<'static, MultiBackend>;

fn visible(tx: &Tx<'_>) -> Boxed {
    memberships::table.filter(territory::is_own!(tx, memberships::unit_id)).into_boxed()
}

/// Those of a model, of a team, or of the force of a unit.
fn within(of: MembershipOf) -> Boxed {
    let query = memberships::table.into_boxed();
    match of {
        MembershipOf::Model(model) => query.filter(memberships::model_id.eq(model)),
        MembershipOf::Team(team) => query.filter(memberships::team_id.eq(team)),
        MembershipOf::Unit(unit) => query
            .filter(memberships::unit_id.eq(unit))
            .filter(memberships::model_id.is_null())
            .filter(memberships::team_id.is_null()),
    }
}

fn filtered(tx: &mut Tx<'_>, filter: &MembershipFilter) -> Result<Boxed> {
    let units = territory::narrowed(tx, filter.unit_id.as_deref())?;
    let mut query = memberships::table.filter(memberships::unit_id.eq_any(units)).into_boxed();
    if let Some(members) = &filter.member_id {
        query = query.filter(memberships::member_id.eq_any(members.clone()));
    }
    if let Some(models) = &filter.model_id {
        query = query.filter(memberships::model_id.eq_any(models.clone()));
    }
    if let Some(teams) = &filter.team_id {
        query = query.filter(memberships::team_id.eq_any(teams.clone()));
    }
    if let Some(categories) = &filter.category {
        query = query.filter(memberships::category.eq_any(categories.clone()));
    }
    if let Some(roles) = &filter.role {
        query = query.filter(memberships::role.eq_any(roles.clone()));
    }
    if let Some(day) = filter.active_on {
        let open = memberships::ended_on.is_null().or(memberships::ended_on.gt(day));
        query = query.filter(memberships::started_on.le(day)).filter(open);
    }
    Ok(query)
}

/// One page of the memberships in the caller's territory.
pub fn list(tx: &mut Tx<'_>, ask: &Ask<MembershipFilter, MembershipSort>) -> Result<Listed<Membership>> {
    let query = filtered(tx, &ask.filter)?.select(MembershipRow::as_select());
    let cut = match ask.sort {
        MembershipSort::CreatedAt => page_by!(tx, ask, query, memberships.created_at: Moment),
        MembershipSort::StartedOn => page_by!(tx, ask, query, memberships.started_on: Day),
    };
    let total = ask.total(|| Ok(filtered(tx, &ask.filter)?.count().get_result(tx.conn())?))?;
    ask.listed(cut.map(MembershipRow::membership), total)
}

/// The next memberships behind `after` in the order of ids, as the caller may see them.
pub fn behind(tx: &mut Tx<'_>, after: Option<MembershipId>, most: i64) -> Result<Vec<Membership>> {
    let query = visible(tx).select(MembershipRow::as_select());
    let rows: Vec<MembershipRow> = load_behind!(tx, query, memberships, after, most);
    Ok(rows.into_iter().map(MembershipRow::membership).collect())
}

/// The membership, if it lies in the caller's territory.
pub fn find(tx: &mut Tx<'_>, id: MembershipId) -> Result<Membership> {
    let found = visible(tx).filter(memberships::id.eq(id)).select(MembershipRow::as_select());
    found.first(tx.conn()).optional()?.map(MembershipRow::membership).ok_or(Error::NotFound)
}

/// Creates a membership of a member of the caller's territory.
pub fn create(tx: &mut WriteTx<'_>, new: NewMembership) -> Result<MembershipId> {
    let id = tx.id_or_new(new.id);
    let unit_id = settled(tx, None, &new.fields)?;
    let membership = Membership::made(tx.first_version(id), new.fields, unit_id);
    must_be_alone(tx, &membership)?;
    diesel::insert_into(memberships::table)
        .values(MembershipRow::new(&membership))
        .execute(tx.write())
        .map_err(on_conflict(&[("memberships_pkey", "memberships.id", id_taken)]))?;
    tx.created(&membership)?;
    Ok(id)
}

/// Changes a membership; `before` is what the caller has seen.
pub fn update(tx: &mut WriteTx<'_>, before: &Membership, fields: MembershipFields) -> Result<()> {
    let unit_id = settled(tx, Some(before), &fields)?;
    let after = Membership::made(before.meta.clone(), fields, unit_id);
    must_be_alone(tx, &after)?;
    save(tx, before, after)
}

fn save(tx: &mut WriteTx<'_>, before: &Membership, mut after: Membership) -> Result<()> {
    after.meta = tx.next_version(&before.meta);
    let found =
        memberships::table.filter(memberships::id.eq(before.id())).filter(memberships::version.eq(before.meta.version));
    match diesel::update(found).set(MembershipRow::new(&after)).execute(tx.write())? {
        1 => tx.updated(before, &after),
        _ => Err(Error::Raced),
    }
}

/// Removes a membership.
pub fn remove(tx: &mut WriteTx<'_>, membership: &Membership) -> Result<()> {
    let found = memberships::table
        .filter(memberships::id.eq(membership.id()))
        .filter(memberships::version.eq(membership.meta.version));
    match diesel::delete(found).execute(tx.write()).map_err(in_use)? {
        1 => tx.deleted(membership),
        _ => Err(Error::Raced),
    }
}

/// Ends the open memberships of what ends on `day`.
pub fn end_all(tx: &mut WriteTx<'_>, of: MembershipOf, day: Day) -> Result<()> {
    for membership in all(tx, of)? {
        if let Some(terms) = rules::end(&membership.terms, day) {
            save(tx, &membership, Membership { terms, ..membership.clone() })?;
        }
    }
    Ok(())
}

/// Moves the memberships of a model or team along with it.
pub fn move_all(tx: &mut WriteTx<'_>, of: MembershipOf, unit_id: UnitId) -> Result<()> {
    for membership in all(tx, of)? {
        save(tx, &membership, Membership { unit_id, ..membership.clone() })?;
    }
    Ok(())
}

/// Whether a membership names a category.
pub fn uses(tx: &mut Tx<'_>, category: &LongCode) -> Result<bool> {
    let used = memberships::table.filter(memberships::category.eq(category.clone()));
    Ok(diesel::select(exists(used)).get_result(tx.conn())?)
}

fn all(tx: &mut Tx<'_>, of: MembershipOf) -> Result<Vec<Membership>> {
    let found = within(of).order(memberships::id).select(MembershipRow::as_select());
    let rows: Vec<MembershipRow> = found.load(tx.conn())?;
    Ok(rows.into_iter().map(MembershipRow::membership).collect())
}

/// Checks what is new in what is said of a membership and finds its unit. From here on nobody else
/// commits: an end or a membership that comes at the same time is seen, or sees this one.
fn settled(tx: &mut WriteTx<'_>, before: Option<&Membership>, fields: &MembershipFields) -> Result<UnitId> {
    tx.alone()?;
    let terms = &fields.terms;
    if before.map(|b| b.member_id) != Some(fields.member_id) {
        member::store::must_find(tx, fields.member_id, "/memberId")?;
    }
    let same_of = before.is_some_and(|b| b.of() == fields.of);
    let same_start = before.is_some_and(|b| b.terms.started_on == terms.started_on);
    let (unit, end) = place(tx, fields.of, same_of, (!same_of || !same_start).then_some(terms.started_on))?;
    if !same_start || before.map(|b| &b.terms.category) != Some(&terms.category) {
        let list = ListName::MembershipCategory;
        code_list::store::must_be_in_force(tx, list, &terms.category, terms.started_on, "/category")?;
    }
    rules::check(terms)?;
    if !same_of || !same_start || before.map(|b| b.terms.ended_on) != Some(terms.ended_on) {
        rules::within(terms, end)?;
    }
    Ok(unit)
}

/// The unit of what a membership is in, and the day it ended. What is named anew must be in the
/// caller's territory, and a unit in force on the first day.
fn place(tx: &mut Tx<'_>, of: MembershipOf, stands: bool, from: Option<Day>) -> Result<(UnitId, Option<Day>)> {
    match of {
        MembershipOf::Model(id) => {
            let model = match stands {
                true => model::store::find_anywhere(tx, id)?,
                false => model::store::must_find(tx, id, "/modelId")?,
            };
            Ok((model.fields.unit_id, model.ended_on))
        }
        MembershipOf::Team(id) => {
            let (team, unit) = match stands {
                true => team::store::find_anywhere(tx, id)?,
                false => team::store::must_find(tx, id, "/teamId")?,
            };
            Ok((unit, team.fields.ended_on))
        }
        MembershipOf::Unit(id) => {
            if let Some(day) = from {
                territory::must_be_in_force(tx, id, day, "/unitId")?;
            }
            Ok((id, None))
        }
    }
}

/// A member is in the same model, team or force once at a time. All that are looked at lie in the unit
/// of this one, so nothing outside the territory is told.
fn must_be_alone(tx: &mut WriteTx<'_>, membership: &Membership) -> Result<()> {
    let terms = &membership.terms;
    let mut others = within(membership.of())
        .filter(memberships::member_id.eq(membership.member_id))
        .filter(memberships::id.ne(membership.id()))
        .filter(memberships::ended_on.is_null().or(memberships::ended_on.gt(terms.started_on)));
    if let Some(end) = terms.ended_on {
        others = others.filter(memberships::started_on.lt(end));
    }
    match others.count().get_result::<i64>(tx.conn())? {
        0 => Ok(()),
        _ => Err(overlapping()),
    }
}

fn overlapping() -> Error {
    Error::Duplicate(Words::new(
        "The member is in it already during that time.",
        "Thành viên đã tham gia trong thời gian đó.",
    ))
}
