//! Bounded text, folded for search and keyed for Vietnamese order.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use icu_collator::options::CollatorOptions;
use icu_collator::{Collator, CollatorBorrowed};
use serde::{Deserialize, Deserializer, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};

macro_rules! bounded_text {
    ($(#[$meta:meta])* $name:ident, $pattern:literal) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, AsExpression, FromSqlRow)]
        #[diesel(sql_type = diesel::sql_types::Text)]
        pub struct $name<const MAX: usize>(String);

        impl<const MAX: usize> $name<MAX> {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl<const MAX: usize> From<&str> for $name<MAX> {
            fn from(text: &str) -> Self {
                Self(text.nfc().collect())
            }
        }
        impl<const MAX: usize> FromStr for $name<MAX> {
            type Err = Infallible;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Ok(Self(text.to_owned()))
            }
        }
        impl<const MAX: usize> fmt::Display for $name<MAX> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl<'de, const MAX: usize> Deserialize<'de> for $name<MAX> {
            /// Normalises to NFC, so that two spellings of one word are one word.
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = Cow::<str>::deserialize(deserializer)?;
                Ok(Self(text.nfc().collect()))
            }
        }
        impl<const MAX: usize> utoipa::PartialSchema for $name<MAX> {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(SchemaType::Type(Type::String))
                    .pattern(Some($pattern))
                    .min_length(Some(1))
                    .max_length(Some(MAX))
                    .into()
            }
        }
        impl<const MAX: usize> utoipa::ToSchema for $name<MAX> {
            fn name() -> Cow<'static, str> {
                format!("{}{MAX}", stringify!($name)).into()
            }
        }
        super::stored_as_text!($name<const MAX: usize>);
    };
}

bounded_text!(
    /// One line of text with at least one visible character and no control character.
    Line,
    r"^[^\u0000-\u001F\u007F-\u009F\u2028\u2029]*[^\s\u0000-\u001F\u007F-\u009F\u2028\u2029][^\u0000-\u001F\u007F-\u009F\u2028\u2029]*$"
);
bounded_text!(
    /// Text of several lines; tab and line breaks are its only control characters.
    Prose,
    r"^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]*$"
);
bounded_text!(
    /// A code: ASCII letters, digits and `. _ / -`, without spaces.
    Code,
    "^[0-9A-Za-z][0-9A-Za-z._/-]*$"
);
bounded_text!(
    /// The name one signs in with: lower-case ASCII letters, digits and `. _ -`, at least three.
    Handle,
    "^[a-z0-9][a-z0-9._-]{2,63}$"
);

bounded_text!(
    /// Bytes in base64url without padding (RFC 4648, section 5).
    Base64Url,
    "^[A-Za-z0-9_-]+$"
);

impl<const MAX: usize> Handle<MAX> {
    /// Whether a text has the form that the pattern asks for.
    pub fn fits(text: &str) -> bool {
        let bytes = text.as_bytes();
        let letter = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let rest = |b: &u8| letter(b) || matches!(b, b'.' | b'_' | b'-');
        (3..=MAX).contains(&bytes.len()) && bytes.first().is_some_and(letter) && bytes.iter().all(rest)
    }
}

/// Folds text for search: NFD without marks, `đ` as `d`, lower case, single spaces.
/// `Tổ liên gia` becomes `to lien gia`; tone placement (`hoà`, `hòa`) makes no difference.
pub fn fold(text: &str) -> String {
    let bare = text.nfd().filter(|c| !is_combining_mark(*c));
    let lower: String = bare.flat_map(char::to_lowercase).collect();
    let plain: String =
        lower.nfd().filter(|c| !is_combining_mark(*c)).map(|c| if c == 'đ' { 'd' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The CLDR `vi` collation key: comparing keys byte by byte orders text as Vietnamese readers expect,
/// alike on every database. It ends with the text's own bytes, so that only equal text has equal keys.
pub fn sort_key(text: &str) -> Vec<u8> {
    static COLLATOR: LazyLock<Option<CollatorBorrowed<'static>>> = LazyLock::new(|| {
        let vietnamese = icu_locale_core::locale!("vi");
        Collator::try_new(vietnamese.into(), CollatorOptions::default()).ok()
    });
    let mut key = Vec::with_capacity(text.len() * 3);
    if let Some(collator) = COLLATOR.as_ref() {
        let Ok(()) = collator.write_sort_key_to(text, &mut key);
    }
    key.push(0);
    key.extend_from_slice(text.as_bytes());
    key
}

/// A collation key as a column keeps it; base64 in a cursor.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Binary)]
pub struct SortKey(Vec<u8>);

impl SortKey {
    /// The key of `text`.
    pub fn of(text: &str) -> Self {
        Self(sort_key(text))
    }
}

impl Serialize for SortKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use base64::Engine;
        serializer.serialize_str(&base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&self.0))
    }
}
impl<'de> Deserialize<'de> for SortKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use base64::Engine;
        let text = String::deserialize(deserializer)?;
        let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text);
        bytes.map(Self).map_err(serde::de::Error::custom)
    }
}

mod stored_key {
    use diesel::backend::Backend;
    use diesel::deserialize::{self, FromSql};
    use diesel::pg::Pg;
    use diesel::serialize::{self, IsNull, Output, ToSql};
    use diesel::sql_types::Binary;
    use diesel::sqlite::Sqlite;

    use super::SortKey;
    use crate::database::MultiBackend;

    impl ToSql<Binary, Pg> for SortKey {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
            <Vec<u8> as ToSql<Binary, Pg>>::to_sql(&self.0, out)
        }
    }
    impl ToSql<Binary, Sqlite> for SortKey {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
            <Vec<u8> as ToSql<Binary, Sqlite>>::to_sql(&self.0, out)
        }
    }
    impl ToSql<Binary, MultiBackend> for SortKey {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
            out.set_value((Binary, self));
            Ok(IsNull::No)
        }
    }
    impl FromSql<Binary, Pg> for SortKey {
        fn from_sql(value: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
            <Vec<u8> as FromSql<Binary, Pg>>::from_sql(value).map(Self)
        }
    }
    impl FromSql<Binary, Sqlite> for SortKey {
        fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
            <Vec<u8> as FromSql<Binary, Sqlite>>::from_sql(value).map(Self)
        }
    }
    impl FromSql<Binary, MultiBackend> for SortKey {
        fn from_sql(value: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
            value.from_sql::<Self, Binary>()
        }
    }
}

/// Bytes in hexadecimal, in small letters.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
