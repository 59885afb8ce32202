//! The journal as it lies in the database, read beside the service.

use diesel::sql_types::{BigInt, Text};

use super::database::Database;

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq, diesel::QueryableByName)]
pub struct Entry {
    #[diesel(sql_type = BigInt)]
    pub sequence: i64,
    #[diesel(sql_type = Text)]
    pub action: String,
    #[diesel(sql_type = Text)]
    pub resource: String,
    /// The record's id without hyphens; empty for none.
    #[diesel(sql_type = Text)]
    pub id: String,
    #[diesel(sql_type = BigInt)]
    pub version: i64,
    #[diesel(sql_type = Text)]
    pub request_id: String,
    #[diesel(sql_type = Text)]
    pub changed: String,
    #[diesel(sql_type = BigInt)]
    pub micros: i64,
}

impl Entry {
    pub fn is(&self, action: &str, id: &str) -> bool {
        self.action == action && self.id == id.replace('-', "")
    }
}

/// All entries in order.
pub fn entries(database: &Database) -> Vec<Entry> {
    const SQLITE: &str = "SELECT sequence, action, resource_type AS resource, \
        coalesce(lower(hex(resource_id)), '') AS id, coalesce(version, 0) AS version, request_id, \
        changed_fields AS changed, occurred_at AS micros FROM journal ORDER BY sequence";
    const POSTGRESQL: &str = "SELECT sequence, action, resource_type AS resource, \
        coalesce(replace(resource_id::text, '-', ''), '') AS id, coalesce(version, 0)::bigint AS version, request_id, \
        changed_fields AS changed, (extract(epoch FROM occurred_at) * 1000000)::bigint AS micros \
        FROM journal ORDER BY sequence";
    database.load(SQLITE, POSTGRESQL)
}

/// Entries of changes: sign-ins and refusals are no business of most tests.
pub fn changes(database: &Database) -> Vec<Entry> {
    let all = entries(database).into_iter();
    all.filter(|entry| matches!(entry.action.as_str(), "create" | "update" | "delete")).collect()
}

/// The sequence has no gaps from its beginning and the head agrees with it.
#[track_caller]
pub fn assert_gapless(database: &Database) {
    #[derive(diesel::QueryableByName)]
    struct Head {
        #[diesel(sql_type = BigInt)]
        tree_size: i64,
    }
    let entries = entries(database);
    for (expected, entry) in (0..).zip(&entries) {
        assert_eq!(entry.sequence, expected, "the journal has a gap");
    }
    const HEAD: &str = "SELECT tree_size FROM journal_head";
    let head: Vec<Head> = database.load(HEAD, HEAD);
    let sizes: Vec<i64> = head.iter().map(|h| h.tree_size).collect();
    assert_eq!(sizes, [entries.len() as i64], "the head has another size than the journal");
}
