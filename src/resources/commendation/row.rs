//! How a commendation lies in its table: the recipient in one of three columns, the name of a member
//! sealed by that member's key.

use diesel::prelude::*;

use super::{Commendation, CommendationFields, CommendationId, CommendationLevel, CommendationStatus, RecipientKind};
use crate::access::Tx;
use crate::error::{Error, Result};
use crate::journal::{Meta, Record};
use crate::resources::incident::IncidentId;
use crate::resources::member::MemberId;
use crate::resources::model::ModelId;
use crate::schema::commendations;
use crate::types::{Day, Decision, Json, LongCode, Moment, Name, Notes, PersonId, PrincipalId, UnitId};
use crate::vault::{PersonKey, Spot};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = commendations, treat_none_as_null = true)]
pub(super) struct CommendationRow {
    pub id: CommendationId,
    version: i32,
    pub created_at: Moment,
    created_by: PrincipalId,
    updated_at: Moment,
    updated_by: PrincipalId,
    recipient_member_id: Option<MemberId>,
    recipient_model_id: Option<ModelId>,
    recipient_unit_id: Option<UnitId>,
    unit_id: UnitId,
    recipient_name: Option<Name>,
    sealed_name: Option<Vec<u8>>,
    form: LongCode,
    level: CommendationLevel,
    title: Name,
    achievement: Notes,
    period_from: Option<Day>,
    period_to: Option<Day>,
    status: CommendationStatus,
    decision: Option<Json<Decision>>,
    decided_on: Option<Day>,
    pub decided_key: String,
}

fn spot(id: &CommendationId) -> Spot<'_> {
    Spot { table: "commendations", column: "recipient_name", row: id }
}

/// The name of a recipient that is a member, sealed by its key; none where there is none.
pub(super) fn seal(tx: &mut Tx<'_>, commendation: &Commendation) -> Result<Option<Vec<u8>>> {
    let (Some(person), Some(Some(name))) = (commendation.person(), &commendation.recipient_name) else {
        return Ok(None);
    };
    let key = tx.person_key(person)?.ok_or_else(|| Error::internal("a member without a key"))?;
    key.seal(spot(&commendation.id()), name.as_str().as_bytes()).map(Some)
}

impl CommendationRow {
    pub fn new(commendation: &Commendation, sealed_name: Option<Vec<u8>>) -> Self {
        let (meta, fields) = (&commendation.meta, commendation.fields.clone());
        let is = |kind| fields.recipient_kind == kind;
        let name = commendation.recipient_name.clone().flatten();
        Self {
            id: meta.id.cast(),
            version: meta.version,
            created_at: meta.created_at,
            created_by: meta.created_by,
            updated_at: meta.updated_at,
            updated_by: meta.updated_by,
            recipient_member_id: is(RecipientKind::Member).then(|| fields.recipient_id.cast()),
            recipient_model_id: is(RecipientKind::Model).then(|| fields.recipient_id.cast()),
            recipient_unit_id: is(RecipientKind::Unit).then(|| fields.recipient_id.cast()),
            unit_id: commendation.unit_id,
            recipient_name: name.filter(|_| !is(RecipientKind::Member)),
            sealed_name,
            form: fields.form,
            level: fields.level,
            title: fields.title,
            achievement: fields.achievement,
            period_from: fields.period_from,
            period_to: fields.period_to,
            status: commendation.status,
            decision: commendation.decision.clone().map(Json),
            decided_on: commendation.decided_on,
            decided_key: commendation.decided_on.map(|day| day.to_string()).unwrap_or_default(),
        }
    }

    /// The member whose key is needed to read the row.
    pub fn person(&self) -> Option<PersonId> {
        self.recipient_member_id.filter(|_| self.sealed_name.is_some()).map(|member| member.cast())
    }

    pub fn open(self, key: Option<&PersonKey>, incident_ids: Option<Vec<IncidentId>>) -> Result<Commendation> {
        let recipient_name = match (&self.sealed_name, key) {
            (Some(sealed), Some(key)) => Some(opened(&key.open(spot(&self.id), sealed)?)?),
            (Some(_), None) => return Err(Error::internal("a member without a key")),
            (None, _) => self.recipient_name,
        };
        let recipient = match (self.recipient_member_id, self.recipient_model_id, self.recipient_unit_id) {
            (Some(id), None, None) => (RecipientKind::Member, id.cast()),
            (None, Some(id), None) => (RecipientKind::Model, id.cast()),
            (None, None, Some(id)) => (RecipientKind::Unit, id.cast()),
            _ => return Err(Error::internal("a commendation of nobody, or of several")),
        };
        let (created, updated) = ((self.created_at, self.created_by), (self.updated_at, self.updated_by));
        Ok(Commendation {
            meta: Meta::new(self.id, self.version, created, updated),
            fields: CommendationFields {
                recipient_kind: recipient.0,
                recipient_id: recipient.1,
                form: self.form,
                level: self.level,
                title: self.title,
                achievement: self.achievement,
                period_from: self.period_from,
                period_to: self.period_to,
                incident_ids,
            },
            unit_id: self.unit_id,
            recipient_name: Some(recipient_name),
            status: self.status,
            decision: self.decision.map(|d| d.0),
            decided_on: self.decided_on,
        })
    }
}

fn opened(clear: &[u8]) -> Result<Name> {
    std::str::from_utf8(clear).map(Name::from).map_err(Error::internal)
}
