//! The headers that answers carry, as the document tells of them. What sets them is the envelope and
//! the gate; nothing is promised here that they do not keep.

use serde_json::{Map, Value, json};

/// On every answer, whatever it says.
const ALWAYS: &[&str] = &[
    "X-Request-Id",
    "API-Version",
    "Content-Language",
    "Cache-Control",
    "X-Content-Type-Options",
    "Access-Control-Allow-Origin",
];

/// Where a client stands with its rate limit.
const RATES: &[&str] = &["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"];

/// A reference to one of them.
pub fn named(name: &str) -> Value {
    json!({"$ref": format!("#/components/headers/{name}")})
}

fn these(names: &[&str]) -> Value {
    Value::Object(names.iter().map(|name| ((*name).to_owned(), named(name))).collect())
}

/// On every answer that was given what it asked for.
pub fn of_answer() -> Value {
    these(&[ALWAYS, RATES].concat())
}

/// On an answer that anybody may have.
pub fn of_open_answer() -> Value {
    these(ALWAYS)
}

/// On 304.
pub fn of_unchanged() -> Value {
    these(&[ALWAYS, RATES, &["ETag"]].concat())
}

/// On a refusal. Those of nobody's request have no rate.
pub fn of_problem(status: u16) -> Value {
    let more: &[&str] = match status {
        401 | 403 => &["WWW-Authenticate"],
        405 => &["Allow"],
        429 | 503 => &["Retry-After"],
        _ => &[],
    };
    let rates = if status < 500 { RATES } else { &[] };
    these(&[ALWAYS, rates, more].concat())
}

/// What each of them holds.
pub fn all() -> Value {
    let header = |about: &str, schema: Value| json!({"description": about, "schema": schema});
    let text = |max: u32, pattern: &str| json!({"type": "string", "maxLength": max, "pattern": pattern});
    let number = || json!({"type": "integer", "format": "int64", "minimum": 0, "maximum": 4294967295u64});
    let visible = "^[ -~]*$";
    let all = [
        ("API-Version", "The version of the API.", text(20, "^[0-9]+\\.[0-9]+\\.[0-9]+$")),
        ("X-Request-Id", "The identifier of this request, as in the journal.", text(64, "^[0-9A-Za-z-]+$")),
        ("Content-Language", "The language of titles and details.", json!({"type": "string", "enum": ["en", "vi"]})),
        (
            "Cache-Control",
            "`no-store`; of figures `private, no-cache`, since they are asked for again by their ETag.",
            text(100, visible),
        ),
        (
            "X-Content-Type-Options",
            "The body is what its media type says.",
            json!({"type": "string", "enum": ["nosniff"]}),
        ),
        (
            "Access-Control-Allow-Origin",
            "Whose pages may read the answer in a browser: the registry's own.",
            text(300, visible),
        ),
        ("ETag", "The version of the record, for `If-Match` and `If-None-Match`.", text(100, "^\"[!-~]+\"$")),
        (
            "Location",
            "Where the new record is.",
            json!({"type": "string", "format": "uri-reference", "maxLength": 300}),
        ),
        ("Link", "The next page, `rel=\"next\"` (RFC 8288).", text(8000, visible)),
        ("WWW-Authenticate", "What is missing (RFC 6750).", text(1000, visible)),
        ("Retry-After", "Seconds after which to try again.", number()),
        ("RateLimit-Limit", "Requests a minute.", number()),
        ("RateLimit-Remaining", "Requests left.", number()),
        ("RateLimit-Reset", "Seconds until the limit is whole again.", number()),
    ];
    Value::Object(
        all.into_iter().map(|(name, about, schema)| (name.to_owned(), header(about, schema))).collect::<Map<_, _>>(),
    )
}

/// Of operations that will go.
pub fn with_farewells(all: &mut Value) {
    let text = |about: &str| json!({"description": about, "schema": {"type": "string", "maxLength": 60, "pattern": "^[ -~]*$"}});
    all["Deprecation"] = text("Since when the operation is deprecated (RFC 9745).");
    all["Sunset"] = text("When the operation will be gone (RFC 8594).");
}
