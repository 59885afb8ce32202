//! What one caller is given by the lists, and nothing else: the ground of the recount.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::stand::Caller;
use crate::stand::answer::text;

/// Every row of every list that a caller may read.
pub struct Rows {
    /// Kind and parent of every unit.
    pub units: BTreeMap<String, (String, Option<String>)>,
    pub types: BTreeMap<String, Value>,
    pub models: BTreeMap<String, Value>,
    /// The status changes of each model, in the order they were made.
    pub changes: BTreeMap<String, Vec<Value>>,
    pub teams: Vec<Value>,
    pub reviews: Vec<Value>,
    pub members: BTreeMap<String, Value>,
    pub memberships: Vec<Value>,
    pub activities: Vec<Value>,
    pub incidents: Vec<Value>,
    pub commendations: Vec<Value>,
    /// The day on which a commendation was revoked.
    pub revoked: BTreeMap<String, String>,
}

impl Rows {
    /// Reads all lists to their ends.
    pub fn of(caller: &Caller) -> Self {
        let models = by_id(all(caller, "/v1/models"));
        let commendations = all(caller, "/v1/commendations");
        let changes = models.keys().map(|id| {
            let path = format!("/v1/models/{id}/status-changes?sort=createdAt");
            (id.clone(), all(caller, &path))
        });
        let was_revoked = commendations.iter().filter(|row| row["status"] == "revoked");
        let revoked = was_revoked.map(|row| {
            let id = text(&row["id"]);
            let changes = all(caller, &format!("/v1/commendations/{id}/status-changes"));
            let change = changes.iter().find(|change| change["to"] == "revoked").expect("what was revoked says when");
            (id, text(&change["effectiveOn"]))
        });
        let units = all(caller, "/v1/units").into_iter();
        Self {
            units: units.map(|unit| (text(&unit["id"]), (text(&unit["kind"]), said(&unit, "parentId")))).collect(),
            types: by_id(all(caller, "/v1/model-types")),
            changes: changes.collect(),
            models,
            teams: all(caller, "/v1/teams"),
            reviews: all(caller, "/v1/reviews"),
            members: by_id(all(caller, "/v1/members")),
            memberships: all(caller, "/v1/memberships"),
            activities: all(caller, "/v1/activities"),
            incidents: all(caller, "/v1/incidents"),
            revoked: revoked.collect(),
            commendations,
        }
    }

    /// A unit and all those above it, itself first.
    pub fn line(&self, unit: &str) -> Vec<String> {
        let mut line = vec![unit.to_owned()];
        while let Some((_, Some(parent))) = self.units.get(&line[line.len() - 1]) {
            line.push(parent.clone());
        }
        line
    }

    /// A unit and all those under it.
    pub fn under(&self, unit: &str) -> BTreeSet<String> {
        self.units.keys().filter(|below| self.line(below).iter().any(|above| above == unit)).cloned().collect()
    }

    /// The unit of a level that a unit lies in, if it lies in one.
    pub fn at_level(&self, unit: &str, level: &str) -> Option<String> {
        self.line(unit).into_iter().find(|above| self.units.get(above).is_some_and(|(kind, _)| kind == level))
    }

    /// How many rows there are.
    pub fn count(&self) -> usize {
        let lists = [&self.teams, &self.reviews, &self.memberships, &self.activities, &self.incidents];
        let listed: usize = lists.iter().map(|list| list.len()).sum();
        let changes: usize = self.changes.values().map(Vec::len).sum();
        listed + self.models.len() + self.members.len() + self.commendations.len() + changes
    }
}

/// Every record of a list.
pub fn all(caller: &Caller, path: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut cursor = String::new();
    let mark = if path.contains('?') { '&' } else { '?' };
    loop {
        let page = caller.get_patiently(&format!("{path}{mark}pageSize=500&cursor={cursor}")).is(200).json();
        found.extend(page["items"].as_array().expect("a list has items").iter().cloned());
        match page["page"]["nextCursor"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => return found,
        }
    }
}

fn by_id(rows: Vec<Value>) -> BTreeMap<String, Value> {
    rows.into_iter().map(|row| (text(&row["id"]), row)).collect()
}

/// What a record says under a name, if it says anything.
pub fn said(row: &Value, name: &str) -> Option<String> {
    row.get(name).filter(|value| !value.is_null()).map(text)
}
