//! Facts of incidents: each counts on the day it was reported and, once resolved, on that day too.
//! Rejected ones are not counted at all.

use std::collections::HashSet;

use diesel::prelude::*;

use super::Want;
use crate::access::Tx;
use crate::error::Result;
use crate::resources::incident::{IncidentId, IncidentStatus, Severity, Source};
use crate::schema::{incident_contributions as contributions, incidents};
use crate::statistics::Dimension;
use crate::statistics::fact::{Fact, Marks, Part, Series};
use crate::types::{LongCode, Moment, UnitId};

#[derive(Queryable, Selectable)]
#[diesel(table_name = incidents)]
struct IncidentRow {
    id: IncidentId,
    unit_id: UnitId,
    category: LongCode,
    severity: Severity,
    source: Source,
    status: IncidentStatus,
    reported_at: Moment,
    resolved_at: Option<Moment>,
    injured: i64,
    deaths: i64,
    property_damage_vnd: i64,
}

/// The facts of the incidents picked, one each.
pub fn facts(tx: &mut Tx<'_>, want: &Want<'_>) -> Result<Vec<Fact>> {
    let units = want.place.units(tx)?;
    let within = incidents::table.filter(incidents::unit_id.eq_any(units.clone())).select(incidents::id);
    let with: HashSet<IncidentId> = contributions::table
        .filter(contributions::incident_id.eq_any(within))
        .select(contributions::incident_id)
        .distinct()
        .load(tx.conn())?
        .into_iter()
        .collect();
    let mut query = incidents::table
        .filter(incidents::unit_id.eq_any(units))
        .filter(incidents::status.ne(IncidentStatus::Rejected))
        .into_boxed();
    let filters = want.filters;
    if let Some(categories) = &filters.category {
        query = query.filter(incidents::category.eq_any(categories.clone()));
    }
    if let Some(grades) = &filters.severity {
        query = query.filter(incidents::severity.eq_any(grades.clone()));
    }
    if let Some(sources) = &filters.source {
        query = query.filter(incidents::source.eq_any(sources.clone()));
    }
    if let Some(statuses) = filters.words::<IncidentStatus>(Dimension::Status) {
        query = query.filter(incidents::status.eq_any(statuses));
    }
    if let Some(models) = &filters.model_id {
        let made = contributions::table.filter(contributions::model_id.eq_any(models.clone()));
        query = query.filter(incidents::id.eq_any(made.select(contributions::incident_id)));
    }
    if let Some(from) = filters.occurred_from {
        query = query.filter(incidents::occurred_at.ge(from));
    }
    if let Some(to) = filters.occurred_to {
        query = query.filter(incidents::occurred_at.le(to));
    }
    if let Some([west, south, east, north]) = filters.bbox.as_deref() {
        query = query.filter(incidents::lng.between(west.0, east.0)).filter(incidents::lat.between(south.0, north.0));
    }
    let rows: Vec<IncidentRow> = query.select(IncidentRow::as_select()).load(tx.conn())?;
    Ok(rows.into_iter().map(|row| row.fact(want.dims, &with)).collect())
}

impl IncidentRow {
    fn fact(self, dims: &[Dimension], with: &HashSet<IncidentId>) -> Fact {
        let reported = self.reported_at.day();
        let mut marks = Marks::default();
        marks.on(Series::IncidentReported, reported, 1);
        marks.on(Series::IncidentContributed, reported, i64::from(with.contains(&self.id)));
        marks.on(Series::Injured, reported, self.injured);
        marks.on(Series::Deaths, reported, self.deaths);
        marks.on(Series::PropertyDamage, reported, self.property_damage_vnd);
        if let Some(resolved) = self.resolved_at.map(Moment::day) {
            marks.on(Series::IncidentResolved, resolved, 1);
            marks.sample(Series::DaysToResolve, resolved, i64::from(resolved.since(reported).max(0)));
        }
        let part = |dimension: &Dimension| match dimension {
            Dimension::Category => Part::Code(self.category.to_string()),
            Dimension::Severity => Part::Word(self.severity.as_str()),
            Dimension::Source => Part::Word(self.source.as_str()),
            Dimension::Status => Part::Word(self.status.as_str()),
            _ => Part::None,
        };
        Fact { unit: self.unit_id, subject: self.id.uuid(), parts: dims.iter().map(part).collect(), marks: marks.all() }
    }
}
