//! The tree as the database holds it: leaves and tiles, and the roots made of them.

use std::collections::HashMap;

use diesel::prelude::*;

use super::tree::{self, Edge, Hash, Span, TILE};
use crate::database::Database;
use crate::error::{Error, Result};
use crate::schema::{journal, journal_head, journal_tiles};

/// The right edge of the journal.
pub(crate) fn edge(database: &mut Database) -> Result<Edge> {
    let head = journal_head::table.find(1).select((journal_head::tree_size, journal_head::edge));
    let (size, bytes): (i64, Vec<u8>) = head.first(database)?;
    edge_of(size, &bytes)
}

/// The right edge out of what the head holds.
pub(super) fn edge_of(size: i64, bytes: &[u8]) -> Result<Edge> {
    Edge::read(size as u64, bytes).ok_or_else(|| Error::internal("the head of the journal is damaged"))
}

/// How many entries the journal has.
pub(crate) fn size(database: &mut Database) -> Result<i64> {
    Ok(journal_head::table.find(1).select(journal_head::tree_size).first(database)?)
}

/// The root of the leaves of a span that a proof speaks of.
pub(crate) fn root(database: &mut Database, span: Span) -> Result<Hash> {
    let mut root: Option<Hash> = None;
    for (level, position) in tree::perfect(span).into_iter().rev() {
        let left = subtree(database, level, position)?;
        root = Some(root.map_or(left, |right| tree::node(&left, &right)));
    }
    root.ok_or_else(|| Error::internal("a root of no leaves"))
}

/// The root of a perfect subtree, out of the tiles below it, or its leaves.
fn subtree(database: &mut Database, level: u32, position: u64) -> Result<Hash> {
    let below = level / TILE * TILE;
    let many = 1_u64 << (level - below);
    let first = position * many;
    let mut nodes = match below {
        0 => leaves(database, first, many)?,
        _ => tiles(database, below, first, many)?,
    };
    while nodes.len() > 1 {
        nodes = nodes.chunks(2).map(|pair| tree::node(&pair[0], &pair[1])).collect();
    }
    nodes.pop().ok_or_else(|| Error::internal("a subtree without leaves"))
}

/// The hashes of the entries that follow each other from `first` on, `many` at most; fewer where one is missing.
pub(crate) fn leaves_from(database: &mut Database, first: u64, many: u64) -> Result<Vec<Hash>> {
    let range = journal::sequence.ge(first as i64).and(journal::sequence.lt((first + many) as i64));
    let columns = (journal::sequence, journal::leaf_hash);
    let rows: Vec<(i64, Vec<u8>)> =
        journal::table.filter(range).order(journal::sequence).select(columns).load(database)?;
    let there = (first as i64..).zip(rows).take_while(|(place, (sequence, _))| place == sequence);
    there.map(|(_, (_, bytes))| hash(bytes)).collect()
}

/// The hashes of entries that follow each other; all of them are there.
pub(crate) fn leaves(database: &mut Database, first: u64, many: u64) -> Result<Vec<Hash>> {
    let hashes = leaves_from(database, first, many)?;
    match hashes.len() as u64 == many {
        true => Ok(hashes),
        false => Err(Error::internal("the journal lacks entries")),
    }
}

/// Tiles side by side; one that was not kept is made of what lies below it.
fn tiles(database: &mut Database, level: u32, first: u64, many: u64) -> Result<Vec<Hash>> {
    let range = journal_tiles::position.ge(first as i64).and(journal_tiles::position.lt((first + many) as i64));
    let at = journal_tiles::level.eq(level as i32);
    let rows: Vec<(i64, Vec<u8>)> = journal_tiles::table
        .filter(at.and(range))
        .select((journal_tiles::position, journal_tiles::hash))
        .load(database)?;
    let mut kept: HashMap<i64, Vec<u8>> = rows.into_iter().collect();
    let whole = first..first + many;
    whole
        .map(|position| match kept.remove(&(position as i64)) {
            Some(bytes) => hash(bytes),
            None => below(database, level, position),
        })
        .collect()
}

fn below(database: &mut Database, level: u32, position: u64) -> Result<Hash> {
    let left = subtree(database, level - 1, position * 2)?;
    let right = subtree(database, level - 1, position * 2 + 1)?;
    Ok(tree::node(&left, &right))
}

fn hash(bytes: Vec<u8>) -> Result<Hash> {
    bytes.try_into().map_err(|_| Error::internal("a hash of another length"))
}
