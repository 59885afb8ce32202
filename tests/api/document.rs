//! The OpenAPI document: checked in, complete, closed, and served without asking who reads it.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tuquan::http::Kind;
use tuquan::http::document::Farewell;

use crate::stand::{Caller, Stand, text};

const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/openapi.json");

fn document() -> Value {
    tuquan::app::document("http://127.0.0.1:8080")
}

/// Every object of a document with its place, outermost first.
fn each(value: &Value, at: &str, visit: &mut dyn FnMut(&str, &Value)) {
    match value {
        Value::Object(object) => {
            visit(at, value);
            object.iter().for_each(|(name, inner)| each(inner, &format!("{at}/{name}"), visit));
        }
        Value::Array(items) => items.iter().enumerate().for_each(|(n, inner)| each(inner, &format!("{at}/{n}"), visit)),
        _ => {}
    }
}

fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let all = paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().into_iter().flatten();
        methods.map(move |(method, operation)| (path.clone(), method.clone(), operation.clone()))
    });
    all.collect()
}

#[test]
fn the_document_kept_in_the_repository_is_the_one_the_routes_declare() {
    let kept = std::fs::read_to_string(KEPT).expect("openapi/openapi.json is checked in");
    let fresh = serde_json::to_string_pretty(&document()).expect("the document is JSON") + "\n";
    let differs = kept.lines().zip(fresh.lines()).position(|(a, b)| a != b);
    assert!(kept == fresh, "differs first at line {differs:?}: run `cargo run -- openapi > openapi/openapi.json`");
}

#[test]
fn every_operation_is_named_by_the_convention_and_says_what_it_needs() {
    let document = document();
    let mut seen = BTreeSet::new();
    for (path, method, operation) in operations(&document) {
        let id = text(&operation["operationId"]);
        let verbs: &[&str] = match method.as_str() {
            "get" => &["list", "show"],
            "post" => &["create"],
            "patch" => &["update"],
            "delete" => &["remove"],
            _ => &[],
        };
        assert!(verbs.iter().any(|verb| id.starts_with(verb)), "{method} {path}: {id}");
        assert!(seen.insert(id.clone()), "{id} twice");
        for name in ["summary", "description"] {
            assert!(operation[name].as_str().is_some_and(|text| text.len() > 5), "{id} has no {name}");
        }
        let tags: Vec<&Value> = document["tags"].as_array().into_iter().flatten().map(|tag| &tag["name"]).collect();
        assert!(tags.contains(&&operation["tags"][0]), "{id}: what its tag means is not said");
        let statuses: Vec<&String> = operation["responses"].as_object().into_iter().flatten().map(|(s, _)| s).collect();
        let open = operation["security"] == json!([]);
        assert!(operation["security"][0]["oauth"].is_array() || (open && id == "showStatus"), "{id}");
        let promised: &[&str] = if open { &["400", "503"] } else { &["400", "401", "403", "406", "429", "503"] };
        for status in promised {
            assert!(statuses.iter().any(|s| s == status), "{id} does not promise {status}");
        }
        assert!(statuses.iter().any(|status| status.starts_with('2')), "{id}");
        assert!(
            (path.starts_with("/v1/") || open)
                && !path.ends_with('/')
                && path.to_lowercase() == path.replace("Id}", "id}").to_lowercase()
        );
        let plain = path.split('/').filter(|part| !part.starts_with('{'));
        assert!(
            plain
                .into_iter()
                .all(|part| part.chars().all(|c| c.is_ascii_lowercase() || c == '-' || c.is_ascii_digit())),
            "{path}"
        );
    }
    assert!(seen.len() > 30);
}

