//! Loading lists of units into the registry, in one transaction and as often as one likes: what is
//! there stays, what is missing comes.

use serde::Serialize;

use super::lists::ListedUnit;
use super::plan::Plan;
use crate::access::{Caller, Door, WriteTx};
use crate::error::Result;
use crate::resources::unit::bulk_store;

/// What a load of units did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Loaded {
    pub units_listed: usize,
    /// Units that were not there.
    pub units_created: usize,
    /// Units that were there and got an end or a link they lacked.
    pub units_completed: usize,
    pub successions_created: usize,
}

/// Loads lists, all or nothing.
pub fn load_listed(door: &Door, listed: &[ListedUnit]) -> Result<Loaded> {
    door.write_now(&Caller::system(), "units load", |tx| load(tx, listed))
}

/// Loads listed units within a transaction. A unit of the same code system, code and first day as a
/// listed one is that unit.
pub(super) fn load(tx: &mut WriteTx<'_>, listed: &[ListedUnit]) -> Result<Loaded> {
    tx.alone()?;
    let mut plan = Plan::over(bulk_store::all(tx)?);
    listed.iter().try_for_each(|unit| plan.place(tx, unit))?;
    listed.iter().try_for_each(|unit| plan.succeed(tx, unit))?;
    let load = plan.settle()?;
    bulk_store::write(tx, &load)?;
    Ok(Loaded {
        units_listed: listed.len(),
        units_created: load.made.len(),
        units_completed: load.changed.len(),
        successions_created: load.successions.len(),
    })
}
