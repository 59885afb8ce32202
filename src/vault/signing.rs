//! Signing keys: Ed25519 (RFC 8032), PKCS#8 PEM, one file a key.

use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::files;
use crate::error::{Error, Result};

/// How the files of keys that sign end.
pub const SUFFIX: &str = ".pem";

/// A key that signs.
pub struct SigningKey {
    /// The thumbprint of its public half (RFC 7638).
    pub id: String,
    /// The public half in base64url.
    pub public: String,
    pub der: Zeroizing<Vec<u8>>,
    pair: Ed25519KeyPair,
}

impl SigningKey {
    fn read(pem: &str) -> Result<Self> {
        let block = pem::parse(pem).map_err(|_| Error::internal("a signing key is not PEM"))?;
        let der = Zeroizing::new(block.into_contents());
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der)
            .map_err(|_| Error::internal("a signing key is not Ed25519 in PKCS#8"))?;
        let public = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
        Ok(Self { id: thumbprint(&public), public, der, pair })
    }

    /// The key in a file.
    pub fn in_file(path: &Path) -> Result<Self> {
        Self::read(&files::read(path)?)
    }

    /// Makes the first key of its kind where there is none yet.
    pub fn make_first(directory: &Path, prefix: &str) -> Result<()> {
        files::directory(directory)?;
        if files::named(directory, prefix, SUFFIX)?.is_empty() {
            files::make_first(directory, prefix, SUFFIX, made()?.as_bytes())?;
        }
        Ok(())
    }

    /// Makes a further key, once `told` has been told its id.
    pub fn make(directory: &Path, prefix: &str, told: impl FnOnce(&str) -> Result<()>) -> Result<()> {
        let pem = made()?;
        told(&Self::read(&pem)?.id)?;
        files::make(directory, prefix, SUFFIX, pem.as_bytes()).map(drop)
    }

    /// The keys in `directory` whose names begin so, oldest first; there is one at least.
    pub fn all(directory: &Path, prefix: &str) -> Result<Vec<Self>> {
        Self::make_first(directory, prefix)?;
        files::named(directory, prefix, SUFFIX)?.iter().map(|path| Self::in_file(path)).collect()
    }

    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.pair.sign(message).as_ref().to_vec()
    }

    /// The public half (RFC 8037), for what it signs.
    pub fn jwk(&self, for_what: &str) -> Value {
        json!({"kty": "OKP", "crv": "Ed25519", "x": self.public, "kid": self.id, "use": for_what, "alg": "EdDSA"})
    }
}

fn thumbprint(public: &str) -> String {
    let canonical = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{public}"}}"#);
    URL_SAFE_NO_PAD.encode(digest(&SHA256, canonical.as_bytes()).as_ref())
}

/// Whether a public half, in base64url, made a signature.
pub fn signed(public: &str, message: &[u8], signature: &[u8]) -> bool {
    let Ok(public) = URL_SAFE_NO_PAD.decode(public) else {
        return false;
    };
    UnparsedPublicKey::new(&ED25519, public).verify(message, signature).is_ok()
}

/// A new key as PEM.
fn made() -> Result<Zeroizing<String>> {
    let der = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(Error::internal)?;
    Ok(Zeroizing::new(pem::encode(&pem::Pem::new("PRIVATE KEY", der.as_ref()))))
}
