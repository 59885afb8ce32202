//! What can be wrong with a file or a row of it, in words that repeat no value of it.

use crate::error::{Error, Fault, Place, Words};
use crate::http::{Kind, detail};

/// What is wrong with a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    pub code: &'static str,
    pub words: Words,
}

/// What is wrong, and where. Rows count from 1, that of the header included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    pub row: u64,
    /// The JSON name of the column, or its letters where it has none.
    pub column: Option<String>,
    pub code: &'static str,
    pub words: Words,
}

/// Why a file is not read on.
#[derive(Debug)]
pub enum Halt {
    Fault(RowFault),
    Error(Error),
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl Wrong {
    pub fn new(code: &'static str, en: &'static str, vi: &'static str) -> Self {
        Self { code, words: Words::new(en, vi) }
    }

    pub fn at(self, row: u64, column: impl Into<Option<String>>) -> RowFault {
        RowFault { row, column: column.into(), code: self.code, words: self.words }
    }

    /// The end of reading, at a row of the file.
    pub fn halt(self, row: u64) -> Halt {
        Halt::Fault(self.at(row, None))
    }
}

/// The letters of a column, as spreadsheets have them.
pub fn letters(column: usize) -> String {
    let mut rest = column + 1;
    let mut name = Vec::new();
    while rest > 0 {
        name.push(b'A' + ((rest - 1) % 26) as u8);
        rest = (rest - 1) / 26;
    }
    name.reverse();
    String::from_utf8_lossy(&name).into_owned()
}

/// What a refusal of the registry says of a row; the error itself where it says nothing of the row.
pub fn of_refusal(error: Error, row: u64) -> Result<Vec<RowFault>, Error> {
    match error {
        Error::Invalid(faults) => Ok(faults.into_iter().map(|fault| of_fault(fault, row)).collect()),
        Error::ReferenceMissing { pointer } | Error::CategoryNotInForce { pointer } => {
            let column = column(pointer);
            Ok(vec![RowFault { row, column, code: Kind::of(&error).code(), words: detail(&error) }])
        }
        Error::Duplicate(_)
        | Error::InsufficientScope { .. }
        | Error::InvalidTransition { .. }
        | Error::NotFound
        | Error::RuleViolated(_)
        | Error::UnitNotInForce => {
            Ok(vec![RowFault { row, column: None, code: Kind::of(&error).code(), words: detail(&error) }])
        }
        other => Err(other),
    }
}

fn of_fault(fault: Fault, row: u64) -> RowFault {
    let column = match &fault.place {
        Place::Body(pointer) => column(pointer),
        Place::Parameter(_) => None,
    };
    // A name that is not ours may be anybody's.
    let column = column.filter(|_| fault.code != "unknown");
    RowFault { row, column, code: fault.code, words: fault.detail }
}

/// The column that a pointer into the record lies in; places in a list are of the list's column.
fn column(pointer: &str) -> Option<String> {
    let steps = pointer.split('/').skip(1).take_while(|step| step.parse::<usize>().is_err());
    let path = steps.collect::<Vec<_>>().join(".");
    (!path.is_empty()).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_lettered_as_in_spreadsheets() {
        for (column, expected) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")] {
            assert_eq!(letters(column), expected);
        }
    }

    #[test]
    fn a_pointer_is_a_column() {
        assert_eq!(column("/decision/issuedOn").as_deref(), Some("decision.issuedOn"));
        assert_eq!(column("/contributions/3/kind").as_deref(), Some("contributions"));
        assert_eq!(column(""), None);
    }
}
