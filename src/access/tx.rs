//! Transactions: the only way to a row. A `Tx` reads, a `WriteTx` also writes (see `write`).

use diesel::connection::SimpleConnection;
use uuid::{ContextV7, Timestamp, Uuid};

use super::caller::Caller;
use super::pool::Link;
use crate::database::Database;
use crate::error::{Error, Result};
use crate::journal;
use crate::types::{Day, Id, Moment};
use crate::vault::Vault;

/// One consistent view of the records, on behalf of one caller.
pub struct Tx<'c> {
    pub(super) database: &'c mut Database,
    pub(super) caller: &'c Caller,
    pub(super) now: Moment,
    pub(super) vault: Option<&'c Vault>,
    /// Where there is no transaction: how often the database was asked.
    pub(super) asked: Option<u32>,
}

impl<'c> Tx<'c> {
    /// The safe, which commands that touch no person do without.
    pub fn vault(&self) -> Result<&'c Vault> {
        self.vault.ok_or_else(|| Error::internal("this door has no vault"))
    }

    /// The connection, for a store's query. A read transaction's refuses to write.
    pub fn conn(&mut self) -> &mut Database {
        self.asked = self.asked.map(|times| times + 1);
        self.database
    }

    /// Says that more than one statement will be needed: what was only glanced at is read anew, in a
    /// transaction.
    pub fn stay(&self) -> Result<()> {
        if self.asked.is_some() { Err(Error::Raced) } else { Ok(()) }
    }

    /// The connection for one more statement whose answer says by itself whether it fits what was seen
    /// before (`stay` where it does not).
    pub fn look_again(&mut self) -> &mut Database {
        self.database
    }

    pub fn caller(&self) -> &Caller {
        self.caller
    }

    /// The moment of this transaction; the same for everything written in it.
    pub fn now(&self) -> Moment {
        self.now
    }

    /// The day of this transaction in Asia/Ho_Chi_Minh.
    pub fn today(&self) -> Day {
        self.now.day()
    }
}

#[expect(clippy::disallowed_methods, reason = "ids are made here and nowhere else")]
pub(super) fn new_id<R>(now: Moment) -> Id<R> {
    use std::sync::{LazyLock, Mutex, PoisonError};
    static CONTEXT: LazyLock<Mutex<ContextV7>> = LazyLock::new(|| Mutex::new(ContextV7::new()));
    let seconds = now.seconds().max(0) as u64;
    let nanos = now.micros().rem_euclid(1_000_000) as u32 * 1000;
    let context = CONTEXT.lock().unwrap_or_else(PoisonError::into_inner);
    Id::new(Uuid::new_v7(Timestamp::from_unix(&*context, seconds, nanos)))
}

/// Ends a transaction as not done unless told otherwise; a link that cannot even do that is broken.
pub(super) struct Open<'l> {
    pub(super) link: &'l mut Link,
    pub(super) done: bool,
}

impl Open<'_> {
    /// Commits, and with that keeps where the head of the journal has `moved` to.
    pub(super) fn commit(mut self, moved: Option<&journal::Head>, scrubs: bool) -> Result<()> {
        self.done = true;
        let moved = moved.map(|head| journal::moved(&self.link.database, head) + "; ").unwrap_or_default();
        let committed = self.link.database.batch_execute(&(moved + "COMMIT"));
        if let Err(error) = committed {
            self.link.broken = true;
            return Err(match self.link.database {
                // The answer may have been lost on the way back.
                Database::Postgresql(_) => Error::Unknown(error.to_string()),
                Database::Sqlite(_) => Error::Unavailable(error.to_string()),
            });
        }
        if scrubs && let Database::Sqlite(file) = &mut self.link.database {
            // Readers may keep it from folding everything; what it keeps is sealed, so that is no loss.
            if let Err(error) = file.batch_execute(FOLD) {
                tracing::warn!(%error, "the log was not folded");
                self.link.broken = true;
            }
        }
        Ok(())
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if !self.done && self.link.database.batch_execute("ROLLBACK").is_err() {
            self.link.broken = true;
        }
    }
}

/// Waits less for readers than a statement does: the change is done already.
const FOLD: &str = "PRAGMA busy_timeout = 300; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA busy_timeout = 3000";

/// Reads in the transaction that was begun on `link`.
pub(super) fn read<T>(
    link: &mut Link,
    caller: &Caller,
    now: Moment,
    vault: Option<&Vault>,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T>,
) -> Result<T> {
    let open = Open { link, done: false };
    let mut tx = Tx { database: &mut open.link.database, caller, now, vault, asked: None };
    let value = work(&mut tx)?;
    open.commit(None, false)?;
    Ok(value)
}

/// Reads on `link` without a transaction. What one statement sees is one view of the records; none where
/// `work` needed more.
pub(super) fn glance<T>(
    link: &mut Link,
    caller: &Caller,
    now: Moment,
    vault: Option<&Vault>,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T>,
) -> Result<Option<T>> {
    let mut tx = Tx { database: &mut link.database, caller, now, vault, asked: Some(0) };
    match (work(&mut tx), tx.asked) {
        (Err(Error::Raced), _) => Ok(None),
        (done, Some(0 | 1)) => done.map(Some),
        _ => Ok(None),
    }
}

impl Tx<'_> {
    /// An identifier for whoever works beside the requests.
    pub fn worker_id() -> crate::types::AnyId {
        new_id(crate::clock::Clock::default().now())
    }

    /// The identifier of a request: a UUIDv7 of its own, whatever the client calls it.
    pub fn request_id() -> String {
        new_id::<()>(crate::clock::Clock::default().now()).to_string()
    }
}
