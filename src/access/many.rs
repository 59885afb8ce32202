//! Many rows in few statements. The connection enum has no batch insert, so each of its databases is
//! told the same thing here, once.

/// Rows a statement: SQLite binds at most 32766 values, and PostgreSQL cuts a statement off after 4 s.
pub(crate) const ROWS_A_STATEMENT: usize = 500;

/// Inserts the rows of a slice. Their type must be `Insertable` with `treat_none_as_default_value =
/// false`: SQLite has no word for a default, and diesel would open a transaction to insert one by one.
/// For loads: a batch is prepared anew each time, so single rows go faster by a plain insert.
macro_rules! insert_many {
    ($database:expr, $table:expr, $rows:expr) => {
        $rows.chunks($crate::access::ROWS_A_STATEMENT).try_for_each(|some| {
            let inserted = match $database {
                $crate::access::Database::Postgresql(server) => {
                    diesel::insert_into($table).values(some).execute(server)
                }
                $crate::access::Database::Sqlite(file) => diesel::insert_into($table).values(some).execute(file),
            };
            inserted.map(|_| ())
        })
    };
}
pub(crate) use insert_many;
