//! Tokens: how they are had, and that none is taken which the registry did not make as it makes them.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use tuquan::clock::Clock;
use tuquan::types::Moment;

use crate::stand::{Answer, Caller, Stand, nowhere, text, with, without};

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

fn parts(token: &str) -> (Value, Value) {
    let decode = |part: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(part).expect("a part of a JWT is base64url");
        serde_json::from_slice(&bytes).expect("a part of a JWT is JSON")
    };
    let mut parts = token.split('.');
    (decode(parts.next().unwrap_or_default()), decode(parts.next().unwrap_or_default()))
}

/// The key the service signs with, as lies in its directory.
fn signing_key(directory: &Path) -> Vec<u8> {
    let files = std::fs::read_dir(directory).expect("the keys lie there").map(|file| file.expect("a file").path());
    let file = files.into_iter().find(|path| path.extension().is_some_and(|ending| ending == "pem"));
    let pem = std::fs::read_to_string(file.expect("a signing key")).expect("the key can be read");
    pem::parse(pem).expect("the key is PEM").into_contents()
}

/// Signs any header and claims, whatever they say.
fn sign(der: &[u8], header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let key = EncodingKey::from_ed_der(der);
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::EdDSA).expect("it can be signed");
    format!("{message}.{signature}")
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
fn a_token_with_anything_wrong_is_refused_like_any_other() {
    let (stand, caller) = standing();
    let der = signing_key(&stand.database.keys_dir());
    let (header, claims) = parts(&caller.token);
    let own = sign(&der, &header, &claims);
    caller.with_token(&own).get("/v1/me").is(200);
    let expected = refused(&caller, "garbage").stable();
    let mut forged = Vec::new();
    for name in ["iss", "aud", "sub", "client_id", "jti", "iat", "nbf", "exp"] {
        forged.push(sign(&der, &header, &without(&claims, name)));
        for wrong in [json!(null), json!({}), json!(true), json!("x"), json!(1e300), json!(-1)] {
            forged.push(sign(&der, &header, &with(&claims, json!({name: wrong}))));
        }
    }
    let wrong_claims = [
        json!({"iss": "http://elsewhere"}),
        json!({"aud": "another"}),
        json!({"sub": nowhere()}),
        json!({"exp": NOW}),
        json!({"exp": NOW - 1}),
        json!({"exp": NOW + 601}),
        json!({"exp": i64::MAX}),
        json!({"nbf": NOW + 60}),
        json!({"iat": NOW + 60}),
        json!({"iat": NOW - 100_000}),
        json!({"iat": i64::MIN}),
    ];
    forged.extend(wrong_claims.into_iter().map(|wrong| sign(&der, &header, &with(&claims, wrong))));
    let wrong_headers = [
        json!({"typ": "JWT"}),
        json!({"typ": null}),
        json!({"kid": "another"}),
        json!({"kid": null}),
        json!({"crit": ["exp"]}),
        json!({"crit": []}),
        json!({"jku": "http://127.0.0.1/jwks.json"}),
        json!({"x5u": "http://127.0.0.1/cert"}),
        json!({"x5c": ["MIIB"]}),
        json!({"alg": "none"}),
        json!({"alg": "HS256"}),
        json!({"alg": "ES256"}),
    ];
    forged.extend(wrong_headers.into_iter().map(|wrong| sign(&der, &with(&header, wrong), &claims)));
    forged.push(sign(&der, &without(&header, "typ"), &claims));
    forged.push(sign(&der, &without(&header, "kid"), &claims));
    for token in &forged {
        assert_eq!(refused(&caller, token).stable(), expected, "{:?}", parts(token));
    }
    assert!(forged.len() > 60);
}

#[test]
fn a_token_signed_by_any_other_key_is_refused() {
    let (stand, caller) = standing();
    let (header, claims) = parts(&caller.token);
    let expected = refused(&caller, "garbage").stable();
    let other = aws_lc_rs::signature::Ed25519KeyPair::generate_pkcs8(&aws_lc_rs::rand::SystemRandom::new());
    let foreign = sign(other.expect("a key can be made").as_ref(), &header, &claims);
    let jwks = stand.nobody().get("/.well-known/jwks.json").json();
    let public = URL_SAFE_NO_PAD.decode(text(&jwks["keys"][0]["x"])).expect("the public key is base64url");
    let mut hs = Header::new(Algorithm::HS256);
    (hs.typ, hs.kid) = (Some("at+jwt".to_owned()), header["kid"].as_str().map(str::to_owned));
    let confused = jsonwebtoken::encode(&hs, &claims, &EncodingKey::from_secret(&public)).expect("it can be signed");
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let none = format!("{}.{}.", part(&with(&header, json!({"alg": "none"}))), part(&claims));
    let unsigned = format!("{}.{}.", part(&header), part(&claims));
    let (head, signature) = caller.token.rsplit_once('.').expect("a JWT has three parts");
    let flipped = format!("{head}.{}A", &signature[..signature.len() - 2]);
    let swapped = format!("{}.{}.{signature}", part(&header), part(&with(&claims, json!({"sub": nowhere()}))));
    for token in [foreign, confused, none, unsigned, flipped, swapped, format!("{}.", caller.token)] {
        assert_eq!(refused(&caller, &token).stable(), expected, "{token}");
    }
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
