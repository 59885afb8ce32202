//! Signing in: who is let in, and that those who are not learn nothing by trying.

use std::time::{Duration, Instant};

use serde_json::json;
use tuquan::access::Role;
use tuquan::clock::Clock;
use tuquan::types::Moment;

use crate::stand::person::login;
use crate::stand::{Answer, Person, Stand, journal, text};

const NOW: i64 = 1_790_000_000;
const WRONG: &str = "không phải mật khẩu này";

fn at(seconds: i64) -> Moment {
    Moment::from_micros(seconds * 1_000_000)
}

/// A stand whose clock stands, with a user.
fn standing() -> (Stand, Person) {
    let stand = Stand::with(Clock::standing_at(at(NOW)));
    let person = stand.user(Role::Officer, "VN");
    (stand, person)
}

#[test]
fn a_user_who_signs_in_gets_tokens_as_rfc_6749_has_them() {
    let (stand, person) = standing();
    let answer = person.login().is(200);
    let tokens = answer.json();
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(600)));
    assert!(text(&tokens["refresh_token"]).len() >= 43 && text(&tokens["scope"]).contains("incidents:detail"));
    assert_eq!(answer.given("cache-control"), "no-store");
    let claims = text(&tokens["access_token"]).split('.').nth(1).map(str::to_owned).unwrap_or_default();
    use base64::Engine;
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(claims).expect("a JWT");
    let claims: serde_json::Value = serde_json::from_slice(&claims).expect("claims are JSON");
    let mut names: Vec<&str> = claims.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["aud", "client_id", "exp", "iat", "iss", "jti", "nbf", "sub"]);
    assert_eq!(text(&claims["sub"]), person.caller.id);
    let logins = journal::entries(&stand.database).into_iter().filter(|e| e.is("login", &person.caller.id)).count();
    assert_eq!(logins, 2);
    let told = stand.nobody().get("/.well-known/oauth-authorization-server").is(200).json();
    assert_eq!(told["grant_types_supported"], json!(["client_credentials", "refresh_token"]));
    assert_eq!(text(&told["revocation_endpoint"]), format!("{}/oauth/revoke", stand.base));
    let document = stand.nobody().get("/v1/openapi.json").is(200).text();
    assert!(!document.contains("/oauth/login"));
}

/// What an answer is, without what differs from request to request.
fn bare(answer: &Answer) -> (u16, String, Vec<(String, String)>) {
    let differs = |name: &str| matches!(name, "x-request-id" | "date");
    let headers = answer.headers.iter().filter(|(name, _)| !differs(name.as_str()));
    let mut headers: Vec<_> = headers.map(|(name, value)| (name.to_string(), format!("{value:?}"))).collect();
    headers.sort_unstable();
    (answer.status, answer.text(), headers)
}

#[test]
fn unknown_wrong_disabled_and_locked_are_one_answer() {
    let (stand, person) = standing();
    let nobody = stand.nobody();
    let disabled = stand.user(Role::Viewer, "VN");
    tuquan::command::disable_user(stand.door(), &disabled.username).expect("a user can be disabled");
    let locked = stand.user(Role::Viewer, "VN");
    for _ in 0..6 {
        login(&nobody, &locked.username, WRONG).is(401);
    }
    let expected = bare(&login(&nobody, &person.username, WRONG));
    assert_eq!(expected.0, 401);
    assert!(expected.1.contains("\"error\":\"invalid_grant\""), "{expected:?}");
    let others = [
        login(&nobody, "khong-co-ai", WRONG),
        login(&nobody, "Không Phải Tên\0", WRONG),
        login(&nobody, &person.username.to_uppercase(), &person.password),
        disabled.login(),
        locked.login(),
        login(&nobody, &person.username, ""),
    ];
    for (n, other) in others.iter().enumerate().take(5) {
        assert_eq!(bare(other), expected, "{n}");
    }
    assert_eq!(others[5].status, 400, "no password is no attempt");
    assert_eq!(person.login().status, 200);
}

