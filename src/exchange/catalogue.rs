//! What can be imported and exported, and how: one row a kind of record. A new noun has its columns in
//! `columns` and its row here.

use serde_json::{Map, Value};

use super::columns::{self, Column};
use crate::access::{Noun, Tx, WriteTx};
use crate::error::{Error, Result};
use crate::http::checked;
use crate::journal::Record;
use crate::resources::{activity, commendation, incident, member, membership, model, model_type, review, team};
use crate::types::{AnyId, Id, PersonId, text_enum};

text_enum! {
    /// A kind of record that files hold, in the order in which they are imported.
    pub enum ResourceType {
        ModelTypes = "model-types",
        Models = "models",
        Teams = "teams",
        Reviews = "reviews",
        Members = "members",
        Memberships = "memberships",
        Activities = "activities",
        Incidents = "incidents",
        Commendations = "commendations",
        ModelStatusChanges = "model-status-changes",
        IncidentStatusChanges = "incident-status-changes",
        CommendationStatusChanges = "commendation-status-changes",
    }
}

/// A record as an export holds it.
pub struct Told {
    pub id: AnyId,
    /// Of whom it tells.
    pub person: Option<PersonId>,
    pub record: Value,
}

type Create = fn(&mut WriteTx<'_>, Value) -> Result<()>;
type Behind = fn(&mut Tx<'_>, Option<AnyId>, i64) -> Result<Vec<Told>>;

/// How one kind of record is exchanged.
pub struct Resource {
    pub noun: Noun,
    pub columns: &'static [Column],
    /// Creates one as a POST of it would.
    pub create: Create,
    /// The next ones behind an id in the order of ids, as the caller may see them.
    pub behind: Behind,
}

/// A row whose creation and reading are those of a plain store.
macro_rules! plain {
    ($noun:ident, $columns:ident, $room:ident :: $new:ident) => {
        Resource {
            noun: Noun::$noun,
            columns: columns::$columns,
            create: |tx, value| $room::store::create(tx, checked::<$room::$new>(value)?).map(drop),
            behind: |tx, after, most| told($room::store::behind(tx, after.map(Id::cast), most)?),
        }
    };
}

const MODEL_TYPES: Resource = plain!(ModelType, MODEL_TYPES, model_type::NewModelType);
const MODELS: Resource = Resource {
    create: |tx, value| model::store::create(tx, checked::<model::NewModel>(begun(value))?).map(drop),
    behind: models,
    ..plain!(Model, MODELS, model::NewModel)
};
const TEAMS: Resource = Resource {
    behind: |tx, after, most| {
        let found = team::store::behind(tx, after.map(Id::cast), most)?;
        found.iter().map(|team| without(told_one(team)?, &["unitId"], !team.own_unit)).collect()
    },
    ..plain!(Team, TEAMS, team::NewTeam)
};
const REVIEWS: Resource = plain!(Review, REVIEWS, review::NewReview);
const MEMBERS: Resource = plain!(Member, MEMBERS, member::NewMember);
const MEMBERSHIPS: Resource = Resource {
    behind: |tx, after, most| {
        let found = membership::store::behind(tx, after.map(Id::cast), most)?;
        let of_unit = |m: &membership::Membership| matches!(m.of(), membership::MembershipOf::Unit(_));
        found.iter().map(|m| without(told_one(m)?, &["unitId"], !of_unit(m))).collect()
    },
    ..plain!(Membership, MEMBERSHIPS, membership::NewMembership)
};
const ACTIVITIES: Resource = plain!(Activity, ACTIVITIES, activity::NewActivity);
const INCIDENTS: Resource = plain!(Incident, INCIDENTS, incident::NewIncident);
const COMMENDATIONS: Resource = plain!(Commendation, COMMENDATIONS, commendation::NewCommendation);
const MODEL_STATUS_CHANGES: Resource = Resource {
    noun: Noun::ModelStatusChange,
    columns: columns::MODEL_STATUS_CHANGES,
    create: |tx, value| {
        let (id, rest) = of_parent(value, "modelId")?;
        let model = model::store::must_find(tx, id, "/modelId")?;
        model::status_store::create(tx, &model, checked::<model::NewModelStatusChange>(rest)?).map(drop)
    },
    behind: |tx, after, most| told(model::status_store::behind(tx, after.map(Id::cast), most)?),
};
const INCIDENT_STATUS_CHANGES: Resource = Resource {
    noun: Noun::IncidentStatusChange,
    columns: columns::INCIDENT_STATUS_CHANGES,
    create: |tx, value| {
        let (id, rest) = of_parent(value, "incidentId")?;
        let incident = incident::store::find(tx, id).map_err(|error| missing(error, "/incidentId"))?;
        let new = checked::<incident::NewIncidentStatusChange>(rest)?;
        let (_, after) = incident::status_store::create(tx, &incident, new)?;
        incident::store::save(tx, &incident, after)
    },
    behind: |tx, after, most| told(incident::status_store::behind(tx, after.map(Id::cast), most)?),
};
const COMMENDATION_STATUS_CHANGES: Resource = Resource {
    noun: Noun::CommendationStatusChange,
    columns: columns::COMMENDATION_STATUS_CHANGES,
    create: |tx, value| {
        let (id, rest) = of_parent(value, "commendationId")?;
        let found = commendation::store::find(tx, id).map_err(|error| missing(error, "/commendationId"))?;
        let new = checked::<commendation::NewCommendationStatusChange>(rest)?;
        commendation::status_store::create(tx, &found, new).map(drop)
    },
    behind: |tx, after, most| told(commendation::status_store::behind(tx, after.map(Id::cast), most)?),
};

impl ResourceType {
    pub const fn resource(self) -> &'static Resource {
        match self {
            Self::ModelTypes => &MODEL_TYPES,
            Self::Models => &MODELS,
            Self::Teams => &TEAMS,
            Self::Reviews => &REVIEWS,
            Self::Members => &MEMBERS,
            Self::Memberships => &MEMBERSHIPS,
            Self::Activities => &ACTIVITIES,
            Self::Incidents => &INCIDENTS,
            Self::Commendations => &COMMENDATIONS,
            Self::ModelStatusChanges => &MODEL_STATUS_CHANGES,
            Self::IncidentStatusChanges => &INCIDENT_STATUS_CHANGES,
            Self::CommendationStatusChanges => &COMMENDATION_STATUS_CHANGES,
        }
    }
}

fn told_one<R: Record>(record: &R) -> Result<Told> {
    let value = serde_json::to_value(record).map_err(Error::internal)?;
    Ok(Told { id: record.meta().id, person: record.person(), record: value })
}

fn told<R: Record>(records: Vec<R>) -> Result<Vec<Told>> {
    records.iter().map(told_one).collect()
}

/// A unit that is another record's was never said of this one.
fn without(mut told: Told, names: &[&str], left_out: bool) -> Result<Told> {
    if let Some(properties) = told.record.as_object_mut().filter(|_| left_out) {
        properties.retain(|name, _| !names.contains(&name.as_str()));
    }
    Ok(told)
}

/// Models with the statuses they began with, without which their status changes could not be made again.
fn models(tx: &mut Tx<'_>, after: Option<AnyId>, most: i64) -> Result<Vec<Told>> {
    let mut found = told(model::store::behind(tx, after.map(Id::cast), most)?)?;
    let first = model::status_store::first_statuses(tx, found.iter().map(|told| told.id.cast()).collect())?;
    for told in &mut found {
        if let Some(status) = first.get(&told.id.cast()) {
            told.record["firstStatus"] = Value::from(status.as_str());
        }
    }
    Ok(found)
}

/// A model begins with its first status; the status it has now is made of its changes.
fn begun(mut value: Value) -> Value {
    if let Some(properties) = value.as_object_mut()
        && let Some(first) = properties.shift_remove("firstStatus")
    {
        properties.insert("status".to_owned(), first);
    }
    value
}

/// The record that a status change is of, and what is said of the change.
fn of_parent<R>(mut value: Value, name: &'static str) -> Result<(Id<R>, Value)> {
    let properties: Option<&mut Map<String, Value>> = value.as_object_mut();
    let said = properties.and_then(|properties| properties.shift_remove(name));
    let id = said.and_then(|id| serde_json::from_value(id).ok()).ok_or(Error::NotFound);
    id.map(|id| (id, value)).map_err(|error| missing(error, pointer(name)))
}

fn pointer(name: &str) -> &'static str {
    match name {
        "modelId" => "/modelId",
        "incidentId" => "/incidentId",
        _ => "/commendationId",
    }
}

fn missing(error: Error, pointer: &'static str) -> Error {
    match error {
        Error::NotFound => Error::ReferenceMissing { pointer },
        other => other,
    }
}
