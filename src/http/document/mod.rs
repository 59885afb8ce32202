//! The OpenAPI document: what the routes declare, completed in one place with what holds for all of
//! them (errors, headers, scopes), so that no room repeats it and none can forget it.

mod downgrade;
mod operations;
mod pages;

use std::collections::BTreeSet;

use actix_web::web;
use serde_json::{Map, Value, json};
use utoipa::{PartialSchema, ToSchema};

use super::problem::{Kind, PROBLEM_JSON, Problem, ProblemFault};
use super::schema::{self, Components};
pub use downgrade::to_3_0;

/// The paths served here with their methods.
pub const PATHS: &[(&str, &str)] =
    &[("/v1/openapi.json", "GET"), ("/docs", "GET"), ("/docs/{file}", "GET"), ("/problems/{code}", "GET")];

/// The document as it is served, in both versions.
pub struct Document {
    v31: web::Bytes,
    v30: web::Bytes,
}

impl Document {
    pub fn new(document: &Value) -> Self {
        Self { v31: document.to_string().into(), v30: to_3_0(document).to_string().into() }
    }
}

pub use pages::routes;

/// Completes what the routes declare.
pub fn assemble(declared: &utoipa::openapi::OpenApi, base: &str) -> Value {
    let mut document = serde_json::to_value(declared).unwrap_or(Value::Null);
    let components = declared_components(&document);
    let mut schemas = published(&components);
    if let Some(paths) = document["paths"].as_object_mut() {
        for (path, operations) in paths.iter_mut() {
            for (method, operation) in operations.as_object_mut().into_iter().flatten() {
                operations::complete(path, method, operation, &components, &mut schemas);
            }
        }
    }
    document["openapi"] = json!("3.1.0");
    document["info"] = info();
    document["servers"] = json!([{"url": base}]);
    document["components"] = json!({
        "schemas": schemas,
        "responses": problems(),
        "headers": headers(),
        "securitySchemes": {"oauth": {
            "type": "oauth2",
            "description": "OAuth 2.0 client credentials (RFC 6749); the token is a JWT (RFC 9068).",
            "flows": {"clientCredentials": {"tokenUrl": format!("{base}/oauth/token"), "scopes": scopes()}},
        }},
    });
    renamed(prune(document))
}

fn info() -> Value {
    json!({
        "title": "Tự Quản",
        "version": env!("CARGO_PKG_VERSION"),
        "description": "Registry of Vietnam's self-managed security-and-order models: models, members, incidents, commendations and their statistics.",
        "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        "contact": {"name": "Tự Quản"},
    })
}

fn scopes() -> Map<String, Value> {
    let all = crate::access::Scope::ALL.iter();
    all.map(|scope| (scope.as_str().to_owned(), json!(format!("`{scope}`")))).collect()
}

fn declared_components(document: &Value) -> Components {
    let declared = document["components"]["schemas"].as_object().into_iter().flatten();
    let mut components: Components = declared.map(|(name, schema)| (name.clone(), schema.clone())).collect();
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
        let mut headers = json!({
            "X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"},
            "API-Version": {"$ref": "#/components/headers/API-Version"},
        });
        if matches!(status.as_u16(), 429 | 503) {
            headers["Retry-After"] = json!({"$ref": "#/components/headers/Retry-After"});
        }
        if status.as_u16() == 429 {
            operations::rate_headers(&mut headers);
        }
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

fn headers() -> Value {
    let header = |about: &str, schema: Value| json!({"description": about, "schema": schema});
    let text = |max: u32| json!({"type": "string", "maxLength": max});
    let number = || json!({"type": "integer", "minimum": 0, "maximum": 4294967295u64});
    json!({
        "API-Version": header("The version of the API.", text(20)),
        "X-Request-Id": header("The identifier of this request, as in the journal.", text(64)),
        "ETag": header("The version of the record, for `If-Match` and `If-None-Match`.", text(100)),
        "Location": header("Where the new record is.", json!({"type": "string", "format": "uri-reference", "maxLength": 300})),
        "Link": header("The next page, `rel=\"next\"` (RFC 8288).", text(8000)),
        "Retry-After": header("Seconds after which to try again.", number()),
        "RateLimit-Limit": header("Requests a minute.", number()),
        "RateLimit-Remaining": header("Requests left.", number()),
        "RateLimit-Reset": header("Seconds until the limit is whole again.", number()),
    })
}

/// Drops schemas that nothing refers to.
fn prune(mut document: Value) -> Value {
    let mut seen = BTreeSet::new();
    let mut waiting = vec![document["paths"].clone(), document["components"]["responses"].clone()];
    while let Some(value) = waiting.pop() {
        for name in references(&value) {
            if let Some(schema) = document["components"]["schemas"].get(&name).filter(|_| !seen.contains(&name)) {
                waiting.push(schema.clone());
                seen.insert(name);
            }
        }
    }
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        schemas.retain(|name, _| seen.contains(name));
        schemas.sort_keys();
    }
    document
}

fn references(value: &Value) -> Vec<String> {
    match value {
        Value::Object(object) => {
            let own = schema::reference(value).map(str::to_owned);
            own.into_iter().chain(object.values().flat_map(references)).collect()
        }
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
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
