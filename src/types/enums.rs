//! The one macro of the house: a text enum, alike in JSON, in the document and in the database.

/// Declares an enum whose values are `snake_case` words everywhere they are seen.
macro_rules! text_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = diesel::sql_types::Text)]
        $vis enum $name { $($(#[$vmeta])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The value as it is written everywhere.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::SchemaType::Type(utoipa::openapi::schema::Type::String))
                    .enum_values(Some(Self::ALL.iter().map(|value| value.as_str())))
                    .into()
            }
        }
        impl utoipa::ToSchema for $name {}
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text { $($text => Ok(Self::$variant),)+ _ => Err(format!("no {} of that name", stringify!($name))) }
            }
        }
        $crate::types::stored_as_text!($name);
    };
}
pub(crate) use text_enum;

/// Stores a type that is `FromStr` and has `as_str` in a text column of both databases.
macro_rules! stored_as_text {
    ($name:ident $(<const $n:ident : usize>)?) => {
        const _: () = {
            use diesel::backend::Backend;
            use diesel::deserialize::{self, FromSql};
            use diesel::serialize::{self, IsNull, Output, ToSql};
            use diesel::sql_types::Text;
            use $crate::database::MultiBackend;

            impl $(<const $n: usize>)? ToSql<Text, diesel::pg::Pg> for $name $(<$n>)? {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, diesel::pg::Pg>) -> serialize::Result {
                    std::io::Write::write_all(out, self.as_str().as_bytes())?;
                    Ok(IsNull::No)
                }
            }
            impl $(<const $n: usize>)? ToSql<Text, diesel::sqlite::Sqlite> for $name $(<$n>)? {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, diesel::sqlite::Sqlite>) -> serialize::Result {
                    out.set_value(self.as_str().to_owned());
                    Ok(IsNull::No)
                }
            }
            impl $(<const $n: usize>)? ToSql<Text, MultiBackend> for $name $(<$n>)? {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
                    out.set_value((Text, self));
                    Ok(IsNull::No)
                }
            }
            impl $(<const $n: usize>)? FromSql<Text, diesel::pg::Pg> for $name $(<$n>)? {
                fn from_sql(value: <diesel::pg::Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                    Ok(std::str::from_utf8(value.as_bytes())?.parse()?)
                }
            }
            impl $(<const $n: usize>)? FromSql<Text, diesel::sqlite::Sqlite> for $name $(<$n>)? {
                fn from_sql(mut value: <diesel::sqlite::Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                    Ok(value.read_text().parse()?)
                }
            }
            impl $(<const $n: usize>)? FromSql<Text, MultiBackend> for $name $(<$n>)? {
                fn from_sql(value: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                    value.from_sql::<Self, Text>()
                }
            }
        };
    };
}
pub(crate) use stored_as_text;
