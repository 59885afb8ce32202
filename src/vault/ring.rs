//! Rings of keys: the key files of one kind, looked at again now and then. A key that was made while
//! processes run is known to all of them before any begins to use it, and one that was taken away is
//! used no longer. What must not come in: what the keys are for.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use super::files;
use crate::clock::Clock;
use crate::error::{Error, Result};

/// How old what is known of the files may be.
const LOOKED: Duration = Duration::from_secs(1);
/// How old a key is, in microseconds, before anything new is made with it.
pub const SETTLED: i64 = 2_500_000;

/// A key with its name and the moment it was made, in microseconds.
pub struct Held<K> {
    pub name: String,
    pub made: i64,
    pub key: Arc<K>,
}

/// Keys, oldest first; there is one at least.
pub type Keys<K> = Arc<Vec<Held<K>>>;

/// The keys whose files lie in one directory and are named alike.
pub struct Ring<K> {
    directory: PathBuf,
    prefix: &'static str,
    suffix: &'static str,
    read: fn(&Path) -> Result<K>,
    known: RwLock<(Instant, Keys<K>)>,
}

impl<K> Ring<K> {
    /// The keys that `read` finds in files of these names; a first key has been made.
    pub fn open(
        directory: &Path,
        prefix: &'static str,
        suffix: &'static str,
        read: fn(&Path) -> Result<K>,
    ) -> Result<Self> {
        let known = RwLock::new((Instant::now(), Arc::default()));
        let ring = Self { directory: directory.to_owned(), prefix, suffix, read, known };
        ring.look()?;
        Ok(ring)
    }

    /// Looks at the files. Those that are known already are not read again.
    pub fn look(&self) -> Result<()> {
        let now = Instant::now();
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).1.clone();
        let paths = files::named(&self.directory, self.prefix, self.suffix)?;
        let mut keys = Vec::with_capacity(paths.len());
        for path in &paths {
            let name = files::stem(path);
            let key = match known.iter().find(|held| held.name == name) {
                Some(held) => held.key.clone(),
                None => Arc::new((self.read)(path)?),
            };
            keys.push(Held { made: self.made(&name), name, key });
        }
        if keys.is_empty() {
            return Err(Error::internal(format!("TUQUAN_KEYS_DIR: no {}*{} is left", self.prefix, self.suffix)));
        }
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = (now, Arc::new(keys));
        Ok(())
    }

    fn made(&self, name: &str) -> i64 {
        name.strip_prefix(self.prefix).and_then(|moment| moment.parse().ok()).unwrap_or_default()
    }

    /// Every key, as the files were a second ago at most. Files that cannot be read change nothing.
    pub fn all(&self) -> Keys<K> {
        let (looked, keys) = {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            (known.0, known.1.clone())
        };
        if looked.elapsed() < LOOKED {
            return keys;
        }
        match self.look() {
            Ok(()) => self.known.read().unwrap_or_else(PoisonError::into_inner).1.clone(),
            Err(error) => {
                tracing::warn!(%error, "the keys cannot be looked at");
                self.known.write().unwrap_or_else(PoisonError::into_inner).0 = Instant::now();
                keys
            }
        }
    }

    /// Whether the files were looked at longer ago than this.
    pub fn older_than(&self, age: Duration) -> bool {
        self.known.read().unwrap_or_else(PoisonError::into_inner).0.elapsed() > age
    }
}

/// The key that new things are made with: the newest that every process knows by now.
pub fn in_use<K>(keys: &[Held<K>]) -> Option<&Held<K>> {
    let settled = Clock::default().now().micros() - SETTLED;
    keys.iter().rev().find(|held| held.made <= settled).or_else(|| keys.first())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(path: &Path) -> Result<String> {
        files::read(path).map(|text| text.to_string())
    }

    #[test]
    fn a_key_is_known_before_it_is_used_and_gone_when_its_file_is() {
        let folder = tempfile::tempdir().expect("a directory");
        let keys = folder.path().join("keys");
        files::directory(&keys).expect("it can be made");
        files::make_first(&keys, "k-", ".key", b"first").expect("a key");
        let ring = Ring::open(&keys, "k-", ".key", text).expect("a ring");
        let made = files::make(&keys, "k-", ".key", b"second").expect("a key");
        assert_eq!(ring.all().len(), 1, "what is known may be a second old");
        ring.look().expect("the files can be looked at");
        let all = ring.all();
        assert_eq!(all.iter().map(|held| held.key.as_str()).collect::<Vec<_>>(), ["first", "second"]);
        assert_eq!(in_use(&all).map(|held| held.key.as_str()), Some("first"), "the second is too young");
        let settled = Held { made: all[1].made - SETTLED, name: all[1].name.clone(), key: all[1].key.clone() };
        assert_eq!(in_use(&[settled]).map(|held| held.key.as_str()), Some("second"));
        std::fs::remove_file(made).expect("a file can be removed");
        ring.look().expect("the files can be looked at");
        assert_eq!(ring.all().len(), 1);
    }
}
