//! The memory: one append-only log, written in the transaction of every change. Record history, the
//! change feed, the audit trail and the proofs are readings of it (see `history`). Entries hold no personal value in
//! the clear. What must not come in: who may read what (that is the door's), any noun by name.

mod append;
mod entry;
mod last;
mod leaves;
mod line;
mod tree;

pub(crate) use append::{Head, Stamp, append, lock_head, lock_head_and_last, moved};
pub(crate) use entry::unsealed;
pub use entry::{Deed, Entry, Meta, Record};
pub(crate) use last::last_of;
pub(crate) use leaves::{edge, leaves, leaves_from, root, size};
pub(crate) use line::{Kept, names};
pub(crate) use tree::{Edge, Hash, Tile, consistency, inclusion, leaf};
