//! Facts of reviews: each counts on its day, those of one kind together.

use diesel::dsl::sql as literal;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

use super::cuts::At;
use super::types::{self, Fields, Site, of_sites};
use super::{Want, alike};
use crate::access::{MultiBackend, Tx};
use crate::error::Result;
use crate::resources::review::Rating;
use crate::schema::{model_types, models, reviews};
use crate::statistics::Dimension;
use crate::statistics::fact::{Fact, Marks, Part, Series};
use crate::territory;

/// The facts of the reviews picked. Of a site that the caller cannot list nothing is said.
pub fn facts(tx: &mut Tx<'_>, want: &Want<'_>) -> Result<Vec<Fact>> {
    let Some(cuts) = want.cuts() else {
        return Ok(Vec::new());
    };
    let seen = models::id.eq(reviews::model_id).and(models::unit_id.eq_any(territory::of_caller(tx)));
    let seen = seen.and(literal::<Bool>(types::matter(want)));
    let site = types::columns(want, "reviews.unit_id");
    let rating = want.column(Dimension::Rating, "reviews.rating");
    let mut query = reviews::table
        .left_join(models::table.on(seen))
        .group_by(alike(&[&types::differ(want), &[want.differs(Dimension::Rating)], &cuts.differ()]))
        .select((site, rating, cuts.at("reviews.reviewed_on"), literal::<BigInt>("COUNT(*)")))
        .filter(reviews::unit_id.eq_any(want.place.units(tx)?))
        .into_boxed::<MultiBackend>();
    // What was at another time has a cell of 0, where those are shown.
    if !want.cut.empty {
        query = query.filter(reviews::reviewed_on.ge(cuts.first())).filter(reviews::reviewed_on.lt(cuts.end()));
    }
    if let Some(models) = &want.filters.model_id {
        query = query.filter(reviews::model_id.eq_any(models.clone()));
    }
    if let Some(ratings) = &want.filters.rating {
        query = query.filter(reviews::rating.eq_any(ratings.clone()));
    }
    let lines: Vec<(Site, Option<Rating>, At, i64)> = of_sites!(query, want).load(tx.conn())?;
    let fields = Fields::load(tx)?;
    let mut facts = Vec::new();
    for (site, rating, at, times) in lines {
        let mut marks = Marks::default();
        if let Some(day) = cuts.read(at) {
            marks.on(Series::ReviewCompleted, day, times);
        }
        let part = |dimension: &Dimension| match dimension {
            Dimension::Rating => rating.map_or(Part::None, |rating| Part::Word(rating.as_str())),
            other => fields.part(&site, *other),
        };
        facts.push(want.fact(site.0, None, want.dims.iter().map(part).collect(), marks.all()));
    }
    Ok(facts)
}
