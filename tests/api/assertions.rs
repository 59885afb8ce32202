//! `private_key_jwt`: a client signs in by a key instead of a secret. Each assertion is good once, and
//! whatever is wrong with one is refused like a wrong secret.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use tuquan::clock::Clock;
use tuquan::types::Moment;

use crate::oidc::{Elsewhere, NOW};
use crate::stand::answer::Answer;
use crate::stand::database::on_postgresql;
use crate::stand::process::{Process, chief};
use crate::stand::program::{json as json_of, refusal, tuquan};
use crate::stand::{Caller, Database, Stand, World, eventually, text, v7, with, without, world};

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const PUBLIC: &str = "http://tuquan.test";

fn at(seconds: i64) -> Moment {
    Moment::from_micros(seconds * 1_000_000)
}

/// A client that holds the keys of `keys`, and may read models.
fn client(world: &World, keys: &Elsewhere) -> String {
    let body = with(&world::client("Khách có khóa", &world.ward), json!({"publicKeys": keys.jwks()["keys"]}));
    text(&world.chief.create("/v1/clients", &body)["id"])
}

fn stand() -> (Stand, World) {
    let stand = Stand::with(Clock::standing_at(at(NOW)));
    let world = World::of(&stand);
    (stand, world)
}

fn claims(client: &str, audience: &str, now: i64) -> Value {
    json!({"iss": client, "sub": client, "aud": audience, "iat": now, "exp": now + 300, "jti": v7()})
}

fn sign_in(base: &str, assertion: &str) -> Answer {
    let form = [("grant_type", "client_credentials"), ("client_assertion_type", TYPE), ("client_assertion", assertion)];
    Caller::nobody(base).form(&form).send()
}

/// An answer but for what differs between any two.
fn told(answer: &Answer) -> (u16, String, Option<String>, Option<String>) {
    let header = |name| answer.header(name).map(str::to_owned);
    (answer.status, answer.text(), header("www-authenticate"), header("content-type"))
}

#[test]
fn a_key_of_each_kind_opens_what_its_client_may() {
    let (stand, world) = stand();
    let keys = Elsewhere::new();
    let id = client(&world, &keys);
    let caller = Caller { id: id.clone(), ..stand.nobody() };
    for (key, audience) in [("rsa", ""), ("ec", "/oauth/token"), ("ed", "/oauth/token")] {
        let said = claims(&id, &format!("{}{audience}", stand.base), NOW);
        let answer = sign_in(&stand.base, &keys.token(key, &said)).is(200);
        let me = caller.with_token(&text(&answer.json()["access_token"])).get("/v1/me").is(200).json();
        assert_eq!((&me["id"], &me["scopes"]), (&json!(id), &json!(["models:read"])), "{key}");
    }
    let only = with(&claims(&id, "", NOW), json!({"aud": [stand.base]}));
    sign_in(&stand.base, &keys.token("ed", &only)).is(200);
    let typed = json!({"alg": "EdDSA", "typ": "client-authentication+jwt", "kid": "ed"});
    sign_in(&stand.base, &keys.sign("ed", &typed, &claims(&id, &stand.base, NOW))).is(200);
    let named = keys.token("ed", &claims(&id, &stand.base, NOW));
    let form = |id| {
        [
            ("grant_type", "client_credentials"),
            ("client_id", id),
            ("client_assertion_type", TYPE),
            ("client_assertion", named.as_str()),
        ]
    };
    stand.nobody().form(&form("another")).send().is(401);
    stand.nobody().form(&form(&id)).send().is(200);
    let server = stand.nobody().get("/.well-known/oauth-authorization-server").is(200).json();
    for endpoint in ["token", "revocation"] {
        let methods = server[format!("{endpoint}_endpoint_auth_methods_supported")].to_string();
        assert!(methods.contains("private_key_jwt") && methods.contains("client_secret_basic"), "{methods}");
        let algorithms = &server[format!("{endpoint}_endpoint_auth_signing_alg_values_supported")];
        assert_eq!(algorithms, &json!(["EdDSA", "ES256", "RS256"]));
    }
}

