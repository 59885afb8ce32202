//! Either database as one type: one query code serves both. Connections are opened by the door alone.

use std::sync::OnceLock;

use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryBuilder, QueryFragment, QueryId};

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

/// The text of what a query selects, for either database.
pub(crate) type Text = [OnceLock<String>; 2];

/// What a query selects, its text written out once: a query whose filters vary is put into words anew for each
/// request, several times, to find the statement that is prepared of it.
#[derive(Clone, Copy)]
pub(crate) struct Written<E> {
    selected: E,
    text: &'static Text,
}

impl<E> Written<E> {
    /// `selected` has no values to bind, and `text` is its alone (see `written!`).
    pub(crate) const fn new(selected: E, text: &'static Text) -> Self {
        Self { selected, text }
    }
}

/// The columns of a row that is `Selectable`, written out once.
macro_rules! written {
    ($row:ty) => {{
        static TEXT: $crate::database::Text = [const { std::sync::OnceLock::new() }; 2];
        $crate::database::Written::new(<$row as diesel::SelectableHelper<_>>::as_select(), &TEXT)
    }};
}
pub(crate) use written;

impl<E: Expression> Expression for Written<E> {
    type SqlType = E::SqlType;
}
impl<E: ValidGrouping<G>, G> ValidGrouping<G> for Written<E> {
    type IsAggregate = E::IsAggregate;
}
impl<E: SelectableExpression<From>, From> SelectableExpression<From> for Written<E> where Self: AppearsOnTable<From> {}
impl<E: AppearsOnTable<From>, From> AppearsOnTable<From> for Written<E> {}
impl<E: QueryId> QueryId for Written<E> {
    type QueryId = E::QueryId;
    const HAS_STATIC_QUERY_ID: bool = E::HAS_STATIC_QUERY_ID;
}

impl<E: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for Written<E> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        type Builder = <MultiBackend as Backend>::QueryBuilder;
        let backend = pass.backend();
        let (text, mut builder) = match backend {
            MultiBackend::Postgresql(_) => (&self.text[0], Builder::Postgresql(Default::default())),
            MultiBackend::Sqlite(_) => (&self.text[1], Builder::Sqlite(Default::default())),
        };
        if text.get().is_none() {
            self.selected.to_sql(&mut builder, backend)?;
        }
        pass.push_sql(text.get_or_init(|| builder.finish()));
        Ok(())
    }
}
