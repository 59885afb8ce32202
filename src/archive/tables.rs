//! Tables as the catalogue of either database has them, and how a value goes into JSON and comes back:
//! bytes and ids in hexadecimal, moments in microseconds, days and doubles as text, truth as 0 and 1.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::database::Database;
use crate::error::Result;

/// Whose rows stay behind: sessions and what they gave out end with a restore, as do clients' assertions.
/// The journal's head is in the manifest.
const LEFT: [&str; 6] =
    ["sessions", "refresh_tokens", "session_tokens", "revoked_tokens", "client_assertions", "journal_head"];

/// Columns with their types, by table.
pub type Tables = BTreeMap<String, Vec<(String, String)>>;

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = diesel::sql_types::Text)]
    of: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    kind: String,
}

const SQLITE: &str = "SELECT m.name AS \"of\", c.name AS name, c.type AS kind FROM sqlite_master m \
    JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
    AND m.name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' ORDER BY m.name, c.cid";
const POSTGRESQL: &str = "SELECT c.table_name::text AS \"of\", c.column_name::text AS name, c.data_type::text AS kind \
    FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name) \
    WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' AND c.table_name NOT LIKE '\\_\\_diesel%' \
    ORDER BY c.table_name, c.ordinal_position";

/// The tables that go into a backup.
pub fn of(database: &mut Database) -> Result<Tables> {
    let columns: Vec<Column> = match database {
        Database::Sqlite(file) => diesel::sql_query(SQLITE).load(file)?,
        Database::Postgresql(server) => diesel::sql_query(POSTGRESQL).load(server)?,
    };
    let mut tables = Tables::new();
    for column in columns.into_iter().filter(|column| !LEFT.contains(&column.of.as_str())) {
        tables.entry(column.of).or_default().push((column.name, column.kind));
    }
    Ok(tables)
}

/// The query whose rows are the table's, a JSON array each.
pub fn reads(database: &Database, table: &str, columns: &[(String, String)]) -> String {
    let on_sqlite = matches!(database, Database::Sqlite(_));
    let value = |(name, kind): &(String, String)| match (on_sqlite, kind.as_str()) {
        (true, "BLOB") => format!("iif(\"{name}\" IS NULL, NULL, hex(\"{name}\"))"),
        (true, "DOUBLE") => format!("iif(\"{name}\" IS NULL, NULL, printf('%!.17g', \"{name}\"))"),
        (false, "uuid") => format!("replace(\"{name}\"::text, '-', '')"),
        (false, "bytea") => format!("encode(\"{name}\", 'hex')"),
        (false, "timestamp with time zone") => format!("(extract(epoch FROM \"{name}\") * 1000000)::bigint"),
        (false, "date" | "double precision") => format!("\"{name}\"::text"),
        (false, "boolean") => format!("\"{name}\"::int"),
        _ => format!("\"{name}\""),
    };
    let values = columns.iter().map(value).collect::<Vec<_>>().join(", ");
    match on_sqlite {
        true => format!("SELECT json_array({values}) AS line FROM \"{table}\""),
        false => format!("SELECT json_build_array({values})::text AS line FROM \"{table}\""),
    }
}

/// The statement that takes a JSON array of such rows; their values are in the order of `columns`.
pub fn takes(database: &Database, table: &str, columns: &[(String, String)]) -> String {
    let on_sqlite = matches!(database, Database::Sqlite(_));
    let value = |(at, (_, kind)): (usize, &(String, String))| match (on_sqlite, kind.as_str()) {
        (true, "BLOB") => format!("unhex(json_extract(value, '$[{at}]'))"),
        (true, "DOUBLE") => format!("CAST(json_extract(value, '$[{at}]') AS REAL)"),
        (true, _) => format!("json_extract(value, '$[{at}]')"),
        (false, "bytea") => format!("decode(value ->> {at}, 'hex')"),
        (false, "timestamp with time zone") => {
            format!("timestamptz 'epoch' + (value ->> {at})::bigint * interval '1 microsecond'")
        }
        (false, "boolean") => format!("(value ->> {at})::int::boolean"),
        (false, kind) => format!("(value ->> {at})::{kind}"),
    };
    let names = columns.iter().map(|(name, _)| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
    let values = columns.iter().enumerate().map(value).collect::<Vec<_>>().join(", ");
    match on_sqlite {
        true => format!("INSERT INTO \"{table}\" ({names}) SELECT {values} FROM json_each(?)"),
        false => {
            format!(
                "INSERT INTO \"{table}\" ({names}) SELECT {values} FROM json_array_elements($1::json) AS rows(value)"
            )
        }
    }
}
