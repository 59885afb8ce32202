//! Facts of incidents: each counts on the day it was reported and, once resolved, on that day too.
//! Rejected ones are not counted at all. They are added up where they lie, so that what comes over
//! grows with the cells asked for and not with the records.

use diesel::dsl::sql as literal;
use diesel::expression::SqlLiteral as Literal;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Double, Integer, Nullable, Text, Untyped};

use super::cuts::{At, Cuts};
use super::{Want, incident_sums};
use crate::access::{Database, MultiBackend, Tx};
use crate::error::Result;
use crate::resources::incident::{IncidentStatus, Severity, Source};
use crate::schema::{incident_contributions as contributions, incidents};
use crate::statistics::Dimension;
use crate::statistics::fact::{Fact, Marks, Part, Series};
use crate::statistics::period::Range;
use crate::types::{UnitId, sql};

/// What is counted on the day of the report, and on that of the resolution.
pub(super) const REPORTED: &[Series] =
    &[Series::IncidentReported, Series::IncidentContributed, Series::Injured, Series::Deaths, Series::PropertyDamage];
pub(super) const RESOLVED: &[Series] = &[Series::IncidentResolved, Series::DaysToResolve];

/// The facts of the incidents picked: by unit, day and what they are broken down by.
pub fn facts(tx: &mut Tx<'_>, want: &Want<'_>) -> Result<Vec<Fact>> {
    if let Some(kept) = incident_sums::facts(tx, want)? {
        return Ok(kept);
    }
    let Some(span) = want.span() else {
        return Ok(Vec::new());
    };
    let mut facts = Vec::new();
    if want.reads(REPORTED) {
        facts.extend(reported(tx, want, span)?);
    }
    if want.reads(RESOLVED) {
        facts.extend(resolved(tx, want, span)?);
    }
    Ok(facts)
}

/// A unit, a category, a grade, a source and a status, each where it is asked for.
type Place = (Option<UnitId>, String, String, String, String);
/// How many, how many with a contribution, injured, deaths, damage.
type Told = (i64, i64, i64, i64, f64);

type Columns = (Literal<Nullable<sql::Uuid>>, Literal<Text>, Literal<Text>, Literal<Text>, Literal<Text>);

/// The columns of a place; what is not asked for is the same for all.
fn place(want: &Want<'_>) -> Columns {
    let own = |dimension, column: &str| match want.dims.contains(&dimension) {
        true => literal::<Text>(column),
        false => literal::<Text>("CAST('' AS text)"),
    };
    let by_unit = want.cut.by.contains(&Dimension::Unit);
    (
        literal(if by_unit { "incidents.unit_id" } else { "CAST(NULL AS uuid)" }),
        own(Dimension::Category, "incidents.category"),
        own(Dimension::Severity, "incidents.severity"),
        own(Dimension::Source, "incidents.source"),
        own(Dimension::Status, "incidents.status"),
    )
}

fn reported(tx: &mut Tx<'_>, want: &Want<'_>, span: Range) -> Result<Vec<Fact>> {
    let told = (
        literal::<BigInt>("COUNT(*)"),
        literal::<BigInt>("SUM(CASE WHEN incidents.contributed THEN 1 ELSE 0 END)"),
        literal::<BigInt>("CAST(SUM(incidents.injured) AS bigint)"),
        literal::<BigInt>("CAST(SUM(incidents.deaths) AS bigint)"),
        literal::<Double>("SUM(CAST(incidents.property_damage_vnd AS double precision))"),
    );
    let Some(cuts) = Cuts::of(want.slots, false) else {
        return Ok(Vec::new());
    };
    let lines: Vec<(Place, At, Told)> = incidents::table
        .group_by(literal::<Untyped>("1, 2, 3, 4, 5, 6, 7"))
        .select((place(want), cuts.at("incidents.reported_on"), told))
        .filter(picked(tx, want)?)
        .filter(incidents::reported_on.between(span.from, span.to))
        .load(tx.conn())?;
    let fact = |(place, at, (reported, contributed, injured, deaths, damage)): (Place, At, Told)| {
        let mut marks = Marks::default();
        if let Some(day) = cuts.read(at) {
            marks.on(Series::IncidentReported, day, reported);
            marks.on(Series::IncidentContributed, day, contributed);
            marks.on(Series::Injured, day, injured);
            marks.on(Series::Deaths, day, deaths);
            marks.on(Series::PropertyDamage, day, damage as i64);
        }
        fact(want, place, marks)
    };
    Ok(lines.into_iter().map(fact).collect())
}

