//! The row of an incident, and what it is in the records.

use diesel::prelude::*;

use super::{Contribution, Incident, IncidentFields, IncidentId, IncidentStatus, Severity, Source};
use crate::journal::Meta;
use crate::schema::incidents;
use crate::types::{Day, GeoPoint, LongCode, Moment, Notes, PrincipalId, UnitId};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = incidents, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct IncidentRow {
    pub id: IncidentId,
    pub version: i32,
    pub created_at: Moment,
    created_by: PrincipalId,
    updated_at: Moment,
    updated_by: PrincipalId,
    pub code: LongCode,
    category: LongCode,
    severity: Severity,
    pub occurred_at: Moment,
    occurred_until: Option<Moment>,
    pub reported_at: Moment,
    unit_id: UnitId,
    lat: Option<f64>,
    lng: Option<f64>,
    source: Source,
    summary: Option<Notes>,
    injured: i64,
    deaths: i64,
    property_damage_vnd: i64,
    status: IncidentStatus,
    status_since: Moment,
    resolved_at: Option<Moment>,
    reported_on: Day,
    resolved_on: Option<Day>,
    pub contributed: bool,
    /// The branch of the tree in which the unit lies, after which lists are sorted.
    branch_id: UnitId,
}

impl IncidentRow {
    pub fn new(incident: &Incident, branch_id: UnitId) -> Self {
        let (meta, fields) = (&incident.meta, incident.fields.clone());
        let reported_at = fields.reported_at.unwrap_or(meta.created_at);
        Self {
            id: meta.id.cast(),
            version: meta.version,
            created_at: meta.created_at,
            created_by: meta.created_by,
            updated_at: meta.updated_at,
            updated_by: meta.updated_by,
            code: fields.code.unwrap_or_else(|| made_code(meta.id.cast())),
            category: fields.category,
            severity: fields.severity,
            occurred_at: fields.occurred_at,
            occurred_until: fields.occurred_until,
            reported_at,
            unit_id: fields.unit_id,
            lat: fields.location.map(|l| l.lat),
            lng: fields.location.map(|l| l.lng),
            source: fields.source,
            summary: fields.summary,
            injured: fields.injured.unwrap_or(0),
            deaths: fields.deaths.unwrap_or(0),
            property_damage_vnd: fields.property_damage_vnd.unwrap_or(0),
            status: incident.status,
            status_since: incident.status_since,
            resolved_at: incident.resolved_at,
            reported_on: reported_at.day(),
            resolved_on: incident.resolved_at.map(Moment::day),
            contributed: fields.contributions.is_some_and(|made| !made.is_empty()),
            branch_id,
        }
    }

    pub fn incident(self, contributions: Option<Vec<Contribution>>) -> Incident {
        let (created, updated) = ((self.created_at, self.created_by), (self.updated_at, self.updated_by));
        Incident {
            meta: Meta::new(self.id, self.version, created, updated),
            fields: IncidentFields {
                code: Some(self.code),
                category: self.category,
                severity: self.severity,
                occurred_at: self.occurred_at,
                occurred_until: self.occurred_until,
                reported_at: Some(self.reported_at),
                unit_id: self.unit_id,
                location: self.lat.zip(self.lng).map(|(lat, lng)| GeoPoint { lat, lng }),
                source: self.source,
                contributions,
                summary: self.summary,
                injured: Some(self.injured),
                deaths: Some(self.deaths),
                property_damage_vnd: Some(self.property_damage_vnd),
            },
            status: self.status,
            resolved_at: self.resolved_at,
            status_since: self.status_since,
        }
    }
}

/// A code for an incident that came without one: unique because its id is.
pub(super) fn made_code(id: IncidentId) -> LongCode {
    let hex = id.uuid().simple().to_string();
    LongCode::from(format!("VV-{}", hex[20..].to_uppercase()).as_str())
}
