//! Strangers: whoever comes without a valid token, or with a wrong password or secret. They are counted,
//! and the journal is told of so many at a time: no name that was tried, no address, and no entry more
//! for whoever comes more often.

use std::sync::{Mutex, PoisonError};

use crate::access::{Noun, ROOT_UNIT};
use crate::journal::{Deed, Entry};
use crate::types::Moment;

/// How many seconds lie between two entries at least.
const BETWEEN: i64 = 60;

/// Who was turned away by this process since the journal was last told.
#[derive(Default)]
pub struct Strangers(Mutex<Tally>);

#[derive(Default)]
struct Tally {
    told: Option<Moment>,
    tokens: u64,
    passwords: u64,
    secrets: u64,
}

impl Strangers {
    /// Counts a 401 of this path.
    pub fn count(&self, path: &str) {
        let mut tally = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match path {
            "/oauth/login" => tally.passwords += 1,
            _ if path.starts_with("/oauth/") => tally.secrets += 1,
            _ => tally.tokens += 1,
        }
    }

    /// What the journal is to be told now: at most one entry a minute, or whatever is left at the `end`.
    pub fn entry(&self, now: Moment, end: bool) -> Option<Entry> {
        let mut tally = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let soon = tally.told.is_some_and(|told| told.plus_seconds(BETWEEN) > now);
        let counted = tally.words();
        if counted.is_empty() || (soon && !end) {
            return None;
        }
        *tally = Tally { told: Some(now), ..Tally::default() };
        let reason = format!("401 {}", counted.join(", "));
        Some(Entry::event(Deed::Refusal, Noun::Me, ROOT_UNIT, "refused", reason))
    }
}

impl Tally {
    fn words(&self) -> Vec<String> {
        let counts = [
            (self.tokens, "without a valid token"),
            (self.passwords, "with a wrong password"),
            (self.secrets, "with a wrong client secret"),
        ];
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{what}: {count}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_journal_is_told_once_a_minute_and_at_the_end() {
        let strangers = Strangers::default();
        let at = |seconds: i64| Moment::from_micros(seconds * 1_000_000);
        assert!(strangers.entry(at(0), true).is_none(), "nobody came");
        strangers.count("/oauth/login");
        assert!(strangers.entry(at(100), false).is_some());
        strangers.count("/v1/me");
        strangers.count("/oauth/token");
        assert!(strangers.entry(at(159), false).is_none());
        assert_eq!(
            strangers.0.lock().expect("nobody holds it").words(),
            ["without a valid token: 1", "with a wrong client secret: 1"]
        );
        assert!(strangers.entry(at(160), false).is_some() && strangers.entry(at(300), true).is_none());
        strangers.count("/v1/me");
        assert!(strangers.entry(at(161), false).is_none() && strangers.entry(at(161), true).is_some());
    }
}
