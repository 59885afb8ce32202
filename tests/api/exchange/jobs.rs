//! Jobs in the program itself: killed in the middle and taken up again, and done once by two processes.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{CSV, post};
use crate::stand::process::{self, Pair, Process};
use crate::stand::{Caller, Database, eventually, journal, text, world};

const PUBLIC: &str = "http://tuquan.test";
const ROWS: usize = 2_000;
const LONG: Duration = Duration::from_secs(600);

fn file(name: &str, rows: usize) -> String {
    let mut file = "name,modelTypeId,unitId,establishedOn,leadBody,code\n".to_owned();
    for n in 0..rows {
        file.push_str(&format!("Tổ {name} {n},TLG,VN,1/3/2023,Công an,{name}-{n}\n"));
    }
    file
}

/// Asks for an import, again where the one writer of SQLite was busy for too long; gives its path.
#[track_caller]
fn order(caller: &Caller, query: &str, file: &str) -> String {
    let mut answer = post(caller, query, CSV, file);
    while answer.status == 503 {
        std::thread::sleep(Duration::from_millis(200));
        answer = post(caller, query, CSV, file);
    }
    answer.is(201).given("location")
}

fn job(caller: &Caller, made: &str) -> Value {
    caller.get(made).is(200).json()
}

#[track_caller]
fn ended(caller: &Caller, made: &str) -> Value {
    eventually("the job ends", LONG, || {
        std::thread::sleep(Duration::from_millis(100));
        let state = text(&job(caller, made)["state"]);
        state == "succeeded" || state == "failed"
    });
    job(caller, made)
}

/// How many models with codes of this name there are, counted at the journal.
fn made(database: &Database, caller: &Caller, name: &str) -> usize {
    let all = caller.list("/v1/models?pageSize=500", "code");
    let codes: Vec<&String> = all.iter().filter(|code| code.starts_with(&format!("{name}-"))).collect();
    assert_eq!(created(database), all.len(), "each record was created once");
    codes.len()
}

/// How many creations of models there are in the journal.
fn created(database: &Database) -> usize {
    journal::changes(database).iter().filter(|e| e.resource == "models" && e.action == "create").count()
}

#[test]
fn an_import_that_was_killed_is_done_once_and_whole() {
    let database = Database::new();
    let client = process::chief(&database);
    let mut service = Process::start(&database, PUBLIC);
    let mut caller = Caller::sign_in(&service.base, &client);
    caller.create("/v1/model-types", &world::model_type("TLG", "Tổ liên gia"));
    for (name, atomic) in [("A", true), ("B", false)] {
        let others = created(&database);
        let query = format!("resource=models&mode=commit&atomic={atomic}");
        let place = order(&caller, &query, &file(name, ROWS));
        eventually("some rows are read", LONG, || {
            std::thread::sleep(Duration::from_millis(20));
            job(&caller, &place)["rowsRead"].as_i64().is_some_and(|rows| rows >= 150)
        });
        let seen = job(&caller, &place);
        assert_eq!(seen["state"], "running", "it was killed in the middle: {seen}");
        service.kill();
        let before = created(&database) - others;
        service = Process::start(&database, PUBLIC);
        caller = Caller { base: service.base.clone(), ..caller };
        assert!(if atomic { before == 0 } else { (100..ROWS).contains(&before) }, "{before} rows were kept");
        let done = ended(&caller, &place);
        assert_eq!((&done["state"], &done["rowsCreated"]), (&json!("succeeded"), &json!(ROWS)), "{done}");
        assert_eq!(made(&database, &caller, name), ROWS);
    }
    journal::assert_gapless(&database);
}

#[test]
fn jobs_are_done_once_whichever_process_takes_them() {
    let database = Database::new();
    let pair = Pair::on(&database, PUBLIC);
    let (one, two) = (&pair.one, &pair.two);
    one.create("/v1/model-types", &world::model_type("TLG", "Tổ liên gia"));
    let places: Vec<String> = (0..12)
        .map(|n| {
            let caller = if n % 2 == 0 { one } else { two };
            let query = format!("resource=models&mode=commit&atomic={}", n % 3 == 0);
            order(caller, &query, &file(&format!("J{n}x"), 40))
        })
        .collect();
    for (n, place) in places.iter().enumerate() {
        let caller = if n % 2 == 0 { two } else { one };
        let done = ended(caller, place);
        assert_eq!((&done["state"], &done["rowsCreated"]), (&json!("succeeded"), &json!(40)), "{done}");
    }
    for n in 0..places.len() {
        assert_eq!(made(&database, one, &format!("J{n}x")), 40);
    }
    journal::assert_gapless(&database);
}

#[test]
fn a_service_that_is_told_to_stop_does_not_wait_for_its_jobs() {
    let database = Database::new();
    let client = process::chief(&database);
    let service = Process::start(&database, PUBLIC);
    let caller = Caller::sign_in(&service.base, &client);
    caller.create("/v1/model-types", &world::model_type("TLG", "Tổ liên gia"));
    let place = order(&caller, "resource=models&mode=commit", &file("A", ROWS));
    eventually("it runs", LONG, || job(&caller, &place)["rowsRead"].as_i64().is_some_and(|rows| rows > 0));
    let told = Instant::now();
    service.terminate();
    assert!(told.elapsed() < Duration::from_secs(12), "{:?}", told.elapsed());
    let next = Process::start(&database, PUBLIC);
    let caller = Caller { base: next.base.clone(), ..caller };
    assert_eq!(ended(&caller, &place)["state"], "succeeded");
    assert_eq!(made(&database, &caller, "A"), ROWS);
}
