//! The door. Every row is reached through a [`Permit`], which gives a [`Tx`] to read or a
//! [`WriteTx`] to write; connections stay inside. What must not come in: any noun, any SQL of one.

mod caller;
mod company;
mod conflict;
mod door;
mod joint;
mod lanes;
mod memory;
mod once;
mod owed;
mod permit;
mod persons;
pub mod policy;
mod pool;
mod pulse;
mod trouble;
mod tx;
mod wanted;
mod write;

pub use crate::database::{Database, MultiBackend};
pub use crate::noun::{Named, Noun};
pub use crate::types::PrincipalId;
pub use caller::{Caller, CallerKind, ROOT_UNIT, SYSTEM};
pub use conflict::{containing, id_taken, in_use, on_conflict};
pub use door::Door;
pub use once::{Once, forget};
pub use owed::Tally;
pub use permit::{Act, Asking, Change, Create, Delete, Permit, Read, Renew, Update};
pub use policy::{Action, Role, Scope, ScopeSet};
pub use pool::Place;
pub use tx::Tx;
pub use write::WriteTx;
