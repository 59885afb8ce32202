//! Readings of the journal for callers: what a record looked like, what changed since, who did what,
//! and the proofs that none of it was altered. What must not come in: writing.

pub mod api;
mod audit;
mod feed;
mod kept;
mod moves;
mod notary;
mod proofs;
mod told;
mod verify;
mod versions;

pub use kept::{KeptCheckpoint, Leaves};
pub use notary::{AuditCheckpoint, Notary};
pub use verify::{Verdict, export, narrowed, verify};
pub use versions::{Version, version, versions};