fn resolved(tx: &mut Tx<'_>, want: &Want<'_>, span: Range) -> Result<Vec<Fact>> {
    let taken = match want.reads(&[Series::DaysToResolve]) {
        true => days_taken(tx),
        false => "CAST(NULL AS integer)",
    };
    let Some(cuts) = Cuts::of(want.slots, false) else {
        return Ok(Vec::new());
    };
    let told = (literal::<Nullable<Integer>>(taken), literal::<BigInt>("COUNT(*)"));
    let lines: Vec<(Place, At, (Option<i32>, i64))> = incidents::table
        .group_by(literal::<Untyped>("1, 2, 3, 4, 5, 6, 7, 8"))
        .select((place(want), cuts.at("incidents.resolved_on"), told))
        .filter(picked(tx, want)?)
        .filter(incidents::resolved_on.between(span.from, span.to))
        .load(tx.conn())?;
    let fact = |(place, at, (taken, resolved)): (Place, At, (Option<i32>, i64))| {
        let mut marks = Marks::default();
        if let Some(day) = cuts.read(at) {
            marks.on(Series::IncidentResolved, day, resolved);
            if let Some(taken) = taken {
                marks.sample(Series::DaysToResolve, day, i64::from(taken.max(0)), resolved);
            }
        }
        fact(want, place, marks)
    };
    Ok(lines.into_iter().map(fact).collect())
}

/// The days from the report to the resolution; each database has its own words for it.
fn days_taken(tx: &mut Tx<'_>) -> &'static str {
    match tx.conn() {
        Database::Sqlite(_) => "CAST(julianday(incidents.resolved_on) - julianday(incidents.reported_on) AS integer)",
        Database::Postgresql(_) => "incidents.resolved_on - incidents.reported_on",
    }
}

fn fact(want: &Want<'_>, (unit, category, severity, source, status): Place, marks: Marks) -> Fact {
    let word = |known: Option<&'static str>| known.map_or(Part::None, Part::Word);
    let part = |dimension: &Dimension| match dimension {
        Dimension::Category => Part::Code(category.clone()),
        Dimension::Severity => word(severity.parse().ok().map(Severity::as_str)),
        Dimension::Source => word(source.parse().ok().map(Source::as_str)),
        Dimension::Status => word(status.parse().ok().map(IncidentStatus::as_str)),
        _ => Part::None,
    };
    want.fact(unit, None, want.dims.iter().map(part).collect(), marks.all())
}

type Condition = Box<dyn BoxableExpression<incidents::table, MultiBackend, SqlType = Nullable<Bool>>>;

/// Which incidents are counted.
fn picked(tx: &mut Tx<'_>, want: &Want<'_>) -> Result<Condition> {
    let filters = want.filters;
    let within = incidents::unit_id.eq_any(want.place.units(tx)?);
    let mut all: Condition = Box::new(within.and(incidents::status.ne(IncidentStatus::Rejected)).nullable());
    if let Some(categories) = &filters.category {
        all = Box::new(all.and(incidents::category.eq_any(categories.clone())));
    }
    if let Some(grades) = &filters.severity {
        all = Box::new(all.and(incidents::severity.eq_any(grades.clone())));
    }
    if let Some(sources) = &filters.source {
        all = Box::new(all.and(incidents::source.eq_any(sources.clone())));
    }
    if let Some(statuses) = filters.words::<IncidentStatus>(Dimension::Status) {
        all = Box::new(all.and(incidents::status.eq_any(statuses)));
    }
    if let Some(models) = &filters.model_id {
        let made = contributions::table.filter(contributions::model_id.eq_any(models.clone()));
        all = Box::new(all.and(incidents::id.eq_any(made.select(contributions::incident_id))));
    }
    if let Some(from) = filters.occurred_from {
        all = Box::new(all.and(incidents::occurred_at.ge(from)));
    }
    if let Some(to) = filters.occurred_to {
        all = Box::new(all.and(incidents::occurred_at.le(to)));
    }
    if let Some([west, south, east, north]) = filters.bbox.as_deref() {
        let inside = incidents::lng.between(west.0, east.0).and(incidents::lat.between(south.0, north.0));
        all = Box::new(all.and(inside));
    }
    Ok(all)
}