#[test]
fn an_operator_makes_a_client_of_the_keys_in_files() {
    let (stand, keys) = (Stand::with(Clock::standing_at(at(NOW))), Elsewhere::new());
    let file = |name: &str, text: String| {
        let path = stand.database.dir.path().join(name);
        std::fs::write(&path, text).expect("the file can be written");
        path.display().to_string()
    };
    let (set, pem) = (file("keys.json", keys.jwks().to_string()), file("ed.pem", keys.pem()));
    let create = ["client", "create", "--name", "Có khóa", "--scopes", "models:read", "--unit", "VN"];
    let made = |files: &[&str]| tuquan(&stand.database, &[&create[..], files].concat());
    let client = json_of(&made(&["--public-key", &set, "--public-key", &pem]));
    let (id, held) = (text(&client["clientId"]), &client["client"]["publicKeys"]);
    assert!(client.get("clientSecret").is_none() && held.as_array().is_some_and(|held| held.len() == 4), "{client}");
    let named = json!({"alg": "EdDSA", "typ": "JWT", "kid": held[3]["kid"]});
    sign_in(&stand.base, &keys.token("rsa", &claims(&id, &stand.base, NOW))).is(200);
    sign_in(&stand.base, &keys.sign("ed", &named, &claims(&id, &stand.base, NOW))).is(200);
    let secret = file("secret.json", with(&keys.jwks()["keys"][2], json!({"d": "AA"})).to_string());
    assert!(refusal(&made(&["--public-key", &secret])).contains("private key"));
}

#[test]
fn an_assertion_with_anything_wrong_is_refused_like_a_wrong_secret() {
    let (stand, world) = stand();
    let keys = Elsewhere::new();
    let (id, other) = (client(&world, &keys), client(&world, &Elsewhere::new()));
    let wrong_secret = told(&stand.nobody().token_by_post(&id, "wrong").is(401));
    let good = || claims(&id, &stand.base, NOW);
    let mut bad = Vec::new();
    for name in ["iss", "sub", "aud", "exp", "iat", "jti"] {
        bad.push(keys.token("ed", &without(&good(), name)));
        for wrong in [json!(null), json!(""), json!([]), json!({}), json!(true), json!("x".repeat(300))] {
            bad.push(keys.token("ed", &with(&good(), json!({name: wrong}))));
        }
    }
    for wrong in [
        json!({"iss": other}),
        json!({"sub": other}),
        json!({"iss": other, "sub": other}),
        json!({"iss": id.to_uppercase(), "sub": id.to_uppercase()}),
        json!({"aud": format!("{}/", stand.base)}),
        json!({"aud": format!("{}/oauth/login", stand.base)}),
        json!({"aud": format!("{}/oauth/token/", stand.base)}),
        json!({"aud": "tuquan"}),
        json!({"aud": [stand.base, "https://other.example"]}),
        json!({"aud": [stand.base, stand.base]}),
        json!({"exp": NOW}),
        json!({"exp": NOW - 1}),
        json!({"exp": NOW + 301}),
        json!({"exp": NOW + 31, "iat": NOW + 31}),
        json!({"exp": i64::MAX}),
        json!({"exp": i64::MAX, "iat": i64::MIN}),
        json!({"exp": NOW + 10, "iat": NOW - 291}),
        json!({"iat": NOW + 31}),
        json!({"nbf": NOW + 31}),
        json!({"jti": 7}),
    ] {
        bad.push(keys.token("ed", &with(&good(), wrong)));
    }
    let secret = "AAAA";
    for (key, header) in [
        ("ed", json!({"alg": "none", "kid": "ed"})),
        ("ed", json!({"alg": "HS256", "kid": "ed"})),
        ("ed", json!({"alg": "EdDSA"})),
        ("ed", json!({"alg": "EdDSA", "kid": "unknown"})),
        ("ed", json!({"alg": "EdDSA", "kid": "ec"})),
        ("ec", json!({"alg": "ES256", "kid": "ed"})),
        ("rsa", json!({"alg": "RS512", "kid": "rsa"})),
        ("rsa", json!({"alg": "PS256", "kid": "rsa"})),
        ("rsa", json!({"alg": "RS256", "kid": "ec"})),
        ("ed", json!({"alg": "EdDSA", "kid": "ed", "crit": ["exp"]})),
        ("ed", json!({"alg": "EdDSA", "kid": "ed", "jku": "https://id.example/jwks"})),
        ("ed", json!({"alg": "EdDSA", "kid": "ed", "x5u": "https://id.example/x"})),
        ("ed", json!({"alg": "EdDSA", "kid": "ed", "jwk": {"kty": "oct", "k": secret}})),
        ("ed", json!({"alg": "EdDSA", "kid": "ed", "typ": "at+jwt"})),
    ] {
        bad.push(keys.sign(key, &header, &good()));
    }
    bad.push(Elsewhere::new().token("ed", &good()));
    let whole = keys.token("ed", &good());
    let (message, _) = whole.rsplit_once('.').expect("a JWT has three parts");
    bad.extend([
        format!("{message}."),
        message.to_owned(),
        format!("{whole}.{whole}"),
        String::new(),
        "x".repeat(9000),
    ]);
    for assertion in &bad {
        assert_eq!(told(&sign_in(&stand.base, assertion)), wrong_secret, "{assertion}");
    }
    assert!(bad.len() > 70);
    sign_in(&stand.base, &whole).is(200);
    let pairs = |more: &[(&'static str, &str)]| {
        let form = [&[("grant_type", "client_credentials")], more].concat();
        told(&stand.nobody().form(&form).send())
    };
    let fresh = keys.token("ed", &good());
    for form in [
        &[("client_assertion", fresh.as_str())][..],
        &[("client_assertion_type", TYPE)],
        &[
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"),
            ("client_assertion", &fresh),
        ],
    ] {
        assert_eq!(pairs(form), wrong_secret);
    }
    let both =
        [("client_assertion_type", TYPE), ("client_assertion", &fresh), ("client_id", &id), ("client_secret", "x")];
    assert_eq!(pairs(&both).0, 400);
}

#[test]
fn an_assertion_opens_the_registry_once_however_many_show_it() {
    let (stand, world) = stand();
    let keys = Elsewhere::new();
    let (id, other) = (client(&world, &keys), client(&world, &keys));
    let said = claims(&id, &stand.base, NOW);
    let once = keys.token("ed", &said);
    sign_in(&stand.base, &once).is(200);
    let again = told(&sign_in(&stand.base, &once));
    assert_eq!(again, told(&stand.nobody().token_by_post(&id, "wrong")));
    // The name counts, not the signature; another client's may be the same.
    sign_in(&stand.base, &keys.token("rsa", &said)).is(401);
    sign_in(&stand.base, &keys.token("ed", &with(&said, json!({"iss": other, "sub": other})))).is(200);
    let racing = keys.token("ec", &claims(&id, &stand.base, NOW));
    assert_eq!(let_in(&racing, &[&stand.base]), 1);
    // Names are forgotten once nothing could be shown under them any more.
    stand.clock.move_to(at(NOW + 301));
    sign_in(&stand.base, &once).is(401);
    sign_in(&stand.base, &keys.token("ed", &with(&said, json!({"iat": NOW + 301, "exp": NOW + 400})))).is(200);
    #[derive(diesel::QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        kept: i64,
    }
    const KEPT: &str = "SELECT count(*) AS kept FROM client_assertions";
    assert_eq!(stand.database.load::<Count>(KEPT, KEPT)[0].kept, 1);
}

