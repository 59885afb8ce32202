//! Rules of units that need no database.

use super::UnitFields;
use crate::error::{Error, Result};
use crate::types::{Day, UnitId};

/// What holds of a unit by itself.
pub fn check(fields: &UnitFields) -> Result<()> {
    match fields.valid_to {
        Some(end) if end <= fields.valid_from => {
            Err(Error::rule("validTo must be after validFrom.", "validTo phải sau validFrom."))
        }
        _ => Ok(()),
    }
}

/// What holds between a unit and the one above it: not narrower, and not outlived.
pub fn check_parent(fields: &UnitFields, parent: &UnitFields) -> Result<()> {
    if parent.kind > fields.kind {
        return Err(Error::rule(
            "The unit above must not be of a narrower kind.",
            "Đơn vị cấp trên không được thuộc cấp thấp hơn.",
        ));
    }
    outlives(fields.valid_to, parent.valid_to)
}

/// 409 when a child that ends at `child` outlives a parent that ends at `parent`.
pub fn outlives(child: Option<Day>, parent: Option<Day>) -> Result<()> {
    let outlived = match (child, parent) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(child), Some(parent)) => child > parent,
    };
    match outlived {
        false => Ok(()),
        true => Err(Error::rule(
            "A unit must not outlive the unit above it.",
            "Đơn vị không được tồn tại lâu hơn đơn vị cấp trên.",
        )),
    }
}

/// The end of a unit that others follow is the day they do.
pub fn keeps_its_end(before: &UnitFields, fields: &UnitFields, successors: &[UnitId]) -> Result<()> {
    match successors.is_empty() || before.valid_to == fields.valid_to {
        true => Ok(()),
        false => Err(Error::rule(
            "A unit that others follow ends on the day they do.",
            "Đơn vị đã có đơn vị kế thừa thì kết thúc vào ngày được kế thừa.",
        )),
    }
}

/// What a succession on `effective_on` makes of the unit's end, and what it asks of a successor.
pub fn end(unit: &UnitFields, effective_on: Day, successors: &[UnitFields]) -> Result<UnitFields> {
    if effective_on <= unit.valid_from {
        return Err(Error::rule(
            "effectiveOn must be after the unit's validFrom.",
            "effectiveOn phải sau validFrom của đơn vị.",
        ));
    }
    if unit.valid_to.is_some_and(|end| end < effective_on) {
        return Err(Error::rule("The unit had ended before effectiveOn.", "Đơn vị đã kết thúc trước effectiveOn."));
    }
    let in_force = |s: &UnitFields| s.valid_from <= effective_on && s.valid_to.is_none_or(|end| end > effective_on);
    if !successors.iter().all(in_force) {
        return Err(Error::rule(
            "Every successor must be in force on effectiveOn.",
            "Mọi đơn vị kế thừa phải có hiệu lực vào effectiveOn.",
        ));
    }
    Ok(UnitFields { valid_to: Some(effective_on), ..unit.clone() })
}
