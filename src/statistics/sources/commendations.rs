//! Facts of commendations: they are in force from the day awarded to the day revoked.

use std::collections::HashMap;

use diesel::prelude::*;

use super::Want;
use crate::access::Tx;
use crate::error::Result;
use crate::resources::commendation::{CommendationId, CommendationLevel, CommendationStatus, RecipientKind};
use crate::resources::member::MemberId;
use crate::resources::model::ModelId;
use crate::schema::{commendation_status_changes as changes, commendations};
use crate::statistics::Dimension;
use crate::statistics::fact::{Fact, Marks, Part, Series};
use crate::types::{Day, LongCode, UnitId};

#[derive(Queryable, Selectable)]
#[diesel(table_name = commendations)]
struct CommendationRow {
    id: CommendationId,
    recipient_member_id: Option<MemberId>,
    recipient_model_id: Option<ModelId>,
    unit_id: UnitId,
    form: LongCode,
    level: CommendationLevel,
    status: CommendationStatus,
}

/// The facts of the commendations picked, one each.
pub fn facts(tx: &mut Tx<'_>, want: &Want<'_>) -> Result<Vec<Fact>> {
    let filters = want.filters;
    let mut query = commendations::table.filter(commendations::unit_id.eq_any(want.place.units(tx)?)).into_boxed();
    if let Some(forms) = &filters.form {
        query = query.filter(commendations::form.eq_any(forms.clone()));
    }
    if let Some(levels) = &filters.level {
        query = query.filter(commendations::level.eq_any(levels.clone()));
    }
    if let Some(statuses) = filters.words::<CommendationStatus>(Dimension::Status) {
        query = query.filter(commendations::status.eq_any(statuses));
    }
    let rows: Vec<CommendationRow> = query.select(CommendationRow::as_select()).load(tx.conn())?;
    let kinds = filters.words::<RecipientKind>(Dimension::Kind);
    let awarded = days(tx, want, CommendationStatus::Awarded)?;
    let revoked = days(tx, want, CommendationStatus::Revoked)?;
    let passes = |row: &CommendationRow| kinds.as_ref().is_none_or(|kinds| kinds.contains(&row.kind()));
    let fact = |row: CommendationRow| {
        let (from, to) = (awarded.get(&row.id).copied(), revoked.get(&row.id).copied());
        row.fact(want.dims, from, to)
    };
    Ok(rows.into_iter().filter(passes).map(fact).collect())
}

/// The day on which each came to a status.
fn days(tx: &mut Tx<'_>, want: &Want<'_>, to: CommendationStatus) -> Result<HashMap<CommendationId, Day>> {
    let there = commendations::table.filter(commendations::unit_id.eq_any(want.place.units(tx)?));
    let found = changes::table
        .filter(changes::commendation_id.eq_any(there.select(commendations::id)))
        .filter(changes::to_status.eq(to));
    Ok(found.select((changes::commendation_id, changes::effective_on)).load(tx.conn())?.into_iter().collect())
}

impl CommendationRow {
    const fn kind(&self) -> RecipientKind {
        match (self.recipient_member_id, self.recipient_model_id) {
            (Some(_), _) => RecipientKind::Member,
            (None, Some(_)) => RecipientKind::Model,
            (None, None) => RecipientKind::Unit,
        }
    }

    fn fact(self, dims: &[Dimension], awarded: Option<Day>, revoked: Option<Day>) -> Fact {
        let mut marks = Marks::default();
        if let Some(awarded) = awarded {
            marks.on(Series::CommendationAwarded, awarded, 1);
            marks.stood(Series::CommendationInForce, awarded, revoked);
        }
        let part = |dimension: &Dimension| match dimension {
            Dimension::Form => Part::Code(self.form.to_string()),
            Dimension::Level => Part::Word(self.level.as_str()),
            Dimension::Kind => Part::Word(self.kind().as_str()),
            Dimension::Status => Part::Word(self.status.as_str()),
            _ => Part::None,
        };
        let parts = dims.iter().map(part).collect();
        Fact { unit: self.unit_id, subject: self.id.uuid(), parts, marks: marks.all() }
    }
}
