//! Whether generated data may enter: not beside any other, and once.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::Wanted;
use crate::access::{Tx, WriteTx};
use crate::bundled::loaded;
use crate::error::{Error, Result};
use crate::resources::unit::UnitKind;
use crate::schema::{activities, incidents, loads, members, model_types, models, units};

/// The name under which a generation is remembered.
fn name(wanted: &Wanted) -> String {
    let Wanted { units, models, incidents, seed } = wanted;
    format!("generated units {units} models {models} incidents {incidents} seed {seed}")
}

/// Whether the same was generated before, to the end.
pub fn done(tx: &mut Tx<'_>, wanted: &Wanted) -> Result<bool> {
    loaded(tx, &name(wanted))
}

/// Remembers that it was generated to the end. That is no record: there is nothing to enter.
pub fn mark(tx: &mut WriteTx<'_>, wanted: &Wanted) -> Result<()> {
    let row = (loads::name.eq(name(wanted)), loads::loaded_at.eq(tx.now()));
    diesel::insert_into(loads::table).values(row).execute(tx.conn())?;
    Ok(())
}

/// Refuses a registry that holds records of any of the nouns that are generated.
pub fn must_be(tx: &mut WriteTx<'_>) -> Result<()> {
    tx.alone()?;
    let held = [
        diesel::select(exists(model_types::table.select(model_types::id))).get_result::<bool>(tx.conn())?,
        diesel::select(exists(models::table.select(models::id))).get_result(tx.conn())?,
        diesel::select(exists(incidents::table.select(incidents::id))).get_result(tx.conn())?,
        diesel::select(exists(members::table.select(members::id))).get_result(tx.conn())?,
        diesel::select(exists(activities::table.select(activities::id))).get_result(tx.conn())?,
    ];
    match held.contains(&true) {
        false => Ok(()),
        true => Err(Error::rule(
            "The registry holds records. Generated data is never mixed with others: begin with an empty database.",
            "Cơ sở dữ liệu đã có bản ghi. Dữ liệu sinh không được trộn lẫn: hãy bắt đầu với cơ sở dữ liệu trống.",
        )),
    }
}

/// Whether any commune is known.
pub fn has_communes(tx: &mut Tx<'_>) -> Result<bool> {
    Ok(diesel::select(exists(units::table.filter(units::kind.eq(UnitKind::Commune)))).get_result(tx.conn())?)
}
