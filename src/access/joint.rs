//! Joint: several changes in one transaction, each whole or undone by itself. What must not come in: who
//! waits for them.
//!
//! A refusal mostly comes before anything was written, and then there is nothing to undo. So no change gets
//! a savepoint at first, which would be a journey to the database each; where one fails that had written,
//! all are undone and made again, each behind a savepoint (`Care`).

use diesel::connection::SimpleConnection;

use super::caller::Caller;
use super::owed::{Owed, Tallies};
use super::pool::Link;
use super::tx::{Open, Tx};
use super::write::WriteTx;
use crate::database::Database;
use crate::error::{Error, Result};
use crate::journal;
use crate::types::Moment;
use crate::vault::Vault;

/// Several changes in one transaction, each whole or undone by itself.
pub(super) struct Joint<'l> {
    open: Open<'l>,
    head: Option<journal::Head>,
    /// Where the head has moved to, once what is owed is written.
    moved: Option<journal::Head>,
    owed: Owed,
    hasty: bool,
    scrubs: bool,
    care: Care,
    mark: Mark,
}

/// Whether changes are made behind savepoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Care {
    None,
    Savepoints,
}

/// Where a change that fails is undone to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// The transaction has just begun.
    Beginning,
    /// A change was made: the first, or one behind others, where care makes a savepoint.
    Behind { others: bool },
    /// Others made changes, and nothing was changed since; where care is taken, there is a savepoint.
    Here,
    /// A change failed that had written, and can be undone with all others alone.
    Spoilt,
    /// Not even that is possible.
    Lost,
}

/// From the second change on rows are held that others may need, and maybe the head of the journal. Whoever
/// holds a row that such a change needs may wait for these, so the change waits but shortly, and then steps
/// back.
pub(super) const HASTE: &str = "SET LOCAL lock_timeout = '50ms'";

impl<'l> Joint<'l> {
    /// In the transaction that was begun on `link`, in haste or not.
    pub(super) fn begun(link: &'l mut Link, hasty: bool, care: Care) -> Self {
        let (open, owed, mark) = (Open { link, done: false }, Owed::default(), Mark::Beginning);
        Self { open, head: None, moved: None, owed, hasty, scrubs: false, care, mark }
    }

    /// Whether a change would be made in haste, as behind others.
    pub(super) fn in_haste(&self) -> bool {
        self.hasty || !matches!(self.mark, Mark::Beginning)
    }

    /// Whether the changes made so far are to be undone and made again with more care.
    pub(super) fn spoilt(&self) -> bool {
        self.mark == Mark::Spoilt
    }

    /// Undoes all that was made; from here on each change is made behind a savepoint.
    pub(super) fn begin_anew(&mut self) -> Result<()> {
        (self.head, self.owed, self.scrubs, self.hasty) = (None, Owed::default(), false, false);
        (self.care, self.mark) = (Care::Savepoints, Mark::Lost);
        self.open.link.begin_anew()?;
        self.mark = Mark::Beginning;
        Ok(())
    }

    /// Writes what the changes left to the end. Where that fails and more care may tell whose change it is,
    /// all are spoilt.
    pub(super) fn settle(&mut self) -> Result<()> {
        if matches!(self.mark, Mark::Lost | Mark::Spoilt) {
            return Err(Error::Unavailable("the transaction was lost".to_owned()));
        }
        let (owed, head) = (std::mem::take(&mut self.owed), self.head.take());
        let paid = owed.pay(&mut self.open.link.database, head);
        if let Err(error) = &paid
            && !matches!(error, Error::Unavailable(_) | Error::Unknown(_))
            && self.care == Care::None
        {
            self.mark = Mark::Spoilt;
        }
        self.moved = paid?;
        Ok(())
    }

    /// Commits what was made and settled.
    pub(super) fn commit(self) -> Result<()> {
        self.open.commit(self.moved.as_ref(), self.scrubs)
    }

    /// Makes a savepoint, where something was changed that a failure must not undo.
    fn mark(&mut self) -> Result<()> {
        let again = match self.mark {
            Mark::Beginning | Mark::Here => return Ok(()),
            Mark::Behind { others } => others,
            Mark::Lost | Mark::Spoilt => return Err(Error::Unavailable("the transaction was lost".to_owned())),
        };
        let server = matches!(self.open.link.database, Database::Postgresql(_));
        let haste = (!self.hasty && server).then_some(HASTE);
        self.hasty |= server;
        let savepoint = match (self.care, again) {
            (Care::None, _) => None,
            (Care::Savepoints, false) => Some("SAVEPOINT change"),
            (Care::Savepoints, true) => Some("RELEASE SAVEPOINT change; SAVEPOINT change"),
        };
        let make: Vec<&str> = haste.into_iter().chain(savepoint).collect();
        if !make.is_empty() {
            self.open.link.database.batch_execute(&make.join("; "))?;
        }
        self.mark = Mark::Here;
        Ok(())
    }

    /// Undoes a change that failed; nothing is to be done where it `left` everything as it was.
    fn undo(&mut self, left: bool) {
        let undone = match (self.mark, self.care) {
            _ if left => Ok(()),
            (Mark::Beginning, _) => {
                self.hasty = false;
                self.open.link.begin_anew()
            }
            (_, Care::None) => {
                self.mark = Mark::Spoilt;
                Ok(())
            }
            (_, Care::Savepoints) => self.open.link.database.batch_execute("ROLLBACK TO SAVEPOINT change"),
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
        memory: &mut joint.open.link.memory,
        request_id,
        entries: Vec::new(),
        tallies: Tallies::default(),
        wrote: false,
        scrubs: false,
        head: joint.head.take(),
        rehearses: false,
        defers: joint.care == Care::None,
    };
    let done = work(&mut tx).and_then(|value| Ok((value, tx.owed()?)));
    let (head, scrubs, wrote) = (tx.head, tx.scrubs, tx.wrote);
    match done {
        Ok((value, owed)) => {
            joint.owed.take_in(owed)?;
            (joint.head, joint.scrubs) = (head, joint.scrubs || scrubs);
            joint.mark = Mark::Behind { others: joint.mark == Mark::Here };
            Ok(value)
        }
        Err(error) => {
            let left = !wrote && error.is_refusal() && joint.care == Care::None;
            // A lock that was taken since is let go with what is undone.
            joint.head = if left { head } else { held };
            joint.undo(left);
            Err(error)
        }
    }
}
