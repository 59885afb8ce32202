//! Incidents by what people call them.

use diesel::prelude::*;

use super::IncidentId;
use crate::access::Tx;
use crate::error::Result;
use crate::schema::incidents;
use crate::territory;
use crate::types::UnitId;

/// Two at most of the caller's incidents that have a code, of one unit where that is said.
pub fn by_code(tx: &mut Tx<'_>, code: &str, unit: Option<UnitId>) -> Result<Vec<IncidentId>> {
    let visible = incidents::table.filter(territory::is_own!(tx, incidents::unit_id));
    let mut found = visible.filter(incidents::code.eq(code.to_owned())).select(incidents::id).into_boxed();
    if let Some(unit) = unit {
        found = found.filter(incidents::unit_id.eq(unit));
    }
    Ok(found.limit(2).load(tx.conn())?)
}
