//! Rules of models that need no database.

use super::{Model, ModelFields, ModelStatus, ModelStatusChangeFields, ModelWarning};
use crate::error::{Error, Result};
use crate::resources::model::ModelId;
use crate::types::Day;

/// One status a model was in, from a day to a day (exclusive).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    pub number: i32,
    pub status: ModelStatus,
    pub from_on: Day,
    pub to_on: Option<Day>,
}

/// Whether a model may go from one status to another.
pub fn transition(from: ModelStatus, to: ModelStatus) -> Result<()> {
    use ModelStatus::{Active, Dissolved, Merged, Proposed, Suspended};
    let allowed = match from {
        Proposed => matches!(to, Active | Dissolved),
        Active => matches!(to, Suspended | Merged | Dissolved),
        Suspended => matches!(to, Active | Merged | Dissolved),
        Merged | Dissolved => false,
    };
    match allowed {
        true => Ok(()),
        false => Err(Error::InvalidTransition { from: from.as_str(), to: to.as_str() }),
    }
}

/// Whether a model in its latest span `now` may make `change`.
pub fn change(model: ModelId, now: &Span, change: &ModelStatusChangeFields) -> Result<()> {
    transition(now.status, change.to)?;
    if change.effective_on < now.from_on {
        return Err(Error::rule(
            "effectiveOn must not be before establishedOn or the change before.",
            "effectiveOn không được trước establishedOn hoặc lần thay đổi trước.",
        ));
    }
    match change.merged_into_id {
        Some(_) if change.to != ModelStatus::Merged => Err(Error::rule(
            "mergedIntoId goes with the status merged alone.",
            "mergedIntoId chỉ dùng với trạng thái merged.",
        )),
        Some(into) if into == model => {
            Err(Error::rule("A model cannot be merged into itself.", "Mô hình không thể hợp nhất vào chính nó."))
        }
        _ => Ok(()),
    }
}

/// A model that others are merged into has not ended itself.
pub fn goes_on(into: &Model) -> Result<()> {
    match into.ended_on {
        None => Ok(()),
        Some(_) => Err(Error::rule(
            "mergedIntoId names a model that has ended.",
            "mergedIntoId dẫn chiếu mô hình đã kết thúc.",
        )),
    }
}

/// Whether the first span may begin on another day.
pub fn establish(first: &Span, on: Day) -> Result<()> {
    match first.to_on {
        Some(end) if on > end => Err(Error::rule(
            "establishedOn must not be after the first status change.",
            "establishedOn không được sau lần thay đổi trạng thái đầu tiên.",
        )),
        _ => Ok(()),
    }
}

/// The first day on which a model in this status no longer works.
pub fn ended_on(to: ModelStatus, on: Day) -> Option<Day> {
    matches!(to, ModelStatus::Merged | ModelStatus::Dissolved).then_some(on)
}

/// The code of the model type of household fire-safety groups (tổ liên gia an toàn phòng cháy, chữa cháy).
const HOUSEHOLD_GROUP: &str = "fire_safety_household_group";

/// What is odd about a model of the type with this code; `None` where nothing is. A household group has
/// 5 to 15 adjoining households.
pub fn warnings(type_code: &str, fields: &ModelFields) -> Option<Vec<ModelWarning>> {
    let odd = type_code == HOUSEHOLD_GROUP && fields.household_count.is_some_and(|count| !(5..=15).contains(&count));
    odd.then(|| vec![ModelWarning::HouseholdGroupSize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_transitions_are_those_of_the_contract_and_no_others() {
        let mut allowed = Vec::new();
        for from in ModelStatus::ALL {
            for to in ModelStatus::ALL {
                if transition(*from, *to).is_ok() {
                    allowed.push(format!("{from}→{to}"));
                }
            }
        }
        assert_eq!(
            allowed,
            [
                "proposed→active",
                "proposed→dissolved",
                "active→suspended",
                "active→merged",
                "active→dissolved",
                "suspended→active",
                "suspended→merged",
                "suspended→dissolved",
            ]
        );
    }
}
