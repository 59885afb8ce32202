//! The wire: headers of every answer, languages, limits.

use reqwest::Method;
use serde_json::json;
use tuquan::access::Scope;
use tuquan::command::create_client;

use super::NOUNS;
use crate::stand::{Answer, Caller, Stand, World, nothing, text};

fn assert_sealed(answer: &Answer) {
    let version = answer.given("api-version");
    assert_eq!(version.split('.').filter(|part| part.parse::<u32>().is_ok()).count(), 3, "{version}");
    let id = answer.given("x-request-id");
    assert_eq!((id.len(), &id[14..15]), (36, "7"), "{id}");
    assert_eq!(answer.given("x-content-type-options"), "nosniff", "{answer:?}");
    assert!(answer.header("server").is_none(), "{answer:?}");
}

#[test]
fn every_answer_carries_its_version_and_request_id() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for noun in NOUNS {
        let path = noun.make(&world, 1);
        let answers = [
            world.chief.get(noun.path),
            world.chief.get(&path),
            world.chief.post(noun.path, &nothing()),
            world.chief.post(noun.path, &(noun.body)(&world, 2)),
            world.chief.request(Method::PUT, &path).send(),
            world.chief.patch(&path, "\"9\"", &nothing()),
        ];
        for answer in answers {
            assert_sealed(&answer);
            assert_eq!(answer.given("cache-control"), "no-store");
            let number = |name: &str| answer.given(name).parse::<u64>().expect("limits are numbers");
            assert_eq!(number("ratelimit-limit"), 10_000_000);
            assert!(number("ratelimit-remaining") < 10_000_000 && number("ratelimit-reset") <= 60);
        }
    }
    let nobody = stand.nobody();
    for path in ["/v1/models", "/nowhere", "/v1/openapi.json", "/docs", "/problems/not-found", "/oauth/token"] {
        assert_sealed(&nobody.get(path));
    }
    let (one, two) = (nobody.get("/v1/me").given("x-request-id"), nobody.get("/v1/me").given("x-request-id"));
    assert_ne!(one, two);
}

#[test]
fn the_request_id_is_that_of_the_journal() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let made = world.chief.post("/v1/models", &world.model("Tổ liên gia 1")).is(201);
    let entries = crate::stand::journal::changes(&stand.database);
    let last = entries.last().expect("the journal has entries");
    assert_eq!(last.request_id, made.given("x-request-id"));
}

#[test]
fn titles_and_details_come_in_the_language_asked_for_and_nothing_else_changes() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let ask = |language: &str| {
        let request = world.chief.request(Method::POST, "/v1/models").header("Accept-Language", language);
        request.json(&json!({"naem": 1})).send().problem(400, "invalid-request")
    };
    let (en, vi) = (ask("en"), ask("vi-VN, en;q=0.5"));
    assert_eq!((en.given("content-language").as_str(), vi.given("content-language").as_str()), ("en", "vi"));
    let (mut english, mut vietnamese) = (en.json(), vi.json());
    assert_ne!(english["title"], vietnamese["title"]);
    assert_ne!(english["detail"], vietnamese["detail"]);
    assert_ne!(english["errors"][0]["detail"], vietnamese["errors"][0]["detail"]);
    for problem in [&mut english, &mut vietnamese] {
        for name in ["title", "detail", "requestId"] {
            problem[name] = json!("");
        }
        for error in problem["errors"].as_array_mut().into_iter().flatten() {
            error["detail"] = json!("");
        }
    }
    assert_eq!(english, vietnamese);
    for other in ["fr", "*", "en, vi;q=0.9", "vi;q=0"] {
        assert_eq!(ask(other).given("content-language"), "en", "{other}");
    }
    let stranger = stand.nobody().request(Method::GET, "/v1/me").header("Accept-Language", "vi").send();
    assert_eq!(stranger.given("content-language"), "vi");
}

#[test]
fn a_client_that_asks_too_often_is_told_when_to_come_back() {
    let stand = Stand::new();
    let made = create_client(stand.door(), "Máy khách vội", &[Scope::UnitsRead], "VN", Some(5)).expect("a client");
    let hasty = Caller::sign_in(&stand.base, &made);
    let answers: Vec<Answer> = (0..6).map(|_| hasty.get("/v1/units")).collect();
    let (granted, refused) = answers.split_at(5);
    let left: Vec<String> = granted.iter().map(|a| a.clone().is(200).given("ratelimit-remaining")).collect();
    assert_eq!(left, ["4", "3", "2", "1", "0"]);
    let refused = refused[0].clone().problem(429, "too-many-requests");
    let wait: u64 = refused.given("retry-after").parse().expect("seconds");
    assert!((1..=60).contains(&wait));
    assert_eq!(refused.given("ratelimit-limit"), "5", "the limit is told on the refusal too");
    assert_eq!(refused.given("ratelimit-remaining"), "0");
    stand.chief().get("/v1/units").is(200);
}

#[test]
fn a_caller_can_ask_who_it_is() {
    let stand = Stand::new();
    let caller = stand.client(&[Scope::ModelsRead, Scope::UnitsRead]).in_unit("VN");
    let me = caller.get("/v1/me").is(200).json();
    assert_eq!(text(&me["id"]), caller.id);
    assert_eq!((&me["kind"], &me["scopes"]), (&json!("client"), &json!(["units:read", "models:read"])));
    assert_eq!(me["unitId"], crate::stand::world::COUNTRY);
}
