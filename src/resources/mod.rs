//! The nouns. Each has a room of its own: shapes (`mod`), routes (`api`), rules (`rules`, neither
//! HTTP nor SQL) and rows (`store`). What two nouns share and names no table lives elsewhere.

pub mod client;
pub mod model;
pub mod model_type;
pub mod unit;
