//! Rows of units and of their successions.

use crate::types::PrincipalId;
use crate::types::UnitId;
use std::collections::HashMap;

use diesel::dsl::exists;
use diesel::prelude::*;

use super::{NewUnit, Unit, UnitFields, UnitFilter, UnitSort, rules};
use crate::access::{ROOT_UNIT, Tx, WriteTx, on_conflict};
use crate::error::{Error, Result, Words};
use crate::http::{Ask, Listed, page_by};
use crate::journal::Meta;
use crate::resources::incident;
use crate::schema::{succession_links, units};
use crate::territory;
use crate::types::{Day, LongCode, Moment, Name, ShortCode, SortKey, fold};

use super::{NameType, UnitKind};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = units, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct UnitRow {
    id: UnitId,
    version: i32,
    created_at: Moment,
    created_by: PrincipalId,
    updated_at: Moment,
    updated_by: PrincipalId,
    code: ShortCode,
    code_system: LongCode,
    name: Name,
    name_key: SortKey,
    search: String,
    kind: UnitKind,
    name_type: NameType,
    parent_id: Option<UnitId>,
    valid_from: Day,
    valid_to: Option<Day>,
}

impl UnitRow {
    pub(super) fn new(unit: &Unit) -> Self {
        let (meta, fields) = (&unit.meta, unit.fields.clone());
        Self {
            id: meta.id.cast(),
            version: meta.version,
            created_at: meta.created_at,
            created_by: meta.created_by,
            updated_at: meta.updated_at,
            updated_by: meta.updated_by,
            name_key: SortKey::of(fields.name.as_str()),
            search: fold(&format!("{} {}", fields.name, fields.code)),
            code: fields.code,
            code_system: fields.code_system,
            name: fields.name,
            kind: fields.kind,
            name_type: fields.name_type,
            parent_id: fields.parent_id,
            valid_from: fields.valid_from,
            valid_to: fields.valid_to,
        }
    }

    pub(super) fn unit(self) -> Unit {
        Unit {
            meta: Meta::new(
                self.id,
                self.version,
                (self.created_at, self.created_by),
                (self.updated_at, self.updated_by),
            ),
            fields: UnitFields {
                code: self.code,
                code_system: self.code_system,
                name: self.name,
                kind: self.kind,
                name_type: self.name_type,
                parent_id: self.parent_id,
                valid_from: self.valid_from,
                valid_to: self.valid_to,
            },
            predecessor_ids: Vec::new(),
            successor_ids: Vec::new(),
        }
    }
}

type Boxed = units::BoxedQuery<'static, crate::access::MultiBackend>;

fn filtered(filter: &UnitFilter) -> Boxed {
    let mut query = units::table.into_boxed();
    if let Some(kinds) = &filter.kind {
        query = query.filter(units::kind.eq_any(kinds.clone()));
    }
    if let Some(codes) = &filter.code {
        query = query.filter(units::code.eq_any(codes.clone()));
    }
    if let Some(parents) = &filter.parent_id {
        query = query.filter(units::parent_id.eq_any(parents.clone()));
    }
    if let Some(ancestors) = &filter.ancestor_id {
        let below = territory::under(ancestors.clone());
        query = query.filter(units::id.eq_any(below)).filter(units::id.ne_all(ancestors.clone()));
    }
    if let Some(day) = filter.valid_on {
        query = query.filter(units::valid_from.le(day)).filter(units::valid_to.is_null().or(units::valid_to.gt(day)));
    }
    if let Some(q) = &filter.q {
        query = query.filter(units::search.like(crate::access::containing(q.as_str())).escape('\\'));
    }
    query
}

/// One page of units.
pub fn list(tx: &mut Tx<'_>, ask: &Ask<UnitFilter, UnitSort>) -> Result<Listed<Unit>> {
    let query = filtered(&ask.filter).select(UnitRow::as_select());
    let cut = match ask.sort {
        UnitSort::CreatedAt => page_by!(tx, ask, query, units.created_at: Moment),
        UnitSort::ValidFrom => page_by!(tx, ask, query, units.valid_from: Day),
        UnitSort::Code => page_by!(tx, ask, query, units.code: ShortCode),
        UnitSort::Name => page_by!(tx, ask, query, units.name_key: SortKey),
    };
    let total = ask.total(|| Ok(filtered(&ask.filter).count().get_result(tx.conn())?))?;
    let cut = cut.with(|rows| linked(tx, rows.into_iter().map(UnitRow::unit).collect()))?;
    ask.listed(cut, total)
}

