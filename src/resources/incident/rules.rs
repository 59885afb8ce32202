//! Rules of incidents that need no database.

use super::{Incident, IncidentFields, IncidentStatus, IncidentStatusChangeFields};
use crate::error::{Error, Result};
use crate::types::Moment;

/// What holds of an incident by itself.
pub fn check(fields: &IncidentFields) -> Result<()> {
    match fields.occurred_until {
        Some(until) if until < fields.occurred_at => Err(Error::rule(
            "occurredUntil must not be before occurredAt.",
            "occurredUntil không được trước occurredAt.",
        )),
        _ => Ok(()),
    }
}

/// Whether an incident may go from one status to another.
pub fn transition(from: IncidentStatus, to: IncidentStatus) -> Result<()> {
    use IncidentStatus::{Handling, Received, Rejected, Resolved, Transferred, Verifying};
    let allowed = match from {
        Received => matches!(to, Verifying | Handling | Rejected | Transferred),
        Verifying => matches!(to, Handling | Rejected | Transferred),
        Handling => matches!(to, Resolved | Transferred),
        Resolved => matches!(to, Handling),
        Transferred | Rejected => false,
    };
    match allowed {
        true => Ok(()),
        false => Err(Error::InvalidTransition { from: from.as_str(), to: to.as_str() }),
    }
}

/// Whether an incident may make `change`.
pub fn change(incident: &Incident, change: &IncidentStatusChangeFields) -> Result<()> {
    transition(incident.status, change.to)?;
    match change.effective_at < incident.status_since {
        true => Err(Error::rule(
            "effectiveAt must not be before the incident or the change before.",
            "effectiveAt không được trước vụ việc hoặc lần thay đổi trước.",
        )),
        false => Ok(()),
    }
}

/// When an incident that comes to `to` at `at` was resolved.
pub fn resolved_at(to: IncidentStatus, at: Moment) -> Option<Moment> {
    (to == IncidentStatus::Resolved).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_transitions_are_those_of_the_contract_and_no_others() {
        let mut allowed = Vec::new();
        for from in IncidentStatus::ALL {
            for to in IncidentStatus::ALL {
                if transition(*from, *to).is_ok() {
                    allowed.push(format!("{from}→{to}"));
                }
            }
        }
        assert_eq!(
            allowed,
            [
                "received→verifying",
                "received→handling",
                "received→transferred",
                "received→rejected",
                "verifying→handling",
                "verifying→transferred",
                "verifying→rejected",
                "handling→resolved",
                "handling→transferred",
                "resolved→handling",
            ]
        );
    }
}
