//! XLSX: text cells and number cells and nothing else, so that there is nothing to run.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::table::{Cell, Table};
use crate::error::{Error, Result};

/// A workbook (Office Open XML); no cell is a formula.
pub enum Xlsx {}

impl PartialSchema for Xlsx {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
        text.format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary))).max_length(Some(20_000_000)).into()
    }
}
impl ToSchema for Xlsx {}

/// A sheet: its name, the lines above the table, and the table.
pub struct Sheet {
    pub name: String,
    pub above: Vec<String>,
    pub table: Table,
}

/// A workbook of these sheets. The same sheets make the same bytes.
pub fn xlsx(title: &str, sheets: &[Sheet]) -> Result<Vec<u8>> {
    write(title, sheets).map_err(Error::internal)
}

fn write(title: &str, sheets: &[Sheet]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&made));
    let head = Format::new().set_bold().set_text_wrap();
    let title = Format::new().set_bold().set_font_size(13);
    for (number, sheet) in sheets.iter().enumerate() {
        let page = book.add_worksheet();
        page.set_name(sheet_name(&sheet.name, number))?;
        let mut row = 0;
        for (at, line) in sheet.above.iter().enumerate() {
            match at {
                0 => page.write_string_with_format(row, 0, line, &title)?,
                _ => page.write_string(row, 0, line)?,
            };
            row += 1;
        }
        rows(page, &sheet.table, row, &head)?;
    }
    book.save_to_buffer()
}

fn rows(page: &mut Worksheet, table: &Table, first: u32, head: &Format) -> Result<(), XlsxError> {
    for (column, name) in (0..).zip(&table.head) {
        page.write_string_with_format(first, column, name, head)?;
        page.set_column_width(column, 22)?;
    }
    page.set_freeze_panes(first + 1, 0)?;
    for (row, cells) in (first + 1..).zip(&table.rows) {
        for (column, cell) in (0..).zip(cells) {
            match cell {
                Cell::Text(text) => page.write_string(row, column, text)?,
                Cell::Number(number) => page.write_number(row, column, number.as_float())?,
                Cell::Nothing => page,
            };
        }
    }
    Ok(())
}

/// A name that spreadsheets take: at most 31 characters, none of `[]:*?/\`, and no other's.
fn sheet_name(name: &str, number: usize) -> String {
    let plain = name.chars().map(|c| if "[]:*?/\\'".contains(c) { ' ' } else { c });
    let short: String = plain.take(26).collect();
    format!("{}. {}", number + 1, short.trim())
}
