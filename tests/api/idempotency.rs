//! Idempotency keys: a retry has its effect once, whoever races, and whatever failed before.

use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::contract::NOUNS;
use crate::stand::database::{on_postgresql, try_change};
use crate::stand::process::{self, Process};
use crate::stand::{Caller, Database, Stand, World, eventually, journal, with, world};

#[test]
fn the_same_key_and_body_have_their_effect_once() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for noun in NOUNS {
        let body = (noun.body)(&world, 1);
        let before = journal::changes(&stand.database).len();
        let first = world.chief.post_once(noun.path, noun.path, &body).is(201);
        let again = world.chief.post_once(noun.path, noun.path, &body).is(201);
        for name in ["location", "etag"] {
            assert_eq!(first.given(name), again.given(name));
        }
        assert_eq!(first.json(), again.json());
        let spaced = world.chief.request(reqwest::Method::POST, noun.path).header("Idempotency-Key", noun.path);
        let spaced = spaced.raw("application/json", format!(" {body}\n")).send().is(201);
        assert_eq!(spaced.id(), first.id(), "spacing makes no other request");
        assert_eq!(journal::changes(&stand.database).len(), before + 1);
    }
}

#[test]
fn a_retry_gives_the_record_as_it_is_now() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for noun in NOUNS {
        let body = (noun.body)(&world, 1);
        let first = world.chief.post_once(noun.path, noun.path, &body).is(201);
        world.chief.change(&first.given("location"), &noun.patch()).is(200);
        let again = world.chief.post_once(noun.path, noun.path, &body).is(201);
        assert_eq!((again.etag().as_str(), &again.json()[noun.line]), ("\"2\"", &json!("Tên mới")));
    }
}

#[test]
fn the_same_key_with_another_body_is_422() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for noun in NOUNS {
        world.chief.post_once(noun.path, noun.path, &(noun.body)(&world, 1)).is(201);
        let other = (noun.body)(&world, 2);
        world.chief.post_once(noun.path, noun.path, &other).problem(422, "idempotency-key-reused");
        world.chief.post_once(noun.path, &format!("{}?", noun.path), &with(&other, json!({noun.line: "b"}))).is(201);
    }
    let body = json!({"code": "Z", "name": "Z", "field": "other", "validFrom": "2020-01-01"});
    world.chief.post_once("/v1/model-types", "shared", &body).is(201);
    world.chief.post_once("/v1/models", "shared", &world.model("a")).problem(422, "idempotency-key-reused");
}

#[test]
fn the_key_of_another_caller_is_another_key() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let other = stand.chief();
    let body = world.model("Tổ liên gia");
    let mine = world.chief.post_once("/v1/models", "k", &body).is(201);
    let theirs = other.post_once("/v1/models", "k", &body).is(201);
    assert_ne!(mine.id(), theirs.id());
    other.post_once("/v1/models", "k", &world.model("Khác")).problem(422, "idempotency-key-reused");
}

#[test]
fn of_many_at_once_one_has_its_effect() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let before = journal::changes(&stand.database).len();
    for round in 0..5 {
        let key = format!("round-{round}");
        let body = world.model(&format!("Mô hình {round}"));
        let ask = || world.chief.post_once("/v1/models", &key, &body);
        let answers: Vec<_> = thread::scope(|scope| {
            let racing: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
            racing.into_iter().map(|thread| thread.join().expect("a racer comes home")).collect()
        });
        let mut made = BTreeSet::new();
        for answer in answers {
            match answer.status {
                201 => drop(made.insert(answer.given("location"))),
                _ => drop(answer.problem(409, "idempotency-in-progress")),
            }
        }
        assert_eq!(made.len(), 1);
        assert!(made.contains(&ask().is(201).given("location")));
    }
    assert_eq!(journal::changes(&stand.database).len(), before + 5);
}

#[test]
fn a_key_is_one_to_255_visible_ascii_characters() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let body = world.model("Tổ liên gia");
    for key in ["", "a b", "khóa", "a\tb", &"x".repeat(256)] {
        world.chief.post_once("/v1/models", key, &body).faults(&["Idempotency-Key pattern"]);
    }
    let twice = world.chief.request(reqwest::Method::POST, "/v1/models");
    let twice = twice.header("Idempotency-Key", "a").header("Idempotency-Key", "b").json(&body).send();
    twice.faults(&["Idempotency-Key pattern"]);
    let both = world.chief.post_once("/v1/models", "a b", &with(&body, json!({"naem": 1})));
    both.faults(&["Idempotency-Key pattern", "/naem unknown"]);
    world.chief.post_once("/v1/models", &"x".repeat(255), &body).is(201);
    world.chief.post_once("/v1/models", "!~\"{}", &with(&body, json!({"name": "b"}))).is(201);
}

#[test]
fn a_failed_attempt_does_not_burn_the_key() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for noun in NOUNS {
        let body = (noun.body)(&world, 1);
        world.chief.post_once(noun.path, noun.path, &with(&body, json!({"naem": 1}))).is(400);
        world.chief.post_once(noun.path, noun.path, &body).is(201);
    }
    let missing = with(&world.model("a"), json!({"unitId": crate::stand::nowhere()}));
    world.chief.post_once("/v1/models", "again", &missing).problem(409, "reference-missing");
    world.chief.post_once("/v1/models", "again", &world.model("a")).is(201);
}

#[test]
fn a_sub_resource_takes_keys_too() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let path = format!("{}/status-changes", world.a_model("Tổ liên gia"));
    let body = json!({"to": "suspended", "effectiveOn": "2023-06-01", "reason": "Sửa chữa"});
    let first = world.chief.post_once(&path, "k", &body).is(201);
    assert_eq!(world.chief.post_once(&path, "k", &body).is(201).json(), first.json());
    assert_eq!(world.chief.get(&path).items().len(), 1);
    let elsewhere = format!("{}/status-changes", world.a_model("Mô hình khác"));
    world.chief.post_once(&elsewhere, "k", &body).problem(422, "idempotency-key-reused");
}

#[test]
fn old_keys_are_forgotten_by_themselves() {
    #[derive(diesel::QueryableByName)]
    struct Kept {
        #[diesel(sql_type = diesel::sql_types::Text)]
        key: String,
    }
    let database = Database::new();
    let made = process::chief(&database);
    let chief = |process: &Process| Caller::sign_in(&process.base, &made);
    let process = Process::start(&database, "http://tuquan.test");
    let body = |code| world::model_type(code, "Tổ liên gia");
    for (key, code) in [("old", "OLD"), ("young", "YOUNG")] {
        chief(&process).post_once("/v1/model-types", key, &body(code)).is(201);
    }
    process.terminate();
    let earlier = match on_postgresql() {
        true => "kept_at - interval '3 days'",
        false => "kept_at - 259200000000",
    };
    let statement = format!("UPDATE idempotency_keys SET kept_at = {earlier} WHERE key = 'old'");
    try_change(&database, &statement).expect("it can be changed");
    let process = Process::start(&database, "http://tuquan.test");
    let query = "SELECT key FROM idempotency_keys ORDER BY key";
    let left = || database.load::<Kept>(query, query).into_iter().map(|kept| kept.key).collect::<Vec<_>>();
    eventually("the old one goes", Duration::from_secs(10), || left() == ["young"]);
    let again = chief(&process).post_once("/v1/model-types", "young", &body("YOUNG")).is(201);
    assert_eq!(again.json()["code"], "YOUNG");
}
