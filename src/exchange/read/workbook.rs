//! Workbooks (Office Open XML): the first sheet, cell by cell. The archive is inflated once into nothing to
//! see that it is no bomb; what it says of its own size is not believed.

use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Reader, Xlsx};
use zip::ZipArchive;

use super::{
    Cell, Content, LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, Row, Visit, too_long, too_many_columns, too_many_rows,
};
use crate::exchange::fault::{Halt, Wrong};
use crate::exchange::formula::undone;

/// Parts of an archive, and how much they may come to.
const MOST_PARTS: usize = 1_000;
const MOST_INFLATED: u64 = 256 << 20;
const LARGEST_SHEET: u64 = 128 << 20;
const LARGEST_PART: u64 = 64 << 20;
const LARGEST_SMALL_PART: u64 = 8 << 20;
/// Elements of the part with the strings that cells share; each may be a string.
const MOST_ELEMENTS: usize = 3_000_000;

fn malformed() -> Halt {
    Wrong::new("malformed", "This is not a workbook that can be read.", "Tệp không phải bảng tính đọc được.").halt(1)
}

fn bomb() -> Halt {
    let en = "The workbook is too large once it is unpacked.";
    Wrong::new("too-large", en, "Bảng tính quá lớn sau khi giải nén.").halt(1)
}

pub fn each(bytes: &[u8], visit: Visit<'_>) -> Result<(), Halt> {
    inspect(bytes)?;
    // What reads cells takes a place that no sheet has for a number that is too large to count with, and panics.
    catch_unwind(AssertUnwindSafe(|| cells(bytes, visit))).unwrap_or_else(|_| Err(malformed()))
}

fn cells(bytes: &[u8], visit: Visit<'_>) -> Result<(), Halt> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| malformed())?;
    let first = book.sheet_names().first().cloned().ok_or_else(malformed)?;
    let mut reader = book.worksheet_cells_reader(&first).map_err(|_| malformed())?;
    let mut rows = Rows { visit, row: None, cells: Vec::new(), visited: 0 };
    while let Some(cell) = reader.next_cell_with_formula_metadata().map_err(|_| malformed())? {
        let value = match cell.formula {
            Some(_) => Some(Cell::Formula),
            None => read(cell.value, u64::from(cell.pos.0) + 1)?,
        };
        if let Some(value) = value {
            rows.take(cell.pos, value)?;
        }
    }
    rows.end()
}

/// Cells gathered into rows, which come in order.
struct Rows<'v> {
    visit: Visit<'v>,
    row: Option<u32>,
    cells: Vec<(usize, Cell)>,
    visited: u64,
}

impl Rows<'_> {
    fn take(&mut self, (row, column): (u32, u32), cell: Cell) -> Result<(), Halt> {
        if self.row != Some(row) {
            if self.row.is_some_and(|last| last > row) {
                return Err(malformed());
            }
            self.end()?;
            self.row = Some(row);
        }
        let number = u64::from(row) + 1;
        let place = column as usize;
        if place >= MOST_COLUMNS {
            return Err(too_many_columns(number));
        }
        if self.cells.last().is_some_and(|(last, _)| *last >= place) {
            return Err(malformed());
        }
        self.cells.push((place, cell));
        Ok(())
    }

    fn end(&mut self) -> Result<(), Halt> {
        let Some(row) = self.row.filter(|_| !self.cells.is_empty()) else {
            return Ok(());
        };
        let number = u64::from(row) + 1;
        self.visited += 1;
        // A sheet of two cells far apart has few rows and is still no list.
        if self.visited > MOST_ROWS + 1 || number > MOST_ROWS + 1_000 {
            return Err(too_many_rows(number));
        }
        let cells = std::mem::take(&mut self.cells);
        (self.visit)(Row { number, content: Content::Cells(cells) })
    }
}

fn read(value: DataRef<'_>, row: u64) -> Result<Option<Cell>, Halt> {
    let text = |text: &str| match text.len() > LONGEST_CELL && text.chars().count() > LONGEST_CELL {
        true => Err(too_long(row)),
        false => Ok((!text.is_empty()).then(|| Cell::Text(undone(text).to_owned()))),
    };
    Ok(match value {
        DataRef::Empty => None,
        DataRef::Int(number) => Some(Cell::Number(number as f64)),
        DataRef::Float(number) => Some(Cell::Number(number)),
        DataRef::Bool(yes) => Some(Cell::YesNo(yes)),
        DataRef::Error(_) => Some(Cell::Error),
        DataRef::String(string) | DataRef::DateTimeIso(string) | DataRef::DurationIso(string) => text(&string)?,
        DataRef::SharedString(string) => text(string)?,
        DataRef::DateTime(clock) if clock.is_datetime() && (1.0..2_958_466.0).contains(&clock.as_f64()) => {
            let (year, month, day, hour, minute, second, milli) = clock.to_ymd_hms_milli();
            let seconds = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
            let micros = seconds * 1_000_000 + i64::from(milli) * 1000;
            Some(Cell::Clock { date: (year as i16, month as i8, day as i8), micros })
        }
        DataRef::DateTime(_) => Some(Cell::Error),
    })
}

