//! Loading: looked through to its end first, then taken in one transaction.

use std::collections::BTreeMap;
use std::io::BufRead;

use aws_lc_rs::digest::{Context, SHA256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::tables::{self, Tables};
use super::{Begin, Head, Manifest, Tail, save};
use crate::access::{Tx, WriteTx};
use crate::database::Database;
use crate::error::{Error, Result};
use crate::resources::user::session_store::RESTORED;
use crate::schema::{journal, journal_head, loads};
use crate::types::hex;
use crate::vault::Vault;

/// The longest line there is: a journal entry holds one record.
const LONGEST: usize = 64 << 20;
/// Rows, or bytes of them, that one statement takes.
const ROWS: usize = 500;
const BYTES: usize = 1 << 20;

fn refused(what: &str) -> Error {
    Error::internal(format!("the backup is refused: {what}"))
}

/// The next line without its end; none at the end of the file.
fn next(from: &mut impl BufRead, line: &mut String) -> Result<bool> {
    line.clear();
    let read = std::io::Read::take(&mut *from, LONGEST as u64).read_line(line).map_err(|e| refused(&e.to_string()))?;
    match line.strip_suffix('\n').map(str::len) {
        Some(length) => line.truncate(length),
        None if read == 0 => return Ok(false),
        None => return Err(refused("a line has no end")),
    }
    Ok(true)
}

fn read<T: DeserializeOwned>(line: &str) -> Result<T> {
    // Its words would show what the line holds.
    serde_json::from_str(line).map_err(|_| refused("a line is not what it should be"))
}

/// Looks through a whole backup: that it is one, whole, and what it says of itself is so.
pub fn check(mut from: impl BufRead) -> Result<Manifest> {
    let (mut line, mut hash) = (String::new(), Context::new(&SHA256));
    let (mut rows, mut table): (BTreeMap<String, u64>, Option<Begin>) = (BTreeMap::new(), None);
    if !next(&mut from, &mut line)? {
        return Err(refused("it is empty"));
    }
    let head: Head = read(&line)?;
    if head.format != 1 {
        return Err(refused("its layout is of a newer program"));
    }
    loop {
        hash.update(line.as_bytes());
        hash.update(b"\n");
        if !next(&mut from, &mut line)? {
            return Err(refused("its end is missing"));
        }
        if line.starts_with('[') {
            let begun = table.as_ref().ok_or_else(|| refused("a row of no table"))?;
            if read::<Vec<IgnoredAny>>(&line)?.len() != begun.columns.len() {
                return Err(refused("a row is too short or too long"));
            }
            *rows.entry(begun.table.clone()).or_default() += 1;
        } else if line.starts_with("{\"table\":") {
            let begun: Begin = read(&line)?;
            if rows.insert(begun.table.clone(), 0).is_some() {
                return Err(refused("a table comes twice"));
            }
            table = Some(begun);
        } else {
            break;
        }
    }
    let tail: Tail = read(&line)?;
    let sha256 = hex(hash.finish().as_ref());
    if tail.rows != rows || tail.sha256 != sha256 {
        return Err(refused("it is not what its end says"));
    }
    // Reading on opens the last chunk to its end.
    if next(&mut from, &mut line)? {
        return Err(refused("something comes behind its end"));
    }
    Ok(Manifest { head, tail })
}

impl Manifest {
    /// Refuses where a master key is missing that persons' keys are wrapped by.
    pub fn opens_with(&self, vault: &Vault) -> Result<()> {
        for (name, mark) in &self.head.data_keys {
            if vault.mark(name).ok().as_ref() != Some(mark) {
                return Err(refused(&format!(
                    "TUQUAN_KEYS_DIR does not hold the master key {name} that it was made under"
                )));
            }
        }
        Ok(())
    }
}

/// Whether the database has no tables yet, or none with anything in it.
pub fn is_empty(tx: &mut Tx<'_>) -> Result<bool> {
    if !tables::of(tx.conn())?.contains_key("journal") {
        return Ok(true);
    }
    let size: i64 = journal_head::table.find(1).select(journal_head::tree_size).first(tx.conn())?;
    let entries: i64 = journal::table.count().get_result(tx.conn())?;
    Ok(size == 0 && entries == 0)
}

/// Takes every row of a backup that was looked through.
pub fn load(tx: &mut WriteTx<'_>, mut from: impl BufRead, manifest: &Manifest) -> Result<()> {
    if !is_empty(tx)? {
        return Err(Error::internal("the database is not empty"));
    }
    save::unhurried(tx.conn())?;
    let references = Later::all(tx.conn())?;
    let known = tables::of(tx.conn())?;
    if known.keys().ne(manifest.tail.rows.keys()) {
        return Err(refused("its tables are not those of its schema"));
    }
    // What a migration planted is in the backup too.
    for table in known.keys().filter(|table| !table.starts_with("journal")) {
        tx.conn().batch_execute(&format!("DELETE FROM \"{table}\""))?;
    }
    let (mut line, mut into) = (String::new(), None::<Filling>);
    while next(&mut from, &mut line)? {
        if line.starts_with('[') {
            into.as_mut().ok_or_else(|| refused("a row of no table"))?.take(tx.conn(), &line)?;
        } else if line.starts_with("{\"table\":") {
            into.take().map_or(Ok(()), |mut full| full.flush(tx.conn()))?;
            into = Some(Filling::table(tx.conn(), &known, read(&line)?)?);
        }
    }
    into.map_or(Ok(()), |mut full| full.flush(tx.conn()))?;
    settle(tx, manifest)?;
    references.check(tx.conn())
}

/// What goes with the rows: the journal goes on where it was, and what was signed in before is not.
fn settle(tx: &mut WriteTx<'_>, manifest: &Manifest) -> Result<()> {
    let edge = STANDARD.decode(&manifest.head.edge).map_err(|_| refused("its edge is none"))?;
    let size = manifest.head.tree_size;
    let head = (journal_head::tree_size.eq(size), journal_head::edge.eq(edge));
    diesel::update(journal_head::table.find(1)).set(head).execute(tx.conn())?;
    let entries: i64 = journal::table.count().get_result(tx.conn())?;
    if entries != size {
        return Err(refused("its journal has another length than it says"));
    }
    let now = tx.now();
    diesel::delete(loads::table.find(RESTORED)).execute(tx.conn())?;
    let restored = (loads::name.eq(RESTORED), loads::loaded_at.eq(now));
    diesel::insert_into(loads::table).values(restored).execute(tx.conn())?;
    Ok(())
}

/// Rows on their way into a table.
struct Filling {
    statement: String,
    rows: Vec<String>,
    bytes: usize,
}

impl Filling {
    fn table(database: &mut Database, known: &Tables, begun: Begin) -> Result<Self> {
        let columns = known.get(&begun.table).ok_or_else(|| refused("it has a table that its schema has not"))?;
        let found = |name: &String| columns.iter().find(|(known, _)| known == name).cloned();
        let ordered: Vec<_> = begun.columns.iter().filter_map(found).collect();
        if ordered.len() != columns.len() || begun.columns.len() != columns.len() {
            return Err(refused("a table has other columns than its schema"));
        }
        Ok(Self { statement: tables::takes(database, &begun.table, &ordered), rows: Vec::new(), bytes: 0 })
    }

    fn take(&mut self, database: &mut Database, row: &str) -> Result<()> {
        self.bytes += row.len();
        self.rows.push(row.to_owned());
        if self.rows.len() < ROWS && self.bytes < BYTES { Ok(()) } else { self.flush(database) }
    }

    fn flush(&mut self, database: &mut Database) -> Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let all = format!("[{}]", self.rows.join(","));
        (self.rows, self.bytes) = (Vec::new(), 0);
        let statement = diesel::sql_query(self.statement.clone()).bind::<Text, _>(all);
        match database {
            Database::Sqlite(file) => statement.execute(file)?,
            Database::Postgresql(server) => statement.execute(server)?,
        };
        Ok(())
    }
}

