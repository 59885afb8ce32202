//! What incidents come to, by unit, half-month and category: sums that are kept with every write
//! of an incident, in its transaction, so that a figure over a nation costs no more than one over a
//! ward. What must not come in: what a figure means (see `statistics`), and who may see it.

use std::collections::BTreeMap;

use diesel::backend::Backend;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};

use super::{Incident, IncidentStatus};
use crate::access::{Tally, WriteTx};
use crate::database::Database;
use crate::error::Result;
use crate::schema::incident_sums as sums;
use crate::schema::unit_closure as closure;
use crate::types::sql;
use crate::types::{Day, LongCode, Moment, UnitId};

/// The first day of the half-month in which a day lies, for which a sum is kept: from the 1st to the 14th of a
/// month, or from the 15th to its end. Months of both official calendars are made of these.
pub fn half_month(day: Day) -> Day {
    let date = day.date();
    Day::new(date.year(), date.month(), if date.day() < 15 { 1 } else { 15 }).unwrap_or(Day::FIRST)
}

/// What is summed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sums {
    pub reported: i64,
    pub contributed: i64,
    pub injured: i64,
    pub deaths: i64,
    /// Exact as far as JSON's numbers are.
    pub property_damage_vnd: f64,
    pub resolved: i64,
}

impl Sums {
    pub fn add(&mut self, other: &Self, times: i64) {
        self.reported += other.reported * times;
        self.contributed += other.contributed * times;
        self.injured += other.injured * times;
        self.deaths += other.deaths * times;
        self.property_damage_vnd += other.property_damage_vnd * times as f64;
        self.resolved += other.resolved * times;
    }
}

/// What an incident adds, on the day it was reported and on the day it was resolved; a rejected one nothing.
fn told(incident: &Incident) -> Vec<(Day, Sums)> {
    if incident.status == IncidentStatus::Rejected {
        return Vec::new();
    }
    let fields = &incident.fields;
    let reported = Sums {
        reported: 1,
        contributed: i64::from(fields.contributions.as_ref().is_some_and(|made| !made.is_empty())),
        injured: fields.injured.unwrap_or(0),
        deaths: fields.deaths.unwrap_or(0),
        property_damage_vnd: fields.property_damage_vnd.unwrap_or(0) as f64,
        resolved: 0,
    };
    let mut told = vec![(fields.reported_at.unwrap_or(incident.meta.created_at).day(), reported)];
    if let Some(resolved_at) = incident.resolved_at {
        told.push((Moment::day(resolved_at), Sums { resolved: 1, ..Sums::default() }));
    }
    told
}

/// Where a sum is kept, below the units above.
type Place = (UnitId, Day, LongCode);

/// What a change of an incident changes, place by place.
fn changed(before: Option<&Incident>, after: Option<&Incident>) -> BTreeMap<Place, Sums> {
    let mut changed: BTreeMap<Place, Sums> = BTreeMap::new();
    for (incident, times) in before.map(|before| (before, -1)).into_iter().chain(after.map(|after| (after, 1))) {
        for (day, told) in told(incident) {
            let place = (incident.fields.unit_id, half_month(day), incident.fields.category.clone());
            changed.entry(place).or_default().add(&told, times);
        }
    }
    changed.retain(|_, sums| *sums != Sums::default());
    changed
}

/// Counts the change of an incident in its unit and in all units above, at the end of the transaction.
pub fn count(tx: &mut WriteTx<'_>, before: Option<&Incident>, after: Option<&Incident>) -> Result<()> {
    match changed(before, after) {
        changed if changed.is_empty() => Ok(()),
        changed => tx.tell(Changed(changed)),
    }
}

/// What incidents that changed change.
struct Changed(BTreeMap<Place, Sums>);

impl Tally for Changed {
    fn take_in(&mut self, other: Self) {
        for (place, sums) in other.0 {
            self.0.entry(place).or_default().add(&sums, 1);
        }
    }

    fn write(&self, database: &mut Database) -> Result<()> {
        let changed = self.0.iter().filter(|(_, sums)| **sums != Sums::default());
        match database {
            // One journey for all of them.
            Database::Postgresql(server) => diesel::RunQueryDsl::execute(Unnested::of(changed), server).map(drop)?,
            Database::Sqlite(file) => changed.into_iter().try_for_each(|(place, sums)| add(file, place, sums))?,
        }
        Ok(())
    }
}

/// Sums of units, as columns; added to those of the units and of all above.
#[derive(Default, QueryId)]
struct Unnested {
    unit_id: Vec<UnitId>,
    starts_on: Vec<String>,
    category: Vec<String>,
    whole: [Vec<i64>; 5],
    property_damage_vnd: Vec<f64>,
}

impl Unnested {
    fn of<'s>(changed: impl Iterator<Item = (&'s Place, &'s Sums)>) -> Self {
        let mut columns = Self::default();
        for ((unit, starts_on, category), sums) in changed {
            columns.unit_id.push(*unit);
            columns.starts_on.push(starts_on.to_string());
            columns.category.push(category.to_string());
            let whole = [sums.reported, sums.contributed, sums.injured, sums.deaths, sums.resolved];
            columns.whole.iter_mut().zip(whole).for_each(|(column, sum)| column.push(sum));
            columns.property_damage_vnd.push(sums.property_damage_vnd);
        }
        columns
    }
}

