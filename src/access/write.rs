//! Transactions that write, and owe the journal an entry for what they wrote. What must not come in: what
//! is written.

use std::hash::Hash;
use std::ops::{Deref, DerefMut};

use diesel::connection::SimpleConnection;

use super::caller::Caller;
use super::memory::{self, Known, Memory};
use super::owed::{Owed, Tallies, Tally};
use super::pool::Link;
use super::tx::{Open, Tx, new_id};
use crate::database::Database;
use crate::error::{Error, Result};
use crate::journal::{self, Entry, Meta, Record, Stamp};
use crate::types::{Id, Moment, NewId};
use crate::vault::Vault;

/// A transaction that may write. What it wrote is kept only together with its journal entries.
pub struct WriteTx<'c> {
    pub(super) tx: Tx<'c>,
    pub(super) memory: &'c mut Memory,
    pub(super) request_id: &'c str,
    pub(super) entries: Vec<Entry>,
    pub(super) tallies: Tallies,
    pub(super) wrote: bool,
    pub(super) scrubs: bool,
    pub(super) head: Option<journal::Head>,
    /// Nothing of it will be kept, so there is nothing to enter.
    pub(super) rehearses: bool,
    /// What can be written at the end is written with what others leave to the end.
    pub(super) defers: bool,
}

impl<'c> Deref for WriteTx<'c> {
    type Target = Tx<'c>;
    fn deref(&self) -> &Tx<'c> {
        &self.tx
    }
}
impl<'c> DerefMut for WriteTx<'c> {
    fn deref_mut(&mut self) -> &mut Tx<'c> {
        &mut self.tx
    }
}

