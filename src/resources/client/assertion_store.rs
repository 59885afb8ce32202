//! Rows of assertions: which proofs of clients were used. Bookkeeping that is over when they are.

use diesel::prelude::*;

use super::ClientId;
use crate::access::{WriteTx, on_conflict};
use crate::error::{Error, Result};
use crate::resources::user::session_store::RESTORED;
use crate::schema::{client_assertions, loads};
use crate::types::Moment;

/// A proof that opens the registry once.
#[derive(Clone)]
pub struct Assertion {
    pub client: ClientId,
    /// The hash of its name.
    pub jti: Vec<u8>,
    /// When it was made, and when it is over.
    pub made: Moment,
    pub expires: Moment,
}

/// Uses a proof up; `Unauthenticated` where it was used before, by whatever process, or may have been: before
/// the registry was restored from a backup.
pub fn spend(tx: &mut WriteTx<'_>, assertion: &Assertion) -> Result<()> {
    let over = client_assertions::table.filter(client_assertions::expires_at.le(tx.now()));
    diesel::delete(over).execute(tx.conn())?;
    let restored: Option<Moment> = loads::table.find(RESTORED).select(loads::loaded_at).first(tx.conn()).optional()?;
    if restored.is_some_and(|restored| assertion.made <= restored) {
        return Err(Error::Unauthenticated);
    }
    let row = (
        client_assertions::client_id.eq(assertion.client),
        client_assertions::jti.eq(assertion.jti.clone()),
        client_assertions::expires_at.eq(assertion.expires),
    );
    let inserted = diesel::insert_into(client_assertions::table).values(row).execute(tx.conn());
    inserted.map(drop).map_err(on_conflict(&[(
        "client_assertions_pkey",
        "client_assertions.client_id, client_assertions.jti",
        || Error::Unauthenticated,
    )]))
}
