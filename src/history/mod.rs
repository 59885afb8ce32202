//! Readings of the journal for callers: what a record looked like. What must not come in: writing.

mod versions;

pub use versions::{Version, version, versions};
