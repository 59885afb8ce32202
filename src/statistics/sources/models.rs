//! Facts of models: their lives, and what reviews said of them meanwhile, those of one kind together.

use diesel::dsl::sql as literal;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};

use super::cuts::{At, Cuts};
use super::types::{self, Fields, Site, of_models, of_sites};
use super::{Want, alike, verdicts};
use crate::access::{MultiBackend, Tx, containing};
use crate::error::Result;
use crate::resources::model::ModelStatus;
use crate::schema::{model_spans as spans, model_types, models};
use crate::statistics::Dimension;
use crate::statistics::fact::{Fact, Mark, Part, Series};
use crate::statistics::life::{OF_LIVES, Stay};

/// What sites are of, and in which status they are now, where that is asked for.
pub type Of = (Site, Option<ModelStatus>);
/// A status, those before and after it, and whether the sites replicate others.
type Step = (ModelStatus, Option<ModelStatus>, Option<ModelStatus>, bool);

/// The facts of the models picked.
pub fn facts(tx: &mut Tx<'_>, want: &Want<'_>) -> Result<Vec<Fact>> {
    let Some(cuts) = want.cuts() else {
        return Ok(Vec::new());
    };
    let fields = Fields::load(tx)?;
    let mut facts = Vec::new();
    if want.reads(OF_LIVES) {
        facts.extend(lives(tx, want, &cuts, &fields)?);
    }
    if want.reads(&[Series::ModelExemplary]) {
        for (of, _, marks) in verdicts::held(tx, want, Series::ModelExemplary)? {
            facts.push(fact(want, &fields, of, marks));
        }
    }
    Ok(facts)
}

/// Which of the columns of what sites are of differ.
pub fn of_differ(want: &Want<'_>) -> [bool; 4] {
    let [unit, model_type, setting] = types::differ(want);
    [unit, model_type, setting, want.differs(Dimension::Status)]
}

/// What stood and changed, by the statuses that lives went through.
fn lives(tx: &mut Tx<'_>, want: &Want<'_>, cuts: &Cuts, fields: &Fields) -> Result<Vec<Fact>> {
    let replicated = want.reads(&[Series::ModelReplicated]);
    let step = (
        literal::<Text>("model_spans.status"),
        literal::<Nullable<Text>>("model_spans.came_from"),
        literal::<Nullable<Text>>("model_spans.went_to"),
        literal::<Bool>(if replicated { "models.replicated_from_id IS NOT NULL" } else { "1 = 0" }),
    );
    let of = (types::columns(want, "models.unit_id"), want.column(Dimension::Status, "models.status"));
    let mut query = spans::table
        .inner_join(models::table.on(models::id.eq(spans::model_id)))
        .group_by(alike(&[&of_differ(want), &[true, true, true, replicated], &cuts.differ(), &cuts.differ()]))
        .select((of, step, cuts.at("model_spans.from_on"), cuts.at("model_spans.to_on"), literal::<BigInt>("COUNT(*)")))
        .filter(models::unit_id.eq_any(want.place.units(tx)?))
        .into_boxed::<MultiBackend>();
    if !want.cut.empty {
        query = query.filter(spans::from_on.lt(cuts.end()));
    }
    if !want.reads(&[Series::ModelEnded]) {
        query = query.filter(spans::status.eq(ModelStatus::Active));
    }
    let lines: Vec<(Of, Step, At, At, i64)> = of_models!(query, want).load(tx.conn())?;
    let mut facts = Vec::new();
    for (of, (status, came_from, went_to, replicated), from, to, times) in lines {
        // What begins after all that is read has a cell of 0, where those are shown.
        let stay = cuts.read(from).map(|from| {
            let days = (from, cuts.read(to));
            Stay { status, came_from, went_to, replicated, days, times }.marks()
        });
        facts.push(fact(want, fields, of, stay.unwrap_or_default()));
    }
    Ok(facts)
}

fn fact(want: &Want<'_>, fields: &Fields, (site, status): Of, marks: Vec<Mark>) -> Fact {
    let part = |dimension: &Dimension| match dimension {
        Dimension::Status => status.map_or(Part::None, |status| Part::Word(status.as_str())),
        other => fields.part(&site, *other),
    };
    let subject = site.1.filter(|_| want.by_subject).map(|id| id.uuid());
    want.fact(site.0, subject, want.dims.iter().map(part).collect(), marks)
}
