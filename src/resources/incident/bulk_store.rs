//! Rows of thousands of incidents at once, for loads: the same rows and entries as in `store`, in a few
//! statements. Whoever loads has kept to the rules.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::row::IncidentRow;
use super::store::ContributionRow;
use super::{Incident, IncidentStatusChange, status_store};
use crate::access::WriteTx;
use crate::database::insert_many;
use crate::error::Result;
use crate::schema::{incident_contributions, incidents};
use crate::territory;

/// An incident as it stands, with the status changes that led there.
pub(crate) struct Settled {
    pub incident: Incident,
    pub changes: Vec<IncidentStatusChange>,
}

/// Writes incidents with what led there; enters each as it stands. The sums do not count them: whoever
/// loads ends with `recount::rebuild`.
pub(crate) fn insert(tx: &mut WriteTx<'_>, made: &[Settled]) -> Result<()> {
    let mut branches = HashMap::new();
    let mut rows = Vec::with_capacity(made.len());
    for Settled { incident, .. } in made {
        let branch_id = match branches.entry(incident.fields.unit_id) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => *new.insert(territory::branch(tx, incident.fields.unit_id)?),
        };
        rows.push(IncidentRow::new(incident, branch_id));
    }
    insert_many!(tx.write(), incidents::table, rows)?;
    let linked: Vec<ContributionRow> = made.iter().flat_map(|settled| ContributionRow::of(&settled.incident)).collect();
    insert_many!(tx.write(), incident_contributions::table, linked)?;
    status_store::insert_all(tx, made.iter().flat_map(|settled| &settled.changes))?;
    for settled in made {
        tx.created(&settled.incident)?;
        settled.changes.iter().try_for_each(|change| tx.created(change))?;
    }
    Ok(())
}
