//! Facts of incidents out of the sums that are kept of them, where the question is one they can answer:
//! by category, in whole half-months, of the scope or of the units of a level. What they cannot answer
//! is none, and the incidents themselves are asked.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Double, Text, Untyped};

use super::incidents::{REPORTED, RESOLVED};
use super::said::said;
use super::{Place, Want};
use crate::access::{MultiBackend, Tx};
use crate::error::Result;
use crate::resources::incident::sums::Grain;
use crate::resources::unit::UnitKind;
use crate::schema::{incident_sums as sums, units};
use crate::statistics::Dimension;
use crate::statistics::fact::{Fact, Marks, Part, Series};
use crate::statistics::filters::Filter;
use crate::statistics::period::{Range, Slot};
use crate::territory;
use crate::types::{Day, UnitId, sql};

/// A unit, a category where it is asked for, and the first day of a stretch.
type At = (UnitId, String, Day);
/// Reported, with a contribution, injured, deaths, damage, resolved.
type Told = (i64, i64, i64, i64, f64, i64);

/// The facts, one for each unit, stretch of time and category; none where the sums cannot tell.
pub fn facts(tx: &mut Tx<'_>, want: &Want<'_>) -> Result<Option<Vec<Fact>>> {
    let by_category = want.dims.iter().all(|dimension| *dimension == Dimension::Category);
    let filtered = want.filters.given().iter().any(|filter| *filter != Filter::Category);
    let told = !want.reads(&[Series::DaysToResolve]) && (want.reads(REPORTED) || want.reads(RESOLVED));
    let Some(stretches) = stretches(want.slots).filter(|_| by_category && !filtered && told) else {
        return Ok(None);
    };
    let scope = match want.place {
        Place::Under(unit) => unit,
        Place::Caller(Some(unit)) if unit != tx.caller().unit && !territory::holds(tx, unit)? => {
            return Ok(Some(Vec::new()));
        }
        Place::Caller(unit) => unit.unwrap_or(tx.caller().unit),
    };
    let Some(shown) = shown(want, scope) else {
        return Ok(None);
    };
    let category = if want.dims.is_empty() { "CAST('' AS text)" } else { "incident_sums.category" };
    let told = (
        said::<BigInt>("CAST(SUM(reported) AS bigint)"),
        said::<BigInt>("CAST(SUM(contributed) AS bigint)"),
        said::<BigInt>("CAST(SUM(injured) AS bigint)"),
        said::<BigInt>("CAST(SUM(deaths) AS bigint)"),
        said::<Double>("SUM(property_damage_vnd)"),
        said::<BigInt>("CAST(SUM(resolved) AS bigint)"),
    );
    let at = (
        said::<sql::Uuid>("incident_sums.unit_id"),
        said::<Text>(category),
        said::<sql::Day>("incident_sums.starts_on"),
    );
    let mut chosen: Condition = Box::new(shown.of(scope).and(within(&stretches)));
    if let Some(categories) = &want.filters.category {
        chosen = Box::new(chosen.and(sums::category.eq_any(categories.clone())));
    }
    let lines: Vec<(At, Told)> =
        sums::table.group_by(said::<Untyped>("1, 2, 3")).select((at, told)).filter(chosen).load(tx.conn())?;
    Ok(Some(lines.into_iter().map(|(at, told)| fact(want, at, told)).collect()))
}

fn fact(want: &Want<'_>, (unit, category, day): At, told: Told) -> Fact {
    let (reported, contributed, injured, deaths, damage, resolved) = told;
    let mut marks = Marks::default();
    marks.on(Series::IncidentReported, day, reported);
    marks.on(Series::IncidentContributed, day, contributed);
    marks.on(Series::Injured, day, injured);
    marks.on(Series::Deaths, day, deaths);
    marks.on(Series::PropertyDamage, day, damage as i64);
    marks.on(Series::IncidentResolved, day, resolved);
    let parts = want.dims.iter().map(|_| Part::Code(category.clone())).collect();
    want.fact(Some(unit), None, parts, marks.all())
}

type Condition = Box<dyn BoxableExpression<sums::table, MultiBackend, SqlType = Bool>>;

/// Whose sums are read.
enum Shown {
    Scope,
    /// Those of the units of a kind in the scope.
    Level(UnitKind),
}

impl Shown {
    fn of(&self, scope: UnitId) -> Condition {
        match self {
            Self::Scope => Box::new(sums::unit_id.eq(scope)),
            Self::Level(kind) => {
                let of_kind =
                    units::table.filter(units::kind.eq(*kind)).filter(units::id.eq_any(territory::under(vec![scope])));
                Box::new(sums::unit_id.eq_any(of_kind.select(units::id)))
            }
        }
    }
}

