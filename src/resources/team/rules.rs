//! Rules of teams that need no database.

use super::TeamFields;
use crate::error::{Error, Result};
use crate::types::Day;

/// What holds of a team by itself.
pub fn check(fields: &TeamFields) -> Result<()> {
    match fields.ended_on {
        Some(end) if end < fields.started_on => {
            Err(Error::rule("endedOn must not be before startedOn.", "endedOn không được trước startedOn."))
        }
        _ => Ok(()),
    }
}

/// A team works while its model does.
pub fn within(fields: &TeamFields, established_on: Day, model_ended_on: Option<Day>) -> Result<()> {
    let outlives = model_ended_on.is_some_and(|end| fields.ended_on.is_none_or(|day| day > end.max(fields.started_on)));
    match fields.started_on < established_on || outlives {
        false => Ok(()),
        true => Err(Error::rule(
            "A team must not begin before its model or outlive it.",
            "Tổ không được bắt đầu trước hoặc kết thúc sau mô hình.",
        )),
    }
}

/// What a team becomes when its model ends on `day`; `None` when it had ended by then.
pub fn end(fields: &TeamFields, day: Day) -> Option<TeamFields> {
    let open = fields.ended_on.is_none_or(|end| end > day);
    open.then(|| TeamFields { ended_on: Some(day.max(fields.started_on)), ..fields.clone() })
}
