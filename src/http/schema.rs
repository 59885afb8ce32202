//! JSON Schemas of the document, as values: references resolved, `allOf` merged, patches derived.
//! The same schemas are published and enforced, so the document cannot promise what the service
//! does not do.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// Named schemas.
pub type Components = BTreeMap<String, Value>;

/// The schema of `T` with everything it refers to put in place of the references.
pub fn standalone<T: ToSchema>() -> Value {
    let mut named = Vec::new();
    T::schemas(&mut named);
    named.push((T::name().into_owned(), T::schema()));
    resolve(&value(&T::schema()), &components(named))
}

/// Schemas as values, by name.
pub fn components(named: impl IntoIterator<Item = (String, RefOr<Schema>)>) -> Components {
    named.into_iter().map(|(name, schema)| (name, value(&schema))).collect()
}

fn value(schema: &RefOr<Schema>) -> Value {
    serde_json::to_value(schema).unwrap_or(Value::Bool(false))
}

/// The schema of a value that is not a record of its own.
pub fn of<T: PartialSchema>() -> Value {
    value(&T::schema())
}

/// Replaces every reference by what it names and merges every `allOf` into one object.
pub fn resolve(schema: &Value, components: &Components) -> Value {
    tidy(schema, components, &|_| true)
}

/// As `resolve`, for those references alone that `inline` picks by what they name.
pub fn tidy(schema: &Value, components: &Components, inline: &dyn Fn(&Value) -> bool) -> Value {
    let mut tidied = merged(schema, components, inline);
    whole(&mut tidied);
    tidied
}

fn merged(schema: &Value, components: &Components, inline: &dyn Fn(&Value) -> bool) -> Value {
    match schema {
        Value::Object(object) => match named(schema, components).filter(|named| inline(named)) {
            Some(named) => {
                let mut tidied = merged(named, components, inline);
                if let (Some(into), Some(text)) = (tidied.as_object_mut(), object.get("description")) {
                    into.insert("description".to_owned(), text.clone());
                }
                tidied
            }
            None => {
                let inner = object.iter().map(|(name, value)| match (name.as_str(), value) {
                    ("allOf", Value::Array(parts)) => (name.clone(), flattened(parts, components, inline)),
                    _ => (name.clone(), merged(value, components, inline)),
                });
                close(merge_all_of(inner.collect()))
            }
        },
        Value::Array(items) => Value::Array(items.iter().map(|i| merged(i, components, inline)).collect()),
        other => other.clone(),
    }
}

/// The parts of a flattened struct, each put in place of its reference.
fn flattened(parts: &[Value], components: &Components, inline: &dyn Fn(&Value) -> bool) -> Value {
    let part = |part| merged(named(part, components).unwrap_or(part), components, inline);
    Value::Array(parts.iter().map(part).collect())
}

fn named<'c>(schema: &Value, components: &'c Components) -> Option<&'c Value> {
    components.get(reference(schema)?)
}

/// The name a schema refers to, if it is a reference.
pub fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/components/schemas/")
}

/// Under this name a flattened part of an object carries what holds of the whole: keywords of JSON
/// Schema that no single property can say.
pub const WHOLE: &str = "x-whole";

/// Flattened structs come as `allOf`; one object says the same and reads better.
fn merge_all_of(mut object: Map<String, Value>) -> Map<String, Value> {
    let Some(Value::Array(parts)) = object.remove("allOf") else {
        return object;
    };
    // What is no object, such as a word with a description of its own, is what its parts say.
    let plain = |part: &Value| part.get("properties").is_none() && part.get(WHOLE).is_none();
    if parts.iter().all(plain) {
        for (name, value) in parts.iter().filter_map(Value::as_object).flatten() {
            object.entry(name).or_insert_with(|| value.clone());
        }
        return object;
    }
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for part in parts {
        if let Some(Value::Object(whole)) = part.get(WHOLE) {
            object.insert(WHOLE.to_owned(), Value::Object(whole.clone()));
        }
        if let Some(Value::Object(more)) = part.get("properties") {
            properties.extend(more.clone());
        }
        if let Some(Value::Array(more)) = part.get("required") {
            required.extend(more.clone());
        }
    }
    object.insert("type".to_owned(), json!("object"));
    object.insert("required".to_owned(), Value::Array(required));
    object.insert("properties".to_owned(), Value::Object(properties));
    object
}

/// Puts what holds of a whole object in its place. It stays where it is until no part is left.
fn whole(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::Object(keywords)) = object.remove(WHOLE) {
                object.extend(keywords);
            }
            object.values_mut().for_each(whole);
        }
        Value::Array(items) => items.iter_mut().for_each(whole),
        _ => {}
    }
}

/// An object with declared properties has no others.
fn close(mut object: Map<String, Value>) -> Value {
    if object.contains_key("properties") && object.get("type") == Some(&json!("object")) {
        object.entry("additionalProperties").or_insert(Value::Bool(false));
        if object.get("required") == Some(&json!([])) {
            object.remove("required");
        }
    }
    Value::Object(object)
}

/// The merge patch (RFC 7396) of an object: everything may be left out, what is optional may be null.
pub fn patch(object: &Value) -> Value {
    let mut patch = object.clone();
    let required: Vec<Value> = match object.get("required") {
        Some(Value::Array(names)) => names.clone(),
        _ => Vec::new(),
    };
    if let Some(Value::Object(properties)) = patch.get_mut("properties") {
        for (name, property) in properties.iter_mut() {
            if !required.contains(&Value::String(name.clone())) {
                *property = nullable(property.take());
            } else if property.get("type") == Some(&json!("object")) {
                *property = self::patch(property);
            }
        }
    }
    if let Some(object) = patch.as_object_mut() {
        // What holds of a whole object holds of the result of a patch, not of the patch.
        for keyword in ["required", "oneOf", "if", "then"] {
            object.remove(keyword);
        }
        object.insert("minProperties".to_owned(), json!(0));
    }
    patch
}

fn nullable(mut property: Value) -> Value {
    if property.get("type") == Some(&json!("object")) {
        property = patch(&property);
    }
    if let Some(object) = property.as_object_mut() {
        match object.get("type").cloned() {
            Some(Value::String(kind)) => object.insert("type".to_owned(), json!([kind, "null"])),
            _ => None,
        };
        if let Some(Value::Array(values)) = object.get_mut("enum") {
            values.push(Value::Null);
        }
    }
    property
}
