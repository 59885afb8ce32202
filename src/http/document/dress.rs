//! What every schema of the document says though no type spells it out: the width of numbers, the
//! least length of a list, and that no text holds a NUL.

use serde_json::{Value, json};

/// Goes over a whole document.
pub fn all(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.values_mut().for_each(all);
            one(value);
        }
        Value::Array(items) => items.iter_mut().for_each(all),
        _ => {}
    }
}

fn one(schema: &mut Value) {
    let Some(kind) = kind(schema) else {
        return;
    };
    let (name, says) = match kind {
        "integer" => ("format", json!(width(schema))),
        "number" => ("format", json!("double")),
        "array" => ("minItems", json!(0)),
        "string" if free(schema) => ("pattern", json!("^[^\\u0000]*$")),
        _ => return,
    };
    if let Some(object) = schema.as_object_mut() {
        object.entry(name).or_insert(says);
    }
}

/// The one kind that a schema names beside null.
fn kind(schema: &Value) -> Option<&'static str> {
    const KINDS: [&str; 4] = ["integer", "number", "array", "string"];
    let named = |value: &Value| KINDS.into_iter().find(|kind| value == kind);
    match schema.get("type")? {
        Value::Array(kinds) => kinds.iter().find_map(named),
        kind => named(kind),
    }
}

fn width(schema: &Value) -> &'static str {
    let within = |name: &str| schema.get(name).and_then(Value::as_i64).is_some_and(|n| i32::try_from(n).is_ok());
    if within("minimum") && within("maximum") { "int32" } else { "int64" }
}

fn free(text: &Value) -> bool {
    ["format", "pattern", "enum", "const"].iter().all(|word| text.get(*word).is_none())
}
