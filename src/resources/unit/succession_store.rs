//! Rows of successions: which units follow which, and since when.

use diesel::prelude::*;

use super::{
    NewSuccession, Succession, SuccessionFields, SuccessionId, SuccessionSort, Unit, UnitFields, rules, store,
    written_once,
};
use crate::access::{PrincipalId, Tx, WriteTx, id_taken, on_conflict};
use crate::error::{Error, Result};
use crate::http::{Ask, Listed, NoFilter, page_by};
use crate::schema::{succession_links, successions};
use crate::territory;
use crate::types::{Day, Decision, Json, Moment, UnitId};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = successions, treat_none_as_default_value = false)]
pub(super) struct SuccessionRow {
    id: SuccessionId,
    version: i32,
    created_at: Moment,
    created_by: PrincipalId,
    unit_id: UnitId,
    effective_on: Day,
    decision: Option<Json<Decision>>,
}

impl SuccessionRow {
    pub(super) fn new(succession: &Succession) -> Self {
        let (meta, fields) = (&succession.meta, &succession.fields);
        Self {
            id: meta.id.cast(),
            version: meta.version,
            created_at: meta.created_at,
            created_by: meta.created_by,
            unit_id: succession.unit_id,
            effective_on: fields.effective_on,
            decision: fields.decision.clone().map(Json),
        }
    }

    fn succession(self, successor_ids: Vec<UnitId>) -> Succession {
        Succession {
            meta: written_once(self.id, self.created_at, self.created_by),
            unit_id: self.unit_id,
            fields: SuccessionFields {
                successor_ids,
                effective_on: self.effective_on,
                decision: self.decision.map(|d| d.0),
            },
        }
    }
}

/// One page of a unit's successions.
pub fn list(tx: &mut Tx<'_>, unit: UnitId, ask: &Ask<NoFilter, SuccessionSort>) -> Result<Listed<Succession>> {
    let of_unit = || successions::table.filter(successions::unit_id.eq(unit));
    let query = of_unit().select(SuccessionRow::as_select()).into_boxed();
    let cut = match ask.sort {
        SuccessionSort::CreatedAt => page_by!(tx, ask, query, successions.created_at: Moment),
        SuccessionSort::EffectiveOn => page_by!(tx, ask, query, successions.effective_on: Day),
    };
    let total = ask.total(|| Ok(of_unit().count().get_result(tx.conn())?))?;
    ask.listed(cut.try_map(|row| succession(tx, row))?, total)
}

/// A succession of a unit.
pub fn find(tx: &mut Tx<'_>, unit: UnitId, id: SuccessionId) -> Result<Succession> {
    let row = successions::table
        .find(id)
        .filter(successions::unit_id.eq(unit))
        .select(SuccessionRow::as_select())
        .first(tx.conn())
        .optional()?;
    succession(tx, row.ok_or(Error::NotFound)?)
}

fn succession(tx: &mut Tx<'_>, row: SuccessionRow) -> Result<Succession> {
    let successors = succession_links::table
        .filter(succession_links::succession_id.eq(row.id))
        .select(succession_links::successor_id)
        .order(succession_links::successor_id)
        .load(tx.conn())?;
    Ok(row.succession(successors))
}

/// Ends `unit` and links it with those that follow; each of them gets a new version.
pub fn create(tx: &mut WriteTx<'_>, unit: &Unit, new: NewSuccession) -> Result<SuccessionId> {
    tx.alone()?;
    let unit_id: UnitId = unit.meta.id.cast();
    let mut named = new.fields.successor_ids.clone();
    named.sort_unstable();
    named.dedup();
    let mut successors = Vec::new();
    for id in &named {
        territory::must_hold(tx, *id, "/successorIds")?;
        if *id == unit_id {
            return Err(Error::rule("A unit cannot succeed itself.", "Đơn vị không thể kế thừa chính nó."));
        }
        if unit.predecessor_ids.contains(id) {
            return Err(Error::rule(
                "A unit cannot be followed by one it follows.",
                "Đơn vị không thể được kế thừa bởi đơn vị tiền thân.",
            ));
        }
        successors.push(store::find(tx, *id)?);
    }
    let ends: Vec<UnitFields> = successors.iter().map(|s| s.fields.clone()).collect();
    let ended = rules::end(&unit.fields, new.fields.effective_on, &ends)?;
    rules::keeps_its_end(&unit.fields, &ended, &unit.successor_ids)?;
    store::check_children(tx, unit_id, &ended)?;
    let id = tx.id_or_new(new.id);
    let succession = Succession {
        meta: tx.first_version(id),
        unit_id,
        fields: SuccessionFields { successor_ids: named.clone(), ..new.fields },
    };
    insert(tx, &succession)?;
    let fresh: Vec<UnitId> = named.into_iter().filter(|id| !unit.successor_ids.contains(id)).collect();
    store::save(tx, unit, ended, Some(&fresh))?;
    for successor in successors.iter().filter(|s| fresh.contains(&s.meta.id.cast())) {
        let mut after = successor.clone();
        after.predecessor_ids.push(unit_id);
        store::store(tx, successor, after)?;
    }
    Ok(id)
}

/// Inserts a succession with its links and enters it.
fn insert(tx: &mut WriteTx<'_>, succession: &Succession) -> Result<()> {
    let row = SuccessionRow::new(succession);
    diesel::insert_into(successions::table).values(&row).execute(tx.write()).map_err(on_conflict(&[(
        "successions_pkey",
        "successions.id",
        id_taken,
    )]))?;
    for successor in &succession.fields.successor_ids {
        diesel::insert_into(succession_links::table)
            .values((
                succession_links::succession_id.eq(row.id),
                succession_links::predecessor_id.eq(succession.unit_id),
                succession_links::successor_id.eq(*successor),
            ))
            .execute(tx.write())?;
    }
    tx.created(succession)
}
