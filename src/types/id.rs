//! `Id<R>`: the UUIDv7 of a record of kind `R`; an id of another kind does not compile.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sqlite::Sqlite;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use uuid::Uuid;

use super::{Moment, sql};
use crate::database::MultiBackend;

/// The identifier of a record of kind `R`, a UUID (RFC 9562), version 7 when the registry makes it.
#[derive(AsExpression, FromSqlRow)]
#[diesel(sql_type = sql::Uuid)]
pub struct Id<R: 'static>(Uuid, PhantomData<fn() -> R>);

/// Tags for ids that rooms below the nouns speak of.
#[derive(Debug)]
pub struct UnitTag;
#[derive(Debug)]
pub struct PrincipalTag;
#[derive(Debug)]
pub struct PersonTag;
#[derive(Debug)]
pub struct AnyTag;

impl<R> Id<R> {
    pub const fn new(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }

    /// The UUIDv7 of a moment and of bits that were settled beforehand: the same ones give the same id.
    pub const fn settled(at: Moment, bits: [u8; 10]) -> Self {
        let millis = at.micros().div_euclid(1000);
        Self::new(
            uuid::Builder::from_unix_timestamp_millis(if millis > 0 { millis as u64 } else { 0 }, &bits).into_uuid(),
        )
    }

    pub const fn uuid(self) -> Uuid {
        self.0
    }

    /// The same identifier read as that of another kind, where a column may point at several kinds.
    pub const fn cast<S>(self) -> Id<S> {
        Id::new(self.0)
    }
}

impl<R> Clone for Id<R> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<R> Copy for Id<R> {}
impl<R> PartialEq for Id<R> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<R> Eq for Id<R> {}
impl<R> PartialOrd for Id<R> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<R> Ord for Id<R> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<R> Hash for Id<R> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<R> fmt::Debug for Id<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl<R> fmt::Display for Id<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl<R> FromStr for Id<R> {
    type Err = uuid::Error;
    /// Reads the hyphenated form alone: one record has one URL.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let hyphenated: uuid::fmt::Hyphenated = text.parse()?;
        Ok(Self::new(hyphenated.into_uuid()))
    }
}
impl<R> Serialize for Id<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
impl<'de, R> Deserialize<'de> for Id<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Uuid::deserialize(deserializer).map(Self::new)
    }
}

impl<R> utoipa::PartialSchema for Id<R> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .format(Some(SchemaFormat::Custom("uuid".into())))
            .pattern(Some("^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$"))
            .min_length(Some(36))
            .max_length(Some(36))
            .into()
    }
}
impl<R> utoipa::ToSchema for Id<R> {
    fn name() -> std::borrow::Cow<'static, str> {
        "Uuid".into()
    }
}

impl<R> ToSql<sql::Uuid, Pg> for Id<R> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        use std::io::Write;
        out.write_all(self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}
impl<R> FromSql<sql::Uuid, Pg> for Id<R> {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self::new(Uuid::from_slice(value.as_bytes())?))
    }
}
impl<R> ToSql<sql::Uuid, Sqlite> for Id<R> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_bytes().as_slice());
        Ok(IsNull::No)
    }
}
impl<R> FromSql<sql::Uuid, Sqlite> for Id<R> {
    fn from_sql(mut value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self::new(Uuid::from_slice(value.read_blob())?))
    }
}
impl<R> ToSql<sql::Uuid, MultiBackend> for Id<R> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        out.set_value((sql::Uuid, self));
        Ok(IsNull::No)
    }
}
impl<R> FromSql<sql::Uuid, MultiBackend> for Id<R> {
    fn from_sql(value: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        value.from_sql::<Self, sql::Uuid>()
    }
}

/// An identifier that a client brings along for a record it creates: UUIDv7 alone.
#[derive(Deserialize)]
#[serde(bound = "")]
pub struct NewId<R: 'static>(Id<R>);

impl<R> NewId<R> {
    /// One that the registry itself has settled on.
    pub(crate) const fn settled(id: Id<R>) -> Self {
        Self(id)
    }

    pub const fn id(&self) -> Id<R> {
        self.0
    }
}
impl<R> Clone for NewId<R> {
    fn clone(&self) -> Self {
        Self(self.0)
    }
}
impl<R> fmt::Debug for NewId<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl<R> utoipa::PartialSchema for NewId<R> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .format(Some(SchemaFormat::Custom("uuid".into())))
            .pattern(Some("^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-7[0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}$"))
            .min_length(Some(36))
            .max_length(Some(36))
            .into()
    }
}
impl<R> utoipa::ToSchema for NewId<R> {
    fn name() -> std::borrow::Cow<'static, str> {
        "UuidV7".into()
    }
}
