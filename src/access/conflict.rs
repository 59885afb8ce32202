//! Naming what the database refused: uniqueness and references are decided there, and said here in
//! the words of the store.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind as Kind, Error as Db};

use crate::error::{Error, Words};

/// A constraint by its name, by the columns that SQLite names instead (none for a reference), and
/// what the store makes of it.
pub type Named = (&'static str, &'static str, fn() -> Error);

/// Turns a broken constraint into the store's words for it; anything else passes through.
pub fn on_conflict(names: &'static [Named]) -> impl Fn(Db) -> Error {
    move |error| {
        let Db::DatabaseError(Kind::UniqueViolation | Kind::ForeignKeyViolation, info) = &error else {
            return error.into();
        };
        match names.iter().find(|(constraint, columns, _)| broke(info.as_ref(), constraint, columns)) {
            Some((.., name)) => name(),
            None => error.into(),
        }
    }
}

/// A row that others point to stays.
pub fn in_use(error: Db) -> Error {
    match error {
        Db::DatabaseError(Kind::ForeignKeyViolation, _) => Error::InUse,
        other => other.into(),
    }
}

/// A client's own identifier that is taken.
pub fn id_taken() -> Error {
    Error::Duplicate(Words::new("The id is taken.", "id đã được dùng."))
}

/// PostgreSQL names the constraint; SQLite names `table.column, table.column` of a unique index and
/// nothing of a reference.
fn broke(info: &(dyn DatabaseErrorInformation + Send + Sync), constraint: &str, columns: &str) -> bool {
    match info.constraint_name() {
        Some(name) => name == constraint,
        None => info.message().rsplit(": ").next() == Some(columns),
    }
}

/// The LIKE pattern for folded text that contains `q`; `%` and `_` are plain characters.
pub fn containing(q: &str) -> String {
    let folded = crate::types::fold(q);
    let plain = folded.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{plain}%")
}