/// References that are looked at when all rows are there, since rows point to one another.
struct Later(Vec<Reference>);

#[derive(QueryableByName)]
struct Reference {
    #[diesel(sql_type = Text)]
    of: String,
    #[diesel(sql_type = Text)]
    name: String,
}

impl Later {
    fn all(database: &mut Database) -> Result<Self> {
        const REFERENCES: &str = "SELECT conrelid::regclass::text AS \"of\", quote_ident(conname::text) AS name \
            FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace AND NOT condeferrable";
        match database {
            Database::Sqlite(file) => {
                file.batch_execute("PRAGMA defer_foreign_keys = ON")?;
                Ok(Self(Vec::new()))
            }
            Database::Postgresql(server) => {
                let all = Self(diesel::sql_query(REFERENCES).load(server)?);
                server.batch_execute(&all.altered("DEFERRABLE INITIALLY DEFERRED"))?;
                Ok(all)
            }
        }
    }

    fn altered(&self, how: &str) -> String {
        let one = |r: &Reference| format!("ALTER TABLE {} ALTER CONSTRAINT {} {how};", r.of, r.name);
        self.0.iter().map(one).collect()
    }

    /// Looks at them now; SQLite does at the commit.
    fn check(&self, database: &mut Database) -> Result<()> {
        match database {
            Database::Sqlite(_) => Ok(()),
            Database::Postgresql(server) => {
                server.batch_execute("SET CONSTRAINTS ALL IMMEDIATE")?;
                Ok(server.batch_execute(&self.altered("NOT DEFERRABLE"))?)
            }
        }
    }
}
