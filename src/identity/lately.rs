//! What was found out lately, for as long as it is trusted; bounded, since anybody may come.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

/// How many are remembered before the remembering begins anew.
const MOST: usize = 10_000;

struct Found<V> {
    asked: Instant,
    value: V,
    /// Somebody is finding it out anew.
    renewing: AtomicBool,
}

/// Values by key, each with the moment at which it was asked for.
pub struct Lately<K, V>(RwLock<HashMap<K, Found<V>>>);

impl<K, V> Default for Lately<K, V> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<K: Eq + Hash, V: Clone> Lately<K, V> {
    /// What is known and no older than `good`. Of those who find it older than `fresh`, one is told
    /// nothing and finds it out anew; the others need not wait for that.
    pub fn known(&self, key: &K, fresh: Duration, good: Duration) -> Option<V> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let found = all.get(key)?;
        let age = found.asked.elapsed();
        let trusted = age < fresh || (age < good && found.renewing.swap(true, Ordering::Relaxed));
        trusted.then(|| found.value.clone())
    }

    /// Remembers what was true when it was asked for.
    pub fn remember(&self, key: K, asked: Instant, value: V) {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            all.clear();
        }
        all.insert(key, Found { asked, value, renewing: AtomicBool::new(false) });
    }

    /// Whoever was finding it out did not: the next one is to try.
    pub fn missed(&self, key: &K) {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = all.get(key) {
            found.renewing.store(false, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_finds_out_anew_and_nobody_trusts_what_is_old() {
        let (fresh, good) = (Duration::from_secs(60), Duration::from_secs(120));
        let lately = Lately::default();
        let ago = |seconds| Instant::now().checked_sub(Duration::from_secs(seconds)).expect("the machine is older");
        assert_eq!(lately.known(&1, fresh, good), None);
        lately.remember(1, Instant::now(), "now");
        assert_eq!(lately.known(&1, fresh, good), Some("now"));
        lately.remember(1, ago(90), "then");
        let told: Vec<_> = (0..3).map(|_| lately.known(&1, fresh, good)).collect();
        assert_eq!(told, [None, Some("then"), Some("then")]);
        lately.missed(&1);
        assert_eq!(lately.known(&1, fresh, good), None);
        lately.remember(1, ago(121), "long ago");
        assert_eq!([lately.known(&1, fresh, good), lately.known(&1, fresh, good)], [None, None]);
    }

    #[test]
    fn it_does_not_grow_without_end() {
        let lately = Lately::default();
        for key in 0..=MOST {
            lately.remember(key, Instant::now(), ());
        }
        assert_eq!(lately.0.read().expect("nobody panicked").len(), 1);
    }
}
