//! Facts of incidents out of the sums that are kept of them, where the question is one they can answer:
//! by category, in whole half-months, of the scope or of the units of a level. What they cannot answer
//! is none, and the incidents themselves are asked.

use std::collections::BTreeSet;

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Double, Integer, Text, Untyped};

use super::incidents::{REPORTED, RESOLVED};
use super::said::said;
use super::{Place, Want};
use crate::access::{MultiBackend, Tx};
use crate::error::Result;
use crate::resources::incident::sums::half_month;
use crate::resources::unit::UnitKind;
use crate::schema::{incident_sums as sums, units};
use crate::statistics::Dimension;
use crate::statistics::fact::{Fact, Marks, Part, Series};
use crate::statistics::filters::Filter;
use crate::statistics::period::{Range, Slot};
use crate::territory;
use crate::types::{Day, UnitId, sql};

/// A unit, a category where it is asked for, a day, and which of the stretches it lies in that slots part.
type At = (UnitId, String, Day, i32);
/// Reported, with a contribution, injured, deaths, damage, resolved.
type Told = (i64, i64, i64, i64, f64, i64);

/// The facts, one for each unit, category and stretch that lies in the same slots; none where the sums cannot tell.
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
        said::<sql::Day>("MIN(incident_sums.starts_on)"),
        Numbered::of(want.slots),
    );
    let mut chosen: Condition = Box::new(shown.of(scope).and(within(&stretches)));
    if let Some(categories) = &want.filters.category {
        chosen = Box::new(chosen.and(sums::category.eq_any(categories.clone())));
    }
    let lines: Vec<(At, Told)> =
        sums::table.group_by(said::<Untyped>("1, 2, 4")).select((at, told)).filter(chosen).load(tx.conn())?;
    Ok(Some(lines.into_iter().map(|(at, told)| fact(want, at, told)).collect()))
}

fn fact(want: &Want<'_>, (unit, category, day, _): At, told: Told) -> Fact {
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

/// What slots are made of, neighbours together: the first days of the first half-month and the last; none where
/// one begins or ends within a half-month.
fn stretches(slots: &[Slot]) -> Option<Vec<(Day, Day)>> {
    let whole = |day: Day| half_month(day) == day;
    let mut all: Vec<Range> = Vec::new();
    for Slot { range, .. } in slots {
        if !whole(range.from) || !whole(range.to.plus(1)) {
            return None;
        }
        match all.last_mut() {
            Some(last) if last.to.plus(1) == range.from => last.to = range.to,
            _ => all.push(*range),
        }
    }
    Some(all.into_iter().map(|range| (range.from, half_month(range.to))).collect())
}

/// Which of the stretches a half-month lies in that slots part, by its number, so that what no slot tells apart
/// comes added up.
struct Numbered(Vec<Day>);

impl Numbered {
    fn of(slots: &[Slot]) -> Self {
        let bounds: BTreeSet<Day> = slots.iter().flat_map(|slot| [slot.range.from, slot.range.to.plus(1)]).collect();
        // Nothing chosen lies before the first or behind the last.
        let inner = bounds.len().saturating_sub(2);
        Self(bounds.into_iter().skip(1).take(inner).collect())
    }
}

impl Expression for Numbered {
    type SqlType = Integer;
}

impl<G> ValidGrouping<G> for Numbered {
    type IsAggregate = is_aggregate::Never;
}

impl<From> SelectableExpression<From> for Numbered {}
impl<From> AppearsOnTable<From> for Numbered {}

impl QueryId for Numbered {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<MultiBackend> for Numbered {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        pass.push_sql("CASE");
        for (number, bound) in self.0.iter().enumerate() {
            pass.push_sql(" WHEN incident_sums.starts_on < ");
            pass.push_bind_param::<sql::Day, _>(bound)?;
            pass.push_sql(&format!(" THEN {number}"));
        }
        pass.push_sql(&format!(" WHEN true THEN {} END", self.0.len()));
        Ok(())
    }
}

fn within(stretches: &[(Day, Day)]) -> Condition {
    let one = |(first, last): &(Day, Day)| -> Condition { Box::new(sums::starts_on.between(*first, *last)) };
    let nothing: Condition = Box::new(sums::starts_on.lt(Day::FIRST));
    let all = stretches.iter().map(one).reduce(|all, next| Box::new(all.or(next)));
    all.unwrap_or(nothing)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(slots: &[(&str, &str)]) -> Option<Vec<(String, String)>> {
        let day = |text: &str| text.parse::<Day>().expect("a day");
        let slot = |(from, to): &(&str, &str)| Slot { range: Range { from: day(from), to: day(to) }, month: 0 };
        let slots: Vec<Slot> = slots.iter().map(slot).collect();
        let said = |(first, last): (Day, Day)| (first.to_string(), last.to_string());
        stretches(&slots).map(|all| all.into_iter().map(said).collect())
    }

    #[test]
    fn slots_are_told_by_whole_half_months_neighbours_together() {
        let one = |first: &str, last: &str| (first.to_owned(), last.to_owned());
        assert_eq!(told(&[("2023-01-01", "2023-12-31")]), Some(vec![one("2023-01-01", "2023-12-15")]));
        assert_eq!(told(&[("2022-12-15", "2023-12-14")]), Some(vec![one("2022-12-15", "2023-12-01")]));
        let months = [("2023-01-01", "2023-01-31"), ("2023-02-01", "2023-02-28"), ("2024-02-01", "2024-02-29")];
        assert_eq!(told(&months), Some(vec![one("2023-01-01", "2023-02-15"), one("2024-02-01", "2024-02-15")]));
        assert_eq!(told(&[]), Some(Vec::new()));
        for within in [("2023-01-02", "2023-12-31"), ("2023-01-01", "2023-12-30"), ("2023-01-01", "2023-01-15")] {
            assert_eq!(told(&[months[0], within]), None, "{within:?}");
        }
    }
}
