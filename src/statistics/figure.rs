//! A figure: a whole number, or a median between two.

use serde::{Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};

/// A number counted in halves, for a median may lie between two whole ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Figure(i64);

impl Figure {
    pub const fn whole(number: i64) -> Self {
        Self(number.saturating_mul(2))
    }

    /// The mean of two whole numbers.
    pub const fn between(low: i64, high: i64) -> Self {
        Self(low.saturating_add(high))
    }

    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    pub const fn less(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }

    /// The number, if it is a whole one.
    pub const fn as_whole(self) -> Option<i64> {
        if self.0 % 2 == 0 { Some(self.0 / 2) } else { None }
    }

    pub fn as_float(self) -> f64 {
        self.0 as f64 / 2.0
    }
}

impl std::fmt::Display for Figure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.as_whole() {
            Some(number) => number.fmt(f),
            None => self.as_float().fmt(f),
        }
    }
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.as_whole() {
            Some(number) => serializer.serialize_i64(number),
            None => serializer.serialize_f64(self.as_float()),
        }
    }
}

impl utoipa::PartialSchema for Figure {
    fn schema() -> RefOr<Schema> {
        let bound = 9_007_199_254_740_991.0;
        let number = ObjectBuilder::new().schema_type(SchemaType::Type(Type::Number));
        number.minimum(Some(-bound)).maximum(Some(bound)).into()
    }
}

impl utoipa::ToSchema for Figure {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_is_written_as_one_and_a_half_as_a_half() {
        assert_eq!(serde_json::json!([Figure::whole(3), Figure::between(3, 4)]).to_string(), "[3,3.5]");
        assert_eq!(Figure::between(3, 4).less(Figure::whole(1)).to_string(), "2.5");
    }
}
