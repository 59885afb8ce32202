//! Memory: what a connection knows of records that seldom change and that every new record is held against,
//! such as units. It is as good as what the database would say: whoever asks holds the head of the journal,
//! so that nothing changes meanwhile, and nothing has since it was read, or the journal would say so. What
//! must not come in: what is known.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::hash::Hash;

use crate::database::Database;
use crate::error::{Error, Result};
use crate::journal;
use crate::noun::Noun;

/// The nouns of which anything is known.
pub(super) const NOUNS: [Noun; 3] = [Noun::Unit, Noun::Succession, Noun::ListCode];
/// How many of a kind are known before the knowing begins anew.
const MOST: usize = 4096;

/// What a connection knows.
#[derive(Default)]
pub(super) struct Memory {
    /// The last change of these nouns when it was read.
    as_of: Option<i64>,
    /// Their last change now, where that was told with the head of the journal.
    now: Option<i64>,
    state: State,
    kinds: HashMap<TypeId, Box<dyn Any + Send>>,
}

#[derive(Default, PartialEq, Eq)]
enum State {
    /// Others may have changed what is known.
    #[default]
    Doubted,
    /// Nobody has, or will in this transaction.
    Sure,
    /// This transaction itself has, and may yet be undone.
    Shut,
}

/// What is known of one kind.
pub type Known<K, V> = HashMap<K, V>;

impl Memory {
    /// A transaction begins.
    pub(super) fn doubt(&mut self) {
        (self.state, self.now) = (State::Doubted, None);
    }

    /// The head of the journal was taken, and maybe the last change of these nouns told with it. Where it had been
    /// let go before, as with a savepoint that was undone, others may have changed what is known.
    pub(super) fn held_anew(&mut self, now: Option<i64>) {
        self.now = now;
        if self.state == State::Sure {
            self.state = State::Doubted;
        }
    }

    /// The transaction changes records of a noun.
    pub(super) fn changes(&mut self, noun: Noun) {
        if NOUNS.contains(&noun) {
            (self.as_of, self.state) = (None, State::Shut);
            self.kinds.clear();
        }
    }

    /// What is known of a kind, for whoever holds the head of the journal.
    pub(super) fn of<K, V>(&mut self, database: &mut Database) -> Result<&mut Known<K, V>>
    where
        K: Send + 'static,
        V: Send + 'static,
    {
        match self.state {
            State::Sure => {}
            State::Shut => self.kinds.clear(),
            State::Doubted => {
                let last = match self.now.take() {
                    Some(now) => Some(now),
                    None => Some(journal::last_of(database, &NOUNS)?.map_or(0, |(sequence, _)| sequence)),
                };
                if self.as_of != last {
                    self.kinds.clear();
                }
                (self.as_of, self.state) = (last, State::Sure);
            }
        }
        let kind = self.kinds.entry(TypeId::of::<Known<K, V>>()).or_insert_with(|| Box::new(Known::<K, V>::new()));
        kind.downcast_mut().ok_or_else(|| Error::internal("what is known is of another kind"))
    }
}

/// Keeps one more.
pub(super) fn keep<K: Eq + Hash, V>(known: &mut Known<K, V>, key: K, value: V) {
    if known.len() >= MOST {
        known.clear();
    }
    known.insert(key, value);
}
