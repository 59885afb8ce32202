//! The tables as the database has them, against src/schema.rs. Run on both databases, it keeps the two
//! sets of migrations in step: what each agrees with, they agree on.

use std::collections::BTreeMap;

use diesel::sql_types::{Bool, Text};

use crate::stand::Database;
use crate::stand::database::{fail, on_postgresql};

type Tables = BTreeMap<String, BTreeMap<String, String>>;

#[derive(diesel::QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    of: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    required: bool,
}

/// Table, column, and type as src/schema.rs writes it.
fn declared() -> Tables {
    let source = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/schema.rs")).expect("it is there");
    let mut tables = Tables::new();
    for block in source.split("table! {").skip(1) {
        let body = block.lines().filter(|line| !line.trim_start().starts_with("use ")).collect::<Vec<_>>().join(" ");
        let (name, rest) = body.split_once('(').expect("a table names its key");
        let columns = rest.split_once('{').and_then(|(_, rest)| rest.split_once('}')).expect("a table has columns").0;
        let columns = columns.split(',').filter_map(|column| column.split_once("->"));
        let columns = columns.map(|(name, kind)| (name.trim().to_owned(), kind.trim().to_owned()));
        tables.insert(name.trim().to_owned(), columns.collect());
    }
    tables
}

/// What the database calls a type, in the words of src/schema.rs. SQLite has fewer types, so that
/// several of ours may be one of its own.
fn fits(declared: &str, found: &Column) -> bool {
    let (bare, nullable) = match declared.strip_prefix("Nullable<").and_then(|rest| rest.strip_suffix('>')) {
        Some(bare) => (bare, true),
        None => (declared, false),
    };
    let expected = match (bare, on_postgresql()) {
        ("Uuid", true) => "uuid",
        ("Uuid" | "Binary", false) => "BLOB",
        ("Binary", true) => "bytea",
        ("Moment", true) => "timestamp with time zone",
        ("Moment" | "Integer" | "BigInt", false) => "INTEGER",
        ("Integer", true) => "integer",
        ("BigInt", true) => "bigint",
        ("Day", true) => "date",
        ("Day" | "Text", false) => "TEXT",
        ("Text", true) => "text",
        ("Double", true) => "double precision",
        ("Double", false) => "DOUBLE",
        ("Bool", true) => "boolean",
        ("Bool", false) => "BOOLEAN",
        _ => fail(&format!("{bare} is a type this test does not know")),
    };
    found.kind == expected && found.required != nullable
}

fn found() -> Vec<Column> {
    const SQLITE: &str = "SELECT m.name AS \"of\", c.name AS name, c.type AS kind, c.\"notnull\" OR c.pk > 0 AS required \
        FROM sqlite_master m JOIN pragma_table_info(m.name) c \
        WHERE m.type = 'table' AND m.name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
    const POSTGRESQL: &str = "SELECT table_name::text AS \"of\", column_name::text AS name, data_type::text AS kind, \
        is_nullable = 'NO' AS required FROM information_schema.columns \
        WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_diesel%'";
    Database::new().load(SQLITE, POSTGRESQL)
}

#[test]
fn the_tables_of_the_migrations_are_those_of_the_schema() {
    let declared = declared();
    let mut left = declared.clone();
    assert!(declared.len() > 10);
    for column in found() {
        let kind = left.get_mut(&column.of).and_then(|table| table.remove(&column.name));
        let at = format!("{}.{}", column.of, column.name);
        let kind = kind.unwrap_or_else(|| fail(&format!("{at} is in the database and not in src/schema.rs")));
        assert!(fits(&kind, &column), "{at} is {kind} in src/schema.rs, {} ({}) here", column.kind, column.required);
    }
    left.retain(|_, columns| !columns.is_empty());
    assert!(left.is_empty(), "in src/schema.rs and not in the database: {left:?}");
}
