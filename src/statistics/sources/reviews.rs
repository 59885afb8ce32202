//! Facts of reviews: each counts on its day.

use diesel::prelude::*;

use super::{Want, types};
use crate::access::Tx;
use crate::error::Result;
use crate::resources::model::ModelId;
use crate::resources::review::Rating;
use crate::schema::reviews;
use crate::statistics::Dimension;
use crate::statistics::fact::{Fact, Marks, Part, Series};
use crate::types::{Day, UnitId};

/// The facts of the reviews picked, one each.
pub fn facts(tx: &mut Tx<'_>, want: &Want<'_>) -> Result<Vec<Fact>> {
    let mut query = reviews::table.filter(reviews::unit_id.eq_any(want.place.units(tx)?)).into_boxed();
    if let Some(models) = &want.filters.model_id {
        query = query.filter(reviews::model_id.eq_any(models.clone()));
    }
    if let Some(ratings) = &want.filters.rating {
        query = query.filter(reviews::rating.eq_any(ratings.clone()));
    }
    let columns = (reviews::model_id, reviews::unit_id, reviews::rating, reviews::reviewed_on);
    let rows: Vec<(ModelId, UnitId, Rating, Day)> = query.select(columns).load(tx.conn())?;
    let sites = types::sites(tx, want, rows.iter().map(|row| row.0))?;
    let mut facts = Vec::new();
    for (model, unit, rating, day) in rows {
        if !sites.leave(model) {
            continue;
        }
        let part = |dimension: &Dimension| match dimension {
            Dimension::Rating => Part::Word(rating.as_str()),
            other => sites.part(model, *other),
        };
        let mut marks = Marks::default();
        marks.on(Series::ReviewCompleted, day, 1);
        let parts = want.dims.iter().map(part).collect();
        facts.push(Fact { unit, subject: model.uuid(), parts, marks: marks.all() });
    }
    Ok(facts)
}
