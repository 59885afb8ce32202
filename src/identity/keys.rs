//! The keys that sign access tokens.

use std::path::Path;

use jsonwebtoken::{DecodingKey, EncodingKey};
use serde_json::Value;

use crate::error::{Error, Result};
use crate::vault::SigningKey;

/// The keys that sign access tokens: the newest signs, every one verifies.
pub struct Keys {
    signing: Key,
    older: Vec<Key>,
}

/// One signing key.
pub struct Key {
    pub id: String,
    pub signs: EncodingKey,
    pub verifies: DecodingKey,
    jwk: Value,
}

impl Key {
    fn of(key: &SigningKey) -> Result<Self> {
        Ok(Self {
            id: key.id.clone(),
            signs: EncodingKey::from_ed_der(&key.der),
            verifies: DecodingKey::from_ed_components(&key.public).map_err(Error::internal)?,
            jwk: key.jwk("sig"),
        })
    }
}

/// How a signing key's file is named: this, and the moment it was made.
const PREFIX: &str = "signing-";

impl Keys {
    /// The keys in `directory`, which is made with a first key when it is not there.
    pub fn open(directory: &Path) -> Result<Self> {
        let mut keys = SigningKey::all(directory, PREFIX)?.iter().map(Key::of).collect::<Result<Vec<_>>>()?;
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
    pub fn jwks(&self) -> Vec<Value> {
        std::iter::once(&self.signing).chain(&self.older).map(|key| key.jwk.clone()).collect()
    }
}
