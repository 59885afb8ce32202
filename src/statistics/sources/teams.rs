//! Facts of teams: from the day they start to the day they end, those of one kind together.

use diesel::dsl::sql as literal;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

use super::cuts::At;
use super::types::{self, Fields, Site, of_sites};
use super::{Want, alike};
use crate::access::{MultiBackend, Tx};
use crate::error::Result;
use crate::schema::{model_types, models, teams};
use crate::statistics::fact::{Fact, Marks, Series};
use crate::territory;

/// The facts of the teams picked. Of a site that the caller cannot list nothing is said.
pub fn facts(tx: &mut Tx<'_>, want: &Want<'_>) -> Result<Vec<Fact>> {
    let Some(cuts) = want.cuts() else {
        return Ok(Vec::new());
    };
    let seen = models::id.eq(teams::model_id).and(models::unit_id.eq_any(territory::of_caller(tx)));
    let seen = seen.and(literal::<Bool>(types::matter(want)));
    let site = types::columns(want, "teams.unit_id");
    let mut query = teams::table
        .left_join(models::table.on(seen))
        .group_by(alike(&[&types::differ(want), &cuts.differ(), &cuts.differ()]))
        .select((site, cuts.at("teams.started_on"), cuts.at("teams.ended_on"), literal::<BigInt>("COUNT(*)")))
        .filter(teams::unit_id.eq_any(want.place.units(tx)?))
        .into_boxed::<MultiBackend>();
    if !want.cut.empty {
        query = query.filter(teams::started_on.lt(cuts.end()));
    }
    if let Some(models) = &want.filters.model_id {
        query = query.filter(teams::model_id.eq_any(models.clone()));
    }
    let lines: Vec<(Site, At, At, i64)> = of_sites!(query, want).load(tx.conn())?;
    let fields = Fields::load(tx)?;
    let mut facts = Vec::new();
    for (site, from, to, times) in lines {
        let mut marks = Marks::default();
        // What begins after all that is read has a cell of 0, where those are shown.
        if let Some(from) = cuts.read(from) {
            let series = [Series::TeamActive, Series::TeamStarted, Series::TeamEnded];
            marks.lived(series, from, cuts.read(to), times);
        }
        let part = |dimension| fields.part(&site, dimension);
        facts.push(want.fact(site.0, None, want.dims.iter().copied().map(part).collect(), marks.all()));
    }
    Ok(facts)
}
