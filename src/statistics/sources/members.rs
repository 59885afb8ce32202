//! How many different members have memberships, counted by the database for each day that is read.

use std::collections::BTreeSet;

use diesel::dsl::sql as literal;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Untyped};

use super::memberships::{Of, fact, of, picked, seen};
use super::{Place, Want};
use crate::access::{MultiBackend, Tx};
use crate::error::Result;
use crate::resources::member::MemberKind;
use crate::schema::{members as people, memberships, unit_closure as closure, units};
use crate::statistics::Dimension;
use crate::statistics::fact::{Fact, Marks, Series};
use crate::territory;
use crate::types::Day;

/// On more days than this, all memberships are looked through once and not once for each day.
const MOST_DAYS: usize = 24;

/// The members on each day that is read, each counted once under its key; none where the database cannot
/// tell.
pub fn counted(tx: &mut Tx<'_>, want: &Want<'_>) -> Result<Option<Vec<Fact>>> {
    let days: BTreeSet<Day> = want.slots.iter().map(|slot| slot.range.to).collect();
    let level = want.cut.level.filter(|_| want.cut.by.contains(&Dimension::Unit));
    let told_apart = matches!(want.place, Place::Under(_));
    if told_apart
        || !want.reads(&[Series::MembershipActive])
        || days.len() > MOST_DAYS
        || level.is_some_and(|of| want.scene.nests(of))
    {
        return Ok(None);
    }
    let lying = diesel::alias!(closure as lying);
    let mut facts = Vec::new();
    for day in days {
        let query = memberships::table
            .inner_join(lying.on(lying.field(closure::descendant_id).eq(memberships::unit_id)))
            .left_join(people::table.on(seen!(tx, want)))
            .group_by(literal::<Untyped>("1, 2, 3, 4"))
            .select((of!(want, "lying.ancestor_id"), literal::<BigInt>("COUNT(DISTINCT memberships.member_id)")))
            .filter(memberships::unit_id.eq_any(want.place.units(tx)?))
            .filter(memberships::started_on.le(day))
            .filter(memberships::ended_on.is_null().or(memberships::ended_on.gt(day)))
            .into_boxed::<MultiBackend>();
        let query = match level {
            Some(level) => {
                let of_level = units::table.filter(units::kind.eq(level)).select(units::id);
                query.filter(lying.field(closure::ancestor_id).eq_any(of_level))
            }
            None => query.filter(lying.field(closure::ancestor_id).eq(memberships::unit_id)),
        };
        let lines: Vec<(Of, i64)> = picked!(query, want).load(tx.conn())?;
        for (of, number) in lines {
            let mut marks = Marks::default();
            marks.stood(Series::MembershipActive, day, Some(day.plus(1)), number);
            facts.push(fact(want, of, None, marks.all()));
        }
    }
    Ok(Some(facts))
}
