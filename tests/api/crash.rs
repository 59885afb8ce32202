//! Crashes: what was acknowledged is there after a kill -9, once, and the journal is whole.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::stand::process::{self, Process};
use crate::stand::{Caller, Database, eventually, journal, text, v7, with, world};

/// Under whose address tokens are good, whichever port a process listens on.
const PUBLIC: &str = "http://tuquan.test";
const WRITERS: usize = 6;
const ENOUGH: usize = 100;

/// One write as a client remembers it.
#[derive(Clone)]
struct Written {
    id: String,
    key: String,
    body: Value,
}

/// Writes until the service is gone; gives what was under way when it went.
fn write_on(caller: &Caller, body: &Value, acknowledged: &Mutex<Vec<Written>>, count: &AtomicUsize) -> Written {
    loop {
        let id = v7();
        let written = Written { body: with(body, json!({"id": id})), key: format!("k-{id}"), id };
        let request = caller.request(Method::POST, "/v1/models").header("Idempotency-Key", &written.key);
        match request.json(&written.body).try_send() {
            Some(answer) if answer.status == 201 => {
                acknowledged.lock().expect("no writer panics").push(written);
                count.fetch_add(1, Ordering::SeqCst);
            }
            Some(answer) if answer.status != 503 => drop(answer.is(201)),
            Some(_) => {}
            None => return written,
        }
    }
}

#[test]
fn what_was_acknowledged_survives_a_kill_once_and_a_retry_finds_it() {
    let database = Database::new();
    let made = process::chief(&database);
    let first = Process::start(&database, PUBLIC);
    let caller = Caller::sign_in(&first.base, &made);
    let model_type = text(&caller.create("/v1/model-types", &world::model_type("TLG", "Tổ liên gia"))["id"]);
    let body = json!({"name": "Tổ liên gia", "modelTypeId": model_type, "unitId": world::COUNTRY,
        "establishedOn": "2023-03-01", "leadBody": "Công an phường"});
    let (acknowledged, count) = (Mutex::new(Vec::new()), AtomicUsize::new(0));
    let mut interrupted = Vec::new();
    thread::scope(|scope| {
        let writers: Vec<_> =
            (0..WRITERS).map(|_| scope.spawn(|| write_on(&caller, &body, &acknowledged, &count))).collect();
        eventually("enough is written", Duration::from_secs(60), || count.load(Ordering::SeqCst) >= ENOUGH);
        first.kill();
        interrupted = writers.into_iter().map(|writer| writer.join().expect("a writer comes home")).collect();
    });
    let acknowledged = acknowledged.into_inner().expect("no writer panicked");
    assert!(acknowledged.len() >= ENOUGH);

    let second = Process::start(&database, PUBLIC);
    let caller = Caller { base: second.base.clone(), ..caller };
    for written in &interrupted {
        let answer = caller.post_once("/v1/models", &written.key, &written.body).is(201);
        assert_eq!(answer.id(), written.id);
    }
    let entries = journal::changes(&database);
    for written in acknowledged.iter().chain(&interrupted) {
        caller.get(&format!("/v1/models/{}", written.id)).is(200);
        let created = entries.iter().filter(|entry| entry.is("create", &written.id)).count();
        assert_eq!(created, 1, "{}", written.id);
    }
    let models = entries.iter().filter(|entry| entry.resource == "models").count();
    assert_eq!(models, caller.list("/v1/models?pageSize=500", "id").len());
    assert_eq!(models, acknowledged.len() + interrupted.len());
    journal::assert_gapless(&database);
}

#[test]
fn a_token_is_good_after_a_restart() {
    let database = Database::new();
    let made = process::chief(&database);
    let first = Process::start(&database, PUBLIC);
    let caller = Caller::sign_in(&first.base, &made);
    assert!(first.stop(Duration::from_secs(20)).is_some_and(|status| status.success()));
    let second = Process::start(&database, PUBLIC);
    Caller { base: second.base.clone(), ..caller }.get("/v1/me").is(200);
}
