//! Answers, with the checks that every test makes of them.

use std::collections::BTreeSet;

use reqwest::header::HeaderMap;
use serde_json::Value;

/// What the service answered.
#[derive(Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
    pub asked: String,
}

impl Answer {
    pub fn of(asked: String, response: reqwest::blocking::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().expect("the whole answer arrives").to_vec();
        Self { status, headers, bytes, asked }
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|e| panic_with(&format!("{e}: {self:?}")))
    }

    /// The header, if it is there.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The header, which must be there.
    #[track_caller]
    pub fn given(&self, name: &str) -> String {
        self.header(name).unwrap_or_else(|| panic_with(&format!("no {name} in {self:?}"))).to_owned()
    }

    #[track_caller]
    pub fn etag(&self) -> String {
        self.given("etag")
    }

    #[track_caller]
    pub fn id(&self) -> String {
        text(&self.json()["id"])
    }

    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    /// A problem of RFC 9457 with this status and code.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.given("content-type"), "application/problem+json", "{self:?}");
        let problem = self.json();
        assert_eq!(problem["code"], code, "{self:?}");
        assert_eq!(problem["status"], status, "{self:?}");
        assert_eq!(problem["requestId"].as_str(), self.header("x-request-id"), "{self:?}");
        let kind = text(&problem["type"]);
        assert!(kind.starts_with("http://") && kind.ends_with(&format!("/problems/{code}")), "{self:?}");
        assert!(problem["title"].is_string() && problem["detail"].is_string(), "{self:?}");
        self
    }

    /// 400 with exactly these faults, each `place code`.
    #[track_caller]
    pub fn faults(self, expected: &[&str]) -> Self {
        let answer = self.problem(400, "invalid-request");
        let told: BTreeSet<String> = answer.json()["errors"].as_array().into_iter().flatten().map(fault).collect();
        let expected: BTreeSet<String> = expected.iter().map(|&f| f.to_owned()).collect();
        assert_eq!(told, expected, "{answer:?}");
        answer
    }

    /// The records of a list.
    #[track_caller]
    pub fn items(&self) -> Vec<Value> {
        let json = self.json();
        json["items"].as_array().unwrap_or_else(|| panic_with(&format!("no items in {self:?}"))).clone()
    }

    /// One field of every record of a list.
    #[track_caller]
    pub fn each(&self, field: &str) -> Vec<String> {
        self.items().iter().map(|item| text(&item[field])).collect()
    }

    /// The body without what differs from request to request.
    pub fn stable(&self) -> String {
        let id = self.header("x-request-id").unwrap_or_default();
        self.text().replace(id, "")
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body: String = self.text().chars().take(1500).collect();
        write!(f, "{} answered {} {body}", self.asked, self.status)
    }
}

fn fault(fault: &Value) -> String {
    let place = fault.get("pointer").or_else(|| fault.get("parameter"));
    assert!(fault["detail"].is_string(), "{fault}");
    format!("{} {}", place.map(text).unwrap_or_default(), text(&fault["code"]))
}

/// A JSON value as plain text.
pub fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[track_caller]
#[expect(clippy::panic, reason = "a check of a test that failed")]
fn panic_with(why: &str) -> ! {
    panic!("{why}")
}
