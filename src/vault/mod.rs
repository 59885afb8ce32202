//! The safe: how personal values are kept so that a database alone tells nothing of a person. Every
//! person has a key of its own, wrapped by a master key that lies outside the database; what is
//! sealed is bound to its table, column and row. Destroying a person's key erases what it sealed
//! wherever copies lie. What must not come in: SQL, nouns, who may open what.

mod clear;
pub mod files;
mod guesses;
mod master;
pub mod passwords;
pub mod ring;
mod seal;
pub mod signing;
pub mod stream;

pub use clear::{Clear, NationalId, NewPassword, Password, Phone};
pub use master::{Vault, Wrapped};
pub use passwords::{Hashed, Passwords};
pub use seal::{PersonKey, Spot};
pub use signing::{SigningKey, signed};
