//! The keys that sign access tokens.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::{DecodingKey, EncodingKey};
use serde_json::Value;

use super::token::LIFETIME;
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::vault::ring::{self, Held, Ring, SETTLED};
use crate::vault::{SigningKey, files, signing};

/// The keys that sign access tokens: the newest that every process knows signs; an older one verifies
/// until no token is left that it may have signed.
pub struct Keys(Ring<Key>);

/// One signing key.
pub struct Key {
    pub id: String,
    pub signs: EncodingKey,
    pub verifies: DecodingKey,
    jwk: Value,
}

impl Key {
    fn in_file(path: &Path) -> Result<Self> {
        let key = SigningKey::in_file(path)?;
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
/// How long an older key verifies once its follower signs, in microseconds: longer than a token lasts.
const OUTLIVED: i64 = (LIFETIME + 60) * 1_000_000;
/// How soon the files are looked at again for a key that nobody has heard of.
const SOON: Duration = Duration::from_millis(100);

/// The keys that still verify: the last and those whose followers have not signed for long enough.
fn living(keys: &[Held<Key>]) -> &[Held<Key>] {
    let now = Clock::default().now().micros();
    let over = keys.iter().skip(1).take_while(|follower| follower.made + SETTLED + OUTLIVED < now).count();
    &keys[over..]
}

impl Keys {
    /// The keys in `directory`, which is made with a first key when it is not there.
    pub fn open(directory: &Path) -> Result<Self> {
        SigningKey::make_first(directory, PREFIX)?;
        Ring::open(directory, PREFIX, signing::SUFFIX, Key::in_file).map(Self)
    }

    /// The key that signs.
    pub fn signing(&self) -> Result<Arc<Key>> {
        let keys = self.0.all();
        ring::in_use(&keys).map(|held| held.key.clone()).ok_or_else(|| Error::internal("no signing key"))
    }

    /// The key that verifies under this id.
    pub fn by_id(&self, id: &str) -> Option<Arc<Key>> {
        let found =
            |keys: &[Held<Key>]| living(keys).iter().find(|held| held.key.id == id).map(|held| held.key.clone());
        if let Some(key) = found(&self.0.all()) {
            return Some(key);
        }
        if !self.0.older_than(SOON) {
            return None;
        }
        match self.0.look() {
            Ok(()) => found(&self.0.all()),
            Err(error) => {
                tracing::warn!(%error, "the signing keys cannot be looked at");
                None
            }
        }
    }

    /// The public halves (RFC 7517), the newest first.
    pub fn jwks(&self) -> Vec<Value> {
        living(&self.0.all()).iter().rev().map(|held| held.key.jwk.clone()).collect()
    }

    /// Makes a key that follows the others, once `told` has been told its id, and removes the files of those
    /// that verify nothing any more: how many went.
    pub fn rotate(directory: &Path, told: impl FnOnce(&str) -> Result<()>) -> Result<usize> {
        let keys = Self::open(directory)?.0.all();
        let over = keys.len() - living(&keys).len();
        SigningKey::make(directory, PREFIX, told)?;
        for held in &keys[..over] {
            files::remove(&directory.join(format!("{}{}", held.name, signing::SUFFIX)))?;
        }
        Ok(over)
    }
}