/// The unit, as served; 404 when there is none. Every caller sees every unit.
pub fn find(tx: &mut Tx<'_>, id: UnitId) -> Result<Unit> {
    let row = units::table.find(id).select(UnitRow::as_select()).first(tx.conn()).optional()?;
    let unit = row.map(UnitRow::unit).ok_or(Error::NotFound)?;
    linked(tx, vec![unit])?.pop().ok_or(Error::NotFound)
}

/// The unit as one that the caller may change: within its territory, 404 otherwise.
pub fn find_own(tx: &mut Tx<'_>, id: UnitId) -> Result<Unit> {
    let unit = find(tx, id)?;
    match territory::holds(tx, id)? {
        true => Ok(unit),
        false => Err(Error::NotFound),
    }
}

/// Adds the links to predecessors and successors.
fn linked(tx: &mut Tx<'_>, mut units: Vec<Unit>) -> Result<Vec<Unit>> {
    let ids: Vec<UnitId> = units.iter().map(|u| u.meta.id.cast()).collect();
    let links: Vec<(UnitId, UnitId)> = succession_links::table
        .filter(succession_links::predecessor_id.eq_any(ids.clone()).or(succession_links::successor_id.eq_any(ids)))
        .select((succession_links::predecessor_id, succession_links::successor_id))
        .order((succession_links::predecessor_id, succession_links::successor_id))
        .load(tx.conn())?;
    let (mut before, mut after): (HashMap<_, Vec<_>>, HashMap<_, Vec<_>>) = Default::default();
    for (predecessor, successor) in links {
        before.entry(successor).or_default().push(predecessor);
        after.entry(predecessor).or_default().push(successor);
    }
    for unit in &mut units {
        unit.predecessor_ids = before.remove(&unit.meta.id.cast()).unwrap_or_default();
        unit.successor_ids = after.remove(&unit.meta.id.cast()).unwrap_or_default();
        unit.predecessor_ids.dedup();
        unit.successor_ids.dedup();
    }
    Ok(units)
}

/// Creates a unit under the one it names, or under the country.
pub fn create(tx: &mut WriteTx<'_>, new: NewUnit) -> Result<UnitId> {
    tx.alone()?;
    let mut fields = new.fields;
    if fields.parent_id.is_none() {
        if fields.kind == UnitKind::Country {
            return Err(Error::rule("The registry holds one country.", "Hệ thống chỉ có một quốc gia."));
        }
        fields.parent_id = Some(ROOT_UNIT);
    }
    let id = tx.id_or_new(new.id);
    check(tx, id, None, &fields)?;
    let unit = Unit { meta: tx.first_version(id), fields, predecessor_ids: Vec::new(), successor_ids: Vec::new() };
    insert(tx, &unit)?;
    Ok(id)
}

/// Inserts a unit that has been checked, hangs it into the tree and enters it.
pub(crate) fn insert(tx: &mut WriteTx<'_>, unit: &Unit) -> Result<()> {
    diesel::insert_into(units::table).values(UnitRow::new(unit)).execute(tx.write()).map_err(on_conflict(&[
        ("units_code_from", "units.code_system, units.code, units.valid_from", overlapping),
        ("units_pkey", "units.id", crate::access::id_taken),
        ("units_parent", "", || Error::ReferenceMissing { pointer: "/parentId" }),
    ]))?;
    territory::plant(tx, unit.meta.id.cast(), unit.fields.parent_id)?;
    tx.created(unit)
}

/// Changes a unit; `before` is what the caller has seen.
pub fn update(tx: &mut WriteTx<'_>, before: &Unit, fields: UnitFields) -> Result<()> {
    tx.alone()?;
    let id = before.meta.id.cast();
    let mut fields = fields;
    if fields.parent_id.is_none() && id != ROOT_UNIT {
        fields.parent_id = Some(ROOT_UNIT);
    }
    check(tx, id, Some(&before.fields), &fields)?;
    rules::keeps_its_end(&before.fields, &fields, &before.successor_ids)?;
    check_children(tx, id, &fields)?;
    let moved = fields.parent_id != before.fields.parent_id;
    if moved {
        let (before, after) = territory::transplant(tx, id, fields.parent_id)?;
        incident::sums::transplanted(tx, id, &before, &after)?;
    }
    save(tx, before, fields, None)?;
    if moved { incident::store::transplanted(tx, id) } else { Ok(()) }
}