#[test]
fn malformed_requests_are_400_in_the_words_of_the_rfc() {
    let (stand, person) = standing();
    let post = |kind: &str, body: &str| {
        stand.nobody().request(reqwest::Method::POST, "/oauth/login").raw(kind, body.to_owned()).send()
    };
    let right = json!({"username": person.username, "password": person.password}).to_string();
    post("application/json; charset=utf-8", &right).is(200);
    let long = json!({"username": "a", "password": "x".repeat(5000)}).to_string();
    for (kind, body) in [
        ("application/x-www-form-urlencoded", right.as_str()),
        ("application/json", ""),
        ("application/json", "{"),
        ("application/json", "[]"),
        ("application/json", "null"),
        ("application/json", r#"{"username": "a"}"#),
        ("application/json", r#"{"username": 7, "password": "b"}"#),
        ("application/json", r#"{"username": "a", "password": null}"#),
        ("application/json", r#"{"username": "a", "password": "b", "extra": 1}"#),
        ("application/json", r#"{"username": "", "password": "b"}"#),
        ("application/json", &long),
    ] {
        assert_eq!(post(kind, body).is(400).json()["error"], "invalid_request", "{kind} {body}");
    }
    stand.nobody().get("/oauth/login").problem(405, "method-not-allowed");
    let big = post("application/json", &" ".repeat(2 << 20));
    assert!((400..500).contains(&big.status), "{big:?}");
}

#[test]
fn an_account_waits_longer_with_each_failure_and_a_success_forgives_all() {
    let (stand, person) = standing();
    let wrong = || login(&stand.nobody(), &person.username, WRONG).is(401);
    for _ in 0..4 {
        wrong();
    }
    assert_eq!(person.login().status, 200);
    for _ in 0..5 {
        wrong();
    }
    assert_eq!(person.login().status, 401, "locked, though the password is right");
    stand.clock.move_to(at(NOW + 1));
    wrong();
    stand.clock.move_to(at(NOW + 2));
    assert_eq!(person.login().status, 401, "two seconds after the sixth");
    wrong();
    stand.clock.move_to(at(NOW + 3));
    assert_eq!(person.login().status, 200, "being tried while locked does not lock for longer");
    stand.clock.move_to(at(NOW + 4));
    for _ in 0..4 {
        wrong();
    }
    assert_eq!(person.login().status, 200);
    let mut now = NOW + 4;
    for _ in 0..20 {
        now += 901;
        stand.clock.move_to(at(now));
        wrong();
    }
    stand.clock.move_to(at(now + 899));
    assert_eq!(person.login().status, 401);
    stand.clock.move_to(at(now + 901));
    assert_eq!(person.login().status, 200, "a quarter of an hour is the longest");
}

#[test]
fn an_address_that_fails_too_often_is_turned_away_for_a_while() {
    let (stand, person) = standing();
    for n in 0..50 {
        login(&stand.nobody(), &format!("ai-do-{n}"), WRONG).is(401);
    }
    let turned = person.login().problem(429, "too-many-requests");
    let wait: i64 = turned.given("retry-after").parse().expect("a number of seconds");
    assert!((1..=900).contains(&wait), "{wait}");
    person.caller.get("/v1/me").is(200);
    stand.clock.move_to(at(NOW + wait - 1));
    assert_eq!(person.login().status, 429);
    stand.clock.move_to(at(NOW + wait + 1));
    assert_eq!(person.login().status, 200);
}

#[test]
fn an_unknown_name_takes_as_long_as_a_wrong_password() {
    let stand = Stand::new();
    let persons: Vec<Person> = (0..5).map(|_| stand.user(Role::Viewer, "VN")).collect();
    let nobody = stand.nobody();
    let time = |name: &str| {
        let began = Instant::now();
        login(&nobody, name, WRONG).is(401);
        began.elapsed()
    };
    let (mut unknown, mut wrong) = (Vec::new(), Vec::new());
    for n in 0..20 {
        unknown.push(time(&format!("khong-ai-{n}")));
        wrong.push(time(&persons[n % 5].username));
    }
    let median = |times: &mut Vec<Duration>| {
        times.sort_unstable();
        times[times.len() / 2]
    };
    let (unknown, wrong) = (median(&mut unknown), median(&mut wrong));
    println!("unknown {unknown:?}, wrong {wrong:?}");
    let ratio = unknown.as_secs_f64() / wrong.as_secs_f64();
    assert!((0.5..2.0).contains(&ratio), "{ratio}");
    assert!(wrong > Duration::from_millis(5), "argon2 was at work");
}

#[test]
fn guesses_at_the_same_time_are_counted_like_guesses_in_turn() {
    let stand = Stand::new();
    let person = stand.user(Role::Viewer, "VN");
    let nobody = stand.nobody();
    std::thread::scope(|scope| {
        // Who comes when too many are there is sent away uncounted, and comes again.
        let guess = || loop {
            match login(&nobody, &person.username, WRONG).status {
                503 => std::thread::sleep(Duration::from_millis(200)),
                status => return status,
            }
        };
        let tries: Vec<_> = (0..24).map(|_| scope.spawn(guess)).collect();
        assert!(tries.into_iter().all(|status| matches!(status.join().expect("a thread ends"), 401)));
    });
    assert_eq!(person.login().status, 401, "locked");
}
