//! Either database as one type: one query code serves both. Connections are opened by the door alone.

use diesel::prelude::*;

/// A connection to either database. One query code serves both.
#[derive(diesel::MultiConnection)]
pub enum Database {
    Postgresql(PgConnection),
    Sqlite(SqliteConnection),
}

/// Rows a statement: SQLite binds at most 32766 values, and PostgreSQL cuts a statement off after 3.5 s.
pub(crate) const ROWS_A_STATEMENT: usize = 500;

/// Inserts the rows of a slice. Their type must be `Insertable` with `treat_none_as_default_value =
/// false`: SQLite has no word for a default, and diesel would open a transaction to insert one by one.
/// PostgreSQL takes them by COPY. For loads: a batch is prepared anew each time, so single rows go faster by a plain insert.
macro_rules! insert_many {
    ($database:expr, $table:expr, $rows:expr) => {
        $rows.chunks($crate::database::ROWS_A_STATEMENT).try_for_each(|some| {
            let inserted = match $database {
                $crate::database::Database::Postgresql(server) => {
                    diesel::ExecuteCopyFromDsl::execute(diesel::copy_from($table).from_insertable(some), server)
                }
                $crate::database::Database::Sqlite(file) => {
                    diesel::RunQueryDsl::execute(diesel::insert_into($table).values(some), file)
                }
            };
            inserted.map(|_| ())
        })
    };
}
pub(crate) use insert_many;

/// Up to so many rows go one by one, by a statement that stays prepared.
pub(crate) const FEW: usize = 4;

/// As `insert_many`, for as many rows as requests happen to bring at once.
macro_rules! insert_few_or_many {
    ($database:expr, $table:expr, $rows:expr) => {
        match $rows.len() {
            0..=$crate::database::FEW => $rows.iter().try_for_each(|row| {
                diesel::RunQueryDsl::execute(diesel::insert_into($table).values(row), $database).map(|_| ())
            }),
            _ => $crate::database::insert_many!($database, $table, $rows),
        }
    };
}
pub(crate) use insert_few_or_many;