/// How many of many who show one assertion at once are let in.
fn let_in(assertion: &str, bases: &[&str]) -> usize {
    let count = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for n in 0..12 {
            let (base, count) = (bases[n % bases.len()], &count);
            scope.spawn(move || match sign_in(base, assertion).status {
                200 => drop(count.fetch_add(1, Ordering::SeqCst)),
                status => assert_eq!(status, 401),
            });
        }
    });
    count.load(Ordering::SeqCst)
}

#[test]
fn two_processes_let_one_assertion_in_once() {
    let database = Database::new();
    let made = chief(&database);
    let first = Process::start(&database, PUBLIC);
    let second = on_postgresql().then(|| Process::start(&database, PUBLIC));
    let caller = Caller::sign_in(&first.base, &made);
    let keys = Elsewhere::new();
    let body =
        json!({"name": "Khách", "scopes": ["units:read"], "unitId": world::COUNTRY, "publicKeys": keys.jwks()["keys"]});
    let id = text(&caller.create("/v1/clients", &body)["id"]);
    let bases = [&first.base, second.as_ref().map_or(&first.base, |second| &second.base)].map(String::as_str);
    let now = Clock::default().now().seconds();
    for _ in 0..5 {
        assert_eq!(let_in(&keys.token("ed", &claims(&id, PUBLIC, now)), &bases), 1);
    }
}

