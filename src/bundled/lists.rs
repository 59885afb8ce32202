//! Lists of units as CSV: what they say, and how a Vietnamese name tells the kind of a unit.
//!
//! A list is UTF-8 CSV with a header. Its columns, in any order:
//!
//! | column | value |
//! |---|---|
//! | `code` | the unit's code; text, so leading zeros stay |
//! | `name` | the full name; its first words tell kind and name type (`Tỉnh`, `Phường`, `Thôn` …) |
//! | `parentCode` | the code of the unit above, in force on `validFrom`; empty: directly under the country |
//! | `validFrom` | first day in force |
//! | `validTo` | first day no longer in force; empty: still in force |
//! | `successorCodes` | codes of the units that follow, in force on `validTo`; separated by spaces |
//! | `codeSystem` | who gives the code; `gso` where the column or its value is missing |
//!
//! The last three may be left out. A unit comes after the one above it. The codes of parents and
//! successors are looked up in the row's own code system, then in `gso`.

use std::borrow::Cow;

use aws_lc_rs::digest::{SHA256, digest};
use serde::Deserialize;

use crate::error::{Error, Result};
use crate::resources::unit::{NameType, UnitKind};
use crate::types::{Code, Day, Line, LongCode, Name, ShortCode, UnitId};

/// The three-level list in force until 2025-06-30. The published list gives no first days: every
/// unit has that of Decision 124/2004/QĐ-TTg (2004-07-08), with which this system of codes began.
pub const UNTIL_2025_06_30: &str = include_str!("../../data/units/vn-until-2025-06-30.csv");
/// The two-level list in force from 2025-07-01.
pub const FROM_2025_07_01: &str = include_str!("../../data/units/vn-from-2025-07-01.csv");

/// The code system of the National Statistics Office.
pub const GSO: &str = "gso";

/// A row of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedUnit {
    pub code: ShortCode,
    pub code_system: LongCode,
    pub name: Name,
    pub kind: UnitKind,
    pub name_type: NameType,
    pub parent_code: Option<ShortCode>,
    pub valid_from: Day,
    pub valid_to: Option<Day>,
    pub successor_codes: Vec<ShortCode>,
}

impl ListedUnit {
    /// The identifier that the unit has in every registry, made of what names it.
    pub fn id(&self) -> UnitId {
        let named = format!("{} {} {}", self.code_system, self.code, self.valid_from);
        let hash = digest(&SHA256, named.as_bytes());
        let mut bits = [0; 10];
        bits.iter_mut().zip(hash.as_ref()).for_each(|(bit, byte)| *bit = *byte);
        UnitId::settled(self.valid_from.start(), bits)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Row {
    code: String,
    name: String,
    parent_code: String,
    valid_from: Day,
    #[serde(default)]
    valid_to: Option<Day>,
    #[serde(default)]
    successor_codes: String,
    #[serde(default)]
    code_system: String,
}

/// Both national lists.
pub fn national() -> Result<Vec<ListedUnit>> {
    let mut units = read("the list until 2025-06-30", UNTIL_2025_06_30)?;
    units.extend(read("the list from 2025-07-01", FROM_2025_07_01)?);
    Ok(units)
}

/// The rows of a list; `named` says in a refusal which list it is.
pub fn read(named: &str, csv: &str) -> Result<Vec<ListedUnit>> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(csv.as_bytes());
    let rows = reader.deserialize().enumerate().map(|(place, row)| {
        let said = row.map_err(|fault: csv::Error| fault.to_string()).and_then(listed);
        said.map_err(|fault| Error::internal(format!("{named}, unit {}: {fault}", place + 1)))
    });
    rows.collect()
}

fn listed(row: Row) -> Result<ListedUnit, String> {
    let (kind, name_type) = named_kind(&row.name, row.parent_code.is_empty())
        .ok_or_else(|| format!("the name {:?} begins with no known kind of unit", row.name))?;
    let codes: Vec<&str> = row.successor_codes.split_whitespace().collect();
    if row.valid_to.is_none() && !codes.is_empty() {
        return Err("successors need a validTo".to_owned());
    }
    let system = if row.code_system.is_empty() { GSO } else { row.code_system.as_str() };
    Ok(ListedUnit {
        code: code(&row.code)?,
        code_system: code(system)?,
        name: line(&row.name)?,
        kind,
        name_type,
        parent_code: Some(row.parent_code.as_str()).filter(|text| !text.is_empty()).map(code).transpose()?,
        valid_from: row.valid_from,
        valid_to: row.valid_to,
        successor_codes: codes.into_iter().map(code).collect::<Result<_, _>>()?,
    })
}

fn code<const MAX: usize>(text: &str) -> Result<Code<MAX>, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._/-".contains(c);
    let fits = text.len() <= MAX && text.chars().all(plain) && text.starts_with(|c: char| c.is_ascii_alphanumeric());
    match fits {
        true => Ok(Code::from(text)),
        false => Err(format!("{text:?} is not a code of at most {MAX} characters")),
    }
}

fn line<const MAX: usize>(text: &str) -> Result<Line<MAX>, String> {
    let line = Line::from(text);
    match line.as_str().chars().count() <= MAX && !text.chars().any(char::is_control) {
        true => Ok(line),
        false => Err(format!("the name must be one line of at most {MAX} characters")),
    }
}

