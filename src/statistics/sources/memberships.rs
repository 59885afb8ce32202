//! Facts of memberships: from the day they start to the day they end, and the day a pledge was
//! signed. Those of one kind together; those of each member, who may have several, where it is asked
//! how many members there are.

use diesel::dsl::sql as literal;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Untyped};
use uuid::Uuid;

use super::cuts::{At, Cuts, Stood};
use super::{Place, Source, Want, members};
use crate::access::{MultiBackend, Tx};
use crate::error::Result;
use crate::resources::member::MemberKind;
use crate::resources::membership::MembershipRole;
use crate::schema::{members as people, memberships};
use crate::statistics::Dimension;
use crate::statistics::cube::Cut;
use crate::statistics::disclosure::{self, Field};
use crate::statistics::fact::{Fact, Mark, Marks, Part, Series};
use crate::statistics::filters::Filters;
use crate::statistics::period::Slot;
use crate::statistics::scene::Scene;
use crate::territory;
use crate::types::{AnyId, UnitId, sql};

/// What is read of the days from which and to which they stand.
const STANDING: &[Series] = &[Series::MembershipActive, Series::MembershipStarted, Series::MembershipEnded];

/// A unit, a category, a role and a kind of member, each where it is asked for.
pub type Of = (Option<UnitId>, Option<String>, Option<MembershipRole>, Option<MemberKind>);

/// The same, and the member where members are told apart.
type Whose = (Of, Option<AnyId>);

/// The columns of what memberships are of, where `unit` is the column of the unit.
macro_rules! of {
    ($want:expr, $unit:expr) => {
        (
            $want.unit($unit),
            $want.column(Dimension::Category, "memberships.category"),
            $want.column(Dimension::Role, "memberships.role"),
            $want.column(Dimension::Kind, "members.kind"),
        )
    };
}
pub(super) use of;

/// Leaves of a query over memberships and their members those that the filters do. The members may
/// belong to another unit than their memberships do: of one that the caller cannot list nothing is said.
macro_rules! picked {
    ($query:expr, $want:expr) => {{
        let (mut query, filters) = ($query, $want.filters);
        if let Some(units) = $want.only {
            query = query.filter(memberships::unit_id.eq_any(units.to_vec()));
        }
        if let Some(models) = &filters.model_id {
            query = query.filter(memberships::model_id.eq_any(models.clone()));
        }
        if let Some(categories) = &filters.category {
            query = query.filter(memberships::category.eq_any(categories.clone()));
        }
        if let Some(roles) = &filters.role {
            query = query.filter(memberships::role.eq_any(roles.clone()));
        }
        if let Some(kinds) = filters.words::<MemberKind>(Dimension::Kind) {
            query = query.filter(people::kind.nullable().eq_any(kinds));
        }
        query
    }};
}
pub(super) use picked;

/// Which member a membership is of, as far as it may be said.
macro_rules! seen {
    ($tx:expr, $want:expr) => {{
        let whoever = literal::<Bool>(if let Place::Caller(_) = $want.place { "1 = 0" } else { "1 = 1" });
        let seen = people::unit_id.eq_any(territory::of_caller($tx));
        people::id.eq(memberships::member_id).and(seen.or(whoever))
    }};
}
pub(super) use seen;

/// The facts of all memberships of a field by member, and by months of the years that slots touch.
pub fn cells(tx: &mut Tx<'_>, field: &Field, slots: &[Slot]) -> Result<Vec<Fact>> {
    let slots: Vec<Slot> = slots.iter().copied().chain(disclosure::months_of(slots)).collect();
    let want = Want {
        dims: Source::Memberships.dimensions(),
        filters: &Filters::default(),
        place: Place::Under(field.under),
        only: field.only.as_deref(),
        cut: &Cut { by: vec![Dimension::Unit], ..Cut::default() },
        scene: &Scene::default(),
        series: &[],
        slots: &slots,
        by_subject: true,
        by_day: false,
    };
    let Some(cuts) = want.cuts() else {
        return Ok(Vec::new());
    };
    let mut facts = stood(tx, &want, &cuts)?;
    facts.extend(pledged(tx, &want, &cuts)?);
    Ok(facts)
}

