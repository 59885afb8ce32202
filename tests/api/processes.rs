//! Many writers on shared records: nobody's change is lost, and there is one journal. On PostgreSQL
//! they come through two processes; SQLite is the database of one process, so there through one.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::stand::database::setting;
use crate::stand::process::Pair;
use crate::stand::{Caller, Database, journal, text, world};

const PUBLIC: &str = "http://tuquan.test";
const WRITERS: usize = 16;
const SHARED: usize = 4;

/// What the writers did, counted.
#[derive(Default)]
struct Tally {
    created: AtomicU64,
    patched: [AtomicI64; SHARED],
    stale: AtomicU64,
}

fn how_long() -> Duration {
    Duration::from_secs(if setting("TUQUAN_TEST_LONG").is_some() { 20 } else { 3 })
}

/// Creates a record, then changes a shared one as last seen; again until the time is over.
fn work(caller: &Caller, body: &Value, shared: &[String], until: Instant, tally: &Tally, turn: usize) {
    let mut turn = turn;
    while Instant::now() < until {
        caller.post("/v1/models", body).is(201);
        tally.created.fetch_add(1, Ordering::SeqCst);
        turn += 1;
        let which = turn % SHARED;
        let seen = caller.get(&shared[which]).is(200).etag();
        let answer = caller.patch(&shared[which], &seen, &json!({"notes": crate::stand::v7()}));
        match answer.status {
            412 => drop(tally.stale.fetch_add(1, Ordering::SeqCst)),
            _ => {
                answer.is(200);
                tally.patched[which].fetch_add(1, Ordering::SeqCst);
            }
        }
    }
}

#[test]
fn many_writers_lose_no_change_and_keep_one_journal() {
    let database = Database::new();
    let pair = Pair::on(&database, PUBLIC);
    let (one, two) = (&pair.one, &pair.two);
    let model_type = text(&one.create("/v1/model-types", &world::model_type("TLG", "Tổ liên gia"))["id"]);
    let body = json!({"name": "Tổ liên gia", "modelTypeId": model_type, "unitId": world::COUNTRY,
        "establishedOn": "2023-03-01", "leadBody": "Công an phường"});
    let shared: Vec<String> =
        (0..SHARED).map(|_| format!("/v1/models/{}", text(&one.create("/v1/models", &body)["id"]))).collect();
    let tally = Tally::default();
    let until = Instant::now() + how_long();
    thread::scope(|scope| {
        for turn in 0..WRITERS {
            let caller = if turn % 2 == 0 { one } else { two };
            let (body, shared, tally) = (&body, &shared, &tally);
            scope.spawn(move || work(caller, body, shared, until, tally, turn));
        }
    });
    let created = tally.created.load(Ordering::SeqCst);
    println!("{created} created, {} stale", tally.stale.load(Ordering::SeqCst));
    assert!(created >= WRITERS as u64);
    for (path, patched) in shared.iter().zip(&tally.patched) {
        let patched = patched.load(Ordering::SeqCst);
        assert!(patched > 0);
        for caller in [&one, &two] {
            assert_eq!(caller.get(path).is(200).json()["version"], patched + 1, "a change was lost");
        }
        let id = path.rsplit('/').next().unwrap_or_default();
        let mine = journal::changes(&database).into_iter().filter(|entry| entry.id == id.replace('-', ""));
        let versions: Vec<i64> = mine.map(|entry| entry.version).collect();
        let expected: Vec<i64> = (1..=patched + 1).collect();
        assert_eq!(versions, expected, "the journal's order is the order of the versions");
    }
    let models = journal::changes(&database).iter().filter(|e| e.resource == "models" && e.action == "create").count();
    assert_eq!(models as u64, created + SHARED as u64);
    journal::assert_gapless(&database);
}

#[test]
fn new_records_are_held_against_units_and_codes_as_they_stand() {
    let database = Database::new();
    let pair = Pair::on(&database, PUBLIC);
    let (one, two) = (&pair.one, &pair.two);
    let ward = text(&one.create("/v1/units", &world::unit("31", "Tỉnh thử", "province", world::COUNTRY))["id"]);
    let unit = format!("/v1/units/{ward}");
    let codes = "/v1/code-lists/incident_category/codes";
    let code = format!("{codes}/{}", text(&one.create(codes, &world::code("mat-trat-tu"))["id"]));
    let body = json!({"category": "mat-trat-tu", "severity": "minor", "occurredAt": "2024-06-15T01:00:00Z",
        "unitId": ward, "source": "citizen"});
    let incident = |caller: &Caller| caller.post("/v1/incidents", &body);
    // Whoever knows them by now, on whichever connection, learns of each change at once.
    for (before, path, change, after) in [
        (201, &unit, json!({"validTo": "2024-06-01"}), 409),
        (409, &unit, json!({"validTo": null}), 201),
        (201, &code, json!({"validTo": "2024-06-01"}), 409),
        (409, &code, json!({"validTo": null}), 201),
    ] {
        thread::scope(|scope| {
            for turn in 0..12 {
                let (caller, incident) = (if turn % 2 == 0 { one } else { two }, &incident);
                scope.spawn(move || assert_eq!(incident(caller).status, before, "before {path} changes"));
            }
        });
        two.change(path, &change).is(200);
        assert_eq!((incident(one).status, incident(two).status), (after, after), "{path} after {change}");
    }
}
