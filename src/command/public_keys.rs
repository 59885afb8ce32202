//! Public keys out of files, as other programs write them: JWK, JWK Set, PEM. A file with a private key
//! is refused: it should not have come this far.

use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

use crate::error::{Error, Result};

/// No file of keys is longer.
const LONGEST: u64 = 64 * 1024;
/// What a client's key consists of; anything else that a file says of it is not kept.
const MEMBERS: [&str; 9] = ["kid", "kty", "crv", "x", "y", "n", "e", "alg", "use"];
/// What only private and secret keys have.
const PRIVATE: [&str; 7] = ["d", "p", "q", "dp", "dq", "qi", "k"];

/// The keys of a file, each as a JWK with a name: its own, or its thumbprint (RFC 7638).
pub fn of_file(path: &Path) -> Result<Vec<Value>> {
    let fault = |why: &str| Error::internal(format!("{}: {why}", path.display()));
    let length = std::fs::metadata(path).map_err(|error| fault(&error.to_string()))?.len();
    if length > LONGEST {
        return Err(fault("too long for a file of keys"));
    }
    let text = std::fs::read_to_string(path).map_err(|error| fault(&error.to_string()))?;
    read(&text).map_err(fault)
}

fn read(text: &str) -> Result<Vec<Value>, &'static str> {
    const UNKNOWN: &str = "holds no public key as JWK, JWK Set or PEM (BEGIN PUBLIC KEY)";
    let keys = match serde_json::from_str(text) {
        Ok(Value::Object(one)) => match one.get("keys") {
            Some(Value::Array(keys)) => keys.iter().filter_map(Value::as_object).cloned().collect(),
            _ => vec![one],
        },
        _ if text.contains("PRIVATE KEY-----") => return Err(TOO_MUCH),
        _ => pem(text).ok_or(UNKNOWN)?,
    };
    match keys.is_empty() {
        true => Err(UNKNOWN),
        false => keys.into_iter().map(|key| named(key).map(Value::Object)).collect(),
    }
}

const TOO_MUCH: &str = "holds a private key; give the public half alone";

fn named(mut key: Map<String, Value>) -> Result<Map<String, Value>, &'static str> {
    if PRIVATE.iter().any(|member| key.contains_key(*member)) {
        return Err(TOO_MUCH);
    }
    key.retain(|member, _| MEMBERS.contains(&member.as_str()));
    if !key.contains_key("kid") {
        // The members in their order are the bytes that the thumbprint is of.
        let parts = ["crv", "e", "kty", "n", "x", "y"].iter().filter_map(|name| Some((*name, key.get(*name)?)));
        let parts: Vec<String> = parts.map(|(name, value)| format!("\"{name}\":{value}")).collect();
        let hash = digest(&SHA256, format!("{{{}}}", parts.join(",")).as_bytes());
        key.insert("kid".to_owned(), json!(URL_SAFE_NO_PAD.encode(hash)));
    }
    Ok(key)
}

/// How SubjectPublicKeyInfo begins (RFC 5480, 8410), up to the bytes of the key.
const ED25519: &[u8] = &[0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0];
const P256: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7, 3,
    0x42, 0, 4,
];
/// What says that a key is of RSA, and has no more to say.
const RSA: &[u8] = &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0];

fn pem(text: &str) -> Option<Vec<Map<String, Value>>> {
    let blocks = text.split("-----BEGIN PUBLIC KEY-----").skip(1);
    let keys = blocks.map(|block| {
        let (base64, _) = block.split_once("-----END PUBLIC KEY-----")?;
        let base64: String = base64.split_ascii_whitespace().collect();
        jwk(&STANDARD.decode(base64).ok()?)
    });
    keys.collect()
}

fn jwk(der: &[u8]) -> Option<Map<String, Value>> {
    let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let key = if let Some(x) = der.strip_prefix(ED25519).filter(|x| x.len() == 32) {
        json!({"kty": "OKP", "crv": "Ed25519", "x": text(x)})
    } else if let Some(point) = der.strip_prefix(P256).filter(|point| point.len() == 64) {
        json!({"kty": "EC", "crv": "P-256", "x": text(&point[..32]), "y": text(&point[32..])})
    } else {
        let (whole, _) = part(0x30, der)?;
        let (kind, bits) = part(0x30, whole)?;
        let (bits, _) = part(0x03, bits).filter(|_| kind == RSA)?;
        let (numbers, _) = part(0x30, bits.strip_prefix(&[0])?)?;
        let (n, rest) = part(0x02, numbers)?;
        let (e, _) = part(0x02, rest)?;
        let unsigned = |number: &[u8]| text(number.strip_prefix(&[0]).unwrap_or(number));
        json!({"kty": "RSA", "n": unsigned(n), "e": unsigned(e)})
    };
    key.as_object().cloned()
}

/// What lies in the part that DER begins with, if it is of that kind, and what follows it.
fn part(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = match der.strip_prefix(&[tag])? {
        [0x81, length, rest @ ..] => (usize::from(*length), rest),
        [0x82, high, low, rest @ ..] => (usize::from(*high) << 8 | usize::from(*low), rest),
        [length @ ..=0x7f, rest @ ..] => (usize::from(*length), rest),
        _ => return None,
    };
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEM_ED: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAB/CFvsTOCaMFjSwVwO7vDPDxiQvwWsjVkKYW9QrRv94=\n\
        -----END PUBLIC KEY-----\n";
    const PEM_EC: &str = "-----BEGIN PUBLIC KEY-----\n\
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE+Owznyiw2LQ7qgROgrsIzu1Wqx9L\n\
        V8T5JS2LHuUU7mSZsWS0Omf1LVPL1vfkWeOT0rmFoR2ZBVimljasG5SPcg==\n-----END PUBLIC KEY-----\n";

    #[test]
    fn keys_come_as_they_are_written_elsewhere() {
        let both = read(&format!("{PEM_ED}{PEM_EC}")).expect("two keys");
        assert_eq!(both[0]["x"], "B_CFvsTOCaMFjSwVwO7vDPDxiQvwWsjVkKYW9QrRv94");
        assert_eq!(
            (&both[1]["crv"], &both[1]["y"]),
            (&json!("P-256"), &json!("mbFktDpn9S1Ty9b35Fnjk9K5haEdmQVYppY2rBuUj3I"))
        );
        // RFC 8037, A.3, and RFC 7638, 3.1.
        let known = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
        let known = read(known).expect("a key").remove(0);
        assert_eq!(known["kid"], "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        let set = json!({"keys": [with(&known, "kid", "mine"), with(&known, "key_ops", "verify")]}).to_string();
        let set = read(&set).expect("two keys");
        assert_eq!((&set[0]["kid"], set[1].get("key_ops")), (&json!("mine"), None));
    }

    fn with(key: &Value, name: &str, value: &str) -> Value {
        let mut key = key.clone();
        key[name] = json!(value);
        key
    }

    #[test]
    fn what_is_no_public_key_is_refused() {
        let key = json!({"kty": "OKP", "crv": "Ed25519", "x": "AA", "d": "AA"}).to_string();
        for private in [key.as_str(), "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----"] {
            assert_eq!(read(private), Err(TOO_MUCH));
        }
        let cut = PEM_EC.replace("cg==", "");
        for none in ["", "x", "[]", r#"{"keys": []}"#, &PEM_ED[..60], &cut] {
            assert!(read(none).is_err(), "{none}");
        }
    }
}
