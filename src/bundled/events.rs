//! What happens in the demo: activities that the article tells of, and a few incidents and
//! commendations that are samples and say so.

use serde::Deserialize;
use serde_json::json;

use super::demo::{Sites, rows, said, unit_on};
use crate::access::WriteTx;
use crate::error::Result;
use crate::resources::{activity, commendation, incident};
use crate::types::{Day, Moment};

const ACTIVITIES: &str = include_str!("../../data/demo/activities.csv");
const INCIDENTS: &str = include_str!("../../data/demo/incidents.csv");
const COMMENDATIONS: &str = include_str!("../../data/demo/commendations.csv");

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Held {
    kind: String,
    title: String,
    unit_code: String,
    model_code: Option<String>,
    started_at: Moment,
    ended_at: Option<Moment>,
    organiser: String,
    topic: Option<String>,
    participant_count: Option<i64>,
    household_count: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Happened {
    code: String,
    category: String,
    severity: String,
    occurred_at: Moment,
    reported_at: Moment,
    unit_code: String,
    source: String,
    model_code: Option<String>,
    contribution: Option<String>,
    summary: String,
    injured: i64,
    property_damage_vnd: i64,
    handled_at: Option<Moment>,
    resolved_at: Option<Moment>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Proposed {
    recipient_kind: String,
    model_code: Option<String>,
    unit_code: Option<String>,
    form: String,
    level: String,
    title: String,
    achievement: String,
    period_from: Day,
    period_to: Day,
    awarded_on: Option<Day>,
    decision_number: Option<String>,
    issuer: Option<String>,
}

/// Makes everything that happens and gives how much it is.
pub(super) fn create(tx: &mut WriteTx<'_>, sites: &Sites) -> Result<usize> {
    let (held, happened) = (rows::<Held>(ACTIVITIES)?, rows::<Happened>(INCIDENTS)?);
    let proposed = rows::<Proposed>(COMMENDATIONS)?;
    let count = held.len() + happened.len() + proposed.len();
    held.iter().try_for_each(|held| held.create(tx, sites))?;
    happened.iter().try_for_each(|happened| happened.create(tx, sites))?;
    proposed.iter().try_for_each(|proposed| proposed.create(tx, sites))?;
    Ok(count)
}

impl Held {
    fn create(&self, tx: &mut WriteTx<'_>, sites: &Sites) -> Result<()> {
        let unit = unit_on(tx, &self.unit_code, self.started_at.day())?;
        let models = self.model_code.as_deref().map(|code| sites.model(code).map(|id| [id])).transpose()?;
        let activity = json!({
            "kind": self.kind, "title": self.title, "unitId": unit, "modelIds": models, "startedAt": self.started_at,
            "endedAt": self.ended_at, "organiser": self.organiser, "topic": self.topic,
            "participantCount": self.participant_count, "householdCount": self.household_count,
        });
        activity::store::create(tx, said(activity)?)?;
        Ok(())
    }
}

impl Happened {
    fn create(&self, tx: &mut WriteTx<'_>, sites: &Sites) -> Result<()> {
        let unit = unit_on(tx, &self.unit_code, self.occurred_at.day())?;
        let contributions = match (&self.model_code, &self.contribution) {
            (Some(code), Some(kind)) => Some([json!({"modelId": sites.model(code)?, "kind": kind})]),
            _ => None,
        };
        let incident = json!({
            "code": self.code, "category": self.category, "severity": self.severity, "occurredAt": self.occurred_at,
            "reportedAt": self.reported_at, "unitId": unit, "source": self.source, "contributions": contributions,
            "summary": self.summary, "injured": self.injured, "propertyDamageVnd": self.property_damage_vnd,
        });
        let id = incident::store::create(tx, said(incident)?)?;
        for (to, at) in [("handling", self.handled_at), ("resolved", self.resolved_at)] {
            if let Some(at) = at {
                let incident = incident::store::find(tx, id)?;
                let change = said(json!({"to": to, "effectiveAt": at}))?;
                let (_, after) = incident::status_store::create(tx, &incident, change)?;
                incident::store::save(tx, &incident, after)?;
            }
        }
        Ok(())
    }
}

impl Proposed {
    fn create(&self, tx: &mut WriteTx<'_>, sites: &Sites) -> Result<()> {
        let recipient = match (&self.model_code, &self.unit_code) {
            (Some(code), _) => json!(sites.model(code)?),
            (None, code) => json!(unit_on(tx, code.as_deref().unwrap_or_default(), self.period_to)?),
        };
        let commendation = json!({
            "recipientKind": self.recipient_kind, "recipientId": recipient, "form": self.form, "level": self.level,
            "title": self.title, "achievement": self.achievement, "periodFrom": self.period_from,
            "periodTo": self.period_to,
        });
        let id = commendation::store::create(tx, said(commendation)?)?;
        let (Some(on), Some(number), Some(issuer)) = (self.awarded_on, &self.decision_number, &self.issuer) else {
            return Ok(());
        };
        let award = json!({
            "to": "awarded", "effectiveOn": on, "decision": {"number": number, "issuedOn": on, "issuer": issuer},
        });
        let commendation = commendation::store::find(tx, id)?;
        commendation::status_store::create(tx, &commendation, said(award)?)?;
        Ok(())
    }
}
