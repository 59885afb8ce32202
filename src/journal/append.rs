//! Appending: entries get their place in the order of commits and become leaves of the tree.

use diesel::prelude::*;
use serde::Serialize;
use serde_json::value::RawValue;

use super::entry::Entry;
use super::tree::{self, Edge};
use crate::database::Database;
use crate::error::{Error, Result};
use crate::schema::{journal, journal_head};
use crate::types::{AnyId, Moment, PrincipalId, UnitId};

/// Who, when and in answer to what; the same for every entry of a transaction.
pub(crate) struct Stamp<'a> {
    pub at: Moment,
    pub actor: PrincipalId,
    pub actor_unit: UnitId,
    pub request_id: &'a str,
}

/// The end of the journal, held by one transaction until it ends.
#[derive(Default)]
pub(crate) struct Head(Edge);

#[derive(QueryableByName)]
struct HeadRow {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    tree_size: i64,
    #[diesel(sql_type = diesel::sql_types::Binary)]
    edge: Vec<u8>,
}

/// Takes the end of the journal: whoever holds it commits next.
pub(crate) fn lock_head(database: &mut Database) -> Result<Head> {
    const READ: &str = "SELECT tree_size, edge FROM journal_head WHERE id = 1";
    let row: HeadRow = match database {
        Database::Postgresql(server) => diesel::sql_query(format!("{READ} FOR UPDATE")).get_result(server)?,
        Database::Sqlite(file) => diesel::sql_query(READ).get_result(file)?,
    };
    let edge = Edge::read(row.tree_size as u64, &row.edge);
    edge.map(Head).ok_or_else(|| Error::internal("the head of the journal is damaged"))
}

/// The canonical line of an entry, as exported and as hashed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    sequence: i64,
    occurred_at: Moment,
    actor_id: PrincipalId,
    actor_unit_id: UnitId,
    action: &'a str,
    resource_type: &'a str,
    resource_id: Option<AnyId>,
    version: Option<i32>,
    unit_id: Option<UnitId>,
    left_unit_id: Option<UnitId>,
    request_id: &'a str,
    outcome: &'a str,
    reason: Option<&'a str>,
    changed_fields: &'a [String],
    record: Option<&'a RawValue>,
}

/// Appends `entries` behind `head` and moves the head.
pub(crate) fn append(
    database: &mut Database,
    Head(mut edge): Head,
    stamp: &Stamp<'_>,
    entries: &[Entry],
) -> Result<()> {
    for entry in entries {
        let sequence = edge.size() as i64;
        let line = line(sequence, stamp, entry)?;
        let leaf = tree::leaf(line.as_bytes());
        insert(database, sequence, stamp, entry, &leaf)?;
        edge.push(leaf);
    }
    let head = (journal_head::tree_size.eq(edge.size() as i64), journal_head::edge.eq(edge.bytes()));
    let moved = diesel::update(journal_head::table.find(1)).set(head).execute(database)?;
    match moved {
        1 => Ok(()),
        _ => Err(Error::internal("the journal has no head")),
    }
}

fn line(sequence: i64, stamp: &Stamp<'_>, entry: &Entry) -> Result<String> {
    let record = entry.record.as_deref().map(serde_json::from_str::<&RawValue>);
    let line = Line {
        sequence,
        occurred_at: stamp.at,
        actor_id: stamp.actor,
        actor_unit_id: stamp.actor_unit,
        action: entry.deed.as_str(),
        resource_type: entry.noun.as_str(),
        resource_id: entry.id,
        version: entry.version,
        unit_id: entry.unit,
        left_unit_id: entry.left_unit,
        request_id: stamp.request_id,
        outcome: entry.outcome,
        reason: entry.reason.as_deref(),
        changed_fields: &entry.changed,
        record: record.transpose().map_err(Error::internal)?,
    };
    serde_json::to_string(&line).map_err(Error::internal)
}

fn insert(database: &mut Database, sequence: i64, stamp: &Stamp<'_>, entry: &Entry, leaf: &tree::Hash) -> Result<()> {
    diesel::insert_into(journal::table)
        .values((
            journal::sequence.eq(sequence),
            journal::occurred_at.eq(stamp.at),
            journal::actor_id.eq(stamp.actor),
            journal::actor_unit_id.eq(stamp.actor_unit),
            journal::action.eq(entry.deed),
            journal::resource_type.eq(entry.noun),
            journal::resource_id.eq(entry.id),
            journal::version.eq(entry.version),
            journal::unit_id.eq(entry.unit),
            journal::left_unit_id.eq(entry.left_unit),
            journal::request_id.eq(stamp.request_id),
            journal::outcome.eq(entry.outcome),
            journal::reason.eq(entry.reason.as_deref()),
            journal::changed_fields.eq(entry.changed.join(" ")),
            journal::record.eq(entry.record.as_deref()),
            journal::leaf_hash.eq(leaf.as_slice()),
        ))
        .execute(database)?;
    Ok(())
}
