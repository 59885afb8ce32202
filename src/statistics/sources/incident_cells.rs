//! Facts of incidents for deciding what may be told of them: what became of each and whether models
//! contributed stays beside where it was reported, since what one figure tells another must not. They
//! are added up where all of that is alike.

use diesel::dsl::sql as literal;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Double, Nullable, Text, Untyped};

use super::Want;
use super::incidents::{self as listed, RESOLVED};
use crate::access::Tx;
use crate::error::Result;
use crate::resources::incident::IncidentStatus;
use crate::schema::incidents;
use crate::statistics::fact::{Fact, Marks, Series};
use crate::statistics::period::Range;
use crate::types::{Day, UnitId, sql};

/// A unit, a category, a grade, a source and a status.
type Place = (UnitId, String, String, String, String);
/// The days of the report and of the resolution, and whether a model contributed.
type When = (Day, Option<Day>, bool);
/// How many, injured, deaths, damage.
type Told = (i64, i64, i64, f64);

/// The facts of all incidents of a place that were reported in the period; in any, where it is asked
/// what was resolved in it.
pub fn facts(tx: &mut Tx<'_>, want: &Want<'_>) -> Result<Vec<Fact>> {
    let span = if want.reads(RESOLVED) { Day::new(9999, 12, 31).map(ever) } else { want.span() };
    let Some(span) = span else {
        return Ok(Vec::new());
    };
    let place = (
        literal::<sql::Uuid>("incidents.unit_id"),
        literal::<Text>("incidents.category"),
        literal::<Text>("incidents.severity"),
        literal::<Text>("incidents.source"),
        literal::<Text>("incidents.status"),
    );
    let when = (
        literal::<sql::Day>("incidents.reported_on"),
        literal::<Nullable<sql::Day>>("incidents.resolved_on"),
        literal::<Bool>("incidents.contributed"),
    );
    let told = (
        literal::<BigInt>("COUNT(*)"),
        literal::<BigInt>("CAST(SUM(incidents.injured) AS bigint)"),
        literal::<BigInt>("CAST(SUM(incidents.deaths) AS bigint)"),
        literal::<Double>("SUM(CAST(incidents.property_damage_vnd AS double precision))"),
    );
    let lines: Vec<(Place, When, Told)> = incidents::table
        .group_by(literal::<Untyped>("1, 2, 3, 4, 5, 6, 7, 8"))
        .select((place, when, told))
        .filter(incidents::unit_id.eq_any(want.place.units(tx)?))
        .filter(incidents::status.ne(IncidentStatus::Rejected))
        .filter(incidents::reported_on.between(span.from, span.to))
        .load(tx.conn())?;
    Ok(lines.into_iter().map(|line| fact(want, line)).collect())
}

const fn ever(last: Day) -> Range {
    Range { from: Day::FIRST, to: last }
}

fn fact(want: &Want<'_>, (place, (reported, resolved, contributed), told): (Place, When, Told)) -> Fact {
    let (number, injured, deaths, damage) = told;
    let mut marks = Marks::default();
    marks.on(Series::IncidentReported, reported, number);
    marks.on(Series::IncidentContributed, reported, if contributed { number } else { 0 });
    marks.on(Series::Injured, reported, injured);
    marks.on(Series::Deaths, reported, deaths);
    marks.on(Series::PropertyDamage, reported, damage as i64);
    if let Some(resolved) = resolved {
        marks.on(Series::IncidentResolved, resolved, number);
        marks.sample(Series::DaysToResolve, resolved, i64::from(resolved.since(reported).max(0)), number);
    }
    let (unit, category, severity, source, status) = place;
    listed::fact(want, (Some(unit), category, severity, source, status), marks)
}
