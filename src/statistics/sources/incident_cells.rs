//! Facts of incidents for deciding what may be told of them: what became of each and whether models
//! contributed stays beside where it was reported, since what one figure tells another must not.

use std::collections::BTreeMap;

use diesel::dsl::sql as literal;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::{Place, Source};
use crate::access::{MultiBackend, Tx};
use crate::error::{Error, Fault, Result, Words};
use crate::resources::incident::{IncidentStatus, Severity, Source as Origin};
use crate::schema::{incident_sums as sums, incidents};
use crate::statistics::Dimension;
use crate::statistics::disclosure::{Field, Ground, months_of};
use crate::statistics::fact::{Fact, Marks, Part, Series};
use crate::statistics::period::{Range, Slot};
use crate::types::{Day, UnitId};

/// A unit, a category, a grade, a source and a status.
type Of = (UnitId, String, Severity, Origin, IncidentStatus);
/// The days of the report and of the resolution, and whether a model contributed.
type When = (Day, Option<Day>, bool);
/// Injured and deaths.
type Told = (i64, i64);

/// The facts of all incidents of a field that were reported from the first day of some slots to the last. They
/// are hardly ever alike, so they are not added up; and all that is read of them lies in one index.
pub fn facts(tx: &mut Tx<'_>, field: &Field, slots: &[Slot]) -> Result<Vec<Fact>> {
    let from = slots.iter().map(|slot| slot.range.from).min();
    let to = slots.iter().map(|slot| slot.range.to).max();
    let Some((from, to)) = from.zip(to) else {
        return Ok(Vec::new());
    };
    let of = (incidents::unit_id, incidents::category, incidents::severity, incidents::source, incidents::status);
    let when = (incidents::reported_on, incidents::resolved_on, incidents::contributed);
    let mut query = incidents::table
        .select((of, when, (incidents::injured, incidents::deaths)))
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

/// The first day of a day's month.
fn month(day: Day) -> Day {
    day.plus(1 - i32::from(day.date().day()))
}

/// Above so many incidents nothing is decided about them in the time that a request has, or a report.
const MOST: i64 = 400_000;
const MOST_OF_REPORT: i64 = 1_500_000;

/// The years, each apart, whose incidents decide what may be told in some slots: those that they touch or,
/// to look `back`, all in which anything happened. Refused where there are too many to look through, for one
/// question or for a `report`.
pub fn years(tx: &mut Tx<'_>, ground: &Ground, slots: &[Slot], (back, report): (bool, bool)) -> Result<Vec<Vec<Slot>>> {
    let most = if report { MOST_OF_REPORT } else { MOST };
    let Some(root) = ground.root() else {
        return Ok(Vec::new());
    };
    let of_half: Vec<(Day, i64)> = sums::table
        .filter(sums::unit_id.eq(root))
        .group_by(sums::starts_on)
        .select((sums::starts_on, literal::<BigInt>("CAST(SUM(reported) AS bigint)")))
        .load(tx.conn())?;
    let touched = |year: i16| back || slots.iter().any(|slot| slot.range.touches(i32::from(year)));
    let mut of_year: BTreeMap<i16, (Day, i64)> = BTreeMap::new();
    for (day, reported) in of_half.into_iter().filter(|(day, _)| touched(day.date().year())) {
        of_year.entry(day.date().year()).or_insert((day, 0)).1 += reported;
    }
    of_year.retain(|_, (_, reported)| *reported > 0);
    if of_year.values().map(|(_, reported)| reported).sum::<i64>() > most {
        return Err(too_many(most));
    }
    let months = |(day, _): (Day, i64)| months_of(&[Slot { range: Range { from: day, to: day }, month: 0 }]);
    Ok(of_year.into_values().map(months).collect())
}

fn too_many(most: i64) -> Error {
    let detail = Words::new(
        format!(
            "More than {most} incidents decide what may be told here; ask for one province at a time, or a shorter period."
        ),
        format!(
            "Có hơn {most} vụ việc quyết định số liệu nào được cung cấp; hãy hỏi từng tỉnh một, hoặc một kỳ ngắn hơn."
        ),
    );
    Error::Invalid(vec![Fault::parameter("unitId", "too-many", detail)])
}

fn fact((of, when, told): (Of, When, Told)) -> Fact {
    let (unit, category, severity, origin, status) = of;
    let (reported, resolved, contributed) = when;
    let (reported, resolved) = (month(reported), resolved.map(month));
    let (injured, deaths) = told;
    let mut marks = Marks::default();
    marks.on(Series::IncidentReported, reported, 1);
    marks.on(Series::IncidentContributed, reported, i64::from(contributed));
    marks.on(Series::Injured, reported, injured);
    marks.on(Series::Deaths, reported, deaths);
    if let Some(resolved) = resolved {
        marks.on(Series::IncidentResolved, resolved, 1);
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
