//! What holds for every operation: its id, parameters, scopes, headers and errors.

use serde_json::{Map, Value, json};

use super::headers;
use crate::access::policy::{Action, Rule, rule};
use crate::http::body::MERGE_PATCH;
use crate::http::etag::LONGEST;
use crate::http::schema::{self, Components};
use crate::noun::Noun;

/// Completes one operation.
pub fn complete(
    path: &str,
    method: &str,
    operation: &mut Value,
    components: &Components,
    schemas: &mut Map<String, Value>,
) {
    let id = camel(operation["operationId"].as_str().unwrap_or_default());
    let Some((noun, action)) = meant(&id) else {
        return;
    };
    operation["operationId"] = json!(id);
    if operation["summary"].is_null() {
        operation["summary"] = operation["description"].clone();
    }
    operation["description"] = json!(described(operation, noun, action));
    operation["security"] = security(noun, action);
    parameters(path, method, operation, components);
    if action == Action::Update {
        patch_body(operation, noun, components, schemas);
    }
    inline_bodies(operation, components);
    success(action, operation);
    errors(path, action, operation);
}

/// The noun and the action that an operation id names, as in `listUnitVersions`.
fn meant(id: &str) -> Option<(Noun, Action)> {
    let verbs = [
        ("list", Action::Read),
        ("show", Action::Read),
        ("create", Action::Create),
        ("update", Action::Update),
        ("remove", Action::Delete),
    ];
    let (rest, action) = verbs.iter().find_map(|(verb, action)| Some((id.strip_prefix(verb)?, *action)))?;
    let named = |rest: &str| Noun::ALL.iter().copied().find(|noun| rest == noun.one() || rest == noun.many());
    let version_of = rest.strip_suffix("Versions").or_else(|| rest.strip_suffix("Version"));
    let noun = named(rest).or_else(|| version_of.and_then(named))?;
    Some((noun, action))
}

fn camel(snake: &str) -> String {
    let mut words = snake.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut name, word| {
        let mut letters = word.chars();
        name.extend(letters.next().map(|c| c.to_ascii_uppercase()));
        name.extend(letters);
        name
    })
}

fn described(operation: &Value, noun: Noun, action: Action) -> String {
    let about = operation["description"].as_str().or(operation["summary"].as_str()).unwrap_or_default();
    match rule(noun, action) {
        Rule::Needs(scopes) => {
            let scopes: Vec<String> = scopes.iter().map(|scope| format!("`{scope}`")).collect();
            format!("{}\n\nNeeds {}.", about.trim(), scopes.join(" and "))
        }
        Rule::SignedIn | Rule::Absent => format!("{}\n\nNeeds a valid token.", about.trim()),
    }
}

fn security(noun: Noun, action: Action) -> Value {
    match rule(noun, action) {
        Rule::Needs(scopes) => {
            json!([{"oauth": scopes.iter().map(|s| s.as_str()).collect::<Vec<_>>()}, {"bearer": []}])
        }
        Rule::SignedIn | Rule::Absent => json!([{"oauth": []}, {"bearer": []}]),
    }
}

