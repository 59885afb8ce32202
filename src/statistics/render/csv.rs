//! CSV (RFC 4180) that spreadsheets open as text and numbers alone.

use csv::{Terminator, WriterBuilder};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::table::{Cell, Table};
use crate::error::{Error, Result};

/// A table as CSV (RFC 4180): UTF-8 with byte order mark, CRLF, a header row; no cell is a formula.
pub enum Csv {}

impl PartialSchema for Csv {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).max_length(Some(10_000_000)).into()
    }
}
impl ToSchema for Csv {}

/// A table as a file.
pub fn csv(table: &Table) -> Result<Vec<u8>> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer("\u{FEFF}".as_bytes().to_vec());
    writer.write_record(table.head.iter().map(|name| plain(name))).map_err(Error::internal)?;
    for row in &table.rows {
        writer.write_record(row.iter().map(written)).map_err(Error::internal)?;
    }
    writer.into_inner().map_err(Error::internal)
}

fn written(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => plain(text),
        Cell::Number(number) => number.to_string(),
        Cell::Nothing => String::new(),
    }
}

/// What a spreadsheet would take for a formula gets an apostrophe.
fn plain(cell: &str) -> String {
    const FORMULA: &[char] = &['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    match cell.starts_with(FORMULA) {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::figure::Figure;

    #[test]
    fn no_cell_is_a_formula() {
        for formula in ["=1+1", "+1", "-1+1", "-", "@a", "\ta", "\ra", "\na", "＝1", "＋1", "－1", "＠a"] {
            assert_eq!(plain(formula), format!("'{formula}"));
        }
        for harmless in ["", "12", "a=b", "models_active", "2023-06"] {
            assert_eq!(plain(harmless), harmless);
        }
    }

    #[test]
    fn a_table_begins_with_a_mark_and_its_lines_end_as_in_rfc_4180() {
        let rows = vec![vec![Cell::text("a,b"), Cell::Number(Figure::whole(-1)), Cell::Nothing]];
        let table = Table { head: vec!["x".to_owned(), "y".to_owned(), "z".to_owned()], rows };
        let written = csv(&table).expect("a table");
        assert_eq!(String::from_utf8(written).expect("UTF-8"), "\u{FEFF}x,y,z\r\n\"a,b\",-1,\r\n");
    }
}
