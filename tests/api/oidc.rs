//! Tokens of trusted issuers: good for the user who carries that identity, and for nobody else.

use std::path::{Path, PathBuf};
use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tuquan::clock::Clock;
use tuquan::types::Moment;

use crate::stand::{Caller, Stand, World, eventually, text, with, without, world};

pub const NOW: i64 = 1_790_000_000;
pub const ISSUER: &str = "https://id.example";

/// An issuer with a key of each kind.
pub struct Elsewhere {
    rsa: RsaKeyPair,
    ec: EcdsaKeyPair,
    ed: Ed25519KeyPair,
}

pub fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Elsewhere {
    pub fn new() -> Self {
        Self {
            rsa: RsaKeyPair::generate(KeySize::Rsa2048).expect("a key can be made"),
            ec: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key can be made"),
            ed: Ed25519KeyPair::generate().expect("a key can be made"),
        }
    }

    pub fn jwks(&self) -> Value {
        let public = self.rsa.public_key();
        let (n, e) = (public.modulus(), public.exponent());
        let point = self.ec.public_key().as_ref();
        json!({"keys": [
            {"kty": "RSA", "kid": "rsa", "use": "sig", "alg": "RS256",
             "n": b64(n.big_endian_without_leading_zero()), "e": b64(e.big_endian_without_leading_zero())},
            {"kty": "EC", "kid": "ec", "crv": "P-256", "x": b64(&point[1..33]), "y": b64(&point[33..65])},
            {"kty": "OKP", "kid": "ed", "crv": "Ed25519", "x": b64(self.ed.public_key().as_ref())},
        ]})
    }

    /// The Ed25519 key as SubjectPublicKeyInfo (RFC 8410).
    pub fn pem(&self) -> String {
        let der = [b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00", self.ed.public_key().as_ref()].concat();
        pem::encode(&pem::Pem::new("PUBLIC KEY", der))
    }

    /// Signs with the key that `with` names, whatever the header says.
    pub fn sign(&self, with: &str, header: &Value, claims: &Value) -> String {
        let message = format!("{}.{}", b64(header.to_string()), b64(claims.to_string()));
        let random = SystemRandom::new();
        let signature = match with {
            "rsa" => {
                let mut signature = vec![0; self.rsa.public_modulus_len()];
                let signed = self.rsa.sign(&RSA_PKCS1_SHA256, &random, message.as_bytes(), &mut signature);
                signed.expect("it can be signed");
                signature
            }
            "ec" => self.ec.sign(&random, message.as_bytes()).expect("it can be signed").as_ref().to_vec(),
            _ => self.ed.sign(message.as_bytes()).as_ref().to_vec(),
        };
        format!("{message}.{}", b64(signature))
    }

    pub fn token(&self, with: &str, claims: &Value) -> String {
        let alg = match with {
            "rsa" => "RS256",
            "ec" => "ES256",
            _ => "EdDSA",
        };
        self.sign(with, &json!({"alg": alg, "typ": "JWT", "kid": with}), claims)
    }
}

pub fn claims(sub: &str) -> Value {
    json!({"iss": ISSUER, "aud": "tuquan-test", "sub": sub, "iat": NOW, "exp": NOW + 300, "email": "a@b.example"})
}

fn keys_file(folder: &Path) -> PathBuf {
    folder.join("jwks.json")
}

/// A stand that trusts `elsewhere`, with a user who carries the identity `sub`.
fn trusting(elsewhere: &Elsewhere, sub: &str) -> (Stand, World, String) {
    let issuers = |folder: &Path| {
        std::fs::write(keys_file(folder), elsewhere.jwks().to_string()).expect("the file can be written");
        json!([{"issuer": ISSUER, "audience": "tuquan-test", "jwksFile": keys_file(folder)}])
    };
    let stand = Stand::trusting(Clock::standing_at(Moment::from_micros(NOW * 1_000_000)), Some(&issuers));
    let world = World::of(&stand);
    let identities = json!({"identities": [{"iss": ISSUER, "sub": sub}]});
    let id = text(&world.chief.create("/v1/users", &with(&world::user("tu-xa", &world.ward), identities))["id"]);
    (stand, world, id)
}

pub fn status(stand: &Stand, token: &str) -> u16 {
    stand.nobody().with_token(token).get("/v1/me").status
}

#[test]
fn a_token_of_a_trusted_issuer_opens_what_its_user_may() {
    let elsewhere = Elsewhere::new();
    let (stand, world, id) = trusting(&elsewhere, "s-1");
    for key in ["rsa", "ec", "ed"] {
        let caller: Caller = stand.nobody().with_token(&elsewhere.token(key, &claims("s-1")));
        let me = caller.get("/v1/me").is(200).json();
        assert_eq!((&me["id"], &me["kind"], &me["role"]), (&json!(id), &json!("user"), &json!("clerk")), "{key}");
        caller.get("/v1/users").problem(403, "insufficient-scope");
        caller.create("/v1/models", &world.model(key));
    }
    let several = with(&claims("s-1"), json!({"aud": ["another", "tuquan-test"]}));
    assert_eq!(status(&stand, &elsewhere.token("rsa", &several)), 200);
    let token = elsewhere.token("ec", &claims("s-1"));
    world.chief.change(&format!("/v1/users/{id}"), &json!({"identities": null})).is(200);
    eventually("an identity that was unlinked opens nothing", Duration::from_secs(1), || status(&stand, &token) == 401);
}

#[test]
fn a_foreign_token_with_anything_wrong_is_refused_like_any_other() {
    let elsewhere = Elsewhere::new();
    let (stand, _, id) = trusting(&elsewhere, "s-1");
    let good = claims("s-1");
    assert_eq!(status(&stand, &elsewhere.token("rsa", &good)), 200);
    let garbage = stand.nobody().with_token("garbage").get("/v1/me").problem(401, "unauthenticated").stable();
    let mut forged = vec![elsewhere.token("rsa", &claims("s-2")), elsewhere.token("rsa", &claims(&id))];
    for name in ["iss", "aud", "sub", "exp"] {
        forged.push(elsewhere.token("ec", &without(&good, name)));
        forged.push(elsewhere.token("ec", &with(&good, json!({name: null}))));
    }
    for wrong in [
        json!({"iss": "https://other.example"}),
        json!({"aud": "tuquan"}),
        json!({"exp": NOW}),
        json!({"exp": NOW + 90_000}),
        json!({"exp": i64::MAX, "iat": i64::MIN}),
        json!({"nbf": NOW + 60}),
        json!({"iat": NOW + 60}),
        json!({"sub": "s-1\n"}),
        json!({"sub": "x".repeat(300)}),
        json!({"iss": stand.base}),
    ] {
        forged.push(elsewhere.token("rsa", &with(&good, wrong)));
    }
    for (key, header) in [
        ("rsa", json!({"alg": "none", "kid": "rsa"})),
        ("rsa", json!({"alg": "HS256", "kid": "rsa"})),
        ("rsa", json!({"alg": "RS512", "kid": "rsa"})),
        ("ec", json!({"alg": "RS256", "kid": "rsa"})),
        ("ec", json!({"alg": "ES256", "kid": "ed"})),
        ("ed", json!({"alg": "EdDSA", "kid": "unknown"})),
        ("ed", json!({"alg": "EdDSA"})),
        ("ed", json!({"alg": "EdDSA", "kid": "ed", "typ": "logout+jwt"})),
        ("ed", json!({"alg": "EdDSA", "kid": "ed", "crit": ["exp"]})),
        ("ed", json!({"alg": "EdDSA", "kid": "ed", "jku": "https://id.example/jwks"})),
    ] {
        forged.push(elsewhere.sign(key, &header, &good));
    }
    forged.push(Elsewhere::new().token("rsa", &good));
    for token in &forged {
        let answer = stand.nobody().with_token(token).get("/v1/me").problem(401, "unauthenticated");
        assert_eq!(answer.stable(), garbage, "{token}");
    }
    assert!(forged.len() > 25);
}

#[test]
fn keys_that_the_issuer_changed_are_the_ones_that_count() {
    let (old, new) = (Elsewhere::new(), Elsewhere::new());
    let (stand, _, _) = trusting(&old, "s-1");
    let (before, after) = (old.token("ed", &claims("s-1")), new.token("ed", &claims("s-1")));
    assert_eq!((status(&stand, &before), status(&stand, &after)), (200, 401));
    std::thread::sleep(Duration::from_millis(20));
    std::fs::write(keys_file(stand.database.dir.path()), new.jwks().to_string()).expect("the file can be written");
    assert_eq!((status(&stand, &after), status(&stand, &before)), (200, 401));
    std::thread::sleep(Duration::from_millis(20));
    std::fs::write(keys_file(stand.database.dir.path()), "half a fi").expect("the file can be written");
    assert_eq!(status(&stand, &after), 200, "a file that cannot be read changes nothing");
}
