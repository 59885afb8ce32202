//! What happens: activities and incidents, and how incidents are handled.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::{Registry, change};
use crate::stand::{Answer, with};

const KINDS: &[&str] = &["training", "drill", "outreach", "patrol"];
const CATEGORIES: &[&str] = &["dispute", "fire", "traffic_accident", "public_order"];
const SEVERITIES: &[&str] = &["minor", "minor", "serious", "very_serious"];
const SOURCES: &[&str] = &["citizen", "citizen", "patrol", "camera"];

pub fn hold(registry: &mut Registry) -> Option<Answer> {
    let (unit, day) = (registry.unit(), registry.day());
    let at = registry.moment(day);
    let chance = &mut registry.chance;
    let mut body = json!({
        "kind": chance.of_these(KINDS), "title": "Hoạt động thử", "unitId": unit, "startedAt": at,
        "organiser": "Công an phường",
    });
    if chance.in_a_hundred(70) {
        body = with(&body, json!({"participantCount": chance.below(90), "householdCount": chance.below(20)}));
    }
    Some(registry.create("/v1/activities", &body))
}

pub fn correct_activity(registry: &mut Registry) -> Option<Answer> {
    let found = registry.found("/v1/activities")?;
    let (unit, day) = (registry.unit(), registry.day());
    let at = registry.moment(day);
    let body = match registry.chance.below(4) {
        0 => json!({"startedAt": at}),
        1 => json!({"unitId": unit}),
        2 => json!({"kind": registry.chance.of_these(KINDS)}),
        _ => json!({"participantCount": null, "householdCount": registry.chance.below(50)}),
    };
    registry.patch(&found, &body)
}

/// What an incident did to people and things; mostly nothing.
fn harm(registry: &mut Registry) -> Value {
    let chance = &mut registry.chance;
    match chance.in_a_hundred(30) {
        true => {
            let damage = chance.below(50) * 100_000;
            json!({"injured": chance.below(7), "deaths": chance.below(3), "propertyDamageVnd": damage})
        }
        false => json!({"injured": 0}),
    }
}

/// An incident is reported after it occurred, sometimes much later.
pub fn report(registry: &mut Registry) -> Option<Answer> {
    let (unit, day) = (registry.unit(), registry.day());
    let (occurred, reported) = (registry.moment(day), registry.later(day));
    let reported = registry.moment(reported.max(day.tomorrow().expect("days of our time")));
    let harm = harm(registry);
    let chance = &mut registry.chance;
    let mut body = json!({
        "category": chance.of_these(CATEGORIES), "severity": chance.of_these(SEVERITIES),
        "source": chance.of_these(SOURCES), "occurredAt": occurred, "reportedAt": reported, "unitId": unit,
    });
    if registry.chance.in_a_hundred(35)
        && let Some(model) = registry.id_of("/v1/models")
    {
        body = with(&body, json!({"contributions": [{"modelId": model, "kind": "detected"}]}));
    }
    Some(registry.create("/v1/incidents", &with(&body, harm)))
}

pub fn correct(registry: &mut Registry) -> Option<Answer> {
    let found = registry.found("/v1/incidents")?;
    let (unit, day) = (registry.unit(), registry.day());
    let (at, harm) = (registry.moment(day), harm(registry));
    let chance = &mut registry.chance;
    let body = match chance.below(6) {
        0 => json!({"reportedAt": at}),
        1 => json!({"unitId": unit}),
        2 => json!({"category": chance.of_these(CATEGORIES), "severity": chance.of_these(SEVERITIES)}),
        3 => json!({"source": chance.of_these(SOURCES)}),
        4 => json!({"contributions": null}),
        _ => harm,
    };
    registry.patch(&found, &body)
}

/// The handling of an incident goes on, some days after it occurred or was last taken further.
pub fn handle(registry: &mut Registry) -> Option<Answer> {
    let found = registry.found("/v1/incidents")?;
    let next: &[&str] = match found.says("status").as_str() {
        "received" => &["verifying", "handling", "handling", "handling", "rejected", "transferred"],
        "verifying" => &["handling", "handling", "rejected"],
        "handling" => &["resolved", "resolved", "resolved", "transferred"],
        "resolved" if registry.chance.in_a_hundred(25) => &["handling"],
        _ => return None,
    };
    let path = format!("{}/status-changes", found.path);
    let before = registry.chief.get_patiently(&format!("{path}?pageSize=1")).is(200).items();
    let since =
        before.first().map_or_else(|| found.says("occurredAt"), |change| crate::stand::text(&change["effectiveAt"]));
    let day: Date = since[..10].parse().expect("a moment begins with its day");
    let after = registry.later(day);
    let at = registry.moment(after.max(day.tomorrow().expect("days of our time")));
    Some(registry.chief.post(&path, &change(registry.chance.of_these(next), "effectiveAt", at)))
}
