//! Rules of codes that need no database, and the codes a fresh registry holds.

use super::{ListCodeFields, ListName};
use crate::error::{Error, Result};
use crate::types::{Day, LongCode, Name};

/// What holds of a code by itself.
pub fn check(fields: &ListCodeFields) -> Result<()> {
    match fields.valid_to {
        Some(end) if end <= fields.valid_from => {
            Err(Error::rule("validTo must be after validFrom.", "validTo phải sau validFrom."))
        }
        _ => Ok(()),
    }
}

/// The codes of a fresh registry: `list, code, parent, from, to, replaced by, vi, en`.
const FIRST: &str = include_str!("../../../data/codes.csv");

/// Every code that a fresh registry holds.
pub fn first() -> Result<Vec<(ListName, ListCodeFields)>> {
    let mut reader = csv::Reader::from_reader(FIRST.as_bytes());
    reader.records().map(|row| read(&row.map_err(Error::internal)?)).collect()
}

fn read(row: &csv::StringRecord) -> Result<(ListName, ListCodeFields)> {
    let cell = |n: usize| row.get(n).unwrap_or_default();
    let code = |n: usize| Some(cell(n)).filter(|text| !text.is_empty()).map(LongCode::from);
    let day = |n: usize| cell(n).parse::<Day>().map_err(Error::internal);
    let fields = ListCodeFields {
        code: LongCode::from(cell(1)),
        parent_code: code(2),
        valid_from: day(3)?,
        valid_to: if cell(4).is_empty() { None } else { Some(day(4)?) },
        replaced_by_code: code(5),
        label_vi: Name::from(cell(6)),
        label_en: Name::from(cell(7)),
    };
    Ok((cell(0).parse().map_err(Error::internal)?, fields))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forces_that_ended_with_the_law_of_2024_are_replaced_by_the_new_one() {
        let codes = first().expect("the bundled codes are well-formed");
        for old in ["civil_guard", "part_time_commune_police"] {
            let fields = codes.iter().find(|(_, f)| f.code.as_str() == old).map(|(_, f)| f.clone()).expect(old);
            assert_eq!(fields.valid_to, Day::new(2024, 7, 1), "{old}");
            assert_eq!(fields.replaced_by_code.as_ref().map(LongCode::as_str), Some("grassroots_security_force"));
        }
        for (list, fields) in &codes {
            check(fields).expect("a bundled code obeys the rules");
            let parent = fields.parent_code.as_ref();
            let known = |code: &LongCode| codes.iter().any(|(l, f)| l == list && f.code == *code);
            assert!(parent.is_none_or(known), "{} has no parent in its list", fields.code);
        }
    }
}
