//! Signing keys: Ed25519, PKCS#8 PEM, one file a key in a directory only the service may read.

use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::vault::files;

/// The keys that sign access tokens: the newest signs, every one verifies.
pub struct Keys {
    signing: Key,
    older: Vec<Key>,
}

/// One signing key.
pub struct Key {
    /// The thumbprint of its public half (RFC 7638).
    pub id: String,
    pub signs: EncodingKey,
    pub verifies: DecodingKey,
    public: String,
}

impl Key {
    fn read(pem: &str) -> Result<Self> {
        let block = pem::parse(pem).map_err(|_| Error::internal("a signing key is not PEM"))?;
        let der = Zeroizing::new(block.into_contents());
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der)
            .map_err(|_| Error::internal("a signing key is not Ed25519 in PKCS#8"))?;
        let public = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
        let canonical = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{public}"}}"#);
        Ok(Self {
            id: URL_SAFE_NO_PAD.encode(digest(&SHA256, canonical.as_bytes()).as_ref()),
            signs: EncodingKey::from_ed_der(&der),
            verifies: DecodingKey::from_ed_components(&public).map_err(Error::internal)?,
            public,
        })
    }

    fn jwk(&self) -> Value {
        json!({"kty": "OKP", "crv": "Ed25519", "x": self.public, "kid": self.id, "use": "sig", "alg": "EdDSA"})
    }
}

/// How a signing key's file is named: this, and the moment it was made.
const PREFIX: &str = "signing-";
const SUFFIX: &str = ".pem";

impl Keys {
    /// The keys in `directory`, which is made with a first key when it is not there.
    pub fn open(directory: &Path) -> Result<Self> {
        files::directory(directory)?;
        if files::named(directory, PREFIX, SUFFIX)?.is_empty() {
            files::make_first(directory, PREFIX, SUFFIX, made()?.as_bytes())?;
        }
        let paths = files::named(directory, PREFIX, SUFFIX)?;
        let mut keys = paths.iter().map(|path| Key::read(&*files::read(path)?)).collect::<Result<Vec<_>>>()?;
        let signing = keys.pop().ok_or_else(|| Error::internal("no signing key"))?;
        Ok(Self { signing, older: keys })
    }

    pub fn signing(&self) -> &Key {
        &self.signing
    }

    pub fn by_id(&self, id: &str) -> Option<&Key> {
        std::iter::once(&self.signing).chain(&self.older).find(|key| key.id == id)
    }

    /// The public halves (RFC 7517).
    pub fn jwks(&self) -> Value {
        let keys: Vec<Value> = std::iter::once(&self.signing).chain(&self.older).map(Key::jwk).collect();
        json!({ "keys": keys })
    }
}

/// A new key as PEM.
fn made() -> Result<Zeroizing<String>> {
    let der = Ed25519KeyPair::generate_pkcs8(&aws_lc_rs::rand::SystemRandom::new()).map_err(Error::internal)?;
    Ok(Zeroizing::new(pem::encode(&pem::Pem::new("PRIVATE KEY", der.as_ref()))))
}
