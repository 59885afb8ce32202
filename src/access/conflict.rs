//! Naming what the database refused: uniqueness and references are decided there, and said here in
//! the words of the store.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind as Kind, Error as Db};

use crate::error::{Error, Words};

/// What the store makes of a broken constraint, given its name.
pub type Naming = fn(&str) -> Error;

/// Turns a broken constraint into the store's words for it; anything else passes through.
pub fn on_conflict(names: &'static [(&'static str, Naming)]) -> impl Fn(Db) -> Error {
    move |error| {
        let Db::DatabaseError(Kind::UniqueViolation | Kind::ForeignKeyViolation, info) = &error else {
            return error.into();
        };
        match names.iter().find(|(constraint, _)| broke(info.as_ref(), constraint)) {
            Some((constraint, name)) => name(constraint),
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
pub fn id_taken(_: &str) -> Error {
    Error::Duplicate(Words::new("The id is taken.", "id đã được dùng."))
}

/// PostgreSQL names the constraint; SQLite names `table.column, table.column` of a unique index and
/// nothing of a reference.
fn broke(info: &(dyn DatabaseErrorInformation + Send + Sync), constraint: &str) -> bool {
    match info.constraint_name() {
        Some(name) => name == constraint,
        None => {
            let columns = info.message().rsplit(": ").next().unwrap_or_default();
            SQLITE_NAMES.iter().any(|(name, broken)| *name == constraint && *broken == columns)
        }
    }
}

/// What SQLite says of each unique constraint.
const SQLITE_NAMES: &[(&str, &str)] = &[
    ("units_pkey", "units.id"),
    ("units_code_from", "units.code_system, units.code, units.valid_from"),
    ("successions_pkey", "successions.id"),
    ("model_types_pkey", "model_types.id"),
    ("model_types_code", "model_types.code"),
    ("models_pkey", "models.id"),
    ("models_unit_code", "models.unit_id, models.code"),
    ("model_status_changes_pkey", "model_status_changes.id"),
    ("clients_pkey", "clients.id"),
    ("client_credentials_pkey", "client_credentials.id"),
];

/// The LIKE pattern for folded text that contains `q`; `%` and `_` are plain characters.
pub fn containing(q: &str) -> String {
    let folded = crate::types::fold(q);
    let plain = folded.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{plain}%")
}
