//! Facts of models: their lives, and the ratings they had meanwhile.

use std::collections::HashMap;

use diesel::prelude::*;

use super::types::{self, Site as Kind};
use super::{Place, Want};
use crate::access::Tx;
use crate::error::Result;
use crate::resources::model::rules::Span;
use crate::resources::model::{ModelFilter, ModelId, ModelStatus, Setting, store};
use crate::resources::model_type::ModelTypeId;
use crate::resources::review::Rating;
use crate::schema::{model_spans, models, reviews};
use crate::statistics::Dimension;
use crate::statistics::fact::{Fact, Part};
use crate::statistics::life::{Site, Verdict};
use crate::types::{Day, UnitId};

#[derive(Queryable, Selectable)]
#[diesel(table_name = models)]
struct SiteRow {
    id: ModelId,
    model_type_id: ModelTypeId,
    unit_id: UnitId,
    setting: Option<Setting>,
    replicated_from_id: Option<ModelId>,
    status: ModelStatus,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = model_spans)]
struct SpanRow {
    model_id: ModelId,
    number: i32,
    status: ModelStatus,
    from_on: Day,
    to_on: Option<Day>,
}

/// The facts of the models picked, one each.
pub fn facts(tx: &mut Tx<'_>, want: &Want<'_>) -> Result<Vec<Fact>> {
    let whole = sites(tx, want)?.into_iter().map(|(row, kind, site)| {
        let part = |dimension: &Dimension| match dimension {
            Dimension::Status => Part::Word(row.status.as_str()),
            other => kind.part(*other).unwrap_or(Part::None),
        };
        let parts = want.dims.iter().map(part).collect();
        Fact { unit: row.unit_id, subject: row.model_type_id.uuid(), parts, marks: site.marks() }
    });
    Ok(whole.collect())
}

/// The facts of the models picked, one for each rating they had.
pub fn rated(tx: &mut Tx<'_>, want: &Want<'_>) -> Result<Vec<Fact>> {
    let mut facts = Vec::new();
    let wanted = |rating: &Rating| want.filters.rating.as_ref().is_none_or(|all| all.contains(rating));
    for (row, kind, site) in sites(tx, want)? {
        for (rating, marks) in site.rated().into_iter().filter(|(rating, _)| wanted(rating)) {
            let part = |dimension: &Dimension| match dimension {
                Dimension::Rating => Part::Word(rating.as_str()),
                other => kind.part(*other).unwrap_or(Part::None),
            };
            let parts = want.dims.iter().map(part).collect();
            facts.push(Fact { unit: row.unit_id, subject: row.id.uuid(), parts, marks });
        }
    }
    Ok(facts)
}

fn sites(tx: &mut Tx<'_>, want: &Want<'_>) -> Result<Vec<(SiteRow, Kind, Site)>> {
    let fields = types::fields(tx)?;
    let mut query = store::filtered(tx, &filter(want))?;
    if let Some(models) = &want.filters.model_id {
        query = query.filter(models::id.eq_any(models.clone()));
    }
    let rows: Vec<SiteRow> = query.select(SiteRow::as_select()).load(tx.conn())?;
    let mut lives = lives(tx, &want.place)?;
    let mut verdicts = verdicts(tx, &want.place)?;
    let site = |row: SiteRow| {
        let field = *fields.get(&row.model_type_id)?;
        let kind = Kind { model_type: row.model_type_id, field, setting: row.setting };
        let site = Site {
            replicated: row.replicated_from_id.is_some(),
            life: lives.remove(&row.id).unwrap_or_default(),
            verdicts: verdicts.remove(&row.id).unwrap_or_default(),
        };
        Some((row, kind, site))
    };
    Ok(rows.into_iter().filter_map(site).collect())
}

fn filter(want: &Want<'_>) -> ModelFilter {
    let filters = want.filters;
    let unit = match &want.place {
        Place::Caller(unit) => *unit,
        // Sites are nobody's secret, so they are never counted for somebody else.
        Place::Under(_) => None,
    };
    ModelFilter {
        unit_id: unit.map(|unit| vec![unit]),
        model_type_id: filters.model_type_id.clone(),
        field: filters.field.clone(),
        setting: filters.setting.clone(),
        status: filters.statuses(),
        established_from: filters.established_from,
        established_to: filters.established_to,
        exemplar: filters.exemplar,
        q: filters.q.clone(),
    }
}

/// The lives of all models of the scope, picked or not: a boxed query cannot stand inside another.
fn lives(tx: &mut Tx<'_>, place: &Place) -> Result<HashMap<ModelId, Vec<Span>>> {
    let within = models::table.filter(models::unit_id.eq_any(place.units(tx)?)).select(models::id);
    let rows: Vec<SpanRow> = model_spans::table
        .filter(model_spans::model_id.eq_any(within))
        .order((model_spans::model_id, model_spans::number))
        .select(SpanRow::as_select())
        .load(tx.conn())?;
    let mut lives: HashMap<ModelId, Vec<Span>> = HashMap::new();
    for row in rows {
        let span = Span { number: row.number, status: row.status, from_on: row.from_on, to_on: row.to_on };
        lives.entry(row.model_id).or_default().push(span);
    }
    Ok(lives)
}

/// What reviews said of the models of the scope, in order of time.
fn verdicts(tx: &mut Tx<'_>, place: &Place) -> Result<HashMap<ModelId, Vec<Verdict>>> {
    let within = models::table.filter(models::unit_id.eq_any(place.units(tx)?)).select(models::id);
    let rows: Vec<(ModelId, Day, Rating, bool)> = reviews::table
        .filter(reviews::model_id.eq_any(within))
        .order((reviews::model_id, reviews::reviewed_on, reviews::created_at, reviews::id))
        .select((reviews::model_id, reviews::reviewed_on, reviews::rating, reviews::exemplar))
        .load(tx.conn())?;
    let mut verdicts: HashMap<ModelId, Vec<Verdict>> = HashMap::new();
    for (model, on, rating, exemplar) in rows {
        verdicts.entry(model).or_default().push(Verdict { on, rating, exemplar });
    }
    Ok(verdicts)
}
