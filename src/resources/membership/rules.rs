//! Rules of memberships that need no database.

use super::MembershipTerms;
use crate::error::{Error, Result};
use crate::types::Day;

/// What holds of a membership by itself.
pub fn check(terms: &MembershipTerms) -> Result<()> {
    match terms.ended_on {
        Some(end) if end < terms.started_on => {
            Err(Error::rule("endedOn must not be before startedOn.", "endedOn không được trước startedOn."))
        }
        _ => Ok(()),
    }
}

/// A membership neither begins after the end of what it is in nor outlives it. It may be older: people
/// keep together before they are a model by decision.
pub fn within(terms: &MembershipTerms, end: Option<Day>) -> Result<()> {
    let beyond = |end: Day| terms.started_on > end || terms.ended_on.is_none_or(|day| day > end);
    match end.is_some_and(beyond) {
        false => Ok(()),
        true => Err(Error::rule(
            "A membership must not begin after the end of its model or team or outlive it.",
            "Tư cách thành viên không được bắt đầu hoặc kéo dài sau khi mô hình hoặc tổ kết thúc.",
        )),
    }
}

/// What a membership becomes when what it is in ends on `day`; `None` when it had ended by then.
pub fn end(terms: &MembershipTerms, day: Day) -> Option<MembershipTerms> {
    let open = terms.ended_on.is_none_or(|end| end > day);
    open.then(|| MembershipTerms { ended_on: Some(day.max(terms.started_on)), ..terms.clone() })
}
