//! Cells into values, as people write them. What can be read in two ways is refused and not guessed. What
//! must not come in: the database; names are looked up in `refer`.

mod numbers;
mod row;
mod times;

pub use row::{Understood, row};

use serde_json::Value;

use super::columns::{Cells, Label};
use super::fault::Wrong;
use super::read::Cell;
use crate::types::fold;

/// What a cell of this kind says.
pub fn value(cells: Cells, cell: &Cell) -> Result<Value, Wrong> {
    match cell {
        Cell::Formula => Err(Wrong::new(
            "formula",
            "A formula is not read; paste its value.",
            "Không đọc công thức; hãy dán giá trị.",
        )),
        Cell::Error => {
            Err(Wrong::new("cell-error", "The spreadsheet shows an error here.", "Bảng tính báo lỗi tại ô này."))
        }
        Cell::Json(Value::String(text)) if !matches!(cells, Cells::Text) => told(cells, &Cell::Text(text.clone())),
        Cell::Json(value) => Ok(value.clone()),
        other => told(cells, other),
    }
}

fn told(cells: Cells, cell: &Cell) -> Result<Value, Wrong> {
    match cells {
        Cells::Text => text(cell).map(Value::from),
        Cells::Digits => digits(cell),
        Cells::Whole => numbers::whole(cell),
        Cells::Degrees => numbers::degrees(cell),
        Cells::YesNo => yes_or_no(cell),
        Cells::Day => times::day(cell),
        Cells::Moment => times::moment(cell),
        Cells::One(labels) => one(labels, cell),
        Cells::Code(_) | Cells::Names(_) => Ok(Value::from(text(cell)?.trim())),
        Cells::Texts | Cells::NamesMany(_) => several(&text(cell)?).map(Value::from),
        Cells::Contributions(labels) => contributions(labels, &text(cell)?),
    }
}

/// The text of a cell; a whole number is its digits.
fn text(cell: &Cell) -> Result<String, Wrong> {
    match cell {
        Cell::Text(text) => Ok(text.clone()),
        Cell::Number(number) => Ok(number.to_string()),
        _ => Err(Wrong::new(
            "type",
            "This must be a text: the spreadsheet has taken it for something else.",
            "Phải là chữ: bảng tính đã chuyển sang kiểu khác.",
        )),
    }
}

fn digits(cell: &Cell) -> Result<Value, Wrong> {
    match cell {
        Cell::Text(text) => Ok(Value::from(text.split_whitespace().collect::<String>())),
        _ => Err(Wrong::new(
            "number-as-text",
            "The spreadsheet has taken these digits for a number, so that zeros may be lost. Format the column as text.",
            "Bảng tính đã coi dãy chữ số là số nên có thể mất số 0. Hãy định dạng cột là văn bản.",
        )),
    }
}

