//! Facts of commendations: they are in force from the day awarded to the day revoked. Those of one kind
//! together.

use diesel::dsl::sql as literal;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text, Untyped};

use super::Want;
use super::cuts::At;
use crate::access::{MultiBackend, Tx};
use crate::error::Result;
use crate::resources::commendation::{CommendationLevel, CommendationStatus, RecipientKind};
use crate::schema::{commendation_status_changes as changes, commendations};
use crate::statistics::Dimension;
use crate::statistics::fact::{Fact, Marks, Part, Series};
use crate::types::UnitId;

const KIND: &str = "CASE WHEN commendations.recipient_member_id IS NOT NULL THEN 'member' \
     WHEN commendations.recipient_model_id IS NOT NULL THEN 'model' ELSE 'unit' END";

/// A unit, a form, a level, a kind of recipient and a status now, each where it is asked for.
type Of =
    (Option<UnitId>, Option<String>, Option<CommendationLevel>, Option<RecipientKind>, Option<CommendationStatus>);

/// The facts of the commendations picked.
pub fn facts(tx: &mut Tx<'_>, want: &Want<'_>) -> Result<Vec<Fact>> {
    let filters = want.filters;
    let Some(cuts) = want.cuts() else {
        return Ok(Vec::new());
    };
    let of = (
        want.unit("commendations.unit_id"),
        want.column(Dimension::Form, "commendations.form"),
        want.column(Dimension::Level, "commendations.level"),
        want.column(Dimension::Kind, KIND),
        want.column(Dimension::Status, "commendations.status"),
    );
    let became = literal::<Text>("commendation_status_changes.to_status");
    let at = cuts.at("commendation_status_changes.effective_on");
    let mut query = commendations::table
        .inner_join(changes::table.on(changes::commendation_id.eq(commendations::id)))
        .group_by(literal::<Untyped>("1, 2, 3, 4, 5, 6, 7, 8"))
        .select((of, became, at, literal::<BigInt>("COUNT(*)")))
        .filter(commendations::unit_id.eq_any(want.place.units(tx)?))
        .filter(changes::to_status.eq_any([CommendationStatus::Awarded, CommendationStatus::Revoked]))
        .into_boxed::<MultiBackend>();
    // What comes after all that is read has a cell of 0, where those are shown.
    if !want.cut.empty {
        query = query.filter(changes::effective_on.lt(cuts.end()));
    }
    if let Some(forms) = &filters.form {
        query = query.filter(commendations::form.eq_any(forms.clone()));
    }
    if let Some(levels) = &filters.level {
        query = query.filter(commendations::level.eq_any(levels.clone()));
    }
    if let Some(statuses) = filters.words::<CommendationStatus>(Dimension::Status) {
        query = query.filter(commendations::status.eq_any(statuses));
    }
    if let Some(kinds) = filters.words::<RecipientKind>(Dimension::Kind) {
        let words: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
        query = query.filter(literal::<Nullable<Text>>(KIND).eq_any(words));
    }
    let lines: Vec<(Of, CommendationStatus, At, i64)> = query.load(tx.conn())?;
    let mut facts = Vec::new();
    for ((unit, form, level, kind, status), became, at, times) in lines {
        let mut marks = Marks::default();
        match cuts.read(at) {
            Some(day) if became == CommendationStatus::Awarded => {
                marks.on(Series::CommendationAwarded, day, times);
                marks.on(Series::CommendationInForce, day, times);
            }
            Some(day) => marks.on(Series::CommendationInForce, day, -times),
            None => {}
        }
        let word = |known: Option<&'static str>| known.map_or(Part::None, Part::Word);
        let part = |dimension: &Dimension| match dimension {
            Dimension::Form => form.clone().map_or(Part::None, Part::Code),
            Dimension::Level => word(level.map(CommendationLevel::as_str)),
            Dimension::Kind => word(kind.map(RecipientKind::as_str)),
            Dimension::Status => word(status.map(CommendationStatus::as_str)),
            _ => Part::None,
        };
        facts.push(want.fact(unit, None, want.dims.iter().map(part).collect(), marks.all()));
    }
    Ok(facts)
}
