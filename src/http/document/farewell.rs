//! Operations that will go: said in the document and with every answer (RFC 9745, RFC 8594), long
//! before they do.

use std::time::{Duration, SystemTime};

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue, HttpDate, LINK};
use serde_json::{Value, json};

use super::headers;

/// An operation that will go.
#[derive(Debug)]
pub struct Farewell {
    /// Its name in the document.
    pub operation: &'static str,
    /// Since when it is deprecated, in seconds since 1970.
    pub since: u64,
    /// When it will be gone, in seconds since 1970.
    pub sunset: u64,
    /// The path of what takes its place.
    pub successor: Option<&'static str>,
}

/// Every operation that will go. None has yet had to.
pub const FAREWELLS: &[Farewell] = &[];

/// That an operation will go, where it will.
pub fn farewell(operation: &str, all: &'static [Farewell]) -> Option<&'static Farewell> {
    all.iter().find(|farewell| farewell.operation == operation)
}

impl Farewell {
    /// Says so with an answer.
    pub fn tell(&self, headers: &mut HeaderMap) {
        const DEPRECATION: HeaderName = HeaderName::from_static("deprecation");
        const SUNSET: HeaderName = HeaderName::from_static("sunset");
        let sunset = HttpDate::from(SystemTime::UNIX_EPOCH + Duration::from_secs(self.sunset));
        let link = self.successor.map(|path| format!("<{path}>; rel=\"successor-version\""));
        let said = [(DEPRECATION, Some(format!("@{}", self.since))), (SUNSET, Some(sunset.to_string())), (LINK, link)];
        for (name, text) in said {
            if let Some(value) = text.and_then(|text| HeaderValue::from_str(&text).ok()) {
                headers.append(name, value);
            }
        }
    }
}

/// Says so in a document.
pub fn mark(document: &mut Value, all: &[Farewell]) {
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    for (_, operation) in paths.flat_map(|(_, all)| all.as_object_mut().into_iter().flatten()) {
        if all.iter().any(|farewell| operation["operationId"] == farewell.operation) {
            operation["deprecated"] = json!(true);
            for (_, answer) in operation["responses"].as_object_mut().into_iter().flatten() {
                if answer.get("headers").is_some() {
                    answer["headers"]["Deprecation"] = headers::named("Deprecation");
                    answer["headers"]["Sunset"] = headers::named("Sunset");
                }
            }
        }
    }
    if !all.is_empty() {
        headers::with_farewells(&mut document["components"]["headers"]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOING: &[Farewell] =
        &[Farewell { operation: "listOld", since: 1_700_000_000, sunset: 1_800_000_000, successor: Some("/v1/new") }];

    #[test]
    fn what_will_go_says_so_with_every_answer() {
        let mut headers = HeaderMap::new();
        farewell("listOld", GOING).expect("it will go").tell(&mut headers);
        assert_eq!(headers.get("deprecation").expect("told"), "@1700000000");
        assert_eq!(headers.get("sunset").expect("told"), "Fri, 15 Jan 2027 08:00:00 GMT");
        assert_eq!(headers.get("link").expect("told"), "</v1/new>; rel=\"successor-version\"");
        assert!(farewell("listNew", GOING).is_none() && farewell("listOld", FAREWELLS).is_none());
    }

    #[test]
    fn what_will_go_says_so_in_the_document() {
        let operation = |id: &str| json!({"operationId": id, "responses": {"200": {"headers": {}}}});
        let mut document = json!({
            "paths": {"/v1/old": {"get": operation("listOld")}, "/v1/new": {"get": operation("listNew")}},
            "components": {"headers": {}},
        });
        mark(&mut document, GOING);
        assert_eq!(document["paths"]["/v1/old"]["get"]["deprecated"], true);
        assert!(document["paths"]["/v1/old"]["get"]["responses"]["200"]["headers"]["Sunset"].is_object());
        assert_eq!(document["paths"]["/v1/new"]["get"], operation("listNew"));
        assert!(document["components"]["headers"]["Deprecation"].is_object());
        let before = document.clone();
        mark(&mut document, &[]);
        assert_eq!(document, before, "without farewells nothing is added");
    }
}