fn yes_or_no(cell: &Cell) -> Result<Value, Wrong> {
    let said = match cell {
        Cell::YesNo(yes) => Some(*yes),
        Cell::Number(number) if *number == 1.0 => Some(true),
        Cell::Number(number) if *number == 0.0 => Some(false),
        Cell::Text(text) => match fold(text).as_str() {
            "true" | "yes" | "co" | "dung" | "1" => Some(true),
            "false" | "no" | "khong" | "sai" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    };
    said.map(Value::from).ok_or_else(|| Wrong::new("yes-no", "This is yes or no.", "Chỉ ghi có hoặc không."))
}

fn one(labels: &'static [Label], cell: &Cell) -> Result<Value, Wrong> {
    let said = match cell {
        Cell::Text(text) => fold(text),
        _ => String::new(),
    };
    let called = |(word, en, vi): &&Label| *word == said || fold(en) == said || fold(vi) == said;
    if let Some((word, ..)) = labels.iter().find(called) {
        return Ok(Value::from(*word));
    }
    let list = |pick: fn(&Label) -> &'static str| labels.iter().map(pick).collect::<Vec<_>>().join(", ");
    let words = crate::error::Words::new(
        format!("This is none of: {}.", list(|label| label.1)),
        format!("Không thuộc: {}.", list(|label| label.2)),
    );
    Err(Wrong { code: "not-allowed", words })
}

fn bad_list() -> Wrong {
    Wrong::new(
        "list",
        "Write several things with a semicolon between them, or as a JSON array.",
        "Ghi nhiều mục cách nhau bằng dấu chấm phẩy, hoặc mảng JSON.",
    )
}

/// The items of a cell: a JSON array, or what lies between semicolons and line breaks.
fn several(text: &str) -> Result<Vec<String>, Wrong> {
    if text.trim_start().starts_with('[') {
        return serde_json::from_str(text).map_err(|_| bad_list());
    }
    let items = text.split([';', '\n']).map(str::trim).filter(|item| !item.is_empty());
    Ok(items.map(str::to_owned).collect())
}

/// `model kind` between semicolons, or a JSON array of objects.
fn contributions(labels: &'static [Label], text: &str) -> Result<Value, Wrong> {
    if text.trim_start().starts_with('[') {
        return serde_json::from_str(text).map_err(|_| bad_list());
    }
    let mut made = Vec::new();
    for item in several(text)? {
        let (model, kind) = item.split_once(char::is_whitespace).ok_or_else(|| {
            Wrong::new(
                "list",
                "Write each model with what it did, e.g. `TLG-01 detected`.",
                "Ghi mỗi mô hình kèm việc đã làm, ví dụ `TLG-01 phát hiện`.",
            )
        })?;
        let kind = one(labels, &Cell::Text(kind.to_owned()))?;
        made.push(serde_json::json!({"modelId": model, "kind": kind}));
    }
    Ok(Value::from(made))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::columns::{ACTIVITIES, Column};
    use serde_json::json;

    fn of(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn values_are_known_by_their_word_and_by_their_labels() {
        let kinds = ACTIVITIES.iter().find_map(|column: &Column| match column.cells {
            Cells::One(labels) => Some(labels),
            _ => None,
        });
        let kinds = kinds.expect("activities have kinds");
        for text in ["pledge_signing", "Pledge signing", "Ký cam kết", "ky cam ket", " KÝ CAM KẾT "] {
            assert_eq!(one(kinds, &of(text)), Ok(json!("pledge_signing")), "{text}");
        }
        assert_eq!(one(kinds, &of("ký")).expect_err("it is none").code, "not-allowed");
    }

    #[test]
    fn several_things_stand_in_one_cell() {
        assert_eq!(several("A; B;;\nC ").expect("a list"), ["A", "B", "C"]);
        assert_eq!(several(r#"["a;b","c"]"#).expect("a list"), ["a;b", "c"]);
        assert!(several("[1,").is_err());
        let labels: &[Label] = &[("detected", "Detected", "Phát hiện")];
        let made = contributions(labels, "20413:TLG-01 phát hiện").expect("a contribution");
        assert_eq!(made, json!([{"modelId": "20413:TLG-01", "kind": "detected"}]));
        assert!(contributions(labels, "TLG-01").is_err());
    }

    #[test]
    fn digits_are_text_or_refused() {
        assert_eq!(digits(&of("0905 123 456")), Ok(json!("0905123456")));
        assert_eq!(digits(&Cell::Number(905_123_456.0)).expect_err("a zero is lost").code, "number-as-text");
        assert_eq!(text(&Cell::Number(20413.0)), Ok("20413".to_owned()));
        assert!(value(Cells::Text, &Cell::Formula).is_err() && value(Cells::Text, &Cell::Error).is_err());
    }

    #[test]
    fn yes_and_no_are_said_in_either_language() {
        for (text, expected) in [("Có", true), ("không", false), ("TRUE", true), ("No", false), ("1", true)] {
            assert_eq!(yes_or_no(&of(text)), Ok(json!(expected)), "{text}");
        }
        assert!(yes_or_no(&of("có lẽ")).is_err());
    }
}
