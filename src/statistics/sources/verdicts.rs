//! Facts of what reviews said of models: from the day of a review on until the next of the same model,
//! while the model was active.

use diesel::dsl::sql as literal;
use diesel::expression::SqlLiteral as Literal;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text, Untyped};

use super::Want;
use super::cuts::{At, Cuts, Stood};
use super::models::Of;
use super::types::{self, Fields, of_models, of_sites};
use crate::access::{MultiBackend, Tx, containing};
use crate::error::Result;
use crate::resources::model::ModelStatus;
use crate::resources::review::Rating;
use crate::schema::{model_spans as spans, model_types, models, reviews};
use crate::statistics::Dimension;
use crate::statistics::fact::{Fact, Mark, Part, Series};
use crate::statistics::life::while_active;
use crate::types::sql;

/// Of what sites something was said, the rating where it is asked for, and the marks that makes.
pub type Held = (Of, Option<Rating>, Vec<Mark>);

/// The facts of the models picked, for each rating they had.
pub fn rated(tx: &mut Tx<'_>, want: &Want<'_>) -> Result<Vec<Fact>> {
    let Some(cuts) = want.cuts() else {
        return Ok(Vec::new());
    };
    let fields = Fields::load(tx)?;
    let lines = held(tx, want, &cuts, Series::ModelRated)?;
    let fact = |((site, _), rating, marks): Held| {
        let part = |dimension: &Dimension| match dimension {
            Dimension::Rating => rating.map_or(Part::None, |rating| Part::Word(rating.as_str())),
            other => fields.part(&site, *other),
        };
        want.fact(site.0, None, want.dims.iter().map(part).collect(), marks)
    };
    Ok(lines.into_iter().map(fact).collect())
}

/// From the next review of the same model on, another holds: of those of one day the later.
const NEXT: &str = "FROM reviews n WHERE n.model_id = reviews.model_id AND \
     (n.reviewed_on, n.created_at, n.id) > (reviews.reviewed_on, reviews.created_at, reviews.id)";

/// When the next review was: the first of those that are later.
fn next(cuts: &Cuts) -> (Literal<Nullable<Integer>>, Literal<Nullable<sql::Day>>) {
    let (number, day) = cuts.expressions("n.reviewed_on");
    let first = |of: &str| format!("(SELECT MIN({of}) {NEXT})");
    (literal(&first(&number)), literal(&if cuts.each() { first(&day) } else { day }))
}

/// What was said of the models picked while they were active: as examples, or with which rating.
pub fn held(tx: &mut Tx<'_>, want: &Want<'_>, cuts: &Cuts, series: Series) -> Result<Vec<Held>> {
    let of = (types::columns(want, "models.unit_id"), want.column(Dimension::Status, "models.status"));
    let active = (cuts.at("model_spans.from_on"), cuts.at("model_spans.to_on"));
    let said = (cuts.at("reviews.reviewed_on"), next(cuts));
    let rating: Literal<Nullable<Text>> = want.column(Dimension::Rating, "reviews.rating");
    let mut query = reviews::table
        .inner_join(models::table.on(models::id.eq(reviews::model_id)))
        .inner_join(spans::table.on(spans::model_id.eq(reviews::model_id)))
        .group_by(literal::<Untyped>("1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13"))
        .select((of, rating, said, active, literal::<BigInt>("COUNT(*)")))
        .filter(models::unit_id.eq_any(want.place.units(tx)?))
        .filter(spans::status.eq(ModelStatus::Active))
        .filter(spans::from_on.lt(cuts.end()))
        .filter(reviews::reviewed_on.lt(cuts.end()))
        .into_boxed::<MultiBackend>();
    if series == Series::ModelExemplary {
        query = query.filter(reviews::exemplar.eq(true));
    }
    if let Some(ratings) = want.filters.rating.as_ref().filter(|_| series == Series::ModelRated) {
        query = query.filter(reviews::rating.eq_any(ratings.clone()));
    }
    let lines: Vec<(Of, Option<Rating>, Stood, Stood, i64)> = of_models!(query, want).load(tx.conn())?;
    let mut facts = Vec::new();
    for (of, rating, said, active, times) in lines {
        let read = |(from, to): (At, At)| Some((cuts.read(from)?, cuts.read(to)));
        if let Some((said, active)) = read(said).zip(read(active)) {
            facts.push((of, rating, while_active(series, said, active, times)));
        }
    }
    Ok(facts)
}
