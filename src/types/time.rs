//! Moments (UTC, microseconds) and days (as the state counts them, in Asia/Ho_Chi_Minh).

use std::fmt;
use std::str::FromStr;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::BigInt;
use diesel::sqlite::Sqlite;
use jiff::civil::Date;
use jiff::fmt::temporal::DateTimePrinter;
use jiff::{Timestamp, ToSpan, tz};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};

use super::sql;
use crate::database::MultiBackend;

/// Microseconds from 1970-01-01 to 2000-01-01, PostgreSQL's own epoch.
const PG_EPOCH_MICROS: i64 = 946_684_800_000_000;
/// The first moment of the year 0; both databases hold what is later.
const YEAR_ZERO_MICROS: i64 = -62_167_219_200_000_000;
/// The state's time zone has had no daylight saving since 1975: UTC+7.
const VIETNAM: tz::Offset = tz::offset(7);

/// The longest form of a moment.
const LONGEST_MOMENT: usize = "2023-03-31T02:00:00.000001Z".len();
const PRINTER: DateTimePrinter = DateTimePrinter::new();

/// A point in time, to the microsecond; `2023-03-31T02:00:00.000001Z` on the wire (RFC 3339).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = sql::Moment)]
pub struct Moment(i64);

impl Moment {
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    pub const fn micros(self) -> i64 {
        self.0
    }

    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// The calendar day in Asia/Ho_Chi_Minh on which this moment falls.
    pub fn day(self) -> Day {
        Day(VIETNAM.to_datetime(self.timestamp()).date())
    }

    fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or(Timestamp::MAX)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.timestamp().fmt(f)
    }
}
impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl FromStr for Moment {
    type Err = jiff::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let micros = text.parse::<Timestamp>()?.as_microsecond();
        if micros < YEAR_ZERO_MICROS {
            return Err(jiff::Error::from_args(format_args!("before the year 0")));
        }
        Ok(Self(micros))
    }
}
impl Serialize for Moment {
    /// Written as a whole: a record has many, and a formatter takes them in small pieces.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = String::with_capacity(LONGEST_MOMENT);
        PRINTER.print_timestamp(&self.timestamp(), &mut text).map_err(ser::Error::custom)?;
        serializer.serialize_str(&text)
    }
}
impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}
impl utoipa::PartialSchema for Moment {
    fn schema() -> RefOr<Schema> {
        text("date-time", r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z$", 20, 27)
    }
}
impl utoipa::ToSchema for Moment {}

/// A calendar day as the state counts it, in Asia/Ho_Chi_Minh; `2023-03-31` on the wire.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = sql::Day)]
pub struct Day(Date);

impl Day {
    /// Before anything that is recorded: what begins here has been since ever.
    pub const FIRST: Self = Self(Date::constant(1, 1, 1));

    /// The day of that year, month and day of month; `None` when the calendar has no such day.
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        match Date::new(year, month, day) {
            Ok(date) if (0..=9999).contains(&year) => Some(Self(date)),
            Ok(_) | Err(_) => None,
        }
    }

    pub const fn date(self) -> Date {
        self.0
    }

    /// The day `days` later (earlier when negative), clamped to the calendar's ends.
    pub fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days.days()))
    }

    /// How many days this one is after another; negative when it is before.
    pub fn since(self, other: Self) -> i32 {
        (self.0.duration_since(other.0).as_hours() / 24) as i32
    }

    /// The moment at which this day begins in Asia/Ho_Chi_Minh.
    pub fn start(self) -> Moment {
        let midnight = self.0.at(0, 0, 0, 0);
        VIETNAM.to_timestamp(midnight).map_or(Moment(i64::MIN), |t| Moment(t.as_microsecond()))
    }

    fn pg_days(self) -> i32 {
        let epoch = Date::constant(2000, 1, 1);
        self.0.duration_since(epoch).as_hours() as i32 / 24
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl FromStr for Day {
    type Err = jiff::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let date: Date = text.parse()?;
        if date.year() < 0 {
            return Err(jiff::Error::from_args(format_args!("before the year 0")));
        }
        Ok(Self(date))
    }
}
impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}
impl utoipa::PartialSchema for Day {
    fn schema() -> RefOr<Schema> {
        text("date", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", 10, 10)
    }
}
impl utoipa::ToSchema for Day {}

fn text(format: &str, pattern: &str, min: usize, max: usize) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .format(Some(SchemaFormat::Custom(format.to_owned())))
        .pattern(Some(pattern))
        .min_length(Some(min))
        .max_length(Some(max))
        .into()
}

impl ToSql<sql::Moment, Pg> for Moment {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        use std::io::Write;
        out.write_all(&(self.0 - PG_EPOCH_MICROS).to_be_bytes())?;
        Ok(IsNull::No)
    }
}
impl FromSql<sql::Moment, Pg> for Moment {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let bytes: [u8; 8] = value.as_bytes().try_into()?;
        Ok(Self(i64::from_be_bytes(bytes) + PG_EPOCH_MICROS))
    }
}
impl ToSql<sql::Moment, Sqlite> for Moment {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0);
        Ok(IsNull::No)
    }
}
impl FromSql<sql::Moment, Sqlite> for Moment {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        <i64 as FromSql<BigInt, Sqlite>>::from_sql(value).map(Self)
    }
}
impl ToSql<sql::Day, Pg> for Day {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        use std::io::Write;
        out.write_all(&self.pg_days().to_be_bytes())?;
        Ok(IsNull::No)
    }
}
impl FromSql<sql::Day, Pg> for Day {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let bytes: [u8; 4] = value.as_bytes().try_into()?;
        let epoch = Date::constant(2000, 1, 1);
        Ok(Self(epoch.checked_add(i32::from_be_bytes(bytes).days())?))
    }
}
impl ToSql<sql::Day, Sqlite> for Day {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.to_string());
        Ok(IsNull::No)
    }
}
impl FromSql<sql::Day, Sqlite> for Day {
    fn from_sql(mut value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(value.read_text().parse()?)
    }
}

macro_rules! on_both {
    ($type:ty, $sql:expr, $sqlty:ty) => {
        impl ToSql<$sqlty, MultiBackend> for $type {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
                out.set_value(($sql, self));
                Ok(IsNull::No)
            }
        }
        impl FromSql<$sqlty, MultiBackend> for $type {
            fn from_sql(value: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                value.from_sql::<Self, $sqlty>()
            }
        }
    };
}
on_both!(Moment, sql::Moment, sql::Moment);
on_both!(Day, sql::Day, sql::Day);