/// The facts of the memberships picked.
pub fn facts(tx: &mut Tx<'_>, want: &Want<'_>) -> Result<Vec<Fact>> {
    let Some(cuts) = want.cuts() else {
        return Ok(Vec::new());
    };
    if want.by_subject
        && let Some(counted) = members::counted(tx, want)?
    {
        return Ok(counted);
    }
    let mut facts = Vec::new();
    if want.reads(STANDING) {
        facts.extend(stood(tx, want, &cuts)?);
    }
    if want.reads(&[Series::PledgeSigned]) {
        facts.extend(pledged(tx, want, &cuts)?);
    }
    Ok(facts)
}

fn stood(tx: &mut Tx<'_>, want: &Want<'_>, cuts: &Cuts) -> Result<Vec<Fact>> {
    let subject = literal::<Nullable<sql::Uuid>>(subject(want));
    let days = (cuts.at("memberships.started_on"), cuts.at("memberships.ended_on"));
    let mut query = memberships::table
        .left_join(people::table.on(seen!(tx, want)))
        .group_by(literal::<Untyped>("1, 2, 3, 4, 5, 6, 7, 8, 9"))
        .select(((of!(want, "memberships.unit_id"), subject), days, literal::<BigInt>("COUNT(*)")))
        .filter(memberships::unit_id.eq_any(want.place.units(tx)?))
        .into_boxed::<MultiBackend>();
    if !want.cut.empty {
        query = query.filter(memberships::started_on.lt(cuts.end()));
    }
    let lines: Vec<(Whose, Stood, i64)> = picked!(query, want).load(tx.conn())?;
    let mut facts = Vec::new();
    for ((of, subject), (from, to), times) in lines {
        let mut marks = Marks::default();
        // What begins after all that is read has a cell of 0, where those are shown.
        if let Some(from) = cuts.read(from) {
            let series = [Series::MembershipActive, Series::MembershipStarted, Series::MembershipEnded];
            marks.lived(series, from, cuts.read(to), times);
        }
        facts.push(fact(want, of, subject.map(AnyId::uuid), marks.all()));
    }
    Ok(facts)
}

fn pledged(tx: &mut Tx<'_>, want: &Want<'_>, cuts: &Cuts) -> Result<Vec<Fact>> {
    let subject = literal::<Nullable<sql::Uuid>>(subject(want));
    let day = cuts.at("memberships.pledged_on");
    let mut query = memberships::table
        .left_join(people::table.on(seen!(tx, want)))
        .group_by(literal::<Untyped>("1, 2, 3, 4, 5, 6, 7"))
        .select(((of!(want, "memberships.unit_id"), subject), day, literal::<BigInt>("COUNT(*)")))
        .filter(memberships::unit_id.eq_any(want.place.units(tx)?))
        .filter(memberships::pledged_on.is_not_null())
        .into_boxed::<MultiBackend>();
    // What was signed at another time has a cell of 0, where those are shown.
    if !want.cut.empty {
        query = query.filter(memberships::pledged_on.ge(cuts.first())).filter(memberships::pledged_on.lt(cuts.end()));
    }
    let lines: Vec<(Whose, At, i64)> = picked!(query, want).load(tx.conn())?;
    let mut facts = Vec::new();
    for ((of, subject), at, times) in lines {
        let mut marks = Marks::default();
        if let Some(day) = cuts.read(at) {
            marks.on(Series::PledgeSigned, day, times);
        }
        facts.push(fact(want, of, subject.map(AnyId::uuid), marks.all()));
    }
    Ok(facts)
}

fn subject(want: &Want<'_>) -> &'static str {
    if want.by_subject { "memberships.member_id" } else { "CAST(NULL AS uuid)" }
}

/// Memberships of one kind as a fact.
pub(super) fn fact(want: &Want<'_>, (unit, category, role, kind): Of, subject: Option<Uuid>, marks: Vec<Mark>) -> Fact {
    let word = |known: Option<&'static str>| known.map_or(Part::None, Part::Word);
    let part = |dimension: &Dimension| match dimension {
        Dimension::Category => category.clone().map_or(Part::None, Part::Code),
        Dimension::Role => word(role.map(MembershipRole::as_str)),
        Dimension::Kind => word(kind.map(MemberKind::as_str)),
        _ => Part::None,
    };
    want.fact(unit, subject, want.dims.iter().map(part).collect(), marks)
}
