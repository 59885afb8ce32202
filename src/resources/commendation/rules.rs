//! Rules of commendations that need no database.

use super::{Commendation, CommendationFields, CommendationStatus, CommendationStatusChangeFields};
use crate::error::{Error, Result};

/// What holds of a commendation by itself.
pub fn check(fields: &CommendationFields) -> Result<()> {
    match fields.period_from.zip(fields.period_to) {
        Some((from, to)) if to < from => {
            Err(Error::rule("periodTo must not be before periodFrom.", "periodTo không được trước periodFrom."))
        }
        _ => Ok(()),
    }
}

/// What was decided is not changed any more.
pub fn open(commendation: &Commendation) -> Result<()> {
    match commendation.status {
        CommendationStatus::Proposed => Ok(()),
        CommendationStatus::Awarded | CommendationStatus::Rejected | CommendationStatus::Revoked => Err(Error::rule(
            "A commendation that was decided cannot be changed.",
            "Không thể sửa khen thưởng đã có quyết định.",
        )),
    }
}

/// Whether a commendation may go from one status to another.
pub fn transition(from: CommendationStatus, to: CommendationStatus) -> Result<()> {
    use CommendationStatus::{Awarded, Proposed, Rejected, Revoked};
    let allowed = match from {
        Proposed => matches!(to, Awarded | Rejected),
        Awarded => matches!(to, Revoked),
        Rejected | Revoked => false,
    };
    match allowed {
        true => Ok(()),
        false => Err(Error::InvalidTransition { from: from.as_str(), to: to.as_str() }),
    }
}

/// Whether a commendation may make `change`.
pub fn change(commendation: &Commendation, change: &CommendationStatusChangeFields) -> Result<()> {
    transition(commendation.status, change.to)?;
    match commendation.decided_on.is_some_and(|day| change.effective_on < day) {
        true => Err(Error::rule(
            "effectiveOn must not be before the change before.",
            "effectiveOn không được trước lần thay đổi trước.",
        )),
        false => Ok(()),
    }
}

/// What a commendation becomes by `change`. It is decided once: a revocation leaves the day and the
/// paper of the award.
pub fn changed(commendation: &Commendation, change: &CommendationStatusChangeFields) -> Commendation {
    let mut after = Commendation { status: change.to, ..commendation.clone() };
    after.decided_on.get_or_insert(change.effective_on);
    if change.to == CommendationStatus::Awarded {
        after.decision = change.decision.clone();
    }
    after
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_transitions_are_those_of_the_contract_and_no_others() {
        let mut allowed = Vec::new();
        for from in CommendationStatus::ALL {
            for to in CommendationStatus::ALL {
                if transition(*from, *to).is_ok() {
                    allowed.push(format!("{from}→{to}"));
                }
            }
        }
        assert_eq!(allowed, ["proposed→awarded", "proposed→rejected", "awarded→revoked"]);
    }
}
