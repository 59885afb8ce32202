//! Master keys: they wrap the keys of persons and blind the indexes. Files outside the database, the
//! newest wraps, every one unwraps.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_lc_rs::{hkdf, hmac};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::files;
use super::ring::{self, Held, Keys, Ring};
use super::seal::{PersonKey, Spot, fresh};
use crate::error::{Error, Result};

/// A person's key as it is kept: by which master key it is wrapped, and wrapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrapped {
    pub master: String,
    pub key: Vec<u8>,
}

/// One master key, in the parts it is used by.
struct Master {
    wraps: PersonKey,
    blinds: hmac::Key,
}

impl Master {
    fn read(path: &Path) -> Result<Self> {
        let text = files::read(path)?;
        let damaged = || {
            Error::internal(format!("TUQUAN_KEYS_DIR: {} does not hold 32 random bytes in base64", files::stem(path)))
        };
        let bytes = Zeroizing::new(STANDARD_NO_PAD.decode(text.trim()).map_err(|_| damaged())?);
        let bytes: Zeroizing<[u8; 32]> = Zeroizing::new(bytes.as_slice().try_into().map_err(|_| damaged())?);
        if files::is_weak(bytes.as_slice()) {
            return Err(damaged());
        }
        Ok(Self {
            wraps: PersonKey::new(&*derived(&bytes, "wrap")?)?,
            blinds: hmac::Key::new(hmac::HMAC_SHA256, derived(&bytes, "blind")?.as_slice()),
        })
    }
}

/// A key for one purpose out of a master key (RFC 5869).
fn derived(master: &[u8; 32], purpose: &str) -> Result<Zeroizing<[u8; 32]>> {
    let unfit = |_| Error::internal("a key cannot be derived");
    let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"tuquan");
    let mut part = Zeroizing::new([0; 32]);
    let extracted = salt.extract(master);
    let info = [purpose.as_bytes()];
    let expanded = extracted.expand(&info, hkdf::HKDF_SHA256).map_err(unfit)?;
    expanded.fill(part.as_mut_slice()).map_err(unfit)?;
    Ok(part)
}

/// Every master key there is. Cheap to clone; a key that another process made is found in time.
#[derive(Clone)]
pub struct Vault {
    directory: PathBuf,
    masters: Arc<Ring<Master>>,
}

const PREFIX: &str = "data-";
const SUFFIX: &str = ".key";

fn missing(name: &str) -> Error {
    Error::internal(format!("the master key {name} is missing in TUQUAN_KEYS_DIR"))
}

impl Vault {
    /// The master keys in `directory`; the first is made where there is none.
    pub fn open(directory: &Path) -> Result<Self> {
        files::directory(directory)?;
        if files::named(directory, PREFIX, SUFFIX)?.is_empty() {
            files::make_first(directory, PREFIX, SUFFIX, new_master()?.as_bytes())?;
        }
        let masters = Arc::new(Ring::open(directory, PREFIX, SUFFIX, Master::read)?);
        Ok(Self { directory: directory.to_owned(), masters })
    }

    fn masters(&self) -> Keys<Master> {
        self.masters.all()
    }

    /// The master keys by name, oldest first, and when the newest was made.
    pub fn names(&self) -> Result<(Vec<String>, i64)> {
        self.masters.look()?;
        let masters = self.masters();
        let newest = masters.last().map_or(0, |held| held.made);
        Ok((masters.iter().map(|held| held.name.clone()).collect(), newest))
    }

    /// Makes a further master key. Nothing is wrapped by it before every process knows it.
    pub fn make_master(&self) -> Result<()> {
        files::make(&self.directory, PREFIX, SUFFIX, new_master()?.as_bytes())?;
        self.masters.look()
    }

    /// What tells a master key from another of the same name, and nothing of it.
    pub fn mark(&self, name: &str) -> Result<String> {
        let masters = self.masters();
        let master = masters.iter().find(|master| master.name == name).ok_or_else(|| missing(name))?;
        Ok(URL_SAFE_NO_PAD.encode(blinded(&master.key.blinds, "mark", b"tuquan")))
    }

    /// A new person's key, and how it is kept.
    pub fn new_person(&self, person: uuid::Uuid) -> Result<(PersonKey, Wrapped)> {
        let bytes = fresh()?;
        Ok((PersonKey::new(&bytes)?, self.wrap(person, bytes.as_slice())?))
    }

    fn wrap(&self, person: uuid::Uuid, bytes: &[u8]) -> Result<Wrapped> {
        let masters = self.masters();
        let master = used(&masters)?;
        Ok(Wrapped { master: master.name.clone(), key: master.key.wraps.seal(of_person(&person), bytes)? })
    }

    /// The same key wrapped by the master key in use.
    pub fn rewrap(&self, person: uuid::Uuid, wrapped: &Wrapped) -> Result<Wrapped> {
        self.wrap(person, self.unwrapped(person, wrapped)?.as_slice())
    }

