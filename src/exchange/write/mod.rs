//! Records into files: the columns of the noun in their order, headed by their JSON names. What must not come
//! in: which records those are.

mod cells;
mod template;
mod workbook;

pub use template::template;

use csv::{Terminator, WriterBuilder};
use serde_json::{Map, Value};

use self::cells::{Written, cell};
use self::workbook::Book;
use super::columns::{Column, Use};
use super::read::Format;
use crate::error::{Error, Result};

/// The most rows of a workbook, which is made whole in memory.
pub const MOST_IN_A_BOOK: i64 = 50_000;

/// A file being written.
pub struct Writer {
    columns: Vec<&'static Column>,
    form: Form,
}

enum Form {
    Csv,
    Ndjson,
    Xlsx(Box<Book>),
}

impl Writer {
    /// A file without rows, and its first bytes.
    pub fn new(format: Format, name: &str, columns: &'static [Column]) -> Result<(Self, Vec<u8>)> {
        let columns: Vec<&Column> = columns.iter().filter(|column| column.used != Use::Secret).collect();
        let names = || columns.iter().map(|column| column.path);
        let (form, bytes) = match format {
            Format::Csv => {
                let mut head = "\u{FEFF}".as_bytes().to_vec();
                head.extend(lines([names().map(str::to_owned).collect()])?);
                (Form::Csv, head)
            }
            Format::Ndjson => (Form::Ndjson, Vec::new()),
            Format::Xlsx => (Form::Xlsx(Box::new(Book::new(name, names())?)), Vec::new()),
        };
        Ok((Self { columns, form }, bytes))
    }

    /// Further rows; gives the bytes that they come to, if they can be told yet.
    pub fn rows(&mut self, records: &[Value]) -> Result<Vec<u8>> {
        let columns = &self.columns;
        match &mut self.form {
            Form::Csv => {
                let plain = |record| columns.iter().map(|column| cell(column, record).plain()).collect();
                lines(records.iter().map(plain))
            }
            Form::Ndjson => {
                let mut bytes = Vec::new();
                for record in records {
                    serde_json::to_writer(&mut bytes, &picked(columns, record)).map_err(Error::internal)?;
                    bytes.push(b'\n');
                }
                Ok(bytes)
            }
            Form::Xlsx(book) => {
                for record in records {
                    book.row(columns.iter().map(|column| cell(column, record)))?;
                }
                Ok(Vec::new())
            }
        }
    }

    /// The last bytes.
    pub fn end(self) -> Result<Vec<u8>> {
        match self.form {
            Form::Csv | Form::Ndjson => Ok(Vec::new()),
            Form::Xlsx(book) => book.end(),
        }
    }
}

fn lines(rows: impl IntoIterator<Item = Vec<String>>) -> Result<Vec<u8>> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).map_err(Error::internal)?;
    }
    writer.into_inner().map_err(Error::internal)
}

/// What a record has at a path.
fn at<'r>(record: &'r Value, path: &str) -> Option<&'r Value> {
    let found = path.split('.').try_fold(record, |value, step| value.get(step));
    found.filter(|value| !value.is_null())
}

/// The record with the columns alone, objects whole again.
fn picked(columns: &[&'static Column], record: &Value) -> Value {
    let mut object = Map::new();
    for column in columns {
        let Some(value) = at(record, column.path) else {
            continue;
        };
        match column.path.split_once('.') {
            None => drop(object.insert(column.path.to_owned(), value.clone())),
            Some((outer, inner)) => {
                let within = object.entry(outer).or_insert_with(|| Value::Object(Map::new()));
                within[inner] = value.clone();
            }
        }
    }
    Value::Object(object)
}

impl Written {
    /// As text that no spreadsheet runs.
    fn plain(self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Text(text) => super::formula::neutral(&text),
            Self::Number(number) => number.to_string(),
            Self::YesNo(yes) => yes.to_string(),
        }
    }
}