#[test]
fn every_parameter_is_named_in_camel_case_and_described() {
    for (path, _, operation) in operations(&document()) {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = text(&parameter["name"]);
            assert!(parameter["description"].as_str().is_some_and(|d| !d.is_empty()), "{name} of {path}");
            assert!(parameter["schema"].is_object(), "{name} of {path}");
            if parameter["in"] != "header" {
                assert!(name.chars().all(|c| c.is_ascii_alphanumeric()) && !name.contains("oken"), "{name} of {path}");
            }
        }
        let placed = path.matches('{').count();
        let declared = operation["parameters"].as_array().into_iter().flatten().filter(|p| p["in"] == "path").count();
        assert_eq!(placed, declared, "{path}");
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_schema_is_used() {
    let document = document();
    let mut used = BTreeSet::new();
    each(&document, "", &mut |at, value| {
        if let Some(target) = value.get("$ref").and_then(Value::as_str) {
            let pointer = target.strip_prefix('#').expect("references stay within the document");
            assert!(document.pointer(pointer).is_some(), "{at} leads to {target}");
            used.insert(target.rsplit('/').next().unwrap_or_default().to_owned());
        }
    });
    for (name, _) in document["components"]["schemas"].as_object().into_iter().flatten() {
        assert!(used.contains(name), "{name} is not used");
    }
}

#[test]
fn every_object_is_closed_and_every_text_number_and_array_is_bounded() {
    let (mut checked, mut open) = (0, Vec::new());
    each(&document(), "", &mut |at, schema| {
        let kinds: Vec<&str> = match &schema["type"] {
            Value::String(kind) => vec![kind],
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
            _ => return,
        };
        checked += 1;
        let has = |name: &str| schema.get(name).is_some();
        for kind in kinds {
            let sound = match kind {
                // The one open object is the record in an event of the feed.
                "object" if at.ends_with("/data") => has("maxProperties"),
                "object" => schema["additionalProperties"] == false && has("properties"),
                "string" => has("enum") || has("maxLength"),
                "integer" | "number" => has("minimum") && has("maximum"),
                "array" => has("maxItems") && has("items"),
                _ => true,
            };
            if !sound {
                open.push(format!("{at}: {schema}"));
            }
        }
    });
    assert!(open.is_empty(), "{}", open.join("\n"));
    assert!(checked > 200);
}

#[test]
fn the_older_rendering_has_nothing_that_its_edition_does_not_know() {
    let stand = Stand::new();
    let older = stand.nobody().get("/v1/openapi.json?version=3.0").is(200).json();
    assert_eq!(older["openapi"], "3.0.3");
    each(&older, "", &mut |at, value| {
        assert!(!value["type"].is_array(), "{at}");
        for unknown in ["const", "examples", "$defs", "exclusiveMinimum"] {
            assert!(value.get(unknown).is_none() || at.ends_with("/properties"), "{at}: {unknown}");
        }
    });
    let newer = stand.nobody().get("/v1/openapi.json?version=3.1").is(200).json();
    assert_eq!(newer["openapi"], "3.1.0");
    let (older, newer) = (operations(&older), operations(&newer));
    assert_eq!(older.len(), newer.len());
    for ((path, method, old), (path_too, method_too, new)) in older.iter().zip(&newer) {
        assert_eq!((path, method), (path_too, method_too));
        assert_eq!(told(old), told(new), "{method} {path}");
    }
}

/// What an operation says of itself in either edition; conditional reads are said in the newer alone.
fn told(operation: &Value) -> Value {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let parameters = parameters.filter(|parameter| parameter["name"] != "If-None-Match");
    let parameters: Vec<Value> =
        parameters.map(|p| json!([p["in"], p["name"], p["required"], p["style"], p["explode"]])).collect();
    let kinds = |of: &Value| of["content"].as_object().map(|all| all.keys().cloned().collect::<Vec<_>>());
    let answers = operation["responses"].as_object().into_iter().flatten().filter(|(status, _)| *status != "304");
    let headers = |of: &Value| of["headers"].as_object().map(|all| all.keys().cloned().collect::<Vec<_>>());
    let answers: Vec<Value> = answers.map(|(status, a)| json!([status, a["$ref"], kinds(a), headers(a)])).collect();
    let words = ["operationId", "summary", "description", "tags", "security"].map(|word| operation[word].clone());
    json!({
        "words": words, "parameters": parameters, "body": kinds(&operation["requestBody"]), "answers": answers,
    })
}

/// From the first day of 2026 to the first of 2028.
const GOING: &[Farewell] = &[Farewell {
    operation: "listTeams",
    since: 1_767_225_600,
    sunset: 1_830_297_600,
    successor: Some("/v1/memberships"),
}];

#[test]
fn an_operation_that_will_go_says_so_with_every_answer_and_in_the_document() {
    let stand = Stand::bidding(GOING);
    let (chief, nobody) = (stand.chief(), stand.nobody());
    let refused = [chief.get("/v1/teams?pageSize=0").is(400), nobody.get("/v1/teams").is(401)];
    for answer in refused.into_iter().chain([chief.get("/v1/teams").is(200)]) {
        assert_eq!(answer.given("deprecation"), "@1767225600", "{answer:?}");
        assert_eq!(answer.given("sunset"), "Sat, 01 Jan 2028 00:00:00 GMT");
        assert_eq!(answer.given("link"), "</v1/memberships>; rel=\"successor-version\"");
    }
    let stays = chief.get("/v1/memberships").is(200);
    assert!(["deprecation", "sunset"].iter().all(|name| stays.header(name).is_none()), "{stays:?}");
    for edition in ["3.0", "3.1"] {
        let document = nobody.get(&format!("/v1/openapi.json?version={edition}")).is(200).json();
        for (_, _, operation) in operations(&document) {
            let told = operation["responses"]["200"]["headers"].get("Sunset").is_some();
            let goes = operation["operationId"] == "listTeams";
            assert_eq!((operation["deprecated"] == true, told), (goes, goes), "{edition} {}", operation["operationId"]);
        }
    }
}

#[test]
fn anybody_may_read_the_document_from_anywhere() {
    let stand = Stand::new();
    let answer = stand.nobody().get("/v1/openapi.json").is(200);
    assert_eq!(answer.given("access-control-allow-origin"), "*");
    assert_eq!(answer.given("content-type"), "application/json");
    let mut expected = tuquan::app::document(&stand.base);
    assert_eq!(answer.json(), expected);
    expected["info"] = Value::Null;
    assert_ne!(answer.json(), expected);
    stand.nobody().get("/v1/openapi.json?version=2").faults(&["version not-allowed"]);
    stand.nobody().get("/v1/openapi.json?vresion=3.0").faults(&["vresion unknown"]);
    stand.nobody().with_token("garbage").get("/v1/openapi.json").is(200);
}

/// What a page or a part of it loads: the values of its src and href.
fn loaded(page: &str) -> Vec<String> {
    let after = page.split("src=\"").skip(1).chain(page.split("href=\"").skip(1));
    after.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

#[test]
fn the_browser_of_the_document_needs_no_other_server() {
    let stand = Stand::new();
    let nobody: Caller = stand.nobody();
    let page = nobody.get("/docs").is(200);
    assert!(page.given("content-type").starts_with("text/html"));
    let parts = loaded(&page.text());
    assert!(parts.len() >= 4, "{parts:?}");
    for part in parts {
        assert!(part.starts_with("/docs/"), "{part} is not here");
        let file = nobody.get(&part).is(200);
        assert!(!file.bytes.is_empty(), "{part}");
    }
    assert!(nobody.get("/docs/swagger-initializer.js").is(200).text().contains("/v1/openapi.json"));
    nobody.get("/docs/nothing.js").problem(404, "not-found");
    nobody.get("/docs/..%2F..%2Fetc%2Fpasswd").problem(404, "not-found");
}

#[test]
fn every_kind_of_problem_has_a_page() {
    let stand = Stand::new();
    for kind in Kind::ALL {
        let page = stand.nobody().get(&format!("/problems/{}", kind.code())).is(200);
        let page = page.text();
        assert!(page.contains(kind.code()) && page.contains(kind.status().as_str()), "{page}");
        // What is wrong and what to do about it, in both languages.
        for (language, title) in [("en", kind.title().en), ("vi", kind.title().vi)] {
            let words = page.split(&format!("<p lang=\"{language}\">")).nth(1).and_then(|rest| rest.split('<').next());
            let todo = words.and_then(|words| words.strip_prefix(&format!("{title}. "))).unwrap_or_default();
            assert!(todo.len() > 40 && todo.ends_with('.'), "{language}: {page}");
        }
    }
    stand.nobody().get("/problems/nothing").problem(404, "not-found");
}

/// The examples of a document with the schemas they are examples of.
fn examples(document: &Value) -> Vec<(String, Value, Value)> {
    let mut all = Vec::new();
    each(document, "", &mut |at, value| {
        if let (Some(schema), Some(example)) = (value.get("schema"), value.get("example")) {
            all.push((at.to_owned(), schema.clone(), example.clone()));
        }
    });
    all
}

#[test]
fn every_body_and_answer_has_an_example_that_fits_its_schema() {
    for document in [document(), tuquan::http::document::to_3_0(document())] {
        let mut missing = Vec::new();
        each(&document, "", &mut |at, value| {
            for (kind, media) in value.get("content").and_then(Value::as_object).into_iter().flatten() {
                if media.get("example").is_none() && !kind.ends_with("sheet") {
                    missing.push(format!("{at} {kind}"));
                }
            }
        });
        assert!(missing.is_empty(), "no example: {missing:?}");
    }
    let document = document();
    let all = examples(&document);
    assert!(all.len() > 150);
    let mut faults = Vec::new();
    for (at, schema, example) in all {
        let whole = json!({"$ref": "#/whole", "whole": schema, "components": document["components"]});
        let validator = jsonschema::options().should_validate_formats(true).build(&whole).expect("it is a schema");
        faults.extend(validator.iter_errors(&example).map(|error| format!("{at}{}: {error}", error.instance_path())));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn anybody_may_ask_whether_the_service_answers() {
    let stand = Stand::new();
    let answer = stand.nobody().get("/status").is(200);
    assert_eq!(answer.given("content-type"), "application/problem+json");
    assert_eq!(answer.json()["title"], "OK");
    let asked = stand.chief().request(reqwest::Method::GET, "/status").header("accept", "application/problem+json");
    asked.send().is(200);
    stand.nobody().get("/status?deep=true").faults(&["deep unknown"]);
    stand.nobody().post("/status", &json!({})).problem(405, "method-not-allowed");
    assert!(stand.nobody().get("/terms").is(200).text().contains("Điều khoản"));
}

#[test]
fn only_the_registrys_own_pages_may_read_its_answers() {
    let stand = Stand::new();
    for path in ["/v1/models", "/status", "/v1/nothing"] {
        assert_eq!(stand.nobody().get(path).given("access-control-allow-origin"), stand.base, "{path}");
    }
}

#[test]
fn the_older_rendering_says_nothing_that_3_0_does_not_know() {
    each(&tuquan::http::document::to_3_0(document()), "", &mut |at, object| {
        assert!(object["type"] != "null" && !object["type"].is_array() && object.get("const").is_none(), "{at}");
        assert!(object.get("parameters").is_none_or(Value::is_array), "{at}");
    });
}
