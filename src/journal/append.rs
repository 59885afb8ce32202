//! Appending: entries get their place in the order of commits and become leaves of the tree.

use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Binary, Nullable};

use super::entry::{Deed, Entry};
use super::last;
use super::leaves::edge_of;
use super::line::Line;
use super::tree::{self, Edge, Tile};
use crate::database::{Database, MultiBackend, ROWS_A_STATEMENT, insert_few_or_many};
use crate::error::Result;
use crate::noun::Noun;
use crate::schema::{journal, journal_head, journal_tiles};
use crate::types::{AnyId, Moment, PersonId, PrincipalId, UnitId, hex};

/// Who, when and in answer to what; the same for every entry of a change.
pub(crate) struct Stamp {
    pub at: Moment,
    pub actor: PrincipalId,
    pub actor_unit: UnitId,
    pub request_id: String,
}

/// The end of the journal, held by one transaction until it ends.
#[derive(Clone)]
pub(crate) struct Head(Edge);

/// Takes the end of the journal: whoever holds it commits next.
pub(crate) fn lock_head(database: &mut Database) -> Result<Head> {
    let head = journal_head::table.find(1).select((journal_head::tree_size, journal_head::edge));
    let (size, edge): (i64, Vec<u8>) = match database {
        Database::Postgresql(server) => head.for_update().first(server)?,
        Database::Sqlite(file) => head.first(file)?,
    };
    edge_of(size, &edge).map(Head)
}

/// As `lock_head`, by one statement that also tells the place of the last change of any of some nouns; that is none
/// where others committed meanwhile, so that what was seen of the journal is older than the head.
pub(crate) fn lock_head_and_last(database: &mut Database, nouns: &[Noun]) -> Result<(Head, Option<i64>)> {
    let server = matches!(database, Database::Postgresql(_));
    let (size, edge, seen, last): (i64, Vec<u8>, i64, Option<i64>) = Locked { nouns, server }.get_result(database)?;
    Ok((Head(edge_of(size, &edge)?), (size == seen).then_some(last.unwrap_or(0))))
}

struct Locked<'n> {
    nouns: &'n [Noun],
    server: bool,
}

impl Query for Locked<'_> {
    type SqlType = (BigInt, Binary, BigInt, Nullable<BigInt>);
}

impl QueryId for Locked<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<MultiBackend> for Locked<'_> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        pass.push_sql("SELECT tree_size, edge, (SELECT tree_size FROM journal_head WHERE id = 1), ");
        // Whoever had to wait for the head is given it as it is now; what is asked beside it, as it was before.
        pass.push_sql("(SELECT MAX(sequence) FROM (");
        last::every(self.nouns, &mut pass)?;
        pass.push_sql(") AS every) FROM journal_head WHERE id = 1");
        pass.push_sql(if self.server { " FOR UPDATE" } else { "" });
        Ok(())
    }
}

impl RunQueryDsl<Database> for Locked<'_> {}

/// Appends the entries of changes behind `head`, which moves; `moved` keeps where to.
pub(crate) fn append(database: &mut Database, Head(edge): &mut Head, changes: &[(Stamp, Vec<Entry>)]) -> Result<()> {
    let entries = changes.iter().flat_map(|(stamp, entries)| entries.iter().map(move |entry| (stamp, entry)));
    let entries: Vec<_> = entries.collect();
    let mut tiles = Vec::new();
    for some in entries.chunks(ROWS_A_STATEMENT) {
        let mut rows = Vec::with_capacity(some.len());
        for (stamp, entry) in some {
            let sequence = edge.size() as i64;
            let leaf = tree::leaf(Line::of(sequence, stamp, entry)?.text()?.as_bytes());
            rows.push(Row::new(sequence, stamp, entry, leaf));
            tiles.extend(edge.push(leaf));
        }
        insert_few_or_many!(database, journal::table, rows)?;
    }
    keep_tiles(database, &tiles)
}

/// The statement that keeps where the head has moved to, for sending it with the commit. The row is there: it was
/// locked.
pub(crate) fn moved(database: &Database, Head(edge): &Head) -> String {
    let hex = hex(&edge.bytes());
    let bytes = match database {
        Database::Postgresql(_) => format!("'\\x{hex}'"),
        Database::Sqlite(_) => format!("X'{hex}'"),
    };
    format!("UPDATE journal_head SET tree_size = {}, edge = {bytes} WHERE id = 1", edge.size())
}

#[derive(Insertable)]
#[diesel(table_name = journal, treat_none_as_default_value = false)]
struct Row<'a> {
    sequence: i64,
    occurred_at: Moment,
    actor_id: PrincipalId,
    actor_unit_id: UnitId,
    action: Deed,
    resource_type: Noun,
    resource_id: Option<AnyId>,
    version: Option<i32>,
    unit_id: Option<UnitId>,
    left_unit_id: Option<UnitId>,
    request_id: &'a str,
    outcome: &'a str,
    reason: Option<&'a str>,
    changed_fields: String,
    record: Option<&'a str>,
    leaf_hash: Vec<u8>,
    person_id: Option<PersonId>,
    sealed: Option<&'a [u8]>,
    subject: Option<&'a str>,
}

impl<'a> Row<'a> {
    fn new(sequence: i64, stamp: &'a Stamp, entry: &'a Entry, leaf: tree::Hash) -> Self {
        Self {
            sequence,
            occurred_at: stamp.at,
            actor_id: stamp.actor,
            actor_unit_id: stamp.actor_unit,
            action: entry.deed,
            resource_type: entry.noun,
            resource_id: entry.id,
            version: entry.version,
            unit_id: entry.unit,
            left_unit_id: entry.left_unit,
            request_id: &stamp.request_id,
            outcome: entry.outcome,
            reason: entry.reason.as_deref(),
            changed_fields: entry.changed.join(" "),
            record: entry.record.as_deref(),
            leaf_hash: leaf.to_vec(),
            person_id: entry.person,
            sealed: entry.sealed.as_deref(),
            subject: entry.subject.as_deref(),
        }
    }
}

fn keep_tiles(database: &mut Database, tiles: &[Tile]) -> Result<()> {
    for tile in tiles {
        let row = (
            journal_tiles::level.eq(tile.level),
            journal_tiles::position.eq(tile.position),
            journal_tiles::hash.eq(tile.hash.to_vec()),
        );
        diesel::insert_into(journal_tiles::table).values(row).execute(database)?;
    }
    Ok(())
}