    /// The person's key.
    pub fn unwrap(&self, person: uuid::Uuid, wrapped: &Wrapped) -> Result<PersonKey> {
        PersonKey::new(&*self.unwrapped(person, wrapped)?)
    }

    fn unwrapped(&self, person: uuid::Uuid, wrapped: &Wrapped) -> Result<Zeroizing<[u8; 32]>> {
        let with = |masters: &[Held<Master>]| {
            let master = masters.iter().find(|master| master.name == wrapped.master)?;
            Some(master.key.wraps.open(of_person(&person), &wrapped.key))
        };
        let bytes = match with(&self.masters()) {
            Some(bytes) => bytes?,
            None => {
                self.masters.look()?;
                with(&self.masters()).ok_or_else(|| missing(&wrapped.master))??
            }
        };
        let bytes = bytes.as_slice().try_into().map_err(|_| Error::internal("a person's key is damaged"))?;
        Ok(Zeroizing::new(bytes))
    }

    /// A keyed digest of a value by a wrapped key, which stays the same whatever master key wraps it.
    pub fn imprint(
        &self,
        person: uuid::Uuid,
        wrapped: &Wrapped,
        purpose: &str,
        value: impl AsRef<[u8]>,
    ) -> Result<Vec<u8>> {
        let bytes = self.unwrapped(person, wrapped)?;
        let key = hmac::Key::new(hmac::HMAC_SHA256, derived(&bytes, "imprint")?.as_slice());
        Ok(blinded(&key, purpose, value.as_ref()))
    }

    /// The blind index of a value: equal for equal values, and nothing without the master key.
    pub fn blind(&self, purpose: &str, value: impl AsRef<[u8]>) -> Result<Vec<u8>> {
        Ok(blinded(&used(&self.masters())?.key.blinds, purpose, value.as_ref()))
    }

    /// The blind indexes that a value may be kept under: one a master key.
    pub fn blinds(&self, purpose: &str, value: impl AsRef<[u8]>) -> Vec<Vec<u8>> {
        self.masters().iter().map(|master| blinded(&master.key.blinds, purpose, value.as_ref())).collect()
    }

    /// Hides a text from whoever carries it, for one who comes back with it; for cursors.
    pub fn cloak(&self, purpose: &str, text: &[u8]) -> Result<String> {
        Ok(URL_SAFE_NO_PAD.encode(used(&self.masters())?.key.wraps.seal(carried(&purpose), text)?))
    }

    /// What was cloaked; none where it was not, or by a key that is gone.
    pub fn uncloak(&self, purpose: &str, cloaked: &str) -> Option<Zeroizing<Vec<u8>>> {
        let Ok(sealed) = URL_SAFE_NO_PAD.decode(cloaked) else {
            return None;
        };
        self.masters().iter().find_map(|master| master.key.wraps.open(carried(&purpose), &sealed).ok())
    }
}

fn of_person(person: &uuid::Uuid) -> Spot<'_> {
    Spot { table: "person_keys", column: "wrapped", row: person }
}

fn carried<'a>(purpose: &'a &'a str) -> Spot<'a> {
    Spot { table: "(carried)", column: "cloak", row: purpose }
}

/// A new master key as its file holds it.
fn new_master() -> Result<Zeroizing<String>> {
    Ok(Zeroizing::new(STANDARD_NO_PAD.encode(fresh()?.as_slice())))
}

fn used(masters: &[Held<Master>]) -> Result<&Held<Master>> {
    ring::in_use(masters).ok_or_else(|| Error::internal("there is no master key"))
}

fn blinded(key: &hmac::Key, purpose: &str, value: &[u8]) -> Vec<u8> {
    let mut context = hmac::Context::with_key(key);
    context.update(purpose.as_bytes());
    context.update(&[0]);
    context.update(value);
    context.sign().as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_persons_key_unwraps_for_that_person_and_in_another_process() {
        let directory = tempfile::tempdir().expect("a directory");
        let keys = directory.path().join("keys");
        let (one, two) = (Vault::open(&keys).expect("a vault"), Vault::open(&keys).expect("a vault"));
        let (person, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let (key, wrapped) = one.new_person(person).expect("a key");
        let spot = Spot { table: "t", column: "c", row: &1 };
        let sealed = key.seal(spot, b"x").expect("it seals");
        assert_eq!(
            two.unwrap(person, &wrapped).expect("it unwraps").open(spot, &sealed).expect("it opens").as_slice(),
            b"x"
        );
        assert!(two.unwrap(other, &wrapped).is_err());
        assert_eq!(one.blind("id", "7").expect("a blind"), two.blind("id", "7").expect("a blind"));
        assert_ne!(one.blind("id", "7").expect("a blind"), one.blind("phone", "7").expect("a blind"));
        let cloaked = one.cloak("cursor", b"An").expect("it cloaks");
        assert_eq!(two.uncloak("cursor", &cloaked).expect("it uncloaks").as_slice(), b"An");
        assert!(two.uncloak("other", &cloaked).is_none() && two.uncloak("cursor", "garbage").is_none());
    }
}
