//! Facts of memberships: from the day they start to the day they end, and the day a pledge was
//! signed. Their subject is the member, who may have several.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{Place, Want};
use crate::access::Tx;
use crate::error::Result;
use crate::resources::member::{MemberId, MemberKind};
use crate::resources::membership::MembershipRole;
use crate::schema::{members, memberships};
use crate::statistics::Dimension;
use crate::statistics::fact::{Fact, Marks, Part, Series};
use crate::territory;
use crate::types::{Day, LongCode, UnitId};

#[derive(Queryable, Selectable)]
#[diesel(table_name = memberships)]
struct MembershipRow {
    member_id: MemberId,
    unit_id: UnitId,
    category: LongCode,
    role: MembershipRole,
    started_on: Day,
    ended_on: Option<Day>,
    pledged_on: Option<Day>,
}

/// The facts of the memberships picked, one each.
pub fn facts(tx: &mut Tx<'_>, want: &Want<'_>) -> Result<Vec<Fact>> {
    let filters = want.filters;
    let mut query = memberships::table.filter(memberships::unit_id.eq_any(want.place.units(tx)?)).into_boxed();
    if let Some(models) = &filters.model_id {
        query = query.filter(memberships::model_id.eq_any(models.clone()));
    }
    if let Some(categories) = &filters.category {
        query = query.filter(memberships::category.eq_any(categories.clone()));
    }
    if let Some(roles) = &filters.role {
        query = query.filter(memberships::role.eq_any(roles.clone()));
    }
    let kinds = filters.words::<MemberKind>(Dimension::Kind);
    let rows: Vec<MembershipRow> = query.select(MembershipRow::as_select()).load(tx.conn())?;
    let of = match kinds.is_some() || want.dims.contains(&Dimension::Kind) {
        true => members_of(tx, want)?,
        false => HashMap::new(),
    };
    let passes = |row: &MembershipRow| {
        kinds.as_ref().is_none_or(|kinds| of.get(&row.member_id).is_some_and(|kind| kinds.contains(kind)))
    };
    Ok(rows.into_iter().filter(passes).map(|row| row.fact(want.dims, &of)).collect())
}

/// The kinds of the members in question, who may belong to another unit than their memberships do. Of
/// one that the caller cannot list nothing is said.
fn members_of(tx: &mut Tx<'_>, want: &Want<'_>) -> Result<HashMap<MemberId, MemberKind>> {
    let there = memberships::table.filter(memberships::unit_id.eq_any(want.place.units(tx)?));
    let mut found = members::table.filter(members::id.eq_any(there.select(memberships::member_id))).into_boxed();
    if let Place::Caller(_) = want.place {
        found = found.filter(members::unit_id.eq_any(territory::of_caller(tx)));
    }
    Ok(found.select((members::id, members::kind)).load(tx.conn())?.into_iter().collect())
}

impl MembershipRow {
    fn fact(self, dims: &[Dimension], kinds: &HashMap<MemberId, MemberKind>) -> Fact {
        let mut marks = Marks::default();
        marks.stood(Series::MembershipActive, self.started_on, self.ended_on);
        marks.on(Series::MembershipStarted, self.started_on, 1);
        if let Some(ended_on) = self.ended_on {
            marks.on(Series::MembershipEnded, ended_on.max(self.started_on), 1);
        }
        if let Some(pledged_on) = self.pledged_on {
            marks.on(Series::PledgeSigned, pledged_on, 1);
        }
        let part = |dimension: &Dimension| match dimension {
            Dimension::Category => Part::Code(self.category.to_string()),
            Dimension::Role => Part::Word(self.role.as_str()),
            Dimension::Kind => kinds.get(&self.member_id).map_or(Part::None, |kind| Part::Word(kind.as_str())),
            _ => Part::None,
        };
        let parts = dims.iter().map(part).collect();
        Fact { unit: self.unit_id, subject: self.member_id.uuid(), parts, marks: marks.all() }
    }
}
