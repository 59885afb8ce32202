//! Sessions: renewed token by token, ended by time, by whoever holds a token, and by a token that is
//! used twice.

use std::time::Duration;

use serde_json::{Value, json};
use tuquan::access::Role;
use tuquan::clock::Clock;
use tuquan::types::Moment;

use crate::stand::person::{renew, revoke};
use crate::stand::{Answer, Caller, Person, Stand, eventually, nowhere, text};

const NOW: i64 = 1_790_000_000;
const SECOND: Duration = Duration::from_secs(1);

fn at(seconds: i64) -> Moment {
    Moment::from_micros(seconds * 1_000_000)
}

fn standing() -> (Stand, Person) {
    let stand = Stand::with(Clock::standing_at(at(NOW)));
    let person = stand.user(Role::Clerk, "VN");
    (stand, person)
}

#[track_caller]
fn refused(answer: Answer) {
    assert_eq!(answer.is(400).json()["error"], "invalid_grant");
}

#[test]
fn a_refresh_token_gives_new_tokens_once() {
    let (_stand, person) = standing();
    let answer = person.renew().is(200);
    assert_eq!(answer.given("cache-control"), "no-store");
    let renewed = person.with(&answer.json());
    assert_ne!(renewed.refresh, person.refresh);
    renewed.caller.get("/v1/me").is(200);
    person.caller.get("/v1/me").is(200);
    let third = renewed.with(&renewed.renew().is(200).json());
    third.caller.get("/v1/me").is(200);
}

#[test]
fn a_refresh_token_that_is_used_twice_ends_the_whole_session() {
    let (_stand, person) = standing();
    let other = person.again();
    let renewed = person.with(&person.renew().is(200).json());
    refused(person.renew());
    refused(renewed.renew());
    eventually("the tokens open nothing", SECOND, || renewed.caller.get("/v1/me").status == 401);
    eventually("nor do older ones", SECOND, || person.caller.get("/v1/me").status == 401);
    other.caller.get("/v1/me").is(200);
    other.renew().is(200);
}

#[test]
fn a_token_renewed_by_two_at_once_is_good_for_one() {
    let stand = Stand::new();
    let person = stand.user(Role::Clerk, "VN");
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..8).map(|_| scope.spawn(|| person.renew().status)).collect();
        tries.into_iter().map(|status| status.join().expect("a thread ends")).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 400).count(), 7, "{statuses:?}");
}

#[test]
fn a_session_ends_when_it_was_not_used_and_at_the_latest_after_twelve_hours() {
    let (stand, person) = standing();
    let idle = person.again();
    let mut used = person;
    for hours in 1..=11 {
        stand.clock.move_to(at(NOW + hours * 3600));
        used = used.with(&used.renew().is(200).json());
    }
    refused(idle.renew());
    stand.clock.move_to(at(NOW + 12 * 3600 - 1));
    used = used.with(&used.renew().is(200).json());
    used.caller.get("/v1/me").is(200);
    stand.clock.move_to(at(NOW + 12 * 3600));
    refused(used.renew());
    std::thread::sleep(SECOND);
    used.caller.get("/v1/me").problem(401, "unauthenticated");
}

#[test]
fn a_session_that_is_idle_for_two_hours_is_over() {
    let (stand, person) = standing();
    stand.clock.move_to(at(NOW + 7199));
    let person = person.with(&person.renew().is(200).json());
    stand.clock.move_to(at(NOW + 7199 + 7200));
    refused(person.renew());
}

#[test]
fn the_refresh_grant_refuses_in_the_words_of_its_rfc() {
    let (_stand, person) = standing();
    let ask = |pairs: &[(&str, &str)]| person.caller.form(pairs).send();
    let grant = ("grant_type", "refresh_token");
    assert_eq!(ask(&[grant]).is(400).json()["error"], "invalid_request");
    for garbage in ["", "garbage", "a\0b", &"x".repeat(5000)] {
        refused(renew(&person.caller, garbage));
    }
    refused(renew(&person.caller, &person.caller.token));
    let with_secret = [grant, ("refresh_token", &person.refresh), ("client_id", "x"), ("client_secret", "y")];
    assert_eq!(ask(&with_secret).is(401).json()["error"], "invalid_client");
    ask(&[grant, ("refresh_token", &person.refresh), ("client_id", "a-browser")]).is(200);
}

#[test]
fn signing_out_ends_the_session_and_no_other() {
    let (_stand, person) = standing();
    let other = person.again();
    assert!(revoke(&person.caller, &[("token", &person.refresh)]).is(200).bytes.is_empty());
    refused(person.renew());
    eventually("the access token is over too", SECOND, || person.caller.get("/v1/me").status == 401);
    other.caller.get("/v1/me").is(200);
    revoke(&person.caller, &[("token", &person.refresh)]).is(200);
}

#[test]
fn an_access_token_that_is_revoked_ends_alone() {
    let (_stand, person) = standing();
    let hint = ("token_type_hint", "access_token");
    revoke(&person.caller, &[("token", &person.caller.token), hint]).is(200);
    eventually("the token is over", SECOND, || person.caller.get("/v1/me").status == 401);
    person.with(&person.renew().is(200).json()).caller.get("/v1/me").is(200);
}

#[test]
fn a_client_revokes_its_own_tokens_and_no_others() {
    let (stand, _) = standing();
    let (one, two) = (stand.chief(), stand.chief());
    let proof = |caller: &Caller| {
        vec![("client_id".to_owned(), caller.id.clone()), ("client_secret".to_owned(), caller.secret.clone())]
    };
    let ask = |proof: Vec<(String, String)>, token: &str| {
        let mut pairs: Vec<(&str, &str)> = proof.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        pairs.push(("token", token));
        revoke(&one, &pairs)
    };
    assert_eq!(ask(Vec::new(), &one.token).is(401).json()["error"], "invalid_client");
    assert_eq!(ask(proof(&two), &one.token).is(400).json()["error"], "unauthorized_client");
    let wrong = vec![("client_id".to_owned(), one.id.clone()), ("client_secret".to_owned(), "x".to_owned())];
    assert_eq!(ask(wrong, &one.token).is(401).json()["error"], "invalid_client");
    one.get("/v1/me").is(200);
    ask(proof(&one), &one.token).is(200);
    ask(proof(&one), &one.token).is(200);
    eventually("the token is over", SECOND, || one.get("/v1/me").status == 401);
    two.get("/v1/me").is(200);
    Caller::sign_in(&stand.base, &json!({"clientId": one.id, "clientSecret": one.secret})).get("/v1/me").is(200);
}

#[test]
fn what_nobody_knows_is_revoked_already() {
    let (_stand, person) = standing();
    for token in ["garbage", "", &nowhere(), "a\0b", &"x".repeat(9000)] {
        revoke(&person.caller, &[("token", token)]).is(200);
    }
    let missing: Value = revoke(&person.caller, &[("tokne", "x")]).is(400).json();
    assert_eq!(text(&missing["error"]), "invalid_request");
    person.caller.get("/v1/me").is(200);
}

#[test]
fn a_user_holds_so_many_sessions_and_the_oldest_gives_way() {
    let (_stand, person) = standing();
    let mut sessions = vec![person];
    for _ in 0..20 {
        sessions.push(sessions[0].again());
    }
    refused(sessions[0].renew());
    sessions[1].renew().is(200);
    sessions[20].renew().is(200);
}
