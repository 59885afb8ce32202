//! The same document in OpenAPI 3.0.3, for generators that read nothing newer.

use serde_json::{Map, Value, json};

/// Renders a 3.1 document as 3.0.3.
pub fn to_3_0(document: Value) -> Value {
    let mut older = lowered(document);
    older["openapi"] = json!("3.0.3");
    if let Some(info) = older["info"].as_object_mut() {
        info.remove("summary");
        info.insert("license".to_owned(), json!({"name": info["license"]["name"], "url": LICENSE}));
    }
    let operations = older["paths"].as_object_mut().into_iter().flatten();
    for operation in operations.flat_map(|(_, methods)| methods.as_object_mut().into_iter().flatten()) {
        unconditional(operation.1);
    }
    older
}

/// Where the licence can be read; its identifier alone says nothing to 3.0.
const LICENSE: &str = "https://spdx.org/licenses/MIT.html";

/// Generators of 3.0 take 304 for an error with a shape of its own; conditional reads are left out.
fn unconditional(operation: &mut Value) {
    if let Some(parameters) = operation.get_mut("parameters").and_then(Value::as_array_mut) {
        parameters.retain(|p| p["name"] != "If-None-Match");
    }
    if let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) {
        responses.shift_remove("304");
    }
}

fn lowered(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            Value::Object(nullable(object.into_iter().map(|(name, value)| (name, lowered(value))).collect()))
        }
        Value::Array(items) => Value::Array(items.into_iter().map(lowered).collect()),
        other => other,
    }
}

/// `oneOf: [T, {type: null}]` is T with `nullable: true` in 3.0, which has no type for nothing.
fn perhaps_null(object: &mut Map<String, Value>) {
    let nothing = |choice: &Value| choice["type"] == "null";
    let Some([first, second]) = object.get("oneOf").and_then(Value::as_array).map(Vec::as_slice) else {
        return;
    };
    let (Some(choice), true) =
        ([first, second].into_iter().find(|one| !nothing(one)), nothing(first) || nothing(second))
    else {
        return;
    };
    let whole = match choice {
        Value::Object(whole) if !whole.contains_key("$ref") => whole.clone(),
        reference => Map::from_iter([("allOf".to_owned(), json!([reference]))]),
    };
    object.remove("oneOf");
    object.extend(whole);
    object.insert("nullable".to_owned(), json!(true));
}

/// `type: [T, null]` is `type: T, nullable: true` in 3.0.
fn nullable(mut object: Map<String, Value>) -> Map<String, Value> {
    // A reference stands alone in 3.0.
    if object.get("$ref").is_some_and(Value::is_string) {
        object.retain(|name, _| name == "$ref");
    }
    if let Some(Value::Array(kinds)) = object.get("type").cloned() {
        let kind = kinds.iter().find(|kind| *kind != "null").cloned();
        if kinds.iter().any(|kind| kind == "null") {
            object.insert("nullable".to_owned(), json!(true));
        }
        object.insert("type".to_owned(), kind.unwrap_or_else(|| json!("string")));
    }
    perhaps_null(&mut object);
    // Not known to 3.0, or taken by its generators for kinds of objects; the service enforces them all the same.
    if object.contains_key("properties") {
        for keyword in ["oneOf", "if", "then"] {
            object.remove(keyword);
        }
    }
    if let Some(constant) = object.remove("const") {
        object.insert("enum".to_owned(), json!([constant]));
    }
    object
}
