//! The door. Every row is reached through a [`Permit`], which gives a [`Tx`] to read or a
//! [`WriteTx`] to write; connections stay inside. What must not come in: any noun, any SQL of one.

mod caller;
mod conflict;
mod door;
mod many;
mod once;
mod permit;
pub mod policy;
mod pool;
mod tx;

pub use caller::{Caller, CallerKind, Principal, PrincipalId, ROOT_UNIT, SYSTEM};
pub use conflict::{containing, id_taken, in_use, on_conflict};
pub use door::Door;
pub(crate) use many::{ROWS_A_STATEMENT, insert_many};
pub use once::Once;
pub use permit::{Act, Asking, Change, Create, Delete, Named, Permit, Read, Update};
pub use policy::{Action, Noun, Role, Scope, ScopeSet};
pub use pool::{Database, MultiBackend, Place};
pub use tx::{Tx, WriteTx};
