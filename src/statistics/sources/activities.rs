//! Facts of activities: each counts on the day it began, those of one kind together.

use diesel::dsl::sql as literal;
use diesel::expression::SqlLiteral as Literal;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Untyped};

use super::Want;
use super::cuts::Cuts;
use crate::access::{Database, MultiBackend, Tx};
use crate::error::Result;
use crate::resources::activity::ActivityKind;
use crate::schema::{activities, activity_models};
use crate::statistics::Dimension;
use crate::statistics::fact::{Fact, Marks, Part, Series};
use crate::types::{Day, Moment, UnitId, sql};

type Of = (Option<UnitId>, Option<ActivityKind>);
/// The number of a stretch, and the moment where each day counts.
type Began = (Option<i32>, Option<Moment>);
/// How many, people, households.
type Told = (i64, i64, i64);

/// The facts of the activities picked.
pub fn facts(tx: &mut Tx<'_>, want: &Want<'_>) -> Result<Vec<Fact>> {
    let Some(cuts) = want.cuts() else {
        return Ok(Vec::new());
    };
    let told = (
        literal::<BigInt>("COUNT(*)"),
        literal::<BigInt>("CAST(COALESCE(SUM(activities.participant_count), 0) AS bigint)"),
        literal::<BigInt>("CAST(COALESCE(SUM(activities.household_count), 0) AS bigint)"),
    );
    let of = (want.unit("activities.unit_id"), want.column(Dimension::Kind, "activities.kind"));
    let mut query = activities::table
        .group_by(literal::<Untyped>("1, 2, 3, 4"))
        .select((of, began(tx, &cuts), told))
        .filter(activities::unit_id.eq_any(want.place.units(tx)?))
        .into_boxed::<MultiBackend>();
    // What was at another time has a cell of 0, where those are shown.
    if !want.cut.empty {
        let (first, end) = (cuts.first().start(), cuts.end().start());
        query = query.filter(activities::started_at.ge(first)).filter(activities::started_at.lt(end));
    }
    if let Some(models) = &want.filters.model_id {
        let with = activity_models::table.filter(activity_models::model_id.eq_any(models.clone()));
        query = query.filter(activities::id.eq_any(with.select(activity_models::activity_id)));
    }
    if let Some(kinds) = want.filters.words::<ActivityKind>(Dimension::Kind) {
        query = query.filter(activities::kind.eq_any(kinds));
    }
    let lines: Vec<(Of, Began, Told)> = query.load(tx.conn())?;
    let mut facts = Vec::new();
    for ((unit, kind), (number, moment), (held, people, households)) in lines {
        let mut marks = Marks::default();
        if let Some(day) = cuts.read((number, moment.map(Moment::day))) {
            marks.on(Series::ActivityHeld, day, held);
            marks.on(Series::ActivityParticipants, day, people);
            marks.on(Series::ActivityHouseholds, day, households);
        }
        let part = |_: &Dimension| kind.map_or(Part::None, |kind| Part::Word(kind.as_str()));
        facts.push(want.fact(unit, None, want.dims.iter().map(part).collect(), marks.all()));
    }
    Ok(facts)
}

/// The columns that tell when an activity began; each database writes moments in its own way.
fn began(tx: &mut Tx<'_>, cuts: &Cuts) -> (Literal<Nullable<Integer>>, Literal<Nullable<sql::Moment>>) {
    let numbers = matches!(tx.conn(), Database::Sqlite(_));
    let written = |day: Day| match numbers {
        true => day.start().micros().to_string(),
        // The first day begins in a year before the first, which PostgreSQL reads in no such form.
        false if day <= Day::FIRST => "'-infinity'".to_owned(),
        false => format!("'{}'", day.start()),
    };
    let itself = if cuts.each() { "activities.started_at" } else { "NULL" };
    let kind = if numbers { "integer" } else { "timestamptz" };
    (literal(&cuts.number("activities.started_at", written)), literal(&format!("CAST({itself} AS {kind})")))
}
