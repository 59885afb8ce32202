//! Tokens: whatever stands in `Authorization`, and whatever is signed by the service's own key without being
//! a token of the service. Nobody is let in but by a token that is right in every member.
#![no_main]

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::sync::LazyLock;
use std::task::{Context, Poll, Waker};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey};
use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tuquan::clock::Clock;
use tuquan::identity::{Issuers, Keys, Tokens};
use tuquan::types::Id;
use uuid::Uuid;

const HERE: &str = "http://tuquan.test";
const ELSEWHERE: &str = "https://issuer.test";
const AUDIENCE: &str = "tuquan";
/// Between the header and the claims of what is to be signed.
const BETWEEN: u8 = 0x1e;

struct Scene {
    tokens: Tokens,
    issuers: Issuers,
    key: EncodingKey,
    genuine: String,
    clock: Clock,
}

static SCENE: LazyLock<Scene> = LazyLock::new(|| {
    let home = tempfile::tempdir().expect("a folder can be made").keep();
    let folder = home.join("keys");
    let keys = Keys::open(&folder).expect("keys can be made");
    let file = std::fs::read_dir(&folder)
        .expect("it is there")
        .flatten()
        .find(|file| file.file_name().to_string_lossy().starts_with("signing-"));
    let pem = std::fs::read(file.expect("there is a key").path()).expect("it can be read");
    let jwks = home.join("jwks.json");
    std::fs::write(&jwks, json!({"keys": keys.jwks()}).to_string()).expect("it can be written");
    let trusted = home.join("issuers.json");
    let one = json!([{"issuer": ELSEWHERE, "audience": AUDIENCE, "jwksFile": jwks}]);
    std::fs::write(&trusted, one.to_string()).expect("it can be written");
    let clock = Clock::default();
    let tokens = Tokens::new(keys, HERE.to_owned(), AUDIENCE.to_owned(), clock.clone());
    let genuine = tokens.issue(Id::new(Uuid::from_u128(7)), Id::new(Uuid::from_u128(8))).expect("a token");
    Scene {
        issuers: Issuers::open(Some(&trusted), HERE, clock.clone()).expect("an issuer"),
        key: EncodingKey::from_ed_pem(&pem).expect("an Ed25519 key"),
        tokens,
        genuine,
        clock,
    }
});

impl Scene {
    /// Keys come from files here, so nobody waits.
    fn foreign(&self, token: &str) -> bool {
        let asked = pin!(self.issuers.verify(token));
        match asked.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(known) => known.is_some(),
            Poll::Pending => false,
        }
    }

    /// Header and claims as they were made up, under a signature that is right; `KEY` stands for the key's name.
    fn signed(&self, parts: &[u8]) -> (String, Vec<u8>, Vec<u8>) {
        let at = parts.iter().position(|byte| *byte == BETWEEN).unwrap_or(parts.len());
        let now = self.clock.now().micros() / 1_000_000;
        let kid = self.tokens.keys().jwks()[0]["kid"].as_str().unwrap_or_default().to_owned();
        let meant = |part: &[u8]| match std::str::from_utf8(part) {
            Ok(text) => {
                let text = text.replace("SOON", &(now + 600).to_string()).replace("NOW", &now.to_string());
                text.replace("KEY", &kid).into_bytes()
            }
            Err(_) => part.to_vec(),
        };
        let (head, claims) = (meant(&parts[..at]), meant(parts.get(at + 1..).unwrap_or_default()));
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(&head), URL_SAFE_NO_PAD.encode(&claims));
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &self.key, Algorithm::EdDSA);
        (format!("{message}.{}", signature.expect("it can be signed")), head, claims)
    }
}

/// The members of what was let in. A number that none of ours could hold is JSON all the same, where nobody reads it.
fn object(bytes: &[u8]) -> Value {
    let members: BTreeMap<String, &RawValue> = serde_json::from_slice(bytes).expect("what was let in is JSON");
    let held = |raw: &RawValue| serde_json::from_str(raw.get()).unwrap_or_else(|_| json!("out of range"));
    members.into_iter().map(|(name, raw)| (name, held(raw))).collect()
}

fuzz_target!(|data: &[u8]| {
    let scene = &*SCENE;
    let Some((how, rest)) = data.split_first() else {
        return;
    };
    match how % 3 {
        0 => {
            let text = String::from_utf8_lossy(rest);
            assert!(scene.tokens.verify(&text).is_err() || text == scene.genuine);
            assert!(!scene.foreign(&text));
        }
        // The genuine one with some bytes changed.
        1 => {
            let mut bytes = scene.genuine.clone().into_bytes();
            for change in rest.chunks_exact(2) {
                let at = usize::from(change[0]) * bytes.len() / 256;
                bytes[at] = change[1];
            }
            let text = String::from_utf8_lossy(&bytes);
            assert!(scene.tokens.verify(&text).is_err() || text == scene.genuine);
            assert!(!scene.foreign(&text));
        }
        _ => {
            let (token, head, claims) = scene.signed(rest);
            if scene.tokens.verify(&token).is_ok() {
                let (head, claims) = (object(&head), object(&claims));
                assert_eq!((&head["alg"], &head["typ"]), (&json!("EdDSA"), &json!("at+jwt")));
                assert_eq!(head.as_object().map(|head| head.len()), Some(3));
                assert_eq!((&claims["iss"], &claims["aud"]), (&json!(HERE), &json!(AUDIENCE)));
                assert_eq!(claims["sub"], claims["client_id"]);
                assert_eq!(claims.as_object().map(|claims| claims.len()), Some(8));
            }
            if scene.foreign(&token) {
                let (head, claims) = (object(&head), object(&claims));
                assert!(head.get("crit").is_none());
                assert_eq!(claims["iss"], json!(ELSEWHERE));
                assert!(claims["exp"].is_i64() && claims["sub"].is_string());
            }
        }
    }
});
