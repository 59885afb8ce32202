//! Counting incidents anew: to see whether the sums that are kept are what the incidents come to, and
//! to make them so after a load that did not count.

use std::collections::BTreeMap;

use diesel::connection::SimpleConnection;
use diesel::dsl::sql as literal;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Double, Text, Untyped};

use super::IncidentStatus;
use super::sums::{Sums, half_month};
use crate::access::{Tx, WriteTx};
use crate::database::Database;
use crate::error::Result;
use crate::schema::{incident_sums as sums, incidents, units};
use crate::types::{Day, LongCode, ShortCode, UnitId, sql};

/// Where a sum is kept within a unit: the first day of its half-month, its category.
type Place = (Day, LongCode);
type Book = BTreeMap<Place, Sums>;

/// What came of comparing.
#[derive(Debug)]
pub enum Compared {
    /// Every sum is what the incidents come to; so many were compared.
    Equal { sums: usize },
    /// The first that is not.
    Differs { what: String },
}

/// Compares every sum with the incidents of its unit and the sums of the units directly below: where
/// that holds for all of them, each is what the incidents under its unit come to.
pub fn compare(tx: &mut Tx<'_>) -> Result<Compared> {
    let all: Vec<(UnitId, ShortCode)> =
        units::table.order((units::code, units::id)).select((units::id, units::code)).load(tx.conn())?;
    let mut compared = 0;
    for (unit, code) in all {
        let mut counted = own(tx, unit)?;
        for (place, sums) in below(tx, unit)? {
            counted.entry(place).or_default().add(&sums, 1);
        }
        let mut kept = stored(tx, unit)?;
        compared += counted.len().max(kept.len());
        counted.retain(|_, sums| *sums != Sums::default());
        kept.retain(|_, sums| *sums != Sums::default());
        if let Some(what) = difference(&counted, &kept) {
            return Ok(Compared::Differs { what: format!("unit {code} ({unit}): {what}") });
        }
    }
    Ok(Compared::Equal { sums: compared })
}

fn difference(counted: &Book, kept: &Book) -> Option<String> {
    let of = |book: &Book, place: &Place| book.get(place).copied().unwrap_or_default();
    let mut places: Vec<&Place> = counted.keys().chain(kept.keys()).collect();
    places.sort_unstable();
    let place = places.into_iter().find(|place| of(counted, place) != of(kept, place))?;
    let (starts_on, category) = place;
    let (counted, kept) = (of(counted, place), of(kept, place));
    Some(format!("{category}, half-month from {starts_on}: kept {kept:?}, counted {counted:?}"))
}

/// What the incidents of the unit itself come to.
fn own(tx: &mut Tx<'_>, unit: UnitId) -> Result<Book> {
    let counted =
        || incidents::table.filter(incidents::unit_id.eq(unit)).filter(incidents::status.ne(IncidentStatus::Rejected));
    let reported: Vec<(LongCode, Day, i64, i64, i64, i64, f64)> = counted()
        .group_by(literal::<Untyped>("1, 2"))
        .select((
            literal::<Text>("incidents.category"),
            literal::<sql::Day>("incidents.reported_on"),
            literal::<BigInt>("COUNT(*)"),
            literal::<BigInt>("SUM(CASE WHEN incidents.contributed THEN 1 ELSE 0 END)"),
            literal::<BigInt>("CAST(SUM(incidents.injured) AS bigint)"),
            literal::<BigInt>("CAST(SUM(incidents.deaths) AS bigint)"),
            literal::<Double>("SUM(CAST(incidents.property_damage_vnd AS double precision))"),
        ))
        .load(tx.conn())?;
    let resolved: Vec<(LongCode, Day, i64)> = counted()
        .filter(incidents::resolved_on.is_not_null())
        .group_by(literal::<Untyped>("1, 2"))
        .select((
            literal::<Text>("incidents.category"),
            literal::<sql::Day>("incidents.resolved_on"),
            literal::<BigInt>("COUNT(*)"),
        ))
        .load(tx.conn())?;
    let mut book = Book::new();
    let mut add = |category: &LongCode, day: Day, sums: Sums| {
        book.entry((half_month(day), category.clone())).or_default().add(&sums, 1);
    };
    for (category, day, reported, contributed, injured, deaths, property_damage_vnd) in reported {
        add(&category, day, Sums { reported, contributed, injured, deaths, property_damage_vnd, resolved: 0 });
    }
    for (category, day, resolved) in resolved {
        add(&category, day, Sums { resolved, ..Sums::default() });
    }
    Ok(book)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = sums)]
