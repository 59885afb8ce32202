//! Saving: every row of one moment, line by line. However long the tables are, one row is held at a time.

use std::collections::BTreeMap;
use std::io::Write;

use aws_lc_rs::digest::{Context, SHA256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use diesel::connection::{DefaultLoadingMode, SimpleConnection};
use diesel::pg::PgRowByRowLoadingMode;
use diesel::prelude::*;

use super::{Begin, Head, Manifest, Tail, tables};
use crate::access::Tx;
use crate::database::Database;
use crate::error::{Error, Result};
use crate::journal;
use crate::schema::person_keys;
use crate::types::hex;

#[derive(QueryableByName)]
pub(super) struct Line {
    #[diesel(sql_type = diesel::sql_types::Text)]
    line: String,
}

/// A writer of lines that knows what it has written.
struct Lines<'w, W: Write> {
    out: &'w mut W,
    hash: Context,
}

impl<W: Write> Lines<'_, W> {
    fn write(&mut self, line: &str) -> Result<()> {
        for part in [line.as_bytes(), b"\n"] {
            self.hash.update(part);
            self.out
                .write_all(part)
                .map_err(|error| Error::internal(format!("the backup cannot be written: {error}")))?;
        }
        Ok(())
    }
}

fn json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(Error::internal)
}

/// A backup may take longer than a request.
const UNHURRIED: &str = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; \
    SET LOCAL lock_timeout = 0; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL extra_float_digits = 1";

pub(super) fn unhurried(database: &mut Database) -> Result<()> {
    match database {
        Database::Postgresql(server) => Ok(server.batch_execute(UNHURRIED)?),
        Database::Sqlite(_) => Ok(()),
    }
}

/// Writes everything that this transaction sees.
pub fn save(tx: &mut Tx<'_>, out: &mut impl Write) -> Result<Manifest> {
    unhurried(tx.conn())?;
    let head = head(tx)?;
    let mut lines = Lines { out, hash: Context::new(&SHA256) };
    lines.write(&json(&head)?)?;
    let mut rows = BTreeMap::new();
    for (table, columns) in tables::of(tx.conn())? {
        let names = columns.iter().map(|(name, _)| name.clone()).collect();
        lines.write(&json(&Begin { table: table.clone(), columns: names })?)?;
        let query = tables::reads(tx.conn(), &table, &columns);
        rows.insert(table, copy(tx.conn(), &query, &mut lines)?);
    }
    let hash = lines.hash.clone().finish();
    let tail = Tail { rows, sha256: hex(hash.as_ref()) };
    lines.write(&json(&tail)?)?;
    Ok(Manifest { head, tail })
}

fn copy(database: &mut Database, query: &str, lines: &mut Lines<'_, impl Write>) -> Result<u64> {
    let mut count = 0;
    let mut take = |row: QueryResult<Line>| {
        count += 1;
        lines.write(&row?.line)
    };
    match database {
        Database::Sqlite(file) => {
            let mut rows = diesel::sql_query(query).load_iter::<Line, DefaultLoadingMode>(file)?;
            rows.try_for_each(&mut take)?;
        }
        Database::Postgresql(server) => {
            let mut rows = diesel::sql_query(query).load_iter::<Line, PgRowByRowLoadingMode>(server)?;
            rows.try_for_each(&mut take)?;
        }
    }
    Ok(count)
}

fn head(tx: &mut Tx<'_>) -> Result<Head> {
    const VERSION: &str = "SELECT max(version) AS line FROM __diesel_schema_migrations";
    let (schema, database): (Line, _) = match tx.conn() {
        Database::Sqlite(file) => (diesel::sql_query(VERSION).get_result(file)?, "sqlite"),
        Database::Postgresql(server) => (diesel::sql_query(VERSION).get_result(server)?, "postgresql"),
    };
    let masters: Vec<String> = person_keys::table.select(person_keys::master).distinct().load(tx.conn())?;
    let vault = tx.vault()?;
    let data_keys = masters.into_iter().map(|name| vault.mark(&name).map(|mark| (name, mark)));
    let data_keys = data_keys.collect::<Result<_>>()?;
    let edge = journal::edge(tx.conn())?;
    Ok(Head {
        format: 1,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        schema_version: schema.line,
        taken_at: tx.now(),
        database: database.to_owned(),
        tree_size: edge.size() as i64,
        root_hash: STANDARD.encode(edge.root()),
        edge: STANDARD.encode(edge.bytes()),
        data_keys,
    })
}
