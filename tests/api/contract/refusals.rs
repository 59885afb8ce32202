//! Refusals: which come when, and which of several comes first.

use reqwest::Method;
use serde_json::json;
use tuquan::access::Scope;

use super::{NOUNS, Noun};
use crate::stand::{Answer, Caller, Stand, World, nothing, nowhere, with};

/// Every operation of a noun on the record at `item`, with nothing but what the path says.
fn every_operation(noun: &Noun, caller: &Caller, item: &str) -> Vec<Answer> {
    let mut asked = vec![
        caller.get(noun.path),
        caller.post(noun.path, &nothing()),
        caller.get(item),
        caller.request(Method::PATCH, item).send(),
        caller.get(&format!("{item}/versions")),
        caller.get(&format!("{item}/versions/1")),
    ];
    if noun.removable {
        asked.push(caller.request(Method::DELETE, item).send());
    }
    asked
}

#[test]
fn without_a_valid_token_every_operation_is_401_whatever_else_is_wrong() {
    let stand = Stand::new();
    for noun in NOUNS {
        for token in ["", "garbage", "a.b.c"] {
            let caller = stand.nobody().with_token(token);
            for answer in every_operation(noun, &caller, &format!("{}/no-uuid", noun.path)) {
                let answer = answer.problem(401, "unauthenticated");
                assert!(answer.given("www-authenticate").starts_with("Bearer "), "{answer:?}");
            }
        }
    }
}

#[test]
fn a_caller_that_lacks_the_scope_is_told_which_and_nothing_else() {
    let stand = Stand::new();
    for noun in NOUNS {
        for scope in [noun.read, noun.write] {
            let caller = stand.client(&Noun::all_but(scope)).in_unit("VN");
            let refused: Vec<Answer> = every_operation(noun, &caller, &format!("{}/no-uuid", noun.path))
                .into_iter()
                .filter(|answer| answer.asked.starts_with("GET") == (scope == noun.read) || noun.read == noun.write)
                .collect();
            assert!(refused.len() > 1);
            for answer in refused {
                let answer = answer.problem(403, "insufficient-scope");
                let challenge = answer.given("www-authenticate");
                assert!(challenge.contains("insufficient_scope") && challenge.contains(scope.as_str()), "{challenge}");
            }
        }
    }
}

#[test]
fn deleting_needs_a_scope_of_its_own() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let caller = stand.client(&Noun::all_but(Scope::RecordsDelete)).in_unit("VN");
    for noun in NOUNS.iter().filter(|noun| noun.removable) {
        let path = noun.make(&world, 1);
        caller.remove(&path).problem(403, "insufficient-scope");
        world.chief.get(&path).is(200);
    }
}

#[test]
fn an_id_of_no_record_and_what_is_no_id_are_404_alike() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for noun in NOUNS {
        let expected = world.chief.get(&format!("{}/{}", noun.path, nowhere())).problem(404, "not-found").stable();
        let simple = nowhere().replace('-', "");
        for id in ["no-uuid", "1", "%00", "%FF", "..%2Fme", simple.as_str(), &"x".repeat(3000)] {
            let item = format!("{}/{id}", noun.path);
            let answers = every_operation(noun, &world.chief, &item);
            for answer in answers.into_iter().filter(|answer| answer.asked.contains(&item)) {
                assert_eq!(answer.problem(404, "not-found").stable(), expected);
            }
        }
    }
}

#[test]
fn refusals_come_in_the_order_of_the_contract() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for noun in NOUNS {
        let reader = stand.client(&[noun.read]).in_unit("VN");
        let path = noun.make(&world, 1);
        let absent = format!("{}/{}", noun.path, nowhere());
        let patch = |caller: &Caller, path: &str| caller.request(Method::PATCH, path);
        patch(&stand.nobody(), &absent).send().problem(401, "unauthenticated");
        if noun.read != noun.write {
            patch(&reader, &absent).send().problem(403, "insufficient-scope");
            reader.post(noun.path, &nothing()).problem(403, "insufficient-scope");
        }
        patch(&world.chief, &absent).raw("text/plain", "{").send().problem(404, "not-found");
        patch(&world.chief, &path).raw("text/plain", "{").send().problem(428, "precondition-required");
        patch(&world.chief, &path).header("If-Match", "\"9\"").raw("text/plain", "{").send().problem(412, "stale");
        let seen = patch(&world.chief, &path).header("If-Match", "\"1\"");
        seen.raw("application/json", "{").send().problem(415, "unsupported-media-type");
        world.chief.patch(&path, "\"1\"", &json!({"unknown": 1, "unitId": nowhere()})).problem(400, "invalid-request");
        let post = world.chief.request(Method::POST, noun.path);
        post.raw("text/plain", "{").send().problem(415, "unsupported-media-type");
        let body = with(&(noun.body)(&world, 2), json!({"unknown": 1, "unitId": nowhere(), "parentId": nowhere()}));
        world.chief.post(noun.path, &body).problem(400, "invalid-request");
        world.chief.get(&path).is(200).given("etag");
    }
}

