//! Shapes that several nouns share.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Day, Name, Number};

/// The paper an act rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Decision {
    /// Number and symbol of the document, e.g. `123/QĐ-UBND`.
    pub number: Number,
    /// Day of issue.
    pub issued_on: Day,
    /// The authority that issued it.
    pub issuer: Name,
}

/// A place on the map, WGS 84, in degrees.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GeoPoint {
    /// Latitude, degrees north.
    #[schema(minimum = -90, maximum = 90)]
    pub lat: f64,
    /// Longitude, degrees east.
    #[schema(minimum = -180, maximum = 180)]
    pub lng: f64,
}

/// Degrees of latitude or longitude, WGS 84.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, ToSchema)]
#[schema(minimum = -180, maximum = 180)]
pub struct Degrees(pub f64);
