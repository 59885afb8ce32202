//! Files into rows, one after the other, within bounds of memory whatever they hold. What must not come
//! in: what a cell means.

mod encoding;
mod ndjson;
mod separated;
mod workbook;

use serde_json::{Map, Value};

use super::columns::Column;
use super::fault::{Halt, Wrong};
use crate::types::text_enum;

/// The most rows of a file, the header apart.
pub const MOST_ROWS: u64 = 100_000;
/// The most columns.
pub const MOST_COLUMNS: usize = 200;
/// The longest cell, in characters, as spreadsheets have it.
pub const LONGEST_CELL: usize = 32_767;

text_enum! {
    /// How a file is written.
    pub enum Format {
        Csv = "csv",
        Xlsx = "xlsx",
        Ndjson = "ndjson",
    }
}

pub const CSV: &str = "text/csv";
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
pub const NDJSON: &str = "application/x-ndjson";

impl Format {
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => CSV,
            Self::Xlsx => XLSX,
            Self::Ndjson => NDJSON,
        }
    }

    pub fn of_media_type(media_type: &str) -> Option<Self> {
        match media_type {
            CSV => Some(Self::Csv),
            XLSX => Some(Self::Xlsx),
            NDJSON | "application/ndjson" => Some(Self::Ndjson),
            _ => None,
        }
    }
}

/// A cell that holds something.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Text(String),
    Number(f64),
    YesNo(bool),
    /// Year, month, day and microseconds of the day, as a spreadsheet has them.
    Clock {
        date: (i16, i8, i8),
        micros: i64,
    },
    /// What a spreadsheet computes: its value is nobody's word.
    Formula,
    /// `#N/A` and the like.
    Error,
    Json(Value),
}

/// What a row holds.
pub enum Content {
    /// Cells by their places, in order.
    Cells(Vec<(usize, Cell)>),
    /// Properties by name.
    Object(Map<String, Value>),
    /// A line that cannot be read, where the next ones can.
    Malformed,
}

/// A row with its number in the file, from 1.
pub struct Row {
    pub number: u64,
    pub content: Content,
}

/// A file.
pub struct File<'a> {
    pub format: Format,
    pub charset: Option<&'a str>,
    pub bytes: &'a [u8],
    /// What it may hold; by this the separator of columns is told.
    pub columns: &'static [Column],
}

/// Whoever takes the rows.
pub type Visit<'v> = &'v mut dyn FnMut(Row) -> Result<(), Halt>;

/// Shows every row that holds something to `visit`; the first is the header where the format has one.
pub fn each(file: &File<'_>, visit: Visit<'_>) -> Result<(), Halt> {
    match file.format {
        Format::Csv => separated::each(&encoding::decoded(file)?, file.columns, visit),
        Format::Xlsx => workbook::each(file.bytes, visit),
        Format::Ndjson => ndjson::each(&encoding::decoded(file)?, visit),
    }
}

fn too_many_rows(row: u64) -> Halt {
    let wrong = Wrong::new("too-many-rows", "A file holds at most 100 000 rows.", "Tệp có tối đa 100 000 dòng.");
    wrong.halt(row)
}

fn too_many_columns(row: u64) -> Halt {
    let wrong = Wrong::new("too-many-columns", "A file has at most 200 columns.", "Tệp có tối đa 200 cột.");
    wrong.halt(row)
}

fn too_long(row: u64) -> Halt {
    let wrong = Wrong::new(
        "too-long",
        "A cell holds at most 32 767 characters; perhaps a quotation mark is not closed.",
        "Ô có tối đa 32 767 ký tự; có thể thiếu dấu ngoặc kép đóng.",
    );
    wrong.halt(row)
}
