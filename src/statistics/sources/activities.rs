//! Facts of activities: each counts on the day it began.

use diesel::prelude::*;

use super::Want;
use crate::access::Tx;
use crate::error::Result;
use crate::resources::activity::{ActivityId, ActivityKind};
use crate::schema::{activities, activity_models};
use crate::statistics::Dimension;
use crate::statistics::fact::{Fact, Marks, Part, Series};
use crate::types::{Moment, UnitId};

type Row = (ActivityId, UnitId, ActivityKind, Moment, Option<i64>, Option<i64>);

/// The facts of the activities picked, one each.
pub fn facts(tx: &mut Tx<'_>, want: &Want<'_>) -> Result<Vec<Fact>> {
    let mut query = activities::table.filter(activities::unit_id.eq_any(want.place.units(tx)?)).into_boxed();
    if let Some(models) = &want.filters.model_id {
        let with = activity_models::table.filter(activity_models::model_id.eq_any(models.clone()));
        query = query.filter(activities::id.eq_any(with.select(activity_models::activity_id)));
    }
    if let Some(kinds) = want.filters.words::<ActivityKind>(Dimension::Kind) {
        query = query.filter(activities::kind.eq_any(kinds));
    }
    let columns = (
        activities::id,
        activities::unit_id,
        activities::kind,
        activities::started_at,
        activities::participant_count,
        activities::household_count,
    );
    let rows: Vec<Row> = query.select(columns).load(tx.conn())?;
    let fact = |(id, unit, kind, started_at, people, households): Row| {
        let day = started_at.day();
        let mut marks = Marks::default();
        marks.on(Series::ActivityHeld, day, 1);
        marks.on(Series::ActivityParticipants, day, people.unwrap_or(0));
        marks.on(Series::ActivityHouseholds, day, households.unwrap_or(0));
        let part = |dimension: &Dimension| match dimension {
            Dimension::Kind => Part::Word(kind.as_str()),
            _ => Part::None,
        };
        Fact { unit, subject: id.uuid(), parts: want.dims.iter().map(part).collect(), marks: marks.all() }
    };
    Ok(rows.into_iter().map(fact).collect())
}
