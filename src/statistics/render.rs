//! Rendering: the same cells as JSON and as a table that spreadsheets open safely. What must not
//! come in: what a figure means.

use csv::{Terminator, WriterBuilder};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::Dimension;
use super::balance::Balance;
use super::movements::Counted;
use super::observe::Observation;
use crate::error::{Error, Result};

/// A table as CSV (RFC 4180): UTF-8 with byte order mark, CRLF, a header row; no cell is a formula.
pub enum Csv {}

impl PartialSchema for Csv {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).max_length(Some(10_000_000)).into()
    }
}
impl ToSchema for Csv {}

/// Observations, one a row.
pub fn observations(items: &[Observation], by: &[Dimension], compared: bool) -> Result<Vec<u8>> {
    let ends: &[&str] = if compared { &["value", "status", "previous", "change"] } else { &["value", "status"] };
    let head = names(by, &["indicator"], ends);
    let rows = items.iter().map(|item| {
        let mut row = vec![item.indicator.to_string()];
        row.extend(by.iter().map(|dimension| item.key.text(*dimension)));
        row.extend([number(item.value), item.status.to_string()]);
        if compared {
            row.extend([number(item.previous), number(item.change)]);
        }
        row
    });
    table(head, rows)
}

/// Balances, one a row.
pub fn balances(items: &[Balance], by: &[Dimension], counted: Counted) -> Result<Vec<u8>> {
    let movements = || counted.inflows().iter().chain(counted.outflows());
    let mut ends = vec!["opening"];
    ends.extend(movements().map(|movement| movement.as_str()));
    ends.push("closing");
    let rows = items.iter().map(|item| {
        let mut row: Vec<String> = by.iter().map(|dimension| item.key.text(*dimension)).collect();
        row.push(item.opening.to_string());
        row.extend(movements().map(|movement| item.moved(*movement).to_string()));
        row.push(item.closing.to_string());
        row
    });
    table(names(by, &[], &ends), rows)
}

fn names(by: &[Dimension], begin: &[&str], ends: &[&str]) -> Vec<String> {
    let by = by.iter().map(|dimension| dimension.as_str());
    begin.iter().copied().chain(by).chain(ends.iter().copied()).map(str::to_owned).collect()
}

fn number(value: Option<i64>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn table(head: Vec<String>, rows: impl Iterator<Item = Vec<String>>) -> Result<Vec<u8>> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer("\u{FEFF}".as_bytes().to_vec());
    for row in std::iter::once(head).chain(rows) {
        writer.write_record(row.iter().map(|cell| plain(cell))).map_err(Error::internal)?;
    }
    writer.into_inner().map_err(Error::internal)
}

/// What a spreadsheet would take for a formula gets an apostrophe; a negative number stays a number.
fn plain(cell: &str) -> String {
    const FORMULA: &[char] = &['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match cell.starts_with(FORMULA) && !cell.strip_prefix('-').is_some_and(digits) {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_a_negative_number_stays_one() {
        for formula in ["=1+1", "+1", "-1+1", "-", "@a", "\ta", "\ra", "\na", "＝1", "＋1", "－1", "＠a"] {
            assert_eq!(plain(formula), format!("'{formula}"));
        }
        for harmless in ["", "-12", "12", "a=b", "models_active", "2023-06"] {
            assert_eq!(plain(harmless), harmless);
        }
    }

    #[test]
    fn a_table_begins_with_a_mark_and_its_lines_end_as_in_rfc_4180() {
        let rows = [vec!["a,b".to_owned(), "-1".to_owned()]];
        let table = table(vec!["x".to_owned(), "y".to_owned()], rows.into_iter()).expect("a table");
        assert_eq!(String::from_utf8(table).expect("UTF-8"), "\u{FEFF}x,y\r\n\"a,b\",-1\r\n");
    }
}
