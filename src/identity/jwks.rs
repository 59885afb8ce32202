//! Sets of public keys (RFC 7517) that others made: what is taken from them, and what a key may be used
//! for. What must not come in: whose they are.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use serde::Deserialize;
use serde_json::Value;

/// The largest set that is read, in bytes, and the most keys in it.
pub const LARGEST: usize = 64 * 1024;
const MOST: usize = 50;
/// The weakest RSA key that counts, in bytes of its modulus.
const WEAKEST_RSA: usize = 2048 / 8;

/// The keys of a set that are of use here.
pub struct Keys(Vec<Jwk>);

#[derive(Deserialize)]
struct Set {
    keys: Vec<Value>,
}

impl Keys {
    /// Reads a set; what is wrong with it, otherwise.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        if bytes.len() > LARGEST {
            return Err(format!("has more than {LARGEST} bytes"));
        }
        let set: Set = serde_json::from_slice(bytes).map_err(|error| format!("is no JWK set: {error}"))?;
        if set.keys.len() > MOST {
            return Err(format!("has more than {MOST} keys"));
        }
        // Whatever is not understood is somebody else's (RFC 7517, section 5).
        let known = set.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok());
        Ok(Self(known.collect()))
    }

    /// The key of this name that may be used with this algorithm.
    pub fn find(&self, name: &str, algorithm: Algorithm) -> Option<Jwk> {
        let named = self.0.iter().filter(|key| key.common.key_id.as_deref() == Some(name));
        named.into_iter().find(|key| fits(key, algorithm)).cloned()
    }
}

/// Whether a key may be used with an algorithm: never a public key as a shared secret, never a weak one.
fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    if !matches!(&key.common.public_key_use, None | Some(PublicKeyUse::Signature)) {
        return false;
    }
    if key.common.key_algorithm.is_some_and(|said| said != KeyAlgorithm::from(algorithm)) {
        return false;
    }
    match &key.algorithm {
        AlgorithmParameters::RSA(rsa) => strong(&rsa.n) && is_rsa(algorithm),
        AlgorithmParameters::EllipticCurve(curve) => match curve.curve {
            EllipticCurve::P256 => algorithm == Algorithm::ES256,
            EllipticCurve::P384 => algorithm == Algorithm::ES384,
            _ => false,
        },
        AlgorithmParameters::OctetKeyPair(_) => algorithm == Algorithm::EdDSA,
        _ => false,
    }
}

/// Whether who verifies a signature could not have made it.
pub fn asymmetric(algorithm: Algorithm) -> bool {
    !matches!(algorithm, Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512)
}

fn is_rsa(algorithm: Algorithm) -> bool {
    use Algorithm::{PS256, PS384, PS512, RS256, RS384, RS512};
    matches!(algorithm, RS256 | RS384 | RS512 | PS256 | PS384 | PS512)
}

/// Whether a modulus, in base64url, is long enough.
fn strong(modulus: &str) -> bool {
    let bytes = URL_SAFE_NO_PAD.decode(modulus).unwrap_or_default();
    bytes.iter().skip_while(|byte| **byte == 0).count() >= WEAKEST_RSA
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(keys: &Value) -> Keys {
        Keys::read(json!({ "keys": keys }).to_string().as_bytes()).expect("it is a set")
    }

    #[test]
    fn what_is_not_understood_is_left_out() {
        let ed = json!({"kty": "OKP", "crv": "Ed25519", "kid": "a", "x": "AAAA"});
        let keys = read(&json!([{"kty": "AKP", "kid": "a"}, 1, ed]));
        assert!(keys.find("a", Algorithm::EdDSA).is_some());
        assert!(keys.find("a", Algorithm::RS256).is_none() && keys.find("b", Algorithm::EdDSA).is_none());
    }

    #[test]
    fn a_key_is_used_for_what_it_is_made_for() {
        let rsa = |bytes: usize| json!({"kty": "RSA", "kid": "a", "e": "AQAB", "n": URL_SAFE_NO_PAD.encode(vec![129; bytes])});
        let found = |key: &Value, algorithm| read(&json!([key])).find("a", algorithm).is_some();
        assert!(found(&rsa(256), Algorithm::RS256) && found(&rsa(256), Algorithm::PS512));
        assert!(!found(&rsa(255), Algorithm::RS256), "too short");
        assert!(!found(&rsa(256), Algorithm::HS256) && !found(&rsa(256), Algorithm::ES256));
        let secret = json!({"kty": "oct", "kid": "a", "k": "AAAA"});
        assert!(!found(&secret, Algorithm::HS256));
        let encrypts = json!({"kty": "OKP", "crv": "Ed25519", "kid": "a", "x": "AAAA", "use": "enc"});
        assert!(!found(&encrypts, Algorithm::EdDSA));
    }

    #[test]
    fn a_set_out_of_bounds_is_none() {
        let many = json!({"keys": vec![json!({}); MOST + 1]});
        assert!(Keys::read(many.to_string().as_bytes()).is_err_and(|fault| fault.contains("keys")));
        let long = json!({"keys": [], "more": "x".repeat(LARGEST)});
        assert!(Keys::read(long.to_string().as_bytes()).is_err_and(|fault| fault.contains("bytes")));
        assert!(Keys::read(b"[]").is_err() && Keys::read(b"{}").is_err());
    }
}
