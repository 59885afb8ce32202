//! The contract: the same cases for every noun, so that knowing one is knowing all.

mod hostile;
mod lists;
mod nouns;
mod refusals;
mod territory;
mod wire;
mod writes;

pub use nouns::{NOUNS, Noun};
pub use territory::steady;
