//! Rows of the spans of days that status changes cut a model's life into.

use diesel::prelude::*;

use super::rules::{self, Span};
use super::{Model, ModelId, ModelStatus, ModelStatusChange};
use crate::access::{Tx, WriteTx};
use crate::database::insert_many;
use crate::error::{Error, Result};
use crate::schema::model_spans;
use crate::types::Day;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = model_spans, treat_none_as_default_value = false)]
struct SpanRow {
    model_id: ModelId,
    number: i32,
    status: ModelStatus,
    came_from: Option<ModelStatus>,
    went_to: Option<ModelStatus>,
    from_on: Day,
    to_on: Option<Day>,
}

impl SpanRow {
    fn span(self) -> Span {
        Span { number: self.number, status: self.status, from_on: self.from_on, to_on: self.to_on }
    }
}

/// The span a model is in.
pub fn latest(tx: &mut Tx<'_>, model: ModelId) -> Result<Span> {
    of(tx, model)?.pop().ok_or_else(|| Error::internal("a model without a span"))
}

/// Opens the first span of a new model.
pub fn begin(tx: &mut WriteTx<'_>, model: &Model) -> Result<()> {
    insert_all(tx, std::iter::once((model, [].as_slice())))
}

/// The spans that a model and its status changes, in order, cut its life into.
fn cut(model: &Model, changes: &[ModelStatusChange]) -> Vec<SpanRow> {
    let mut spans = vec![SpanRow {
        model_id: model.meta.id.cast(),
        number: 0,
        status: changes.first().map_or(model.status, |change| change.from),
        came_from: None,
        went_to: None,
        from_on: model.fields.established_on,
        to_on: None,
    }];
    for (number, change) in (1..).zip(changes) {
        if let Some(last) = spans.last_mut() {
            last.to_on = Some(change.fields.effective_on);
            last.went_to = Some(change.fields.to);
        }
        spans.push(SpanRow {
            model_id: change.model_id,
            number,
            status: change.fields.to,
            came_from: Some(change.from),
            went_to: None,
            from_on: change.fields.effective_on,
            to_on: None,
        });
    }
    spans
}

/// Writes the spans of many new models.
pub fn insert_all<'m>(
    tx: &mut WriteTx<'_>,
    made: impl Iterator<Item = (&'m Model, &'m [ModelStatusChange])>,
) -> Result<()> {
    let rows: Vec<SpanRow> = made.flat_map(|(model, changes)| cut(model, changes)).collect();
    Ok(insert_many!(tx.write(), model_spans::table, rows)?)
}

/// Lets the first span begin on another day.
pub fn reestablish(tx: &mut WriteTx<'_>, model: ModelId, on: Day) -> Result<()> {
    let first = of(tx, model)?.into_iter().next();
    rules::establish(&first.ok_or_else(|| Error::internal("a model without a span"))?, on)?;
    let found = model_spans::table.find((model, 0));
    diesel::update(found).set(model_spans::from_on.eq(on)).execute(tx.write())?;
    Ok(())
}

/// Closes the latest span and opens the next.
pub fn advance(tx: &mut WriteTx<'_>, last: &Span, change: &ModelStatusChange) -> Result<()> {
    let found = model_spans::table.find((change.model_id, last.number));
    let closed = (model_spans::to_on.eq(change.fields.effective_on), model_spans::went_to.eq(change.fields.to));
    diesel::update(found).set(closed).execute(tx.write())?;
    let next = SpanRow {
        model_id: change.model_id,
        number: last.number + 1,
        status: change.fields.to,
        came_from: Some(change.from),
        went_to: None,
        from_on: change.fields.effective_on,
        to_on: None,
    };
    diesel::insert_into(model_spans::table).values(next).execute(tx.write())?;
    Ok(())
}

fn of(tx: &mut Tx<'_>, model: ModelId) -> Result<Vec<Span>> {
    let rows: Vec<SpanRow> = model_spans::table
        .filter(model_spans::model_id.eq(model))
        .order(model_spans::number)
        .select(SpanRow::as_select())
        .load(tx.conn())?;
    Ok(rows.into_iter().map(SpanRow::span).collect())
}

/// Removes the spans of a model that is about to go.
pub fn remove(tx: &mut WriteTx<'_>, model: ModelId) -> Result<()> {
    diesel::delete(model_spans::table.filter(model_spans::model_id.eq(model))).execute(tx.write())?;
    Ok(())
}
