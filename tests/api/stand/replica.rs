//! A copy of the records made of the feed's events alone, and the records themselves as a caller reads
//! them, to be compared. What must not come in: anything that a consumer of the feed could not do.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Caller, text};

/// What a reader of the feed holds.
#[derive(Default)]
pub struct Replica {
    /// The records by their paths.
    pub records: BTreeMap<String, Value>,
    pub cursor: String,
    pub events: usize,
    last: i64,
}

impl Replica {
    /// Reads on until there is nothing more.
    pub fn follow(&mut self, caller: &Caller, query: &str) {
        loop {
            let page = caller.get_patiently(&format!("/v1/changes?cursor={}{query}", self.cursor)).is(200);
            for event in page.items() {
                self.take(&event);
            }
            let page = page.json();
            self.cursor = text(&page["page"]["nextCursor"]);
            assert!(!self.cursor.is_empty() && self.cursor != "null", "{page}");
            if page["page"]["hasMore"] == false {
                return;
            }
        }
    }

    fn take(&mut self, event: &Value) {
        let sequence: i64 = text(&event["id"]).parse().expect("an event's id is its place");
        assert!(sequence > self.last || self.last == 0, "{event} comes after {}", self.last);
        (self.last, self.events) = (sequence, self.events + 1);
        assert_eq!((&event["specversion"], &event["datacontenttype"]), (&json!("1.0"), &json!("application/json")));
        assert!(text(&event["source"]).starts_with("http://") && event["time"].is_string(), "{event}");
        let subject = text(&event["subject"]);
        match text(&event["type"]).rsplit('.').next() {
            Some("created" | "updated" | "erased") => drop(self.records.insert(subject, event["data"].clone())),
            Some("deleted") => {
                assert!(event["data"].is_null(), "{event}");
                assert!(self.records.remove(&subject).is_some(), "{event} removes what there was not");
            }
            _ => assert_eq!(event["type"], "one of four", "{event}"),
        }
    }

    /// Record by record the same as what the caller reads in every list there is.
    #[track_caller]
    pub fn assert_equals(&self, records: &BTreeMap<String, Value>) {
        let only = |these: &BTreeMap<String, Value>, those: &BTreeMap<String, Value>| {
            let paths = these.keys().filter(|path| !those.contains_key(*path));
            paths.cloned().collect::<Vec<_>>()
        };
        assert_eq!(only(&self.records, records), Vec::<String>::new(), "in the replica alone");
        assert_eq!(only(records, &self.records), Vec::<String>::new(), "in the registry alone");
        for (path, record) in records {
            assert_eq!(&self.records[path], record, "{path}");
        }
    }
}

/// Lists of what is no record of the registry: readings of the journal, jobs, answers to questions, and
/// disclosures, which are acts that leave the record as it is.
const NO_RECORDS: [&str; 9] = [
    "/v1/changes",
    "/v1/audit-events",
    "/v1/imports",
    "/v1/exports",
    "/v1/import-templates",
    "/v1/statistics/",
    "/versions",
    "/row-errors",
    "/disclosures",
];

/// Every record that the caller may read, by its path: all lists of the document, and those inside records.
pub fn registry(caller: &Caller) -> BTreeMap<String, Value> {
    let document = caller.get("/v1/openapi.json").is(200).json();
    let paths = document["paths"].as_object().cloned().unwrap_or_default();
    let lists = paths.into_iter().filter(|(path, operations)| {
        let listing = text(&operations["get"]["operationId"]).starts_with("list");
        listing && !NO_RECORDS.iter().any(|none| path.starts_with(none) || path.ends_with(none))
    });
    let mut all = BTreeMap::new();
    let (inner, outer): (Vec<String>, Vec<String>) = lists.map(|(path, _)| path).partition(|path| path.contains('{'));
    assert!(inner.len() > 5 && outer.len() > 10, "{inner:?} {outer:?}");
    for list in &outer {
        read(caller, list, &mut all);
    }
    for list in &inner {
        let (parents, rest) = list.split_once("/{").expect("it lies in a record");
        let (_, name) = rest.split_once('}').expect("a parameter ends");
        let of = |path: &&String| path.rsplit_once('/').is_some_and(|(of, _)| of == parents);
        let records: Vec<String> = all.keys().filter(of).cloned().collect();
        for record in records {
            read(caller, &format!("{record}{name}"), &mut all);
        }
    }
    // The lists themselves are three words that nobody can change; their codes are records.
    all.retain(|path, _| path.rsplit_once('/').is_some_and(|(of, _)| of != "/v1/code-lists"));
    all
}

fn read(caller: &Caller, list: &str, into: &mut BTreeMap<String, Value>) {
    let mut cursor = String::new();
    loop {
        let page = caller.get_patiently(&format!("{list}?pageSize=500&cursor={cursor}"));
        if page.status == 403 {
            return;
        }
        let page = page.is(200);
        into.extend(page.items().into_iter().map(|item| (format!("{list}/{}", text(&item["id"])), item)));
        match page.json()["page"]["nextCursor"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => return,
        }
    }
}
