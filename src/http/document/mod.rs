//! The OpenAPI document: what the routes declare, completed in one place with what holds for all of
//! them (errors, headers, scopes), so that no room repeats it and none can forget it.

mod advice;
mod downgrade;
mod dress;
mod examples;
mod farewell;
mod front;
mod headers;
mod operations;
mod pages;
mod share;

use std::collections::BTreeSet;

use actix_web::web;
use serde_json::{Map, Value, json};
use utoipa::{PartialSchema, ToSchema};

use super::problem::{Kind, PROBLEM_JSON, Problem, ProblemFault};
use super::schema::{self, Components};
pub use downgrade::to_3_0;
pub use farewell::{FAREWELLS, Farewell, farewell};

/// The paths served here beside those in the document, with their methods.
pub const PATHS: &[(&str, &str)] = &[
    ("/v1/openapi.json", "GET"),
    ("/docs", "GET"),
    ("/docs/{file}", "GET"),
    ("/problems/{code}", "GET"),
    ("/terms", "GET"),
];

/// The document as it is served, in both versions.
pub struct Document {
    v31: web::Bytes,
    v30: web::Bytes,
}

impl Document {
    pub fn new(document: Value) -> Self {
        Self { v31: document.to_string().into(), v30: to_3_0(document).to_string().into() }
    }
}

pub use pages::routes;

/// Completes what the routes declare.
///
/// What is done with is let go at once: the service is never larger than here, and the allocator keeps it.
pub fn assemble(declared: utoipa::openapi::OpenApi, base: &str, farewells: &[Farewell]) -> Value {
    let mut document = serde_json::to_value(declared).unwrap_or(Value::Null);
    let components = declared_components(&mut document);
    let mut schemas = published(&components);
    if let Some(paths) = document["paths"].as_object_mut() {
        for (path, operations) in paths.iter_mut() {
            for (method, operation) in operations.as_object_mut().into_iter().flatten() {
                operations::complete(path, method, operation, &components, &mut schemas);
            }
        }
        paths.insert("/status".to_owned(), front::status());
    }
    drop(components);
    document["openapi"] = json!("3.1.0");
    document["info"] = front::info(base);
    document["servers"] = front::servers(base);
    document["tags"] = front::tags(&document["paths"]);
    document["components"] = json!({
        "schemas": schemas,
        "responses": problems(),
        "headers": headers::all(),
        "securitySchemes": front::security_schemes(base),
    });
    let mut document = renamed(prune(document));
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        share::all(schemas);
    }
    farewell::mark(&mut document, farewells);
    dress::all(&mut document);
    examples::add(&mut document, base);
    document
}

fn declared_components(document: &mut Value) -> Components {
    let mut components: Components = match document["components"]["schemas"].take() {
        Value::Object(declared) => declared.into_iter().collect(),
        _ => Components::default(),
    };
    for (name, value) in [(Problem::name(), Problem::schema()), (ProblemFault::name(), ProblemFault::schema())] {
        components.insert(name.into_owned(), serde_json::to_value(value).unwrap_or(Value::Null));
    }
    components
}

/// Objects and enums have names of their own; plain texts and numbers stand where they are used.
fn published(components: &Components) -> Map<String, Value> {
    let tidied = components.iter().map(|(name, schema)| (name.clone(), schema::tidy(schema, components, &plain)));
    tidied.filter(|(name, _)| components.get(name).is_some_and(|schema| !plain(schema))).collect()
}

fn plain(schema: &Value) -> bool {
    let object = schema.get("properties").is_some() || schema.get("allOf").is_some();
    !object && schema.get("enum").is_none()
}

/// One answer for each status that a problem can have.
fn problems() -> Map<String, Value> {
    let mut answers = Map::new();
    for kind in Kind::ALL {
        let status = kind.status();
        let codes: Vec<&str> = Kind::ALL.iter().filter(|k| k.status() == status).map(|k| k.code()).collect();
        let headers = headers::of_problem(status.as_u16());
        answers.insert(
            format!("Problem{}", status.as_u16()),
            json!({
                "description": format!("{}: {}", status.canonical_reason().unwrap_or("Refused"), codes.join(", ")),
                "headers": headers,
                "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            }),
        );
    }
    answers
}

/// Drops schemas and answers that nothing refers to.
fn prune(mut document: Value) -> Value {
    let mut answers = BTreeSet::new();
    named(&document["paths"], "#/components/responses/", &mut answers);
    if let Some(responses) = document["components"]["responses"].as_object_mut() {
        responses.retain(|name, _| answers.contains(name));
    }
    let mut waiting = BTreeSet::new();
    for part in [&document["paths"], &document["components"]["responses"]] {
        named(part, "#/components/schemas/", &mut waiting);
    }
    let mut seen = BTreeSet::new();
    while let Some(name) = waiting.pop_first() {
        if let Some(schema) = document["components"]["schemas"].get(&name).filter(|_| !seen.contains(&name)) {
            named(schema, "#/components/schemas/", &mut waiting);
            seen.insert(name);
        }
    }
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        schemas.retain(|name, _| seen.contains(name));
        schemas.sort_keys();
    }
    document
}

/// What a value refers to in one part of the document.
fn named(value: &Value, part: &str, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            let target = object.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix(part));
            into.extend(target.map(str::to_owned));
            object.values().for_each(|inner| named(inner, part, into));
        }
        Value::Array(items) => items.iter().for_each(|inner| named(inner, part, into)),
        _ => {}
    }
}

/// `Page_Version_Unit` reads `UnitVersionPage`.
fn renamed(document: Value) -> Value {
    match document {
        Value::Object(object) => {
            let renamed = object.into_iter().map(|(name, value)| {
                let value = match (&*name, value) {
                    ("$ref", Value::String(target)) => match target.strip_prefix("#/components/schemas/") {
                        Some(schema) => json!(format!("#/components/schemas/{}", plain_name(schema))),
                        None => Value::String(target),
                    },
                    ("schemas", Value::Object(schemas)) => {
                        let named = schemas.into_iter().map(|(n, schema)| (plain_name(&n), renamed(schema)));
                        Value::Object(named.collect())
                    }
                    (_, value) => renamed(value),
                };
                (name, value)
            });
            Value::Object(renamed.collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(renamed).collect()),
        other => other,
    }
}

fn plain_name(name: &str) -> String {
    name.rsplit('_').collect()
}