/// Inflates every part, within bounds.
fn inspect(bytes: &[u8]) -> Result<(), Halt> {
    if !bytes.starts_with(b"PK\x03\x04") {
        return Err(malformed());
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| malformed())?;
    if archive.len() > MOST_PARTS {
        return Err(bomb());
    }
    let mut inflated = 0;
    for number in 0..archive.len() {
        let part = archive.by_index(number).map_err(|_| malformed())?;
        let name = part.name().map_err(|_| malformed())?.to_ascii_lowercase();
        let most = match () {
            () if name.contains("sharedstrings") => LARGEST_PART,
            () if name.contains("/worksheets/") => LARGEST_SHEET,
            () if name.ends_with(".xml") || name.ends_with(".rels") => LARGEST_SMALL_PART,
            () => LARGEST_PART,
        };
        let mut scan = Scan { shares: name.contains("sharedstrings"), ..Scan::default() };
        let is_xml = name.ends_with(".xml") || name.ends_with(".rels");
        inflated += measure(part, most.min(MOST_INFLATED - inflated), is_xml.then_some(&mut scan))?;
    }
    Ok(())
}

/// How much a part comes to.
fn measure(part: impl Read, most: u64, mut scan: Option<&mut Scan>) -> Result<u64, Halt> {
    let mut part = part.take(most + 1);
    let mut buffer = vec![0; 64 << 10];
    let mut length = 0;
    loop {
        let read = part.read(&mut buffer).map_err(|_| malformed())?;
        if read == 0 {
            break;
        }
        length += read as u64;
        if let Some(scan) = &mut scan {
            scan.take(&buffer[..read])?;
        }
    }
    let modest = scan.is_none_or(|scan| !scan.shares || modest(&scan.head));
    if length > most || !modest { Err(bomb()) } else { Ok(length) }
}

/// What is looked at in a part of XML before a reader sees it: readers hold a text, a tag or a comment
/// whole, and make room for as many strings as are announced.
#[derive(Default)]
struct Scan {
    shares: bool,
    head: Vec<u8>,
    elements: usize,
    /// Bytes since the last `<`.
    gap: usize,
    last: u8,
}

impl Scan {
    fn take(&mut self, bytes: &[u8]) -> Result<(), Halt> {
        if self.head.len() < HEAD {
            self.head.extend_from_slice(&bytes[..bytes.len().min(HEAD - self.head.len())]);
        }
        for byte in bytes {
            match (self.last, *byte) {
                // No spreadsheet writes comments, sections, entities or further declarations.
                (b'<', b'!') | (_, 0) => return Err(malformed()),
                (b'<', b'?') if self.elements > 1 => return Err(malformed()),
                (_, b'<') => {
                    self.elements += 1;
                    self.gap = 0;
                }
                _ => self.gap += 1,
            }
            if self.gap > LONGEST_GAP || (self.shares && self.elements > MOST_ELEMENTS) {
                return Err(bomb());
            }
            self.last = *byte;
        }
        Ok(())
    }
}

/// The longest text or tag: a cell of the longest kind, every character written as an entity, is shorter.
const LONGEST_GAP: usize = 1 << 20;

const HEAD: usize = 16 << 10;

/// Whether the number of strings that a part announces is one that room can be made for. It is written in
/// the attributes of its first element, as digits in ASCII: no number of more than six there is modest.
fn modest(head: &[u8]) -> bool {
    let mut rest = head.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(head);
    if rest.starts_with(b"<?xml") {
        let Some(end) = rest.windows(2).position(|two| two == b"?>") else {
            return false;
        };
        rest = rest[end + 2..].trim_ascii_start();
    }
    let (mut quote, mut run) = (None, 0);
    let Some(attributes) = rest.strip_prefix(b"<sst") else {
        return false;
    };
    for byte in attributes {
        match (quote, byte) {
            (None, b'>') => return true,
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), _) if open == *byte => quote = None,
            _ => {}
        }
        run = if byte.is_ascii_digit() { run + 1 } else { 0 };
        if run > 6 {
            return false;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_part_says_of_its_strings_is_not_believed() {
        assert!(modest(br#"<?xml version="1.0"?><sst xmlns="http://schemas.example/2006/main" uniqueCount="999999">"#));
        assert!(!modest(br#"<sst uniqueCount="1000000">"#));
        assert!(!modest(br#"<x:sst uniqueCount="1">"#));
        assert!(!modest(br#"<!-- <sst> --><sst uniqueCount="9999999">"#));
        assert!(!modest(br#"<sst a=">" uniqueCount="9999999">"#));
        assert!(!modest(b"<sst"));
        assert!(!modest(b""));
    }
}