/// The first words of names, longer ones before those they begin with.
const PREFIXES: &[(&str, UnitKind, NameType)] = &[
    ("tỉnh", UnitKind::Province, NameType::Province),
    ("quận", UnitKind::District, NameType::District),
    ("huyện", UnitKind::District, NameType::District),
    ("thị xã", UnitKind::District, NameType::Town),
    ("thị trấn", UnitKind::Commune, NameType::Township),
    ("phường", UnitKind::Commune, NameType::Ward),
    ("xã", UnitKind::Commune, NameType::Commune),
    ("đặc khu", UnitKind::Commune, NameType::SpecialZone),
    ("khối phố", UnitKind::Neighbourhood, NameType::Block),
    ("khối", UnitKind::Neighbourhood, NameType::Block),
    ("khu phố", UnitKind::Neighbourhood, NameType::Block),
    ("tổ dân phố", UnitKind::Neighbourhood, NameType::Block),
    ("thôn", UnitKind::Neighbourhood, NameType::Village),
    ("ấp", UnitKind::Neighbourhood, NameType::Village),
    ("bản", UnitKind::Neighbourhood, NameType::Village),
    ("làng", UnitKind::Neighbourhood, NameType::Village),
    ("buôn", UnitKind::Neighbourhood, NameType::Village),
    ("xóm", UnitKind::Neighbourhood, NameType::Village),
];

/// A `Thành phố` is a province where it lies directly under the country, else a district.
fn named_kind(name: &str, topmost: bool) -> Option<(UnitKind, NameType)> {
    let name: Cow<'_, str> = Name::from(name).as_str().to_lowercase().into();
    let begins = |prefix: &str| name.strip_prefix(prefix).is_some_and(|rest| rest.starts_with(' '));
    if begins("thành phố") {
        let kind = if topmost { UnitKind::Province } else { UnitKind::District };
        return Some((kind, NameType::City));
    }
    PREFIXES.iter().find(|(prefix, ..)| begins(prefix)).map(|(_, kind, name_type)| (*kind, *name_type))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(units: &[ListedUnit], kind: UnitKind) -> usize {
        units.iter().filter(|unit| unit.kind == kind).count()
    }

    fn of_type(units: &[ListedUnit], name_type: NameType) -> usize {
        units.iter().filter(|unit| unit.name_type == name_type).count()
    }

    #[test]
    fn the_national_lists_are_whole() {
        let units = national().expect("the bundled lists are well-formed");
        let (old, new): (Vec<_>, Vec<_>) = units.into_iter().partition(|unit| unit.valid_to.is_some());
        assert_eq!((count(&old, UnitKind::Province), count(&new, UnitKind::Province)), (63, 34));
        assert_eq!((count(&old, UnitKind::District), count(&new, UnitKind::District)), (696, 0));
        assert_eq!((count(&old, UnitKind::Commune), count(&new, UnitKind::Commune)), (10035, 3321));
        assert_eq!((of_type(&new, NameType::Ward), of_type(&new, NameType::SpecialZone)), (687, 13));
        assert_eq!((of_type(&old, NameType::Ward), of_type(&old, NameType::Township)), (1726, 617));
        let communes_to_communes: usize =
            old.iter().filter(|unit| unit.kind != UnitKind::Province).map(|unit| unit.successor_codes.len()).sum();
        assert_eq!(communes_to_communes, 10602);
        let followed = old.iter().filter(|unit| unit.kind == UnitKind::District && !unit.successor_codes.is_empty());
        assert_eq!(followed.count(), 5);
        assert!(old.iter().all(|unit| unit.kind == UnitKind::District || !unit.successor_codes.is_empty()));
    }

    #[test]
    fn a_name_tells_the_kind() {
        assert_eq!(named_kind("Thành phố Đà Nẵng", true), Some((UnitKind::Province, NameType::City)));
        assert_eq!(named_kind("Thành phố Hội An", false), Some((UnitKind::District, NameType::City)));
        assert_eq!(named_kind("Thị Trấn Óc Eo", false), Some((UnitKind::Commune, NameType::Township)));
        assert_eq!(named_kind("Khối phố Thanh Tây", false), Some((UnitKind::Neighbourhood, NameType::Block)));
        assert_eq!(named_kind("Xãlạ", false), None);
    }

    #[test]
    fn a_bad_row_is_named() {
        let refusal = |csv: &str| read("x", csv).map_or_else(|e| e.to_string(), |_| "accepted".to_owned());
        let head = "code,name,parentCode,validFrom,validTo,successorCodes\n";
        assert!(refusal(&format!("{head}1,Tỉnh A,,2020-01-01,,\n2,Vùng B,,2020-01-01,,\n")).contains("x, unit 2: "));
        assert!(refusal(&format!("{head}1,Tỉnh A,,2020-01-01,,2\n")).contains("validTo"));
        assert!(refusal(&format!("{head}a b,Tỉnh A,,2020-01-01,,\n")).contains("not a code"));
        assert!(refusal("code,name,parentCode,validFrom,colour\n1,Tỉnh A,,2020-01-01,red\n").contains("colour"));
        assert_eq!(refusal("code,name,parentCode,validFrom\n1,Tỉnh A,,2020-01-01\n"), "accepted");
    }
}
