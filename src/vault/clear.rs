//! Values in the clear for as long as a request takes. They can be read from a body and nothing else
//! by accident: they do not serialise, their `Debug` shows nothing, and they are wiped when dropped.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use zeroize::Zeroizing;

/// A text that must not be seen; `reveal` is the one way to it.
#[derive(Clone, PartialEq, Eq)]
pub struct Clear(Zeroizing<String>);

impl Clear {
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself. Whoever asks owes the journal an entry, or keeps it to itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The last characters, at most three, and never more than a third of the whole.
    pub fn ending(&self) -> String {
        let count = self.0.chars().count();
        self.0.chars().skip(count - (count / 3).min(3)).collect()
    }
}

impl fmt::Debug for Clear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(in the clear, so not shown)")
    }
}

macro_rules! clear_text {
    ($(#[$meta:meta])* $name:ident, $pattern:literal, $min:literal, $max:literal) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(Clear);

        impl $name {
            pub const fn clear(&self) -> &Clear {
                &self.0
            }
        }
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(Clear::new(text.to_owned()))
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(|text| Self(Clear::new(text)))
            }
        }
        impl utoipa::PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(SchemaType::Type(Type::String))
                    .pattern(Some($pattern))
                    .min_length(Some($min))
                    .max_length(Some($max))
                    .write_only(true)
                    .into()
            }
        }
        impl utoipa::ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }
    };
}

clear_text!(
    /// A personal identification number: 12 digits (Law 26/2023/QH15 on identification, article 12).
    NationalId, "^[0-9]{12}$", 12, 12
);
clear_text!(
    /// A telephone number: digits, perhaps with a country code.
    Phone, r"^\+?[0-9]{6,15}$", 6, 16
);
clear_text!(
    /// A password that is to be: 12 to 128 characters of any kind but control characters.
    NewPassword, r"^[^\u0000-\u001F\u007F]*$", 12, 128
);
clear_text!(
    /// A password as somebody typed it.
    Password, r"^[^\u0000]*$", 1, 1024
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clear_text_shows_nothing_of_itself() {
        let id: NationalId = serde_json::from_str("\"000123456789\"").expect("a text");
        assert!(!format!("{id:?} {:?}", id.clear()).contains("789"));
        assert_eq!(id.clear().ending(), "789");
        assert_eq!(Clear::new("12345".to_owned()).ending(), "5");
        assert_eq!(Clear::new(String::new()).ending(), "");
    }
}
