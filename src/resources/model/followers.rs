//! What follows when a model changes: its teams end with it, its teams and reviews move with it.

use super::{Model, ModelId, store};
use crate::access::WriteTx;
use crate::error::Result;
use crate::resources::{review, team};

/// Carries a change of the model from `before` to what it is now over to those that belong to it.
pub fn follow(tx: &mut WriteTx<'_>, before: &Model) -> Result<()> {
    let id: ModelId = before.meta.id.cast();
    let now = store::find_anywhere(tx, id)?;
    if let Some(day) = now.ended_on.filter(|_| before.ended_on.is_none()) {
        team::store::end_all(tx, id, day)?;
    }
    if now.fields.unit_id != before.fields.unit_id {
        team::store::move_all(tx, id, now.fields.unit_id)?;
        review::store::move_all(tx, id, now.fields.unit_id)?;
    }
    Ok(())
}