#[test]
fn a_client_revokes_its_token_by_an_assertion() {
    let (stand, world) = stand();
    let keys = Elsewhere::new();
    let id = client(&world, &keys);
    let signed = sign_in(&stand.base, &keys.token("ed", &claims(&id, &stand.base, NOW))).is(200);
    let token = text(&signed.json()["access_token"]);
    let assertion = keys.token("ed", &claims(&id, &format!("{}/oauth/token", stand.base), NOW));
    let revoke = |assertion: &str| {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs([
            ("token", token.as_str()),
            ("client_assertion_type", TYPE),
            ("client_assertion", assertion),
        ]);
        let request = stand.nobody().request(reqwest::Method::POST, "/oauth/revoke");
        request.raw("application/x-www-form-urlencoded", body.finish()).send().status
    };
    assert_eq!(revoke(&Elsewhere::new().token("ed", &claims(&id, &stand.base, NOW))), 401);
    assert_eq!((revoke(&assertion), revoke(&assertion)), (200, 401));
    eventually("the token is over", std::time::Duration::from_secs(1), || {
        stand.nobody().with_token(&token).get("/v1/me").status == 401
    });
}

#[test]
fn a_key_that_is_taken_away_and_a_client_that_is_disabled_open_nothing() {
    let (stand, world) = stand();
    let keys = Elsewhere::new();
    let id = client(&world, &keys);
    let path = format!("/v1/clients/{id}");
    let fresh = |key| keys.token(key, &claims(&id, &stand.base, NOW));
    let without_ed = keys.jwks()["keys"].as_array().map(|keys| json!(keys[..2])).unwrap_or_default();
    world.chief.change(&path, &json!({"publicKeys": without_ed})).is(200);
    sign_in(&stand.base, &fresh("ed")).is(401);
    sign_in(&stand.base, &fresh("ec")).is(200);
    let events = world.chief.get(&format!("/v1/audit-events?resourceId={id}&action=grant")).is(200);
    assert_eq!(events.items().len(), 1, "who may sign in by what is a grant");
    world.chief.change(&path, &json!({"state": "disabled"})).is(200);
    sign_in(&stand.base, &fresh("ec")).is(401);
    world.chief.change(&path, &json!({"state": "active", "publicKeys": null})).is(200);
    sign_in(&stand.base, &fresh("ec")).is(401);
    assert!(world.chief.get(&path).is(200).json().get("publicKeys").is_none());
}

#[test]
fn only_whole_strong_public_keys_are_taken() {
    let (_stand, world) = stand();
    let keys = Elsewhere::new().jwks()["keys"].clone();
    let (rsa, ec, ed) = (&keys[0], &keys[1], &keys[2]);
    let send = |keys: Value| {
        let body = with(&world::client("Khách có khóa", &world.ward), json!({"publicKeys": keys}));
        world.chief.post("/v1/clients", &body)
    };
    send(keys.clone()).is(201);
    send(json!([])).is(201);
    let long = text(&rsa["n"]);
    for weak in [
        json!([ed, ed]),
        json!([without(ed, "x")]),
        json!([without(ec, "y")]),
        json!([without(ec, "crv")]),
        json!([with(ed, json!({"crv": "P-256"}))]),
        json!([with(ed, json!({"y": ed["x"]}))]),
        json!([with(ec, json!({"y": ec["x"]}))]),
        json!([with(ed, json!({"alg": "ES256"}))]),
        json!([with(rsa, json!({"e": "Aw"}))]),
        json!([with(rsa, json!({"n": &long[..300]}))]),
        json!([with(rsa, json!({"n": format!("AAAA{long}")}))]),
        json!([with(rsa, json!({"x": ed["x"]}))]),
    ] {
        send(weak).problem(409, "rule-violated");
    }
    for (wrong, fault) in [
        (with(ed, json!({"d": ed["x"]})), "/publicKeys/0/d unknown"),
        (with(rsa, json!({"n": "a b"})), "/publicKeys/0/n pattern"),
        (without(ed, "kid"), "/publicKeys/0/kid required"),
        (with(ed, json!({"kty": "oct"})), "/publicKeys/0/kty not-allowed"),
        (with(ed, json!({"use": "enc"})), "/publicKeys/0/use not-allowed"),
    ] {
        send(json!([wrong])).faults(&[fault]);
    }
    send(json!(vec![ed; 6])).faults(&["/publicKeys too-many"]);
}
