//! What is done with members, their memberships and commendations.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::{Registry, change};
use crate::stand::{Answer, with};

const KINDS: &[&str] = &["person", "person", "household", "organisation"];
const ROLES: &[&str] = &["leader", "deputy", "secretary", "member", "member", "member"];
/// The first three were ended, and the last begun, on 2024-07-01.
const CATEGORIES: &[&str] =
    &["civil_guard", "household", "resident", "association_member", "grassroots_security_force"];
const FORMS: &[&str] = &["diploma_of_merit", "certificate_of_merit", "letter_of_commendation"];
const LEVELS: &[&str] = &["commune", "commune", "province", "ministry"];

pub fn make(registry: &mut Registry) -> Option<Answer> {
    let unit = registry.unit();
    let body = json!({"kind": registry.chance.of_these(KINDS), "name": "Người thử", "unitId": unit});
    Some(registry.create("/v1/members", &body))
}

pub fn move_away(registry: &mut Registry) -> Option<Answer> {
    let found = registry.found("/v1/members")?;
    let unit = registry.unit();
    registry.patch(&found, &json!({"unitId": unit}))
}

pub fn erase(registry: &mut Registry) -> Option<Answer> {
    let path = registry.one_of("/v1/members")?;
    Some(registry.chief.post(&format!("{path}/erasures"), &json!({"reason": "Thử nghiệm"})))
}

/// A member joins a model, a team or the force of a unit, sometimes for a time that is over.
pub fn join(registry: &mut Registry) -> Option<Answer> {
    let member = registry.id_of("/v1/members")?;
    let (of, end) = match registry.chance.below(3) {
        0 => within(registry, "/v1/models", "modelId")?,
        1 => within(registry, "/v1/teams", "teamId")?,
        _ => (json!({"unitId": registry.unit()}), None),
    };
    let day = registry.day();
    let from = end.map_or(day, |end| day.min(end));
    let (until, pledged) = (registry.later(from), registry.later(from));
    let chance = &mut registry.chance;
    let mut body = json!({
        "memberId": member, "category": chance.of_these(CATEGORIES), "role": chance.of_these(ROLES), "startedOn": from,
    });
    if chance.in_a_hundred(40) || end.is_some() {
        let until = end.map_or(until, |end| until.min(end));
        body = with(&body, json!({"endedOn": until, "endReason": "Thử nghiệm"}));
    }
    if chance.in_a_hundred(40) {
        body = with(&body, json!({"pledgedOn": pledged}));
    }
    Some(registry.create("/v1/memberships", &with(&body, of)))
}

/// A model or a team to join, and the day it ended.
fn within(registry: &mut Registry, collection: &'static str, name: &str) -> Option<(Value, Option<Date>)> {
    let found = registry.found(collection)?;
    Some((json!({name: found.says("id")}), found.day("endedOn")))
}

pub fn correct(registry: &mut Registry) -> Option<Answer> {
    let found = registry.found("/v1/memberships")?;
    let day = registry.day();
    let until = registry.later(found.day("startedOn")?);
    let chance = &mut registry.chance;
    let body = match chance.below(5) {
        0 => json!({"startedOn": day}),
        1 => json!({"endedOn": null}),
        2 => json!({"category": chance.of_these(CATEGORIES), "role": chance.of_these(ROLES)}),
        3 => json!({"pledgedOn": until}),
        _ => json!({"endedOn": until}),
    };
    registry.patch(&found, &body)
}

pub fn commend(registry: &mut Registry) -> Option<Answer> {
    let (kind, id) = match registry.chance.below(3) {
        0 => ("member", registry.id_of("/v1/members")?),
        1 => ("model", registry.id_of("/v1/models")?),
        _ => ("unit", registry.unit()),
    };
    let chance = &mut registry.chance;
    let body = json!({
        "recipientKind": kind, "recipientId": id, "form": chance.of_these(FORMS), "level": chance.of_these(LEVELS),
        "title": "Khen thưởng thử", "achievement": "Giữ gìn an ninh, trật tự",
    });
    Some(registry.create("/v1/commendations", &body))
}

pub fn decide(registry: &mut Registry) -> Option<Answer> {
    let found = registry.found("/v1/commendations")?;
    let (to, on) = match (found.says("status").as_str(), found.day("decidedOn")) {
        ("proposed", _) => (registry.chance.of_these(&["awarded", "awarded", "awarded", "rejected"]), registry.day()),
        ("awarded", Some(on)) => ("revoked", registry.later(on)),
        _ => return None,
    };
    let body = with(&change(to, "effectiveOn", on.to_string()), json!({"reason": "Thử nghiệm"}));
    Some(registry.chief.post(&format!("{}/status-changes", found.path), &body))
}
