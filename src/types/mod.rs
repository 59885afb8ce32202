//! The small words every room speaks: ids, moments, days, bounded text, enums.
//!
//! A type belongs here when it names no table and no noun. Each one carries its own bounds, so
//! the OpenAPI document, the validator and the database agree on them by construction.

mod enums;
mod id;
mod json;
mod period;
mod shared;
mod text;
mod time;

pub(crate) use enums::{stored_as_text, text_enum};
pub use id::{Id, NewId};
pub use json::Json;
pub use period::Period;
pub use shared::{Decision, Degrees, GeoPoint};
pub use text::{Base64Url, Code, Handle, Line, Prose, SortKey, fold, hex};
pub use time::{Day, Moment};

/// Identifier of an administrative unit.
pub type UnitId = Id<id::UnitTag>;
/// Identifier brought along for a new unit.
pub type NewUnitId = NewId<id::UnitTag>;
/// Identifier of a principal: a service client, a user, or the registry itself.
pub type PrincipalId = Id<id::PrincipalTag>;
/// Identifier of a person whose values are sealed by a key of its own.
pub type PersonId = Id<id::PersonTag>;
/// Identifier of a record whose kind does not matter.
pub type AnyId = Id<id::AnyTag>;
/// A name or title.
pub type Name = Line<200>;
/// The name a user signs in with.
pub type Username = Handle<64>;
/// The number of a document.
pub type Number = Line<100>;
/// Longer text.
pub type Notes = Prose<4000>;
/// Why something was done.
pub type Reason = Prose<2000>;
/// A code of a few characters.
pub type ShortCode = Code<32>;
/// A longer code.
pub type LongCode = Code<64>;

/// SQL types that both databases know under names of their own.
pub mod sql {
    use diesel::query_builder::QueryId;
    use diesel::sql_types::{HasSqlType, SqlType};

    use crate::database::MultiBackend;

    /// `uuid` on PostgreSQL, a 16-byte blob on SQLite.
    #[derive(Clone, Copy, Debug, Default, SqlType, QueryId)]
    #[diesel(postgres_type(oid = 2950, array_oid = 2951))]
    #[diesel(sqlite_type(name = "Binary"))]
    pub struct Uuid;

    /// `timestamptz` on PostgreSQL, microseconds since 1970 on SQLite.
    #[derive(Clone, Copy, Debug, Default, SqlType, QueryId)]
    #[diesel(postgres_type(oid = 1184, array_oid = 1185))]
    #[diesel(sqlite_type(name = "Long"))]
    pub struct Moment;

    /// `date` on PostgreSQL, `YYYY-MM-DD` text on SQLite.
    #[derive(Clone, Copy, Debug, Default, SqlType, QueryId)]
    #[diesel(postgres_type(oid = 1082, array_oid = 1182))]
    #[diesel(sqlite_type(name = "Text"))]
    pub struct Day;

    macro_rules! known_to_both {
        ($($sql:ty),*) => {$(
            impl HasSqlType<$sql> for MultiBackend {
                fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
                    Self::lookup_sql_type::<$sql>(lookup)
                }
            }
        )*};
    }
    known_to_both!(Uuid, Moment, Day);
}