struct Row {
    starts_on: Day,
    category: LongCode,
    reported: i64,
    contributed: i64,
    injured: i64,
    deaths: i64,
    property_damage_vnd: f64,
    resolved: i64,
}

impl Row {
    fn entry(self) -> (Place, Sums) {
        let Self { reported, contributed, injured, deaths, property_damage_vnd, resolved, .. } = self;
        let sums = Sums { reported, contributed, injured, deaths, property_damage_vnd, resolved };
        ((self.starts_on, self.category), sums)
    }
}

fn stored(tx: &mut Tx<'_>, unit: UnitId) -> Result<Book> {
    let rows: Vec<Row> = sums::table.filter(sums::unit_id.eq(unit)).select(Row::as_select()).load(tx.conn())?;
    Ok(rows.into_iter().map(Row::entry).collect())
}

fn below(tx: &mut Tx<'_>, unit: UnitId) -> Result<Vec<(Place, Sums)>> {
    let children = units::table.filter(units::parent_id.eq(unit)).select(units::id);
    let rows: Vec<Row> = sums::table.filter(sums::unit_id.eq_any(children)).select(Row::as_select()).load(tx.conn())?;
    Ok(rows.into_iter().map(Row::entry).collect())
}

/// Writes every sum anew. No other transaction commits meanwhile.
pub fn rebuild(tx: &mut WriteTx<'_>) -> Result<()> {
    tx.alone()?;
    tx.write_told()?;
    // Sums are what the records come to: no record changes, and there is nothing to enter in the journal.
    match tx.conn() {
        Database::Postgresql(server) => {
            server.batch_execute("SET LOCAL statement_timeout = 0; SET LOCAL work_mem = '256MB'")?;
            server.batch_execute(&statements(
                "CAST(to_char(day, CASE WHEN extract(day FROM day) < 15 THEN 'YYYY-MM-01' ELSE 'YYYY-MM-15' END) AS date)",
            ))?;
        }
        Database::Sqlite(file) => file.batch_execute(&statements(
            "substr(day, 1, 8) || CASE WHEN substr(day, 9, 2) < '15' THEN '01' ELSE '15' END",
        ))?,
    }
    Ok(())
}

/// The sums out of the incidents, those of a unit beside each other: they are read together.
fn statements(half_month: &str) -> String {
    const SUMS: &str =
        "SUM(reported), SUM(contributed), SUM(injured), SUM(deaths), SUM(property_damage_vnd), SUM(resolved)";
    format!(
        "DELETE FROM incident_sums;
        WITH told AS (
            SELECT unit_id, category, reported_on AS day, 1 AS reported,
                CASE WHEN contributed THEN 1 ELSE 0 END AS contributed, injured, deaths,
                CAST(property_damage_vnd AS double precision) AS property_damage_vnd, 0 AS resolved
            FROM incidents WHERE status <> 'rejected'
            UNION ALL
            SELECT unit_id, category, resolved_on, 0, 0, 0, 0, 0, 1
            FROM incidents WHERE status <> 'rejected' AND resolved_on IS NOT NULL
        ), own (unit_id, category, starts_on, reported, contributed, injured, deaths, property_damage_vnd, resolved) AS (
            SELECT unit_id, category, {half_month}, {SUMS} FROM told GROUP BY 1, 2, 3
        )
        INSERT INTO incident_sums SELECT ancestor_id, starts_on, category, {SUMS}
        FROM own JOIN unit_closure ON descendant_id = unit_id GROUP BY ancestor_id, starts_on, category ORDER BY 1, 2, 3;"
    )
}
