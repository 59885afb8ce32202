//! Facts of what reviews said of models: from the day of a review on until the next of the same model,
//! while the model was active.

use diesel::dsl::sql as literal;
use diesel::expression::SqlLiteral as Literal;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::cuts::{At, Cuts, Stood};
use super::models::{Of, of_differ};
use super::types::{self, Fields, of_models, of_sites};
use super::{Want, alike};
use crate::access::{MultiBackend, Tx, containing};
use crate::error::Result;
use crate::resources::model::ModelStatus;
use crate::resources::review::Rating;
use crate::schema::{model_spans as spans, model_types, models, reviews};
use crate::statistics::Dimension;
use crate::statistics::fact::{Fact, Mark, Part, Series};
use crate::statistics::life::while_active;

/// Of what sites something was said, the rating where it is asked for, and the marks that makes.
pub type Held = (Of, Option<Rating>, Vec<Mark>);

/// The facts of the models picked, for each rating they had.
pub fn rated(tx: &mut Tx<'_>, want: &Want<'_>) -> Result<Vec<Fact>> {
    let fields = Fields::load(tx)?;
    let lines = held(tx, want, Series::ModelRated)?;
    let fact = |((site, _), rating, marks): Held| {
        let part = |dimension: &Dimension| match dimension {
            Dimension::Rating => rating.map_or(Part::None, |rating| Part::Word(rating.as_str())),
            other => fields.part(&site, *other),
        };
        want.fact(site.0, None, want.dims.iter().map(part).collect(), marks)
    };
    Ok(lines.into_iter().map(fact).collect())
}

/// What was said of the models picked while they were active: as examples, or with which rating. It is
/// read at the ends of slots alone, so that single days are of no matter. A review lies in its model's unit.
pub fn held(tx: &mut Tx<'_>, want: &Want<'_>, series: Series) -> Result<Vec<Held>> {
    let Some(cuts) = Cuts::of(want.slots, false) else {
        return Ok(Vec::new());
    };
    let of = (types::columns(want, "models.unit_id"), want.column(Dimension::Status, "models.status"));
    let active = (cuts.at("model_spans.from_on"), cuts.at("model_spans.to_on"));
    let said = (cuts.at("reviews.reviewed_on"), cuts.at("reviews.until_on"));
    let when = [cuts.differ(), cuts.differ()].concat();
    let rating: Literal<Nullable<Text>> = want.column(Dimension::Rating, "reviews.rating");
    let mut query = reviews::table
        .inner_join(models::table.on(models::id.eq(reviews::model_id)))
        .inner_join(spans::table.on(spans::model_id.eq(reviews::model_id)))
        .group_by(alike(&[&of_differ(want), &[want.differs(Dimension::Rating)], &when, &when]))
        .select((of, rating, said, active, literal::<BigInt>("COUNT(*)")))
        .filter(reviews::unit_id.eq_any(want.place.units(tx)?))
        .filter(spans::status.eq(ModelStatus::Active))
        .into_boxed::<MultiBackend>();
    // What was said or active after all that is read has a cell of 0, where those are shown.
    if !want.cut.empty {
        query = query.filter(spans::from_on.lt(cuts.end())).filter(reviews::reviewed_on.lt(cuts.end()));
    }
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
        let marks = read(said).zip(read(active)).map(|(said, active)| while_active(series, said, active, times));
        facts.push((of, rating, marks.unwrap_or_default()));
    }
    Ok(facts)
}
