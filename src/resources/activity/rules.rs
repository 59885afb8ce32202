//! Rules of activities that need no database.

use super::ActivityFields;
use crate::error::{Error, Result};

/// What holds of an activity by itself.
pub fn check(fields: &ActivityFields) -> Result<()> {
    match fields.ended_at {
        Some(end) if end < fields.started_at => {
            Err(Error::rule("endedAt must not be before startedAt.", "endedAt không được trước startedAt."))
        }
        _ => Ok(()),
    }
}
