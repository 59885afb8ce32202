//! Rules of model types that need no database.

use super::ModelTypeFields;
use crate::error::{Error, Result};

/// What holds of a model type by itself.
pub fn check(fields: &ModelTypeFields) -> Result<()> {
    match fields.valid_to {
        Some(end) if end <= fields.valid_from => {
            Err(Error::rule("validTo must be after validFrom.", "validTo phải sau validFrom."))
        }
        _ => Ok(()),
    }
}
