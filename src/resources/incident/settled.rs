//! What is said of an incident, held against the records that it speaks of.

use super::row::made_code;
use super::{IncidentFields, IncidentId, rules};
use crate::access::WriteTx;
use crate::error::Result;
use crate::resources::code_list::{self, ListName};
use crate::resources::model::{self, ModelId};
use crate::territory;
use crate::types::UnitId;

/// Checks what is new in what is said of an incident and fills in what was left out. Gives the branch
/// of a unit that is new. Nobody waits for the row of a new incident, so its transaction can take the head of
/// the journal before it; a change takes its row first, as all changes do.
pub(super) fn settled(
    tx: &mut WriteTx<'_>,
    before: Option<&IncidentFields>,
    mut fields: IncidentFields,
    id: IncidentId,
) -> Result<(IncidentFields, Option<UnitId>)> {
    let (day, new) = (fields.occurred_at.day(), before.is_none());
    let same_day = before.is_some_and(|b| b.occurred_at.day() == day);
    let branch = match !same_day || before.map(|b| b.unit_id) != Some(fields.unit_id) {
        true if new => Some(territory::must_stay_in_force(tx, fields.unit_id, day, "/unitId")?),
        true => Some(territory::must_be_in_force(tx, fields.unit_id, day, "/unitId")?),
        false => None,
    };
    let (list, category) = (ListName::IncidentCategory, &fields.category);
    match !same_day || before.map(|b| &b.category) != Some(category) {
        true if new => code_list::store::must_stay_in_force(tx, list, category, day, "/category")?,
        true => code_list::store::must_be_in_force(tx, list, category, day, "/category")?,
        false => {}
    }
    rules::check(&fields)?;
    let mut made = fields.contributions.take().unwrap_or_default();
    made.sort_unstable();
    made.dedup();
    let known = before.and_then(|b| b.contributions.as_deref()).unwrap_or_default();
    let known: Vec<ModelId> = known.iter().map(|contribution| contribution.model_id).collect();
    for contribution in made.iter().filter(|contribution| !known.contains(&contribution.model_id)) {
        model::store::must_find(tx, contribution.model_id, "/contributions")?;
    }
    fields.contributions = Some(made).filter(|made| !made.is_empty());
    fields.code.get_or_insert_with(|| made_code(id));
    fields.reported_at.get_or_insert(tx.now());
    fields.injured.get_or_insert(0);
    fields.deaths.get_or_insert(0);
    fields.property_damage_vnd.get_or_insert(0);
    Ok((fields, branch))
}
