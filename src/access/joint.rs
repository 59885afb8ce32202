//! Joint: several changes in one transaction, each whole or undone by itself. What must not come in: who
//! waits for them.

use diesel::connection::SimpleConnection;

use super::caller::Caller;
use super::pool::Link;
use super::tx::{Open, Tx, WriteTx};
use crate::database::Database;
use crate::error::{Error, Result};
use crate::journal;
use crate::types::Moment;
use crate::vault::Vault;

/// Several changes in one transaction, each whole or undone by itself.
pub(super) struct Joint<'l> {
    open: Open<'l>,
    head: Option<journal::Head>,
    grew: bool,
    scrubs: bool,
    mark: Mark,
}

/// Where a change that fails is undone to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// The transaction has just begun.
    Beginning,
    /// Changes were made since the last savepoint, if there is one.
    Behind { savepoint: bool },
    /// There is a savepoint, and nothing was changed since.
    Here,
    /// Nothing can be undone any more but the whole.
    Lost,
}

/// From the second change on the head of the journal is held. Whoever holds a row that such a change needs
/// may wait for the head, so the change waits for the row but shortly, and then steps back.
const HASTE: &str = "SET LOCAL lock_timeout = '50ms'; SAVEPOINT change";

impl<'l> Joint<'l> {
    /// In the transaction that was begun on `link`.
    pub(super) fn begun(link: &'l mut Link) -> Self {
        let open = Open { link, done: false };
        Self { open, head: None, grew: false, scrubs: false, mark: Mark::Beginning }
    }

    /// Whether a change would be made behind others, in haste.
    pub(super) fn in_haste(&self) -> bool {
        !matches!(self.mark, Mark::Beginning)
    }

    /// Commits what was made.
    pub(super) fn commit(mut self) -> Result<()> {
        if self.mark == Mark::Lost {
            return Err(Error::Unavailable("the transaction was lost".to_owned()));
        }
        if let Some(head) = self.head.take().filter(|_| self.grew) {
            journal::keep_head(&mut self.open.link.database, &head)?;
        }
        self.open.commit(self.scrubs)
    }

    /// Makes a savepoint, where something was changed that a failure must not undo.
    fn mark(&mut self) -> Result<()> {
        let server = matches!(self.open.link.database, Database::Postgresql(_));
        let make = match self.mark {
            Mark::Beginning | Mark::Here => return Ok(()),
            Mark::Behind { savepoint: true } => "RELEASE SAVEPOINT change; SAVEPOINT change",
            Mark::Behind { savepoint: false } if server => HASTE,
            Mark::Behind { savepoint: false } => "SAVEPOINT change",
            Mark::Lost => return Err(Error::Unavailable("the transaction was lost".to_owned())),
        };
        self.open.link.database.batch_execute(make)?;
        self.mark = Mark::Here;
        Ok(())
    }

    fn undo(&mut self) {
        let undone = match self.mark {
            Mark::Beginning => self.open.link.begin_anew(),
            _ => self.open.link.database.batch_execute("ROLLBACK TO SAVEPOINT change"),
        };
        if undone.is_err() {
            self.mark = Mark::Lost;
        }
    }
}

/// Makes one more change in a transaction; undone where it fails.
pub(super) fn join<T>(
    joint: &mut Joint<'_>,
    (caller, request_id): (&Caller, &str),
    now: Moment,
    vault: Option<&Vault>,
    work: &mut impl FnMut(&mut WriteTx<'_>) -> Result<T>,
) -> Result<T> {
    joint.mark()?;
    let held = joint.head.clone();
    let mut tx = WriteTx {
        tx: Tx { database: &mut joint.open.link.database, caller, now, vault, asked: None },
        request_id,
        entries: Vec::new(),
        wrote: false,
        scrubs: false,
        head: joint.head.take(),
        grew: false,
        rehearses: false,
    };
    let done = work(&mut tx).and_then(|value| tx.seal().map(|()| value));
    let (head, grew, scrubs) = (tx.head, tx.grew, tx.scrubs);
    match done {
        Ok(value) => {
            (joint.head, joint.grew, joint.scrubs) = (head, joint.grew || grew, joint.scrubs || scrubs);
            joint.mark = Mark::Behind { savepoint: joint.mark == Mark::Here };
            Ok(value)
        }
        Err(error) => {
            // A lock that was taken since the savepoint is let go with it.
            joint.head = held;
            joint.undo();
            Err(error)
        }
    }
}
