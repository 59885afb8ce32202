//! Separated values (RFC 4180) with comma, semicolon or tab: whichever makes a header of known columns.

use csv::{ReaderBuilder, StringRecord};

use super::{
    Cell, Content, LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, Row, Visit, too_long, too_many_columns, too_many_rows,
};
use crate::exchange::columns::Column;
use crate::exchange::fault::{Halt, Wrong};
use crate::exchange::formula::undone;
use crate::exchange::header;

const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// The separator, and how much of the text lies before the header.
fn layout(text: &str, columns: &'static [Column]) -> (u8, usize) {
    let first = text.split_inclusive('\n').next().unwrap_or_default();
    let said = first.trim_end().trim_matches('"').strip_prefix("sep=").map(str::as_bytes);
    if let Some([separator]) = said
        && SEPARATORS.contains(separator)
    {
        return (*separator, first.len());
    }
    let known = |separator: u8| {
        let fields = head(text, separator);
        let known = fields.iter().filter(|name| header::known(columns, name).is_some()).count();
        (known, fields.len())
    };
    let best = SEPARATORS.into_iter().rev().max_by_key(|separator| known(*separator));
    (best.unwrap_or(b','), 0)
}

/// The fields of the first row; those of a row that is too long are not the header's.
fn head(text: &str, separator: u8) -> StringRecord {
    const LONGEST: usize = 1 << 20;
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut record = StringRecord::new();
    let mut reader = ReaderBuilder::new().has_headers(false).delimiter(separator).from_reader(&text.as_bytes()[..end]);
    match reader.read_record(&mut record) {
        Ok(true) => record,
        Ok(false) | Err(_) => StringRecord::new(),
    }
}

pub fn each(text: &str, columns: &'static [Column], visit: Visit<'_>) -> Result<(), Halt> {
    let (separator, begin) = layout(text, columns);
    let rest = &text.as_bytes()[begin..];
    let mut place = Place { text: rest, at: 0, line: if begin > 0 { 2 } else { 1 } };
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(rest);
    let mut record = StringRecord::new();
    let mut rows = 0;
    loop {
        let more = reader.read_record(&mut record).map_err(|_| malformed(rows + 1))?;
        if !more {
            return Ok(());
        }
        let number = place.line(record.position().map_or(0, |position| position.byte() as usize));
        let cells = cells(&record, number)?;
        if cells.is_empty() {
            continue;
        }
        rows += 1;
        if rows > MOST_ROWS + 1 {
            return Err(too_many_rows(number));
        }
        visit(Row { number, content: Content::Cells(cells) })?;
    }
}

/// Where in a text the reader is, in lines. What ends a line is one line break, be it two characters.
struct Place<'t> {
    text: &'t [u8],
    at: usize,
    line: u64,
}

impl Place<'_> {
    /// The line of the record that begins at a byte, or behind the line breaks there.
    fn line(&mut self, byte: usize) -> u64 {
        while let Some(here) = self.text.get(self.at) {
            let next = self.text.get(self.at + 1);
            let breaks = *here == b'\n' || (*here == b'\r' && next != Some(&b'\n'));
            if self.at >= byte && !matches!(here, b'\r' | b'\n') {
                break;
            }
            self.line += u64::from(breaks);
            self.at += 1;
        }
        self.line
    }
}

fn cells(record: &StringRecord, number: u64) -> Result<Vec<(usize, Cell)>, Halt> {
    let mut cells = Vec::new();
    for (place, field) in record.iter().enumerate().filter(|(_, field)| !field.is_empty()) {
        if place >= MOST_COLUMNS {
            return Err(too_many_columns(number));
        }
        if field.len() > LONGEST_CELL && field.chars().count() > LONGEST_CELL {
            return Err(too_long(number));
        }
        cells.push((place, Cell::Text(undone(field).to_owned())));
    }
    Ok(cells)
}

fn malformed(row: u64) -> Halt {
    Wrong::new("malformed", "The file cannot be read from here on.", "Từ đây tệp không đọc được.").halt(row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::columns::MODELS;

    fn rows(text: &str) -> Vec<(u64, Vec<(usize, Cell)>)> {
        let mut rows = Vec::new();
        let mut take = |row: Row| {
            if let Content::Cells(cells) = row.content {
                rows.push((row.number, cells));
            }
            Ok(())
        };
        each(text, MODELS, &mut take).expect("it can be read");
        rows
    }

    #[test]
    fn the_separator_is_the_one_that_makes_a_header() {
        let text = |place: usize, text: &str| (place, Cell::Text(text.to_owned()));
        for separator in [",", ";", "\t"] {
            let file = format!("Tên mô hình{separator}Đơn vị\r\n\"A{separator}\nB\"{separator}'=1\r\n\r\n,,\r\n");
            let read = rows(&file);
            assert_eq!(read[1], (2, vec![text(0, &format!("A{separator}\nB")), text(1, "=1")]), "{separator}");
        }
        assert_eq!(rows("sep=;\nname;x\na;b\n")[1], (3, vec![text(0, "a"), text(1, "b")]));
        assert_eq!(rows("name\nx\n").len(), 2);
        for ending in ["\n", "\r\n", "\r"] {
            let file = ["name", "\"a\nb\"", "", ",", "c", "d"].join(ending);
            let numbers: Vec<u64> = rows(&file).iter().map(|(number, _)| *number).collect();
            assert_eq!(numbers, [1, 2, 6, 7], "{ending:?}");
        }
        assert_eq!(rows("").len(), 0);
    }
}
