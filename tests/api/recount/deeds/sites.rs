//! What is done with models, their teams and their reviews.

use serde_json::{Value, json};

use super::{Found, Registry, change};
use crate::stand::{Answer, with};

const SETTINGS: &[&str] = &["residential", "agency", "school", "hotspot"];
const RATINGS: &[&str] = &["excellent", "good", "good", "average", "weak", "unrated"];
const PERIODS: &[&str] = &["2021", "2022", "2022-H1", "2022-H2", "2023", "2023-H1", "2023-Q4", "2024", "2024-Q1"];

pub fn make(registry: &mut Registry) -> Option<Answer> {
    let (unit, on) = (registry.unit(), registry.day());
    let chance = &mut registry.chance;
    let mut body = json!({
        "name": "Mô hình thử", "modelTypeId": chance.of_these(&registry.types), "unitId": unit,
        "establishedOn": on, "leadBody": "Công an phường",
    });
    if chance.in_a_hundred(70) {
        body = with(&body, json!({"setting": chance.of_these(SETTINGS)}));
    }
    if chance.in_a_hundred(25) {
        body = with(&body, json!({"status": "proposed"}));
    }
    if registry.chance.in_a_hundred(30)
        && let Some(from) = registry.id_of("/v1/models")
    {
        body = with(&body, json!({"replicatedFromId": from}));
    }
    Some(registry.create("/v1/models", &body))
}

/// Corrects what was said of a model: its first day, where it is, what it is of.
pub fn correct(registry: &mut Registry) -> Option<Answer> {
    let found = registry.found("/v1/models")?;
    let days = registry.chance.below(80) as i64 - 60;
    let day = found.day("establishedOn")?.saturating_add(jiff::Span::new().days(days));
    let unit = registry.unit();
    let chance = &mut registry.chance;
    let setting = if chance.in_a_hundred(20) { Value::Null } else { json!(chance.of_these(SETTINGS)) };
    let body = match chance.below(5) {
        0 | 1 => json!({"establishedOn": day}),
        2 => json!({"unitId": unit}),
        3 => json!({"modelTypeId": chance.of_these(&registry.types)}),
        _ => json!({"setting": setting, "replicatedFromId": null}),
    };
    registry.patch(&found, &body)
}

/// Takes a model to another status, soon after the one before or on the same day.
pub fn turn(registry: &mut Registry) -> Option<Answer> {
    let found = registry.found("/v1/models")?;
    let next: &[&str] = match found.says("status").as_str() {
        "proposed" => &["active", "active", "active", "dissolved"],
        "active" => &["suspended", "suspended", "suspended", "merged", "dissolved"],
        "suspended" => &["active", "active", "active", "merged", "dissolved"],
        _ => return None,
    };
    let path = format!("{}/status-changes", found.path);
    let before = registry.chief.get_patiently(&format!("{path}?pageSize=1")).is(200).items();
    let before = before.first().map(|change| Found { row: change.clone(), path: String::new(), etag: String::new() });
    let since = before.and_then(|change| change.day("effectiveOn")).or(found.day("establishedOn"))?;
    let (to, on) = (registry.chance.of_these(next), registry.later(since));
    let body = with(&change(to, "effectiveOn", on.to_string()), json!({"reason": "Thử nghiệm"}));
    Some(registry.chief.post(&path, &body))
}

/// Makes a team, sometimes in a unit of its own.
pub fn make_team(registry: &mut Registry) -> Option<Answer> {
    let model = registry.found("/v1/models")?;
    let begun = model.day("establishedOn")?;
    let from = registry.later(begun);
    let mut body = json!({"modelId": model.says("id"), "name": "Tổ thử", "startedOn": from});
    if registry.chance.in_a_hundred(30) {
        body = with(&body, json!({"unitId": registry.unit()}));
    }
    if registry.chance.in_a_hundred(30) || model.day("endedOn").is_some() {
        let until = registry.later(from);
        body = with(&body, json!({"endedOn": until}));
    }
    Some(registry.create("/v1/teams", &body))
}

pub fn correct_team(registry: &mut Registry) -> Option<Answer> {
    let found = registry.found("/v1/teams")?;
    let from = found.day("startedOn")?;
    let until = registry.later(from);
    let unit = registry.unit();
    let body = match registry.chance.below(4) {
        0 => json!({"unitId": unit}),
        1 => json!({"endedOn": null}),
        _ => json!({"endedOn": until}),
    };
    registry.patch(&found, &body)
}

pub fn review(registry: &mut Registry) -> Option<Answer> {
    let (model, on) = (registry.id_of("/v1/models")?, registry.day());
    let chance = &mut registry.chance;
    let body = json!({
        "modelId": model, "period": chance.of_these(PERIODS), "rating": chance.of_these(RATINGS),
        "recommendation": "maintain", "reviewedOn": on, "reviewer": "Công an tỉnh",
        "exemplar": chance.in_a_hundred(40),
    });
    Some(registry.create("/v1/reviews", &body))
}

pub fn correct_review(registry: &mut Registry) -> Option<Answer> {
    let found = registry.found("/v1/reviews")?;
    let (model, on) = (registry.id_of("/v1/models")?, registry.day());
    let chance = &mut registry.chance;
    let body = match chance.below(3) {
        0 => json!({"reviewedOn": on}),
        1 => json!({"rating": chance.of_these(RATINGS), "exemplar": chance.in_a_hundred(50)}),
        _ => json!({"modelId": model}),
    };
    registry.patch(&found, &body)
}