/// The units under which records are shown; none where a record's own unit is, or where units of the
/// level lie above the scope or within each other, so that a sum is not what is shown under its unit.
fn shown(want: &Want<'_>, scope: UnitId) -> Option<Shown> {
    if !want.cut.by.contains(&Dimension::Unit) {
        return Some(Shown::Scope);
    }
    let level = want.cut.level?;
    let kind = |unit: &UnitId| want.scene.tree.get(unit).map(|(kind, _)| *kind);
    let nested = |unit: UnitId| want.scene.above(unit).skip(1).any(|above| kind(&above) == Some(level));
    let of_level = want.scene.tree.iter().filter(|(_, (kind, _))| *kind == level).map(|(unit, _)| *unit);
    let apart = !nested(scope) && !of_level.into_iter().any(nested);
    apart.then_some(Shown::Level(level))
}

/// Stretches of one grain that follow each other: the first days of the first and the last.
type Stretches = (Grain, Day, Day);

/// What slots are made of, neighbours of one grain together; none where one begins or ends elsewhere.
fn stretches(slots: &[Slot]) -> Option<Vec<Stretches>> {
    let mut all: Vec<(Grain, Range)> = Vec::new();
    for slot in slots {
        for (grain, range) in cut(slot.range)? {
            match all.last_mut() {
                Some((last, until)) if *last == grain && until.to.plus(1) == range.from => until.to = range.to,
                _ => all.push((grain, range)),
            }
        }
    }
    Some(all.into_iter().map(|(grain, range)| (grain, range.from, grain.start(range.to))).collect())
}

/// A range as half-months, whole years and half-months.
fn cut(range: Range) -> Option<Vec<(Grain, Range)>> {
    let after = range.to.plus(1);
    let whole = |day: Day| Grain::HalfMonth.start(day) == day;
    if !whole(range.from) || !whole(after) {
        return None;
    }
    let begun = Grain::Year.start(range.from);
    let first = if begun == range.from { begun } else { Grain::Year.start(begun.plus(366)) };
    let last = Grain::Year.start(after);
    if last <= first {
        return Some(vec![(Grain::HalfMonth, range)]);
    }
    let pieces = [
        (Grain::HalfMonth, Range { from: range.from, to: first.plus(-1) }),
        (Grain::Year, Range { from: first, to: last.plus(-1) }),
        (Grain::HalfMonth, Range { from: last, to: range.to }),
    ];
    Some(pieces.into_iter().filter(|(_, range)| range.from <= range.to).collect())
}

fn within(stretches: &[Stretches]) -> Condition {
    let one = |(grain, first, last): &Stretches| -> Condition {
        Box::new(sums::grain.eq(grain.number()).and(sums::starts_on.between(*first, *last)))
    };
    let nothing: Condition = Box::new(sums::grain.eq(-1));
    let all = stretches.iter().map(one).reduce(|all, next| Box::new(all.or(next)));
    all.unwrap_or(nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn range(from: &str, to: &str) -> Range {
        Range { from: from.parse().expect("a day"), to: to.parse().expect("a day") }
    }

    #[test]
    fn a_period_is_cut_into_whole_years_and_half_months() {
        let grains = |from, to| cut(range(from, to)).map(|pieces| pieces.iter().map(|(grain, _)| *grain).collect());
        let (half, year) = (Grain::HalfMonth, Grain::Year);
        assert_eq!(grains("2023-01-01", "2023-12-31"), Some(vec![year]));
        assert_eq!(grains("2022-12-15", "2023-12-14"), Some(vec![half]));
        assert_eq!(grains("2022-12-15", "2024-01-14"), Some(vec![half, year, half]));
        assert_eq!(grains("2023-01-02", "2023-12-31"), None);
        assert_eq!(grains("2023-01-01", "2023-12-30"), None);
    }

    proptest! {
        #[test]
        fn the_pieces_cover_the_range_without_gap_or_overlap(year in 1900i16..2100, months in 1i32..60, halves in 0i32..2) {
            let from = Day::new(year, 3, if halves == 0 { 1 } else { 15 }).expect("a day");
            let to = Grain::HalfMonth.start(from.plus(months * 31)).plus(-1);
            let pieces = cut(Range { from, to }).expect("half-months");
            prop_assert_eq!(pieces[0].1.from, from);
            prop_assert_eq!(pieces[pieces.len() - 1].1.to, to);
            for pair in pieces.windows(2) {
                prop_assert_eq!(pair[0].1.to.plus(1), pair[1].1.from);
            }
        }
    }
}
