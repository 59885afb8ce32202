//! Facts of incidents for deciding what may be told of them: what became of each and whether models
//! contributed stays beside where it was reported, since what one figure tells another must not. They
//! are added up where all of that is alike.

use diesel::dsl::sql as literal;
use diesel::expression::SqlLiteral as Literal;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Untyped};

use super::{Place, Source};
use crate::access::{Database, MultiBackend, Tx};
use crate::error::{Error, Fault, Result, Words};
use crate::resources::incident::sums::Grain;
use crate::resources::incident::{IncidentStatus, Severity, Source as Origin};
use crate::schema::{incident_sums as sums, incidents};
use crate::statistics::Dimension;
use crate::statistics::disclosure::{Field, Ground, months_of};
use crate::statistics::fact::{Fact, Marks, Part, Series};
use crate::statistics::period::{Range, Slot};
use crate::types::{Day, UnitId, sql};

/// A unit, a category, a grade, a source and a status.
type Of = (UnitId, String, Severity, Origin, IncidentStatus);
/// The first days of the months of the report and of the resolution, and whether a model contributed.
type When = (Day, Option<Day>, bool);
/// How many, injured, deaths.
type Told = (i64, i64, i64);

/// The facts of all incidents of a field that were reported from the first day of some slots to the last.
pub fn facts(tx: &mut Tx<'_>, field: &Field, slots: &[Slot]) -> Result<Vec<Fact>> {
    let from = slots.iter().map(|slot| slot.range.from).min();
    let to = slots.iter().map(|slot| slot.range.to).max();
    let Some((from, to)) = from.zip(to) else {
        return Ok(Vec::new());
    };
    let of = (
        literal::<sql::Uuid>("incidents.unit_id"),
        literal::<Text>("incidents.category"),
        literal::<Text>("incidents.severity"),
        literal::<Text>("incidents.source"),
        literal::<Text>("incidents.status"),
    );
    let resolved: Literal<Nullable<sql::Day>> = literal(&month(tx, "incidents.resolved_on"));
    let reported: Literal<sql::Day> = literal(&month(tx, "incidents.reported_on"));
    let when = (reported, resolved, literal::<Bool>("incidents.contributed"));
    let told = (
        literal::<BigInt>("COUNT(*)"),
        literal::<BigInt>("CAST(SUM(incidents.injured) AS bigint)"),
        literal::<BigInt>("CAST(SUM(incidents.deaths) AS bigint)"),
    );
    let mut query = incidents::table
        .group_by(literal::<Untyped>("1, 2, 3, 4, 5, 6, 7, 8"))
        .select((of, when, told))
        .filter(incidents::unit_id.eq_any(Place::Under(field.under).units(tx)?))
        .filter(incidents::status.ne(IncidentStatus::Rejected))
        .filter(incidents::reported_on.between(from, to))
        .into_boxed::<MultiBackend>();
    if let Some(units) = &field.only {
        query = query.filter(incidents::unit_id.eq_any(units.clone()));
    }
    let lines: Vec<(Of, When, Told)> = query.load(tx.conn())?;
    Ok(lines.into_iter().map(fact).collect())
}

/// The first day of the month of a column of days; each database has its own words for it.
fn month(tx: &mut Tx<'_>, column: &str) -> String {
    match tx.conn() {
        Database::Sqlite(_) => format!("substr({column}, 1, 8) || '01'"),
        Database::Postgresql(_) => format!("CAST(date_trunc('month', {column}) AS date)"),
    }
}

/// Above so many incidents nothing is decided about them in the time that a request has.
const MOST: i64 = 1_000_000;

/// The years, each apart, whose incidents decide what may be told in some slots: those that they touch or,
/// to look `back`, all in which anything happened. Refused where there are too many to look through.
pub fn years(tx: &mut Tx<'_>, ground: &Ground, slots: &[Slot], back: bool) -> Result<Vec<Vec<Slot>>> {
    let Some(root) = ground.root() else {
        return Ok(Vec::new());
    };
    let of_year: Vec<(Day, i64)> = sums::table
        .filter(sums::unit_id.eq(root))
        .filter(sums::grain.eq(Grain::Year.number()))
        .group_by(sums::starts_on)
        .select((sums::starts_on, literal::<BigInt>("CAST(SUM(reported) AS bigint)")))
        .order(sums::starts_on)
        .load(tx.conn())?;
    let touched = |day: Day| back || slots.iter().any(|slot| slot.range.touches(i32::from(day.date().year())));
    let of_year: Vec<(Day, i64)> =
        of_year.into_iter().filter(|(day, reported)| *reported > 0 && touched(*day)).collect();
    if of_year.iter().map(|(_, reported)| reported).sum::<i64>() > MOST {
        return Err(too_many());
    }
    let months = |(day, _): (Day, i64)| months_of(&[Slot { range: Range { from: day, to: day }, month: 0 }]);
    Ok(of_year.into_iter().map(months).collect())
}

fn too_many() -> Error {
    let detail = Words::new(
        format!(
            "More than {MOST} incidents decide what may be told here; ask for one province at a time, or a shorter period."
        ),
        format!(
            "Có hơn {MOST} vụ việc quyết định số liệu nào được cung cấp; hãy hỏi từng tỉnh một, hoặc một kỳ ngắn hơn."
        ),
    );
    Error::Invalid(vec![Fault::parameter("unitId", "too-many", detail)])
}

fn fact((of, when, told): (Of, When, Told)) -> Fact {
    let (unit, category, severity, origin, status) = of;
    let (reported, resolved, contributed) = when;
    let (number, injured, deaths) = told;
    let mut marks = Marks::default();
    marks.on(Series::IncidentReported, reported, number);
    marks.on(Series::IncidentContributed, reported, if contributed { number } else { 0 });
    marks.on(Series::Injured, reported, injured);
    marks.on(Series::Deaths, reported, deaths);
    if let Some(resolved) = resolved {
        marks.on(Series::IncidentResolved, resolved, number);
    }
    let part = |dimension: &Dimension| match dimension {
        Dimension::Category => Part::Code(category.clone()),
        Dimension::Severity => Part::Word(severity.as_str()),
        Dimension::Source => Part::Word(origin.as_str()),
        Dimension::Status => Part::Word(status.as_str()),
        _ => Part::None,
    };
    let parts = Source::Incidents.dimensions().iter().map(part).collect();
    Fact { unit, subject: None, parts, marks: marks.all() }
}
