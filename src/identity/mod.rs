//! Who is asking: signing keys, access tokens, secrets, the gate every request passes. What must
//! not come in: what a caller may do (see `access::policy`).

mod api;
mod assertion;
mod gate;
mod issuers;
mod jwks;
mod keys;
mod lately;
mod limits;
mod login;
mod me;
mod metadata;
mod oauth;
mod password;
mod remote;
mod revoke;
mod rights;
mod rights_store;
mod strangers;
mod token;

pub use api::{SCOPE_OF_TOKENS, oauth};
pub use gate::gate;
pub use issuers::Issuers;
pub use keys::Keys;
pub use limits::Limits;
pub use me::routes;
pub use rights::Rights;
pub use rights_store::standing;
pub use strangers::Strangers;
pub use token::Tokens;
