//! Values into cells, so that each is understood again as it was.

use serde_json::{Number, Value};

use super::at;
use crate::exchange::columns::{Cells, Column};

/// What is written in a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Written {
    Nothing,
    Text(String),
    Number(Number),
    YesNo(bool),
}

/// The cell of a record in a column.
pub fn cell(column: &Column, record: &Value) -> Written {
    match (column.cells, at(record, column.path)) {
        (_, None) => Written::Nothing,
        (_, Some(Value::String(text))) => Written::Text(text.clone()),
        (_, Some(Value::Number(number))) => Written::Number(number.clone()),
        (_, Some(Value::Bool(yes))) => Written::YesNo(*yes),
        (Cells::Contributions(_), Some(Value::Array(items))) => Written::Text(contributions(items)),
        (_, Some(Value::Array(items))) => Written::Text(several(items)),
        (_, Some(other)) => Written::Text(other.to_string()),
    }
}

/// Items with semicolons between, or a JSON array where one of them could not be told again.
fn several(items: &[Value]) -> String {
    let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
    let plain = |text: &&str| !text.contains([';', '\n']) && !text.starts_with('[') && text.trim() == *text;
    match texts {
        Some(texts) if !texts.is_empty() && texts.iter().all(plain) => texts.join("; "),
        _ => Value::from(items).to_string(),
    }
}

fn contributions(items: &[Value]) -> String {
    let one = |item: &Value| Some(format!("{} {}", item["modelId"].as_str()?, item["kind"].as_str()?));
    let texts: Option<Vec<String>> = items.iter().map(one).collect();
    texts.map_or_else(|| Value::from(items).to_string(), |texts| texts.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::columns::MODELS;
    use serde_json::json;

    #[test]
    fn several_texts_are_told_again() {
        let column = MODELS.iter().find(|column| column.path == "partnerBodies").expect("a column");
        for bodies in [json!(["A", "B"]), json!(["A; B", "C"]), json!(["[A", "B"]), json!([" A"]), json!([])] {
            let Written::Text(text) = cell(column, &json!({"partnerBodies": bodies})) else {
                panic!("a list is a text");
            };
            let read = crate::exchange::understand::value(column.cells, &crate::exchange::read::Cell::Text(text));
            assert_eq!(read.expect("it is understood"), bodies);
        }
    }
}
