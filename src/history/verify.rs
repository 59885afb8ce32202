//! Reading the whole journal: as its lines, and to see whether it is still what was written.

use diesel::prelude::*;

use super::kept::{Leaves, first_other};
use super::notary::AuditCheckpoint;
use crate::access::Tx;
use crate::error::Result;
use crate::journal::{self, Edge, Kept, Tile, leaf};
use crate::schema::{journal as entries, journal_tiles};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// What was found of the journal.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is what was written: so many entries under this root.
    Clean { size: u64, root: String },
    /// It is not: the first place where that shows, and how; where only the tree tells that one of some entries is
    /// another, the place behind them.
    Tampered { sequence: u64, until: Option<u64>, what: String },
}

/// Entries read at a time.
const STEP: i64 = 2_000;

/// Shows every entry to `visit`, in order, until it has seen enough.
fn walk(tx: &mut Tx<'_>, mut visit: impl FnMut(&mut Tx<'_>, &Kept) -> Result<bool>) -> Result<()> {
    let mut after = -1_i64;
    loop {
        let next = entries::table.filter(entries::sequence.gt(after)).order(entries::sequence).limit(STEP);
        let rows: Vec<Kept> = next.select(Kept::as_select()).load(tx.conn())?;
        let Some(last) = rows.last() else {
            return Ok(());
        };
        after = last.sequence;
        for row in &rows {
            if !visit(tx, row)? {
                return Ok(());
            }
        }
    }
}

/// Gives every line of the journal to `print`.
pub fn export(tx: &mut Tx<'_>, mut print: impl FnMut(&str) -> Result<()>) -> Result<()> {
    walk(tx, |_, row| {
        print(&row.line()?.text()?)?;
        Ok(true)
    })
}

/// Looks at every entry, at the head and at what was signed of them. The checkpoints have been found
/// genuine, and are in the order of their sizes.
pub fn verify(tx: &mut Tx<'_>, signed: &[AuditCheckpoint]) -> Result<Verdict> {
    let mut reading = Reading { edge: Edge::default(), signed, good: 0, fault: None };
    reading.compare();
    walk(tx, |tx, row| {
        reading.take(tx, row)?;
        Ok(reading.fault.is_none())
    })?;
    match reading.fault {
        Some(fault) => Ok(fault),
        None => reading.ended(tx),
    }
}

/// The same verdict, with the single entry that was replaced where only some are known among which it is: the first
/// whose hash does not begin as it was kept.
pub fn narrowed(tx: &mut Tx<'_>, verdict: Verdict, kept: &[Leaves]) -> Result<Verdict> {
    let Verdict::Tampered { sequence: first, until: Some(until), .. } = &verdict else {
        return Ok(verdict);
    };
    let what = "the entry was replaced with its hash".to_owned();
    let single = first_other(tx, kept, (*first, *until))?;
    Ok(single.map_or(verdict, |sequence| Verdict::Tampered { sequence, until: None, what }))
}

struct Reading<'c> {
    edge: Edge,
    /// What was signed and not yet compared.
    signed: &'c [AuditCheckpoint],
    /// The size of the last checkpoint that agreed.
    good: u64,
    fault: Option<Verdict>,
}

impl Reading<'_> {
    fn found(&mut self, sequence: u64, what: impl Into<String>) {
        self.fault = Some(Verdict::Tampered { sequence, until: None, what: what.into() });
    }

    fn found_among(&mut self, sequence: u64, until: u64, what: impl Into<String>) {
        self.fault = Some(Verdict::Tampered { sequence, until: Some(until), what: what.into() });
    }

    fn take(&mut self, tx: &mut Tx<'_>, row: &Kept) -> Result<()> {
        let place = self.edge.size();
        if row.sequence as u64 != place {
            self.found(place, format!("the entry is missing; the next is {}", row.sequence));
            return Ok(());
        }
        // A record that is no JSON any more has no line either.
        let hash = row.line().and_then(|line| line.text()).map(|line| leaf(line.as_bytes()));
        let Ok(hash) = hash else {
            self.found(place, "the entry cannot be read");
            return Ok(());
        };
        if row.leaf_hash != hash {
            self.found(place, "the entry is not the one that was hashed");
            return Ok(());
        }
        for tile in self.edge.push(hash) {
            if !kept(tx, &tile)? {
                let (first, what) =
                    ((tile.position as u64) << tile.level, "an entry from here on was replaced with its hash");
                self.found_among(first, self.edge.size(), what);
                return Ok(());
            }
        }
        self.compare();
        Ok(())
    }

    /// Compares with what was signed at this size.
    fn compare(&mut self) {
        while let Some((first, rest)) = self.signed.split_first() {
            if first.tree_size != self.edge.size() {
                return;
            }
            if first.root_hash != STANDARD.encode(self.edge.root()) {
                let what = format!("an entry from here to {} is not the one that was signed", first.tree_size);
                self.found_among(self.good, first.tree_size, what);
                return;
            }
            (self.good, self.signed) = (first.tree_size, rest);
        }
    }

    fn ended(self, tx: &mut Tx<'_>) -> Result<Verdict> {
        let size = self.edge.size();
        let head = journal::edge(tx.conn());
        let tampered = |what: String| Ok(Verdict::Tampered { sequence: size, until: None, what });
        if let Some(later) = self.signed.last() {
            let what = format!("rolled back: {} entries were signed, {size} are left", later.tree_size);
            return tampered(what);
        }
        match head {
            Ok(head) if head == self.edge => Ok(Verdict::Clean { size, root: STANDARD.encode(self.edge.root()) }),
            Ok(head) if head.size() > size => {
                tampered(format!("the last entries are missing: there were {}", head.size()))
            }
            Ok(head) => {
                let sequence = self.edge.parts_at(&head).unwrap_or(0).max(self.good);
                let what = "an entry from here on was replaced with its hash: the head is not that of these entries";
                Ok(Verdict::Tampered { sequence, until: Some(size), what: what.to_owned() })
            }
            Err(error) => tampered(error.to_string()),
        }
    }
}

/// Whether the tile is kept as it is; one that was never kept proves nothing.
fn kept(tx: &mut Tx<'_>, tile: &Tile) -> Result<bool> {
    let found = journal_tiles::table.find((tile.level, tile.position)).select(journal_tiles::hash);
    let hash: Option<Vec<u8>> = found.first(tx.conn()).optional()?;
    Ok(hash.is_none_or(|hash| hash == tile.hash))
}