impl QueryFragment<Pg> for Unnested {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        use diesel::sql_types::{Array, BigInt, Double, Text};
        pass.push_sql(
            "INSERT INTO incident_sums (unit_id, starts_on, category, \
            reported, contributed, injured, deaths, resolved, property_damage_vnd) \
            SELECT ancestor_id, CAST(starts_on AS date), category, CAST(SUM(reported) AS bigint), \
            CAST(SUM(contributed) AS bigint), CAST(SUM(injured) AS bigint), CAST(SUM(deaths) AS bigint), \
            CAST(SUM(resolved) AS bigint), SUM(property_damage_vnd) FROM unnest(",
        );
        pass.push_bind_param::<Array<sql::Uuid>, _>(&self.unit_id)?;
        for column in [&self.starts_on, &self.category] {
            pass.push_sql(", ");
            pass.push_bind_param::<Array<Text>, _>(column)?;
        }
        for column in &self.whole {
            pass.push_sql(", ");
            pass.push_bind_param::<Array<BigInt>, _>(column)?;
        }
        pass.push_sql(", ");
        pass.push_bind_param::<Array<Double>, _>(&self.property_damage_vnd)?;
        pass.push_sql(
            ") AS told (unit_id, starts_on, category, reported, contributed, injured, deaths, resolved, \
            property_damage_vnd) JOIN unit_closure ON descendant_id = unit_id GROUP BY 1, 2, 3",
        );
        pass.push_sql(MEETING);
        Ok(())
    }
}

impl RunQueryDsl<PgConnection> for Unnested {}

/// An insertion into the sums, which is added to those that stand. Written out, because the library keeps no
/// statement of this kind prepared that it writes itself.
#[derive(QueryId)]
struct AddedUp<Q>(Q);

const MEETING: &str = " ON CONFLICT (unit_id, starts_on, category) DO UPDATE SET \
    reported = incident_sums.reported + excluded.reported, \
    contributed = incident_sums.contributed + excluded.contributed, \
    injured = incident_sums.injured + excluded.injured, deaths = incident_sums.deaths + excluded.deaths, \
    property_damage_vnd = incident_sums.property_damage_vnd + excluded.property_damage_vnd, \
    resolved = incident_sums.resolved + excluded.resolved";

impl<Q: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for AddedUp<Q> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(pass.reborrow())?;
        pass.push_sql(MEETING);
        Ok(())
    }
}

impl<Q, C> RunQueryDsl<C> for AddedUp<Q> {}

/// Adds `$rows` to the sums.
macro_rules! add_up {
    ($connection:expr, $rows:expr) => {{
        let added = $rows.insert_into(sums::table).into_columns((
            sums::unit_id,
            sums::starts_on,
            sums::category,
            sums::reported,
            sums::contributed,
            sums::injured,
            sums::deaths,
            sums::property_damage_vnd,
            sums::resolved,
        ));
        AddedUp(added).execute($connection)?
    }};
}

fn add(file: &mut SqliteConnection, (unit, starts_on, category): &Place, added: &Sums) -> QueryResult<()> {
    use diesel::sql_types::{BigInt, Double, Text};
    let rows = closure::table.filter(closure::descendant_id.eq(*unit)).select((
        closure::ancestor_id,
        (*starts_on).into_sql::<sql::Day>(),
        category.clone().into_sql::<Text>(),
        added.reported.into_sql::<BigInt>(),
        added.contributed.into_sql::<BigInt>(),
        added.injured.into_sql::<BigInt>(),
        added.deaths.into_sql::<BigInt>(),
        added.property_damage_vnd.into_sql::<Double>(),
        added.resolved.into_sql::<BigInt>(),
    ));
    add_up!(file, rows);
    Ok(())
}

/// Drops the sums of a unit that is about to go and so holds nothing.
pub fn forget(tx: &mut WriteTx<'_>, unit: UnitId) -> Result<()> {
    tx.write_told()?;
    diesel::delete(sums::table.filter(sums::unit_id.eq(unit))).execute(tx.write())?;
    Ok(())
}

/// Moves what lies under a unit from the units that were above it to those that are now.
pub fn transplanted(tx: &mut WriteTx<'_>, unit: UnitId, before: &[UnitId], after: &[UnitId]) -> Result<()> {
    tx.write_told()?;
    let lost = before.iter().filter(|above| !after.contains(above)).map(|above| (*above, -1));
    let gained = after.iter().filter(|above| !before.contains(above)).map(|above| (*above, 1));
    for (above, times) in lost.chain(gained) {
        carry(tx.write(), unit, above, times)?;
    }
    Ok(())
}

fn carry(database: &mut Database, unit: UnitId, above: UnitId, times: i64) -> Result<()> {
    let rows = sums::table.filter(sums::unit_id.eq(unit)).select((
        above.into_sql::<sql::Uuid>(),
        sums::starts_on,
        sums::category,
        sums::reported * times,
        sums::contributed * times,
        sums::injured * times,
        sums::deaths * times,
        sums::property_damage_vnd * times as f64,
        sums::resolved * times,
    ));
    match database {
        Database::Postgresql(server) => add_up!(server, rows),
        Database::Sqlite(file) => add_up!(file, rows),
    };
    Ok(())
}
