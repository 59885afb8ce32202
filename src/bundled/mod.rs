//! What comes along with the program: the national lists of units, the Hội An demo and data generated to
//! try the registry at size, and how they get into a registry. They enter like anything else: through the door, under the rules of their
//! rooms, with entries in the journal. What must not come in: data (that lies in `data/`).

pub mod demo;
mod events;
pub mod generate;
pub mod guest;
pub mod lists;
mod people;
mod plan;
pub mod units;

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::access::{Tx, WriteTx};
use crate::error::Result;
use crate::schema::loads;

/// Whether bundled data of this name was loaded.
fn loaded(tx: &mut Tx<'_>, name: &str) -> Result<bool> {
    Ok(diesel::select(exists(loads::table.find(name))).get_result(tx.conn())?)
}

/// Remembers that bundled data of this name was loaded, in the transaction that loads it.
fn mark(tx: &mut WriteTx<'_>, name: &str) -> Result<()> {
    let now = tx.now();
    diesel::insert_into(loads::table).values((loads::name.eq(name), loads::loaded_at.eq(now))).execute(tx.write())?;
    Ok(())
}
