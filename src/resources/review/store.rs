//! Rows of reviews.

use diesel::prelude::*;

use super::{NewReview, Rating, Recommendation, Review, ReviewFields, ReviewFilter, ReviewId, ReviewSort};
use crate::access::{MultiBackend, Tx, WriteTx, id_taken, in_use, on_conflict};
use crate::error::{Error, Result, Words};
use crate::http::{Ask, Listed, load_behind, page_by};
use crate::journal::Meta;
use crate::resources::model::{self, ModelId};
use crate::schema::reviews;
use crate::territory;
use crate::types::{Day, Decision, Json, Moment, Name, Notes, Period, PrincipalId, UnitId};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = reviews, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct ReviewRow {
    id: ReviewId,
    version: i32,
    created_at: Moment,
    created_by: PrincipalId,
    updated_at: Moment,
    updated_by: PrincipalId,
    model_id: ModelId,
    unit_id: UnitId,
    period: Period,
    rating: Rating,
    recommendation: Recommendation,
    reviewed_on: Day,
    reviewer: Name,
    exemplar: bool,
    notes: Option<Notes>,
    decision: Option<Json<Decision>>,
    until_on: Option<Day>,
}

impl ReviewRow {
    /// The row of a review that holds until a day.
    pub(super) fn new(review: &Review, until_on: Option<Day>) -> Self {
        let (meta, fields) = (&review.meta, review.fields.clone());
        Self {
            id: meta.id.cast(),
            version: meta.version,
            created_at: meta.created_at,
            created_by: meta.created_by,
            updated_at: meta.updated_at,
            updated_by: meta.updated_by,
            model_id: fields.model_id,
            unit_id: review.unit_id,
            period: fields.period,
            rating: fields.rating,
            recommendation: fields.recommendation,
            reviewed_on: fields.reviewed_on,
            reviewer: fields.reviewer,
            exemplar: fields.exemplar,
            notes: fields.notes,
            decision: fields.decision.map(Json),
            until_on,
        }
    }

    fn review(self) -> Review {
        let (created, updated) = ((self.created_at, self.created_by), (self.updated_at, self.updated_by));
        Review {
            meta: Meta::new(self.id, self.version, created, updated),
            unit_id: self.unit_id,
            fields: ReviewFields {
                model_id: self.model_id,
                period: self.period,
                rating: self.rating,
                recommendation: self.recommendation,
                reviewed_on: self.reviewed_on,
                reviewer: self.reviewer,
                exemplar: self.exemplar,
                notes: self.notes,
                decision: self.decision.map(|d| d.0),
            },
        }
    }
}

