//! What follows when a member moves: its commendations move with it.

use super::{Member, store};
use crate::access::WriteTx;
use crate::error::Result;
use crate::resources::commendation::{self, Recipient};

/// Carries a change of the member from `before` to what it is now over to what belongs to its unit.
pub fn follow(tx: &mut WriteTx<'_>, before: &Member) -> Result<()> {
    let now = store::find(tx, before.id())?;
    if now.unit_id == before.unit_id {
        return Ok(());
    }
    // One that is proposed at the same time is seen here, or sees the move.
    tx.alone()?;
    commendation::store::move_all(tx, Recipient::Member(before.id()), now.unit_id)
}
