//! Facts of teams: from the day they start to the day they end.

use diesel::prelude::*;

use super::{Want, types};
use crate::access::Tx;
use crate::error::Result;
use crate::resources::model::ModelId;
use crate::schema::teams;
use crate::statistics::fact::{Fact, Marks, Series};
use crate::types::{Day, UnitId};

/// The facts of the teams picked, one each.
pub fn facts(tx: &mut Tx<'_>, want: &Want<'_>) -> Result<Vec<Fact>> {
    let mut query = teams::table.filter(teams::unit_id.eq_any(want.place.units(tx)?)).into_boxed();
    if let Some(models) = &want.filters.model_id {
        query = query.filter(teams::model_id.eq_any(models.clone()));
    }
    let columns = (teams::model_id, teams::unit_id, teams::started_on, teams::ended_on);
    let rows: Vec<(ModelId, UnitId, Day, Option<Day>)> = query.select(columns).load(tx.conn())?;
    let sites = types::sites(tx, want, rows.iter().map(|row| row.0))?;
    let mut facts = Vec::new();
    for (model, unit, from, to) in rows {
        if !sites.leave(model) {
            continue;
        }
        let mut marks = Marks::default();
        marks.stood(Series::TeamActive, from, to);
        marks.on(Series::TeamStarted, from, 1);
        if let Some(to) = to {
            marks.on(Series::TeamEnded, to.max(from), 1);
        }
        let parts = want.dims.iter().map(|dimension| sites.part(model, *dimension)).collect();
        facts.push(Fact { unit, subject: model.uuid(), parts, marks: marks.all() });
    }
    Ok(facts)
}