fn visible(tx: &Tx<'_>) -> reviews::BoxedQuery<'static, MultiBackend> {
    reviews::table.filter(territory::is_own!(tx, reviews::unit_id)).into_boxed()
}

fn filtered(tx: &mut Tx<'_>, filter: &ReviewFilter) -> Result<reviews::BoxedQuery<'static, MultiBackend>> {
    let units = territory::narrowed(tx, filter.unit_id.as_deref())?;
    let mut query = reviews::table.filter(reviews::unit_id.eq_any(units)).into_boxed();
    if let Some(models) = &filter.model_id {
        query = query.filter(reviews::model_id.eq_any(models.clone()));
    }
    if let Some(periods) = &filter.period {
        query = query.filter(reviews::period.eq_any(periods.clone()));
    }
    if let Some(ratings) = &filter.rating {
        query = query.filter(reviews::rating.eq_any(ratings.clone()));
    }
    Ok(query)
}

/// One page of the reviews in the caller's territory.
pub fn list(tx: &mut Tx<'_>, ask: &Ask<ReviewFilter, ReviewSort>) -> Result<Listed<Review>> {
    let query = filtered(tx, &ask.filter)?.select(ReviewRow::as_select());
    let cut = match ask.sort {
        ReviewSort::CreatedAt => page_by!(tx, ask, query, reviews.created_at: Moment),
        ReviewSort::ReviewedOn => page_by!(tx, ask, query, reviews.reviewed_on: Day),
    };
    let total = ask.total(|| Ok(filtered(tx, &ask.filter)?.count().get_result(tx.conn())?))?;
    ask.listed(cut.map(ReviewRow::review), total)
}

/// The next reviews behind `after` in the order of ids, as the caller may see them.
pub fn behind(tx: &mut Tx<'_>, after: Option<ReviewId>, most: i64) -> Result<Vec<Review>> {
    let query = visible(tx).select(ReviewRow::as_select());
    let rows: Vec<ReviewRow> = load_behind!(tx, query, reviews, after, most);
    Ok(rows.into_iter().map(ReviewRow::review).collect())
}

/// The review, if it lies in the caller's territory.
pub fn find(tx: &mut Tx<'_>, id: ReviewId) -> Result<Review> {
    let row = visible(tx).filter(reviews::id.eq(id)).select(ReviewRow::as_select()).first(tx.conn()).optional()?;
    row.map(ReviewRow::review).ok_or(Error::NotFound)
}

/// Creates a review of a model in the caller's territory.
pub fn create(tx: &mut WriteTx<'_>, new: NewReview) -> Result<ReviewId> {
    let model = model::store::must_find(tx, new.fields.model_id, "/modelId")?;
    let id = tx.id_or_new(new.id);
    let review = Review { meta: tx.first_version(id), unit_id: model.fields.unit_id, fields: new.fields };
    diesel::insert_into(reviews::table).values(ReviewRow::new(&review, None)).execute(tx.write()).map_err(
        on_conflict(&[
            ("reviews_model_period", "reviews.model_id, reviews.period", period_taken),
            ("reviews_pkey", "reviews.id", id_taken),
        ]),
    )?;
    tx.created(&review)?;
    hold_up(tx, review.fields.model_id)?;
    Ok(id)
}

/// Changes a review; `before` is what the caller has seen.
pub fn update(tx: &mut WriteTx<'_>, before: &Review, fields: ReviewFields) -> Result<()> {
    let unit_id = match fields.model_id == before.fields.model_id {
        true => before.unit_id,
        false => model::store::must_find(tx, fields.model_id, "/modelId")?.fields.unit_id,
    };
    let after = Review { meta: before.meta.clone(), unit_id, fields };
    save(tx, before, after.clone(), None)?;
    hold_up(tx, before.fields.model_id)?;
    if after.fields.model_id != before.fields.model_id {
        hold_up(tx, after.fields.model_id)?;
    }
    Ok(())
}

fn save(tx: &mut WriteTx<'_>, before: &Review, mut after: Review, until_on: Option<Day>) -> Result<()> {
    after.meta = tx.next_version(&before.meta);
    let found = reviews::table
        .filter(reviews::id.eq(after.meta.id.cast::<Review>()))
        .filter(reviews::version.eq(before.meta.version));
    let changed = diesel::update(found)
        .set(ReviewRow::new(&after, until_on))
        .execute(tx.write())
        .map_err(on_conflict(&[("reviews_model_period", "reviews.model_id, reviews.period", period_taken)]))?;
    match changed {
        1 => tx.updated(before, &after),
        _ => Err(Error::Raced),
    }
}

/// Removes a review.
pub fn remove(tx: &mut WriteTx<'_>, review: &Review) -> Result<()> {
    let found = reviews::table
        .filter(reviews::id.eq(review.meta.id.cast::<Review>()))
        .filter(reviews::version.eq(review.meta.version));
    match diesel::delete(found).execute(tx.write()).map_err(in_use)? {
        1 => tx.deleted(review)?,
        _ => return Err(Error::Raced),
    }
    hold_up(tx, review.fields.model_id)
}

/// Moves the reviews of a model along with it.
pub fn move_all(tx: &mut WriteTx<'_>, model: ModelId, unit_id: UnitId) -> Result<()> {
    let found = reviews::table.filter(reviews::model_id.eq(model)).order(reviews::id);
    let rows: Vec<ReviewRow> = found.select(ReviewRow::as_select()).load(tx.conn())?;
    for row in rows {
        let (until_on, review) = (row.until_on, row.review());
        save(tx, &review, Review { unit_id, ..review.clone() }, until_on)?;
    }
    Ok(())
}

/// Each review of a model holds until the next, and the latest says whether the model is an exemplar.
fn hold_up(tx: &mut WriteTx<'_>, model: ModelId) -> Result<()> {
    let all: Vec<(ReviewId, Day, Option<Day>, bool)> = reviews::table
        .filter(reviews::model_id.eq(model))
        .order((reviews::reviewed_on, reviews::created_at, reviews::id))
        .select((reviews::id, reviews::reviewed_on, reviews::until_on, reviews::exemplar))
        .load(tx.conn())?;
    let next = all.iter().skip(1).map(|(_, on, ..)| Some(*on)).chain([None]);
    for ((id, ..), next) in all.iter().zip(next).filter(|((.., until, _), next)| until != next) {
        diesel::update(reviews::table.find(*id)).set(reviews::until_on.eq(next)).execute(tx.write())?;
    }
    model::store::set_exemplar(tx, model, all.last().is_some_and(|(.., exemplar)| *exemplar))
}

fn period_taken() -> Error {
    Error::Duplicate(Words::new("The model has a review for this period.", "Mô hình đã được đánh giá cho kỳ này."))
}
