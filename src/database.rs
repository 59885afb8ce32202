//! Either database as one type: one query code serves both. Connections are opened by the door alone.

use diesel::prelude::*;

/// A connection to either database. One query code serves both.
#[derive(diesel::MultiConnection)]
pub enum Database {
    Postgresql(PgConnection),
    Sqlite(SqliteConnection),
}