/// Writes the next version of a unit.
pub(super) fn save(
    tx: &mut WriteTx<'_>,
    before: &Unit,
    fields: UnitFields,
    successors: Option<&[UnitId]>,
) -> Result<()> {
    let mut after = before.clone();
    after.fields = fields;
    after.successor_ids.extend(successors.unwrap_or_default());
    store(tx, before, after)
}

/// Writes the next version of a unit, already checked.
pub(super) fn store(tx: &mut WriteTx<'_>, before: &Unit, mut after: Unit) -> Result<()> {
    after.meta = tx.next_version(&before.meta);
    let found =
        units::table.filter(units::id.eq(after.meta.id.cast::<Unit>())).filter(units::version.eq(before.meta.version));
    let changed = diesel::update(found).set(UnitRow::new(&after)).execute(tx.write()).map_err(on_conflict(&[(
        "units_code_from",
        "units.code_system, units.code, units.valid_from",
        overlapping,
    )]))?;
    if changed != 1 {
        return Err(Error::Raced);
    }
    tx.updated(before, &after)
}

/// Removes a unit that nothing points to.
pub fn remove(tx: &mut WriteTx<'_>, unit: &Unit) -> Result<()> {
    tx.alone()?;
    let id = unit.meta.id.cast();
    if id == ROOT_UNIT || !territory::alone(tx, id)? {
        return Err(Error::InUse);
    }
    incident::sums::forget(tx, id)?;
    territory::uproot(tx, id)?;
    diesel::delete(units::table.find(id)).execute(tx.write()).map_err(crate::access::in_use)?;
    tx.deleted(unit)
}

pub(super) fn overlapping() -> Error {
    Error::Duplicate(Words::new(
        "Another unit has this code during that time.",
        "Đã có đơn vị khác mang mã này trong thời gian đó.",
    ))
}

fn check(tx: &mut WriteTx<'_>, id: UnitId, before: Option<&UnitFields>, fields: &UnitFields) -> Result<()> {
    let moved = before.is_none_or(|b| b.parent_id != fields.parent_id);
    if let Some(parent) = fields.parent_id.filter(|_| moved) {
        territory::must_hold(tx, parent, "/parentId")?;
    }
    rules::check(fields)?;
    if let Some(parent) = fields.parent_id.filter(|parent| *parent != id) {
        rules::check_parent(fields, &find(tx, parent)?.fields)?;
    }
    let mut others = units::table
        .filter(units::code_system.eq(fields.code_system.clone()))
        .filter(units::code.eq(fields.code.clone()))
        .filter(units::id.ne(id))
        .filter(units::valid_to.is_null().or(units::valid_to.gt(fields.valid_from)))
        .into_boxed();
    if let Some(end) = fields.valid_to {
        others = others.filter(units::valid_from.lt(end));
    }
    match others.count().get_result::<i64>(tx.conn())? {
        0 => Ok(()),
        _ => Err(overlapping()),
    }
}

pub(super) fn check_children(tx: &mut WriteTx<'_>, id: UnitId, fields: &UnitFields) -> Result<()> {
    let children: Vec<UnitRow> =
        units::table.filter(units::parent_id.eq(id)).select(UnitRow::as_select()).load(tx.conn())?;
    children.into_iter().try_for_each(|child| rules::check_parent(&child.unit().fields, fields))
}

/// The units that have a code on a day: one a code system.
pub fn by_code(tx: &mut Tx<'_>, code: &str, on: Day) -> Result<Vec<UnitId>> {
    let found = units::table
        .filter(units::code.eq(code))
        .filter(units::valid_from.le(on))
        .filter(units::valid_to.is_null().or(units::valid_to.gt(on)))
        .select(units::id);
    Ok(found.load(tx.conn())?)
}

/// Whether the unit that a fresh registry holds is there.
pub fn root_is_there(tx: &mut Tx<'_>) -> Result<bool> {
    Ok(diesel::select(exists(units::table.find(ROOT_UNIT))).get_result(tx.conn())?)
}

/// Plants the country in a fresh registry.
pub fn found(tx: &mut WriteTx<'_>) -> Result<()> {
    tx.alone()?;
    match root_is_there(tx)? {
        true => Ok(()),
        false => {
            let country = Unit::country(tx.first_version(ROOT_UNIT));
            insert(tx, &country)
        }
    }
}