fn parameters(path: &str, method: &str, operation: &mut Value, components: &Components) {
    let declared = operation["parameters"].as_array().cloned().unwrap_or_default();
    let mut all: Vec<Value> = declared
        .into_iter()
        .map(|mut parameter| {
            parameter["schema"] = schema::resolve(&parameter["schema"], components);
            listed(crate::http::query::without_null(parameter))
        })
        .collect();
    let unsaid: Vec<Value> = in_path(path).filter(|p| all.iter().all(|said| said["name"] != p["name"])).collect();
    all.splice(0..0, unsaid);
    let header = |name: &str, required: bool, about: &str, schema: Value| json!({"name": name, "in": "header", "required": required, "description": about, "schema": schema});
    let tag = || json!({"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "^[^\\u0000-\\u001F]*$"});
    match method {
        "post" => all.push(header(
            "Idempotency-Key",
            false,
            "Makes a retry safe: for a day the same key and body of a client have their effect once; a retry answers 201 with the record as it is now.",
            json!({"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}),
        )),
        "patch" | "delete" => all.push(header("If-Match", true, "The ETag of the version that was read.", tag())),
        "get" if shows_a_record(path, operation, components) || shows_figures(path) => all.push(header(
            "If-None-Match",
            false,
            "The ETag of the version that is known: 304 when it still stands.",
            tag(),
        )),
        _ => {}
    }
    match all.is_empty() {
        true => {
            operation.as_object_mut().map(|o| o.remove("parameters"));
        }
        false => operation["parameters"] = Value::Array(all),
    }
}

/// What has versions has an ETag.
fn shows_a_record(path: &str, operation: &Value, components: &Components) -> bool {
    let shown = &operation["responses"]["200"]["content"]["application/json"]["schema"];
    path.ends_with("Id}") && schema::resolve(shown, components)["properties"].get("version").is_some()
}

/// A list in a query has something in it: without a value there is no list.
fn listed(mut parameter: Value) -> Value {
    if let Some(schema) = parameter["schema"].as_object_mut().filter(|schema| schema["type"] == "array") {
        schema.entry("minItems").or_insert(json!(1));
    }
    parameter
}

/// Figures stay the same as long as the records do, so they have an ETag too.
fn shows_figures(path: &str) -> bool {
    path.starts_with("/v1/statistics/") && !path.ends_with("/indicators")
}

fn in_path(path: &str) -> impl Iterator<Item = Value> {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    names.map(|name| {
        let (about, schema) = match name {
            "version" => {
                ("The version of the record.", json!({"type": "integer", "minimum": 1, "maximum": 2147483647}))
            }
            _ => ("The identifier of the record.", schema::of::<crate::types::Id<()>>()),
        };
        json!({"name": name, "in": "path", "required": true, "description": about, "schema": schema})
    })
}

fn patch_body(operation: &mut Value, noun: Noun, components: &Components, schemas: &mut Map<String, Value>) {
    let name = format!("{}Patch", noun.one());
    let Some(fields) = components.get(&format!("{}Fields", noun.one())) else {
        return;
    };
    schemas.insert(name.clone(), schema::patch(&schema::resolve(fields, components)));
    operation["requestBody"] = json!({
        "required": true,
        "content": {MERGE_PATCH: {"schema": {"$ref": format!("#/components/schemas/{name}")}}},
    });
}

/// Bodies of plain values say what they are in place.
fn inline_bodies(operation: &mut Value, components: &Components) {
    for part in ["requestBody", "responses"] {
        if !operation[part].is_null() {
            operation[part] = schema::tidy(&operation[part], components, &super::plain);
        }
    }
}

fn success(action: Action, operation: &mut Value) {
    let listed = operation["operationId"].as_str().is_some_and(|id| id.starts_with("list"));
    let shown = operation["parameters"].as_array().is_some_and(|all| all.iter().any(|p| p["name"] == "If-None-Match"));
    let Some(responses) = operation["responses"].as_object_mut() else {
        return;
    };
    for (status, response) in responses.iter_mut() {
        let mut headers = headers::of_answer();
        match status.as_str() {
            "201" => {
                headers["Location"] = headers::named("Location");
                headers["ETag"] = headers::named("ETag");
            }
            "200" if listed => {
                headers["Link"] = headers::named("Link");
                if shown {
                    headers["ETag"] = headers::named("ETag");
                }
            }
            "200" if shown || action == Action::Update => headers["ETag"] = headers::named("ETag"),
            _ => {}
        }
        response["headers"] = headers;
        if response["description"].as_str().is_none_or(str::is_empty) {
            response["description"] = json!(match status.as_str() {
                "201" => "Created.",
                "204" => "Removed.",
                _ => "OK.",
            });
        }
    }
    if shown {
        responses.insert("304".to_owned(), json!({"description": "Not modified.", "headers": headers::of_unchanged()}));
    }
}

fn errors(path: &str, action: Action, operation: &mut Value) {
    let mut statuses = vec![400, 401, 403, 406, 429, 500, 503];
    if path.contains('{') {
        statuses.push(404);
    }
    // Of all cursors only that of the feed lives long enough to expire.
    if path == "/v1/changes" {
        statuses.push(410);
    }
    match action {
        Action::Read => {}
        Action::Create => statuses.extend([408, 409, 413, 415, 422]),
        Action::Update => statuses.extend([408, 409, 412, 413, 415, 428]),
        Action::Delete => statuses.extend([409, 412, 428]),
    }
    statuses.sort_unstable();
    for status in statuses {
        let answer = json!({"$ref": format!("#/components/responses/Problem{status}")});
        operation["responses"][status.to_string()] = answer;
    }
}
