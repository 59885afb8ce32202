//! Names into identifiers: a unit by its code on the row's day, a model by its code in the row's unit, a
//! category by its label. What more than one record is called names none.

use std::str::FromStr;

use serde_json::{Map, Value};

use super::columns::{Cells, Column, Named};
use super::fault::{RowFault, Wrong};
use crate::access::Tx;
use crate::error::{Error, Result};
use crate::resources::code_list::{self, ListName};
use crate::resources::{incident, model, model_type, unit};
use crate::types::{AnyId, Day, Id, LongCode, Moment, UnitId};

type Found = Result<Result<String, Wrong>>;

fn missing() -> Wrong {
    Wrong::new(
        "reference-missing",
        "There is no such record in your territory.",
        "Không có bản ghi này trong địa bàn của bạn.",
    )
}

fn ambiguous() -> Wrong {
    Wrong::new(
        "ambiguous",
        "Several records are called so; give the identifier, or `unit code:code`.",
        "Có nhiều bản ghi cùng tên; hãy ghi định danh, hoặc `mã đơn vị:mã`.",
    )
}

/// What a row says of itself, by which its names are read.
struct Row<'a> {
    record: &'a Map<String, Value>,
    day: Day,
}

/// Puts identifiers and codes in the place of names; gives what names nothing.
pub fn resolve(
    tx: &mut Tx<'_>,
    columns: &[Column],
    row: u64,
    record: &mut Map<String, Value>,
) -> Result<Vec<RowFault>> {
    let mut faults = Vec::new();
    // Units first: models are looked for in them.
    let units = |column: &&Column| matches!(column.cells, Cells::Names(Named::Unit));
    let (first, rest): (Vec<&Column>, Vec<&Column>) = columns.iter().partition(units);
    for column in first.into_iter().chain(rest) {
        let Some(value) = record.get(column.path).cloned() else {
            continue;
        };
        let about = Row { record, day: day(tx, record) };
        match named(tx, &about, column.cells, value)? {
            Ok(Some(value)) => drop(record.insert(column.path.to_owned(), value)),
            Ok(None) => {}
            Err(wrong) => faults.push(wrong.at(row, column.path.to_owned())),
        }
    }
    Ok(faults)
}

/// The day on which a row's units are looked up.
fn day(tx: &Tx<'_>, record: &Map<String, Value>) -> Day {
    let text = |name: &str| record.get(name).and_then(Value::as_str);
    let day = ["establishedOn", "startedOn"].iter().find_map(|name| Day::from_str(text(name)?).ok());
    let moment = || ["startedAt", "occurredAt"].iter().find_map(|name| Moment::from_str(text(name)?).ok());
    day.or_else(|| moment().map(Moment::day)).unwrap_or_else(|| tx.today())
}

fn named(tx: &mut Tx<'_>, row: &Row<'_>, cells: Cells, value: Value) -> Result<Result<Option<Value>, Wrong>> {
    let value = match (cells, value) {
        (Cells::Names(kind), Value::String(text)) => one(tx, row, kind, &text)?.map(Value::from),
        (Cells::Code(list), Value::String(text)) => code(tx, list, &text)?.map(Value::from),
        (Cells::NamesMany(kind), Value::Array(items)) => {
            let mut ids = Vec::with_capacity(items.len());
            for item in items {
                match &item {
                    Value::String(text) => match one(tx, row, kind, text)? {
                        Ok(id) => ids.push(Value::from(id)),
                        Err(wrong) => return Ok(Err(wrong)),
                    },
                    _ => ids.push(item),
                }
            }
            Ok(Value::from(ids))
        }
        (Cells::Contributions(_), Value::Array(mut items)) => {
            for item in &mut items {
                if let Some(Value::String(text)) = item.get("modelId").cloned() {
                    match one(tx, row, Named::Model, &text)? {
                        Ok(id) => item["modelId"] = Value::from(id),
                        Err(wrong) => return Ok(Err(wrong)),
                    }
                }
            }
            Ok(Value::from(items))
        }
        _ => return Ok(Ok(None)),
    };
    Ok(value.map(Some))
}

fn one(tx: &mut Tx<'_>, row: &Row<'_>, kind: Named, text: &str) -> Found {
    if AnyId::from_str(text).is_ok() {
        return Ok(Ok(text.to_owned()));
    }
    // No database can look for NUL.
    if text.contains('\0') {
        return Ok(Err(missing()));
    }
    match kind {
        Named::Unit => unit(tx, text, row.day),
        Named::ModelType => {
            let found = model_type::store::by_code(tx, text)?;
            Ok(found.map(|id| id.to_string()).ok_or_else(missing))
        }
        Named::Model => of_unit(tx, row, text, model::store::by_code),
        Named::Incident => of_unit(tx, row, text, incident::code_store::by_code),
        Named::Recipient => match row.record.get("recipientKind").and_then(Value::as_str) {
            Some("model") => of_unit(tx, row, text, model::store::by_code),
            Some("unit") => unit(tx, text, row.day),
            _ => Ok(Err(only())),
        },
        Named::Only => Ok(Err(only())),
    }
}

fn only() -> Wrong {
    Wrong::new("format", "This must be an identifier (UUID).", "Phải là định danh (UUID).")
}

fn unit(tx: &mut Tx<'_>, code: &str, on: Day) -> Found {
    Ok(match unit::store::by_code(tx, code, on)?.as_slice() {
        [one] => Ok(one.to_string()),
        [] => Err(missing()),
        _ => Err(ambiguous()),
    })
}

type ByCode<R> = fn(&mut Tx<'_>, &str, Option<UnitId>) -> Result<Vec<Id<R>>>;

/// `code`, or `unit code:code`; without a unit, that of the row, and without that any.
fn of_unit<R>(tx: &mut Tx<'_>, row: &Row<'_>, text: &str, by_code: ByCode<R>) -> Found {
    let (unit_id, code) = match text.split_once(':') {
        Some((unit_code, code)) => match unit(tx, unit_code.trim(), row.day)? {
            Ok(id) => (UnitId::from_str(&id).ok(), code.trim()),
            Err(wrong) => return Ok(Err(wrong)),
        },
        None => {
            let said = row.record.get("unitId").and_then(Value::as_str);
            (said.and_then(|id| UnitId::from_str(id).ok()), text)
        }
    };
    Ok(match by_code(tx, code, unit_id)?.as_slice() {
        [one] => Ok(one.to_string()),
        [] => Err(missing()),
        _ => Err(ambiguous()),
    })
}

/// A code of a list, or what it is called. Whether it is in force is for the record's rules to say.
fn code(tx: &mut Tx<'_>, list: ListName, text: &str) -> Found {
    if text.contains('\0') {
        return Ok(Err(missing()));
    }
    match code_list::store::must_exist(tx, list, &LongCode::from(text), "") {
        Ok(()) => return Ok(Ok(text.to_owned())),
        Err(Error::CategoryNotInForce { .. }) => {}
        Err(other) => return Err(other),
    }
    Ok(match code_list::store::by_label(tx, list, text)?.as_slice() {
        [one] => Ok(one.to_string()),
        [] => Err(Wrong::new("not-allowed", "This is no code of the list.", "Không có mã này trong danh mục.")),
        _ => Err(ambiguous()),
    })
}
