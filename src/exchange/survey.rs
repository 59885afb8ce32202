//! Looking through a file before anything is done with it: its header, how many rows follow, and what can be
//! said of them without a registry. What must not come in: a transaction.

use super::fault::{Halt, RowFault, Wrong};
use super::header::Layout;
use super::job::ImportAsked;
use super::read::{Content, File, Format, each};
use super::understand;
use crate::error::{Error, Result};

/// Looks through the whole file: its header and how many rows follow.
pub fn survey(file: &File<'_>) -> Result<(Option<Layout>, i64), Result<Vec<RowFault>>> {
    let (mut layout, mut wrong, mut total) = (None, None, 0);
    let looked = each(file, &mut |row| {
        match &row.content {
            Content::Cells(cells) if layout.is_none() && wrong.is_none() => {
                match Layout::read(file.columns, row.number, cells) {
                    Ok(read) => layout = Some(read),
                    Err(faults) => wrong = Some(faults),
                }
            }
            _ => total += 1,
        }
        Ok(())
    });
    match (looked, wrong) {
        (Err(Halt::Fault(fault)), _) => Err(Ok(vec![fault])),
        (Err(Halt::Error(error)), _) => Err(Err(error)),
        (Ok(()), Some(faults)) => Err(Ok(faults)),
        (Ok(()), None) if layout.is_none() && file.format != Format::Ndjson => {
            let wrong =
                Wrong::new("empty", "The file is empty: not even a header.", "Tệp trống, không có dòng tiêu đề.");
            Err(Ok(vec![wrong.at(1, None)]))
        }
        (Ok(()), None) => Ok((layout, total)),
    }
}

/// What an import would find in a file by itself, before any record is looked for: how many rows there are
/// to create, the faults of each row, or, with no row at all, those of the file.
pub fn look_through(asked: &ImportAsked, bytes: &[u8]) -> Result<(i64, Vec<RowFault>)> {
    let columns = asked.resource.resource().columns;
    let file = File { format: asked.format, charset: asked.charset.as_deref(), bytes, columns };
    let (layout, total) = match survey(&file) {
        Ok(surveyed) => surveyed,
        Err(faults) => return Ok((0, faults?)),
    };
    let (mut header, mut faults) = (layout.is_some(), Vec::new());
    let gone = each(&file, &mut |row| {
        if !std::mem::take(&mut header) {
            faults.extend(understand::row(columns, layout.as_ref(), row).faults);
        }
        Ok(())
    });
    match gone {
        Ok(()) => Ok((total, faults)),
        Err(Halt::Error(error)) => Err(error),
        Err(Halt::Fault(_)) => Err(Error::internal("a file that was read before cannot be read again")),
    }
}
