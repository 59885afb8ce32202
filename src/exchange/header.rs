//! Headers: columns by the names people give them. A name is known by its letters and digits, whatever its
//! case, diacritics and punctuation.

use super::columns::{BOOKKEEPING, Column, Use};
use super::fault::{RowFault, Wrong, letters};
use super::read::Cell;
use crate::error::Words;
use crate::types::fold;

/// What a name of a header is.
#[derive(Clone, Copy)]
pub enum Known {
    Column(&'static Column),
    /// Written by exports and not read.
    Ignored,
}

fn key(name: &str) -> String {
    fold(name).chars().filter(char::is_ascii_alphanumeric).collect()
}

/// The column that a name means.
pub fn known(columns: &'static [Column], name: &str) -> Option<Known> {
    let wanted = key(name);
    let called = |column: &&Column| {
        let code = column.path.strip_suffix("Id").map(|path| format!("{path}Code"));
        let names = [Some(column.path), Some(column.en), Some(column.vi), code.as_deref()];
        names.into_iter().flatten().any(|name| key(name) == wanted)
    };
    if BOOKKEEPING.iter().any(|name| key(name) == wanted) {
        return Some(Known::Ignored);
    }
    columns.iter().find(called).map(|column| match column.used {
        Use::Shown => Known::Ignored,
        Use::Needed | Use::Optional | Use::Secret => Known::Column(column),
    })
}

/// Which column lies where in a file: none where what is there is not read.
pub struct Layout {
    places: Vec<Option<Known>>,
}

impl Layout {
    /// The columns of a header, or everything that is wrong with it.
    pub fn read(columns: &'static [Column], row: u64, cells: &[(usize, Cell)]) -> Result<Self, Vec<RowFault>> {
        let mut places: Vec<Option<Known>> = Vec::new();
        let mut faults = Vec::new();
        for (place, cell) in cells {
            let found = match cell {
                Cell::Text(name) => known(columns, name),
                _ => None,
            };
            places.resize(*place + 1, None);
            places[*place] = found;
            match found {
                None => faults.push(unknown(columns, cell).at(row, letters(*place))),
                Some(Known::Column(column)) if twice(&places, column) => {
                    let wrong = Wrong::new("repeated", "This column is there twice.", "Cột này bị lặp lại.");
                    faults.push(wrong.at(row, column.path.to_owned()));
                }
                Some(_) => {}
            }
        }
        for column in columns.iter().filter(|column| column.used == Use::Needed) {
            if !places.iter().flatten().any(|known| is(known, column)) {
                let wrong = Wrong::new("missing-column", "This column is needed.", "Thiếu cột bắt buộc này.");
                faults.push(wrong.at(row, column.path.to_owned()));
            }
        }
        if faults.is_empty() { Ok(Self { places }) } else { Err(faults) }
    }

    /// What lies at a place.
    pub fn at(&self, place: usize) -> Option<Known> {
        self.places.get(place).copied().flatten()
    }
}

fn is(known: &Known, column: &Column) -> bool {
    matches!(known, Known::Column(found) if found.path == column.path)
}

fn twice(places: &[Option<Known>], column: &Column) -> bool {
    places.iter().flatten().filter(|known| is(known, column)).count() > 1
}

/// Names the nearest column; never the name that was read, which may be anything.
fn unknown(columns: &'static [Column], cell: &Cell) -> Wrong {
    let read = match cell {
        Cell::Text(name) => key(&name.chars().take(64).collect::<String>()),
        _ => String::new(),
    };
    let near = |name: &str| strsim::jaro_winkler(&key(name), &read);
    let nearness = |column: &&Column| near(column.en).max(near(column.vi)).max(near(column.path));
    let readable = columns.iter().filter(|column| column.used != Use::Shown);
    let nearest = readable.max_by(|a, b| nearness(a).total_cmp(&nearness(b)));
    let (en, vi) = nearest.map_or(("", ""), |column| (column.en, column.vi));
    Wrong {
        code: "unknown",
        words: Words::new(
            format!("There is no such column; the nearest is `{en}` (`{vi}`)."),
            format!("Không có cột này; cột gần nhất là `{vi}` (`{en}`)."),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::catalogue::ResourceType;

    #[test]
    fn every_name_means_one_column() {
        for resource in ResourceType::ALL {
            let columns = resource.resource().columns;
            for column in columns {
                for name in [column.path, column.en, column.vi] {
                    match known(columns, name) {
                        Some(Known::Column(found)) => assert_eq!(found.path, column.path, "{resource} {name}"),
                        Some(Known::Ignored) => assert_eq!(column.used, Use::Shown, "{resource} {name}"),
                        None => panic!("{resource} {name}"),
                    }
                }
            }
        }
    }

    #[test]
    fn a_name_is_known_by_its_letters() {
        let columns = ResourceType::Models.resource().columns;
        for name in ["tên mô hình *", "TEN MO HINH", "name", " Name ", "Tên  Mô hình"] {
            assert!(matches!(known(columns, name), Some(Known::Column(column)) if column.path == "name"), "{name}");
        }
        assert!(matches!(known(columns, "modelTypeCode"), Some(Known::Column(c)) if c.path == "modelTypeId"));
        assert!(known(columns, "Tên gì đó").is_none());
    }
}
