//! What follows when a model changes: its teams and memberships end with it, they and what is said of
//! it move with it.

use super::{Model, ModelId, status_store, store};
use crate::access::WriteTx;
use crate::error::Result;
use crate::resources::commendation::{self, Recipient};
use crate::resources::membership::{self, MembershipOf};
use crate::resources::{review, team};

/// Carries a change of the model from `before` to what it is now over to those that belong to it.
pub fn follow(tx: &mut WriteTx<'_>, before: &Model) -> Result<()> {
    let id: ModelId = before.meta.id.cast();
    let now = store::find_anywhere(tx, id)?;
    let (end, unit) = (now.ended_on.filter(|_| before.ended_on.is_none()), now.fields.unit_id);
    let moved = unit != before.fields.unit_id;
    if end.is_some() || moved {
        // One that joins at the same time is seen here, or sees the change.
        tx.alone()?;
    }
    if let Some(day) = end {
        team::store::end_all(tx, id, day)?;
        membership::store::end_all(tx, MembershipOf::Model(id), day)?;
    }
    if moved {
        status_store::move_all(tx, before, unit)?;
        team::store::move_all(tx, id, unit)?;
        review::store::move_all(tx, id, unit)?;
        membership::store::move_all(tx, MembershipOf::Model(id), unit)?;
        commendation::store::move_all(tx, Recipient::Model(id), unit)?;
    }
    Ok(())
}