impl WriteTx<'_> {
    /// The connection for a change; from here on the transaction owes the journal an entry.
    pub fn write(&mut self) -> &mut Database {
        self.wrote = true;
        self.tx.database
    }

    /// A new identifier: UUIDv7 of this transaction's moment, ascending within the process.
    pub fn new_id<R>(&self) -> Id<R> {
        new_id(self.tx.now)
    }

    /// The client's own identifier, or a new one.
    pub fn id_or_new<R>(&self, brought: Option<NewId<R>>) -> Id<R> {
        brought.map_or_else(|| self.new_id(), |new| new.id())
    }

    /// The bookkeeping of a record made in this transaction.
    pub fn first_version<R>(&self, id: Id<R>) -> Meta {
        let made = (self.tx.now, self.tx.caller.id);
        Meta::new(id, 1, made, made)
    }

    /// The bookkeeping of a record changed in this transaction.
    pub fn next_version(&self, before: &Meta) -> Meta {
        before.next(self.tx.now, self.tx.caller.id)
    }

    /// Adds an entry to what this transaction will leave in the journal.
    pub fn enter(&mut self, entry: Entry) {
        self.memory.changes(entry.noun());
        if !self.rehearses {
            self.entries.push(entry);
        }
    }

    /// Does `work`; what it did is undone, and the transaction goes on, where it fails.
    pub fn attempt<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let (entered, wrote, scrubs, held) = (self.entries.len(), self.wrote, self.scrubs, self.head.is_some());
        self.tx.database.batch_execute("SAVEPOINT attempt")?;
        let told = std::mem::take(&mut self.tallies);
        let done = work(self);
        let added = std::mem::replace(&mut self.tallies, told);
        match done {
            Ok(done) => {
                self.tx.database.batch_execute("RELEASE SAVEPOINT attempt")?;
                self.tallies.take_in(added)?;
                Ok(done)
            }
            Err(error) => {
                self.tx.database.batch_execute("ROLLBACK TO SAVEPOINT attempt; RELEASE SAVEPOINT attempt")?;
                self.entries.truncate(entered);
                (self.wrote, self.scrubs) = (wrote, scrubs);
                if !held {
                    // A lock that was taken since the savepoint is let go with it.
                    self.head = None;
                }
                Err(error)
            }
        }
    }

    /// Adds an entry once what tells of a person is sealed.
    fn enter_sealed(&mut self, mut entry: Entry) -> Result<()> {
        if let Some(person) = entry.unsealed() {
            let key = self.person_key(person)?;
            entry.seal(key.as_ref())?;
        }
        self.enter(entry);
        Ok(())
    }

    /// Enters the creation of `record`.
    pub fn created<R: Record>(&mut self, record: &R) -> Result<()> {
        self.enter_sealed(Entry::created(record)?)
    }

    /// Enters the erasure of the person in `before`, of which `after` is left.
    pub fn erased<R: Record>(&mut self, before: &R, after: &R, reason: &str) -> Result<()> {
        self.enter_sealed(Entry::erased(before, after)?.because(reason))
    }

    /// Has the database fold its log once this is committed, so that no earlier page stays beside it.
    pub fn scrub(&mut self) {
        self.scrubs = true;
    }

    /// Enters the change from `before` to `after`.
    pub fn updated<R: Record>(&mut self, before: &R, after: &R) -> Result<()> {
        self.enter_sealed(Entry::updated(before, after)?)
    }

    /// Enters the removal of `record`.
    pub fn deleted<R: Record>(&mut self, record: &R) -> Result<()> {
        self.enter(Entry::deleted(record));
        Ok(())
    }

    /// From here to the end no other transaction commits a change. For rules that look at more than
    /// one record, which no constraint of both databases can hold.
    pub fn alone(&mut self) -> Result<()> {
        if self.head.is_none() {
            let (head, last) = journal::lock_head_and_last(self.tx.database, &memory::NOUNS)?;
            self.head = Some(head);
            self.memory.held_anew(last);
        }
        Ok(())
    }

    /// Adds to what is written once, at the end; until then it is not to be read.
    pub fn tell(&mut self, tally: impl Tally) -> Result<()> {
        self.wrote = true;
        self.tallies.add(tally)
    }

    /// Writes it as soon as may be: with what others tell, where a refusal will still find who asked for it.
    pub fn write_with_others(&mut self, tally: impl Tally) -> Result<()> {
        match self.defers {
            true => self.tell(tally),
            false => tally.write(self.write()),
        }
    }

    /// What is known of records that seldom change, as good as read just now. No other transaction commits a
    /// change from here on.
    pub fn known<K: Send + 'static, V: Send + 'static>(&mut self) -> Result<&mut Known<K, V>> {
        self.alone()?;
        self.memory.of(self.tx.database)
    }

    /// Adds to what is known.
    pub fn know<K: Eq + Hash + Send + 'static, V: Send + 'static>(&mut self, key: K, value: V) -> Result<()> {
        memory::keep(self.known()?, key, value);
        Ok(())
    }

    /// Writes what was told so far, for whoever is about to read or move it.
    pub fn write_told(&mut self) -> Result<()> {
        if self.tallies.is_empty() {
            return Ok(());
        }
        self.alone()?;
        std::mem::take(&mut self.tallies).write(self.tx.database)
    }

    /// What is owed for what was changed.
    pub(super) fn owed(&mut self) -> Result<Owed> {
        let (entries, tallies) = (std::mem::take(&mut self.entries), std::mem::take(&mut self.tallies));
        match (entries.is_empty(), self.wrote) {
            (true, true) => Err(Error::internal("a change without a journal entry")),
            (true, false) => Ok(Owed::default()),
            (false, _) => {
                let (caller, request_id) = (self.tx.caller, self.request_id.to_owned());
                let stamp = Stamp { at: self.tx.now, actor: caller.id, actor_unit: caller.unit, request_id };
                Ok(Owed { changes: vec![(stamp, entries)], tallies })
            }
        }
    }
}

/// Writes in the transaction that was begun on `link`.
pub(super) fn write<T>(
    link: &mut Link,
    caller: &Caller,
    now: Moment,
    request_id: &str,
    (vault, rehearses): (Option<&Vault>, bool),
    work: &mut impl FnMut(&mut WriteTx<'_>) -> Result<T>,
) -> Result<T> {
    let open = Open { link, done: false };
    let mut tx = WriteTx {
        tx: Tx { database: &mut open.link.database, caller, now, vault, asked: None },
        memory: &mut open.link.memory,
        request_id,
        entries: Vec::new(),
        tallies: Tallies::default(),
        wrote: false,
        scrubs: false,
        head: None,
        rehearses,
        defers: false,
    };
    let value = work(&mut tx)?;
    if rehearses {
        return Ok(value);
    }
    let (owed, scrubs, head) = (tx.owed()?, tx.scrubs, tx.head);
    let head = owed.pay(&mut open.link.database, head)?;
    open.commit(head.as_ref(), scrubs)?;
    Ok(value)
}
