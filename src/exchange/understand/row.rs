//! Rows into records, as far as that needs no database.

use serde_json::{Map, Value};

use super::super::columns::{BOOKKEEPING, Column, Use};
use super::super::fault::{RowFault, Wrong, letters};
use super::super::header::{Known, Layout};
use super::super::read::{Cell, Content, Row};

/// What a row says of a record, and what is wrong with it.
pub struct Understood {
    pub record: Map<String, Value>,
    pub faults: Vec<RowFault>,
}

/// Understands a row; `layout` says which column lies where, for rows of cells.
pub fn row(columns: &'static [Column], layout: Option<&Layout>, row: Row) -> Understood {
    let mut understood = Understood { record: Map::new(), faults: Vec::new() };
    match row.content {
        Content::Cells(cells) => {
            for (place, cell) in &cells {
                understood.cell(layout, row.number, *place, cell);
            }
        }
        Content::Object(object) => {
            for (name, value) in object {
                understood.property(columns, row.number, "", &name, value);
            }
        }
        Content::Malformed => {
            let wrong = Wrong::new("malformed", "The line is not a JSON object.", "Dòng không phải đối tượng JSON.");
            understood.faults.push(wrong.at(row.number, None));
        }
    }
    for column in columns.iter().filter(|column| column.used == Use::Needed) {
        let told = understood.faults.iter().any(|f| f.column.as_deref().is_none_or(|name| name == column.path));
        if !told && understood.record.get(column.path).is_none() {
            let wrong = Wrong::new("required", "This is required.", "Bắt buộc phải có.");
            understood.faults.push(wrong.at(row.number, column.path.to_owned()));
        }
    }
    understood
}

impl Understood {
    fn cell(&mut self, layout: Option<&Layout>, row: u64, place: usize, cell: &Cell) {
        match layout.and_then(|layout| layout.at(place)) {
            Some(Known::Column(column)) => self.take(column, row, cell),
            Some(Known::Ignored) => {}
            None => {
                let wrong = Wrong::new("no-header", "This cell lies under no header.", "Ô này không thuộc cột nào.");
                self.faults.push(wrong.at(row, letters(place)));
            }
        }
    }

    /// A property, or those of an object in it that is spread over columns.
    fn property(&mut self, columns: &'static [Column], row: u64, within: &str, name: &str, value: Value) {
        let path = format!("{within}{name}");
        let column = columns.iter().find(|column| column.path == path);
        match (column, value) {
            (_, Value::Null) => {}
            (Some(column), _) if column.used == Use::Shown => {}
            (Some(column), value) => self.take(column, row, &Cell::Json(value)),
            (None, Value::Object(object)) if within.is_empty() && spread(columns, name) => {
                for (inner, value) in object {
                    self.property(columns, row, &format!("{name}."), &inner, value);
                }
            }
            (None, _) if BOOKKEEPING.contains(&path.as_str()) => {}
            (None, _) => {
                let wrong = Wrong::new("unknown", "There is no such property.", "Không có thuộc tính này.");
                self.faults.push(wrong.at(row, None));
            }
        }
    }

    fn take(&mut self, column: &Column, row: u64, cell: &Cell) {
        match super::value(column.cells, cell) {
            Ok(value) => put(&mut self.record, column.path, value),
            Err(wrong) => self.faults.push(wrong.at(row, column.path.to_owned())),
        }
    }
}

fn spread(columns: &[Column], name: &str) -> bool {
    columns.iter().any(|column| column.path.split_once('.').is_some_and(|(outer, _)| outer == name))
}

fn put(record: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            record.insert(path.to_owned(), value);
        }
        Some((outer, inner)) => {
            let object = record.entry(outer).or_insert_with(|| Value::Object(Map::new()));
            if let Some(object) = object.as_object_mut() {
                object.insert(inner.to_owned(), value);
            }
        }
    }
}
