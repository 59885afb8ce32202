//! The line of an entry, in its one canonical form: what `audit export` prints and what a leaf of the
//! tree hashes. Lines that were written once never read otherwise: a new member is left out where it
//! has no value.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use diesel::prelude::*;
use serde::Serialize;
use serde_json::value::RawValue;

use super::append::Stamp;
use super::entry::Entry;
use crate::error::{Error, Result};
use crate::schema::journal;
use crate::types::{AnyId, Moment, PersonId, PrincipalId, UnitId};

/// An entry in its place.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Line<'a> {
    sequence: i64,
    occurred_at: Moment,
    actor_id: PrincipalId,
    actor_unit_id: UnitId,
    action: &'a str,
    resource_type: &'a str,
    resource_id: Option<AnyId>,
    version: Option<i32>,
    unit_id: Option<UnitId>,
    left_unit_id: Option<UnitId>,
    request_id: &'a str,
    outcome: &'a str,
    reason: Option<&'a str>,
    changed_fields: Vec<Cow<'a, str>>,
    record: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    person_id: Option<PersonId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sealed: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
}

impl<'a> Line<'a> {
    /// The line of an entry about to be appended.
    pub(super) fn of(sequence: i64, stamp: &'a Stamp, entry: &'a Entry) -> Result<Self> {
        Ok(Self {
            sequence,
            occurred_at: stamp.at,
            actor_id: stamp.actor,
            actor_unit_id: stamp.actor_unit,
            action: entry.deed.as_str(),
            resource_type: entry.noun.as_str(),
            resource_id: entry.id,
            version: entry.version,
            unit_id: entry.unit,
            left_unit_id: entry.left_unit,
            request_id: &stamp.request_id,
            outcome: entry.outcome,
            reason: entry.reason.as_deref(),
            changed_fields: entry.changed.iter().map(|name| Cow::Borrowed(name.as_str())).collect(),
            record: raw(entry.record.as_deref())?,
            person_id: entry.person,
            sealed: entry.sealed.as_deref().map(|bytes| STANDARD.encode(bytes)),
            subject: entry.subject.as_deref(),
        })
    }

    /// The line's bytes, without an end of line.
    pub(crate) fn text(&self) -> Result<String> {
        serde_json::to_string(self).map_err(Error::internal)
    }
}

/// Field names as they were joined, to the blank.
pub(crate) fn names(joined: &str) -> impl Iterator<Item = &str> {
    joined.split(' ').filter(|_| !joined.is_empty())
}

fn raw(record: Option<&str>) -> Result<Option<&RawValue>> {
    record.map(serde_json::from_str).transpose().map_err(Error::internal)
}

/// An entry as the database holds it. Read as it stands: whoever changed it did not keep to our words.
#[derive(Queryable, Selectable)]
#[diesel(table_name = journal)]
pub(crate) struct Kept {
    pub(crate) sequence: i64,
    occurred_at: Moment,
    actor_id: PrincipalId,
    actor_unit_id: UnitId,
    action: String,
    resource_type: String,
    resource_id: Option<AnyId>,
    version: Option<i32>,
    unit_id: Option<UnitId>,
    left_unit_id: Option<UnitId>,
    request_id: String,
    outcome: String,
    reason: Option<String>,
    changed_fields: String,
    record: Option<String>,
    pub(crate) leaf_hash: Vec<u8>,
    person_id: Option<PersonId>,
    sealed: Option<Vec<u8>>,
    subject: Option<String>,
}

impl Kept {
    /// The line that was hashed when this was appended, if nothing was changed since.
    pub(crate) fn line(&self) -> Result<Line<'_>> {
        Ok(Line {
            sequence: self.sequence,
            occurred_at: self.occurred_at,
            actor_id: self.actor_id,
            actor_unit_id: self.actor_unit_id,
            action: &self.action,
            resource_type: &self.resource_type,
            resource_id: self.resource_id,
            version: self.version,
            unit_id: self.unit_id,
            left_unit_id: self.left_unit_id,
            request_id: &self.request_id,
            outcome: &self.outcome,
            reason: self.reason.as_deref(),
            changed_fields: names(&self.changed_fields).map(Cow::Borrowed).collect(),
            record: raw(self.record.as_deref())?,
            person_id: self.person_id,
            sealed: self.sealed.as_deref().map(|bytes| STANDARD.encode(bytes)),
            subject: self.subject.as_deref(),
        })
    }
}