#[test]
fn a_removal_is_refused_in_the_same_order() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for noun in NOUNS.iter().filter(|noun| noun.removable) {
        let path = noun.make(&world, 1);
        let absent = format!("{}/{}", noun.path, nowhere());
        world.chief.delete(&absent, "\"1\"").problem(404, "not-found");
        world.chief.request(Method::DELETE, &path).send().problem(428, "precondition-required");
        world.chief.delete(&path, "\"2\"").problem(412, "stale");
        world.chief.delete(&path, "1").problem(412, "stale");
        world.chief.delete(&path, "\"1\"").is(204);
    }
}

#[test]
fn a_method_that_is_not_there_is_405_and_says_which_are() {
    let stand = Stand::new();
    let chief = stand.chief();
    for noun in NOUNS {
        let item = format!("{}/{}", noun.path, nowhere());
        let on_item = if noun.removable { vec!["DELETE", "GET", "PATCH"] } else { vec!["GET", "PATCH"] };
        let cases =
            [(noun.path.to_owned(), vec!["GET", "POST"]), (item.clone(), on_item), (item + "/versions", vec!["GET"])];
        for (path, expected) in cases {
            for method in [Method::PUT, Method::OPTIONS] {
                let answer = chief.request(method, &path).send().problem(405, "method-not-allowed");
                let allow = answer.given("allow");
                let mut allowed: Vec<&str> = allow.split(", ").collect();
                allowed.sort_unstable();
                assert_eq!(allowed, expected, "{path}");
            }
        }
    }
}

#[test]
fn a_path_with_a_slash_at_the_end_is_404_and_never_a_redirect() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for noun in NOUNS {
        let path = noun.make(&world, 1);
        for path in [noun.path.to_owned(), path.clone(), path + "/versions"] {
            world.chief.get(&format!("{path}/")).problem(404, "not-found");
        }
    }
    world.chief.get("/v1").problem(404, "not-found");
    world.chief.get("/").problem(404, "not-found");
}

#[test]
fn a_client_that_takes_no_json_is_406() {
    let stand = Stand::new();
    let chief = stand.chief();
    for noun in NOUNS {
        let ask = |accept: &str| chief.request(Method::GET, noun.path).header("Accept", accept).send();
        ask("text/html").problem(406, "not-acceptable");
        ask("application/json;q=0").problem(406, "not-acceptable");
        ask("text/html, application/*;q=0.1").is(200);
        ask("*/*").is(200);
    }
}

#[test]
fn a_body_that_is_too_large_is_413() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for noun in NOUNS {
        let body = with(&(noun.body)(&world, 1), json!({noun.line: "x".repeat(1 << 20)}));
        world.chief.post(noun.path, &body).problem(413, "too-large");
        let path = noun.make(&world, 1);
        world.chief.patch(&path, "\"1\"", &body).problem(413, "too-large");
    }
}

#[test]
fn a_body_of_another_media_type_is_415() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for noun in NOUNS {
        let body = (noun.body)(&world, 1);
        let post = |kind: &str| {
            let request = world.chief.request(Method::POST, noun.path);
            request.raw(kind, body.to_string()).send().problem(415, "unsupported-media-type")
        };
        post("text/plain");
        post("application/merge-patch+json");
        post("application/x-www-form-urlencoded");
        let path = noun.make(&world, 1);
        let patch = world.chief.request(Method::PATCH, &path).header("If-Match", "\"1\"");
        patch.json(&noun.patch()).send().problem(415, "unsupported-media-type");
        let spelled = world.chief.request(Method::POST, noun.path);
        let next = (noun.body)(&world, 2).to_string();
        spelled.raw("Application/JSON; charset=utf-8", next).send().is(201);
    }
}

#[test]
fn a_query_where_none_is_taken_is_400_after_401_and_403() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let lacking = stand.client(&[]).in_unit("VN");
    for noun in NOUNS {
        let path = noun.make(&world, 1);
        world.chief.get(&format!("{path}?x=1")).faults(&["x unknown"]);
        world.chief.post(&format!("{}?x=1", noun.path), &(noun.body)(&world, 2)).faults(&["x unknown"]);
        lacking.get(&format!("{path}?x=1")).problem(403, "insufficient-scope");
        stand.nobody().get(&format!("{path}?x=1")).problem(401, "unauthenticated");
    }
}
