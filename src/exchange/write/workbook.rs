//! Workbooks: cells of text, numbers and yes or no, and nothing that is computed. Days and moments are text,
//! since a spreadsheet keeps no microseconds. Made in memory: nothing of it is laid aside in a file.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::cells::Written;
use crate::error::{Error, Result};
use crate::exchange::formula::neutral;

/// A workbook of one sheet. The same rows make the same bytes.
pub struct Book {
    sheet: Worksheet,
    next: u32,
}

impl Book {
    pub fn new(name: &str, head: impl Iterator<Item = &'static str>) -> Result<Self> {
        let made = || {
            let mut sheet = Worksheet::new();
            sheet.set_name(name.chars().take(31).collect::<String>())?;
            let bold = Format::new().set_bold();
            for (column, name) in (0..).zip(head) {
                sheet.write_string_with_format(0, column, name, &bold)?;
            }
            sheet.set_freeze_panes(1, 0)?;
            Ok::<_, XlsxError>(sheet)
        };
        Ok(Self { sheet: made().map_err(Error::internal)?, next: 1 })
    }

    pub fn row(&mut self, cells: impl Iterator<Item = Written>) -> Result<()> {
        for (column, cell) in (0..).zip(cells) {
            let written = match cell {
                Written::Nothing => continue,
                Written::Text(text) => self.sheet.write_string(self.next, column, neutral(&text)),
                Written::Number(number) => {
                    self.sheet.write_number(self.next, column, number.as_f64().unwrap_or_default())
                }
                Written::YesNo(yes) => self.sheet.write_boolean(self.next, column, yes),
            };
            written.map_err(Error::internal)?;
        }
        self.next += 1;
        Ok(())
    }

    pub fn end(self) -> Result<Vec<u8>> {
        finished(vec![self.sheet]).map_err(Error::internal)
    }
}

/// The bytes of a workbook of these sheets.
pub fn finished(sheets: Vec<Worksheet>) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    for sheet in sheets {
        book.push_worksheet(sheet);
    }
    book.save_to_buffer()
}
