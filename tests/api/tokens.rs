//! Tokens: how they are had, and that none is taken which the registry did not make as it makes them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use tuquan::clock::Clock;
use tuquan::types::Moment;

use crate::stand::forge::parts;
use crate::stand::{Answer, Caller, Stand, nowhere, text};

const NOW: i64 = 1_790_000_000;

fn at(seconds: i64) -> Moment {
    Moment::from_micros(seconds * 1_000_000)
}

/// A stand whose clock stands, with a caller whose token was made at `NOW`.
fn standing() -> (Stand, Caller) {
    let stand = Stand::with(Clock::standing_at(at(NOW)));
    let caller = stand.chief();
    (stand, caller)
}

#[track_caller]
fn refused(caller: &Caller, token: &str) -> Answer {
    caller.with_token(token).get("/v1/me").problem(401, "unauthenticated")
}

#[test]
fn a_token_says_who_and_until_when_and_nothing_of_rights() {
    let (stand, caller) = standing();
    let (header, claims) = parts(&caller.token);
    assert_eq!((&header["alg"], &header["typ"]), (&json!("EdDSA"), &json!("at+jwt")));
    let mut names: Vec<&str> = claims.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["aud", "client_id", "exp", "iat", "iss", "jti", "nbf", "sub"]);
    assert_eq!((text(&claims["sub"]), text(&claims["client_id"])), (caller.id.clone(), caller.id.clone()));
    assert_eq!((&claims["iss"], &claims["iat"], &claims["nbf"]), (&json!(stand.base), &json!(NOW), &json!(NOW)));
    assert!(claims["exp"].as_i64().is_some_and(|exp| exp > NOW && exp <= NOW + 600));
    let jwks = stand.nobody().get("/.well-known/jwks.json").is(200).json();
    assert_eq!(jwks["keys"][0]["kid"], header["kid"]);
    assert!(!jwks.to_string().contains("\"d\""), "no private key is served");
    let again = Caller::sign_in(&stand.base, &json!({"clientId": caller.id, "clientSecret": caller.secret}));
    assert_ne!(parts(&again.token).1["jti"], claims["jti"]);
}

#[test]
fn a_token_ends_when_it_says() {
    let (stand, caller) = standing();
    caller.get("/v1/me").is(200);
    stand.clock.move_to(at(NOW + 599));
    caller.get("/v1/me").is(200);
    stand.clock.move_to(at(NOW + 600));
    let expired = refused(&caller, &caller.token);
    assert!(expired.given("www-authenticate").contains("invalid_token"));
    stand.clock.move_to(at(NOW - 6));
    refused(&caller, &caller.token);
}

#[test]
fn a_token_is_taken_from_one_authorization_header_and_from_nowhere_else() {
    let (_stand, caller) = standing();
    let nobody = Caller::nobody(&caller.base);
    let ask = |headers: &[&str]| {
        let mut request = nobody.request(reqwest::Method::GET, "/v1/me");
        for header in headers {
            request = request.header("Authorization", header);
        }
        request.send()
    };
    let bearer = format!("Bearer {}", caller.token);
    ask(&[&bearer]).is(200);
    ask(&[&format!("bearer {}", caller.token)]).is(200);
    for headers in [
        vec![bearer.as_str(), bearer.as_str()],
        vec!["Basic eDp5", &bearer],
        vec![caller.token.as_str()],
        vec!["Bearer"],
        vec!["Bearer "],
        vec!["Token abc"],
    ] {
        ask(&headers).problem(401, "unauthenticated");
    }
    nobody.get(&format!("/v1/me?access_token={}", caller.token)).problem(401, "unauthenticated");
    let long = format!("Bearer {}{}", caller.token, "a".repeat(8000));
    ask(&[&long]).problem(401, "unauthenticated");
    // Last: the service may close this connection without hearing it out.
    let huge = format!("Bearer {}", "a".repeat(1 << 20));
    let answer = nobody.request(reqwest::Method::GET, "/v1/me").header("Authorization", &huge).try_send();
    assert!(answer.is_none_or(|answer| (400..500).contains(&answer.status)));
}

#[test]
fn a_client_proves_itself_by_header_or_by_form_and_not_by_both() {
    let (_stand, caller) = standing();
    let basic = |id: &str, secret: &str| format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
    let grant = ("grant_type", "client_credentials");
    let answer = caller.form(&[grant]).header("Authorization", &basic(&caller.id, &caller.secret)).send().is(200);
    let token = answer.json();
    assert_eq!((&token["token_type"], &token["expires_in"]), (&json!("Bearer"), &json!(600)));
    assert_eq!(answer.given("cache-control"), "no-store");
    assert!(text(&token["scope"]).contains("models:read"));
    let both = [grant, ("client_id", &caller.id), ("client_secret", &caller.secret)];
    let both = caller.form(&both).header("Authorization", &basic(&caller.id, &caller.secret)).send();
    assert_eq!(both.is(400).json()["error"], "invalid_request");
    let wrong = [
        caller.token_by_post(&caller.id, "wrong"),
        caller.token_by_post(&nowhere(), &caller.secret),
        caller.token_by_post("no-uuid", &caller.secret),
        caller.token_by_post(&caller.id, ""),
        caller.form(&[grant]).send(),
        caller.form(&[grant]).header("Authorization", &basic(&caller.id, "wrong")).send(),
        caller.form(&[grant]).header("Authorization", "Basic %%%").send(),
    ];
    for answer in wrong {
        assert_eq!(answer.clone().is(401).json()["error"], "invalid_client", "{answer:?}");
        assert!(answer.given("www-authenticate").starts_with("Basic "));
    }
}

#[test]
fn the_token_endpoint_refuses_in_the_words_of_its_rfc() {
    let (_stand, caller) = standing();
    let proof = [("client_id", caller.id.as_str()), ("client_secret", caller.secret.as_str())];
    let ask = |pairs: &[(&str, &str)]| caller.form(&[&proof, pairs].concat()).send();
    assert_eq!(ask(&[]).is(400).json()["error"], "invalid_request");
    assert_eq!(ask(&[("grant_type", "password")]).is(400).json()["error"], "unsupported_grant_type");
    let grant = ("grant_type", "client_credentials");
    assert_eq!(ask(&[grant, grant]).is(400).json()["error"], "invalid_request");
    assert_eq!(ask(&[grant, ("scope", "all")]).is(400).json()["error"], "invalid_scope");
    ask(&[grant, ("scope", "models:read units:read")]).is(200);
    let json = caller.request(reqwest::Method::POST, "/oauth/token").json(&json!({})).send();
    assert_eq!(json.is(400).json()["error"], "invalid_request");
    caller.get("/oauth/token").problem(405, "method-not-allowed");
    let big = caller.request(reqwest::Method::POST, "/oauth/token");
    let big = big.raw("application/x-www-form-urlencoded", vec![b'a'; 2 << 20]).send();
    assert!((400..500).contains(&big.status), "{big:?}");
}

#[test]
fn the_server_says_where_everything_is() {
    let (stand, caller) = standing();
    let told = caller.get("/.well-known/oauth-authorization-server").is(200).json();
    assert_eq!(told["issuer"], stand.base);
    for name in ["token_endpoint", "jwks_uri"] {
        let url = text(&told[name]);
        let path = url.strip_prefix(&stand.base).expect("its own address");
        assert_ne!(caller.get(path).status, 404, "{path}");
    }
    assert!(told["scopes_supported"].as_array().is_some_and(|scopes| scopes.len() > 20));
}
