//! A territory with few records in it, one who may list them, and one who may only ask for figures.

use std::collections::BTreeSet;

use jiff::civil::date;
use serde_json::json;
use tuquan::access::Scope;

use crate::chance::Chance;
use crate::stand::answer::text;
use crate::stand::world::{self, COUNTRY};
use crate::stand::{Caller, Stand, decision, with};

pub struct Territory {
    pub province: String,
    /// Unit, kind and the unit above.
    pub units: Vec<(String, &'static str, String)>,
    pub knowing: Caller,
    pub restricted: Caller,
}

impl Territory {
    /// A province of three wards with two blocks each, and random records.
    pub fn new(stand: &Stand, number: usize, chance: &mut Chance) -> Self {
        let chief = stand.chief();
        let mut units: Vec<(String, &'static str, String)> = Vec::new();
        let mut unit = |code: String, kind: &'static str, parent: &str| {
            let id = text(&chief.create("/v1/units", &world::unit(&code, "Đơn vị thử", kind, parent))["id"]);
            units.push((id.clone(), kind, parent.to_owned()));
            id
        };
        let province = unit(format!("{number:02}"), "province", COUNTRY);
        for ward in 1..=3 {
            let ward_id = unit(format!("{number:02}{ward}00"), "commune", &province);
            for block in 1..=2 {
                unit(format!("{number:02}{ward}0{block}"), "neighbourhood", &ward_id);
            }
        }
        let knowing = stand.client(Scope::ALL).in_unit(&province);
        let restricted = stand.client(&[Scope::StatisticsRead]).in_unit(&province);
        let territory = Self { province, units, knowing, restricted };
        territory.fill(chance);
        territory
    }

    /// A unit and all under it.
    pub fn under(&self, unit: &str) -> BTreeSet<String> {
        let mut under = BTreeSet::from([unit.to_owned()]);
        for (below, _, parent) in &self.units {
            if under.contains(parent) {
                under.insert(below.clone());
            }
        }
        under
    }

    /// The units of a kind.
    pub fn of_kind(&self, kind: &str) -> Vec<String> {
        self.units.iter().filter(|(_, own, _)| *own == kind).map(|(id, ..)| id.clone()).collect()
    }

    fn fill(&self, chance: &mut Chance) {
        let model_type = format!("LOAI-{}", chance.below(1_000_000_000));
        let model_type = self.knowing.create("/v1/model-types", &world::model_type(&model_type, "Loại thử"));
        let model = json!({
            "name": "Mô hình thử", "modelTypeId": model_type["id"], "unitId": self.province,
            "establishedOn": "2022-01-01", "leadBody": "Công an",
        });
        let model = self.knowing.create("/v1/models", &model);
        let skew = 40 + chance.below(40);
        let units: Vec<String> = self.units.iter().map(|(id, ..)| id.clone()).collect();
        let units = shuffled(units, chance);
        for _ in 0..20 + chance.below(60) {
            self.incident(&units, &text(&model["id"]), skew, chance);
        }
        for _ in 0..12 + chance.below(30) {
            self.member(&units, &text(&model["id"]), skew, chance);
        }
    }

    fn incident(&self, units: &[String], model: &str, skew: usize, chance: &mut Chance) {
        let year = if chance.in_a_hundred(85) { 2024 } else { 2023 };
        let month = *skewed(&[3, 4, 9, 10, 6, 1, 12], skew, chance);
        let day = date(year, month, 1 + chance.below(28) as i8);
        let mut body = json!({
            "unitId": skewed(units, skew, chance), "occurredAt": format!("{day}T03:00:00Z"),
            "reportedAt": format!("{day}T04:00:00Z"),
            "category": skewed(&["dispute", "fire", "stay", "rescue"], skew, chance),
            "severity": skewed(&["minor", "serious", "very_serious"], skew, chance),
            "source": skewed(&["citizen", "patrol", "camera"], skew, chance),
        });
        if chance.in_a_hundred(40) {
            body = with(&body, json!({"contributions": [{"modelId": model, "kind": "detected"}]}));
        }
        if chance.in_a_hundred(35) {
            body =
                with(&body, json!({"injured": chance.below(4), "deaths": chance.below(2), "propertyDamageVnd": 5000}));
        }
        let id = text(&self.knowing.create("/v1/incidents", &body)["id"]);
        let steps: &[&str] = match skewed(&[4, 0, 1, 2, 3], skew, chance) {
            0 => &[],
            1 => &["handling"],
            2 => &["verifying"],
            3 => &["rejected"],
            _ => &["handling", "resolved"],
        };
        let mut on = day;
        for step in steps {
            on = on.saturating_add(jiff::Span::new().days(*skewed(&[0, 3, 40], skew, chance)));
            let change = json!({"to": step, "effectiveAt": format!("{on}T05:00:00Z"), "decision": decision()});
            self.knowing.create(&format!("/v1/incidents/{id}/status-changes"), &change);
        }
    }

    /// A member with one membership or two.
    fn member(&self, units: &[String], model: &str, skew: usize, chance: &mut Chance) {
        let kind = skewed(&["person", "household", "organisation"], skew, chance);
        let unit = skewed(units, skew, chance).clone();
        let member = self.knowing.create("/v1/members", &json!({"kind": kind, "name": "Người thử", "unitId": unit}));
        let mut of = vec![json!({"unitId": unit})];
        if chance.in_a_hundred(40) {
            of.push(if chance.in_a_hundred(50) { json!({"modelId": model}) } else { json!({"unitId": units[0]}) });
        }
        for of in of {
            let from = date(2023, 1, 1).saturating_add(jiff::Span::new().days(chance.below(700) as i64));
            let mut body = json!({
                "memberId": member["id"], "startedOn": from,
                "category": skewed(&["resident", "household", "other"], skew, chance),
                "role": skewed(&["member", "leader", "deputy"], skew, chance),
            });
            if chance.in_a_hundred(50) {
                body = with(&body, json!({"pledgedOn": date(2024, *skewed(&[5, 6, 11], skew, chance), 7)}));
            }
            if chance.in_a_hundred(15) {
                let until = from.saturating_add(jiff::Span::new().days(chance.below(200) as i64));
                body = with(&body, json!({"endedOn": until}));
            }
            // The same force twice is refused; one membership is enough then.
            let answer = self.knowing.post("/v1/memberships", &with(&body, of));
            assert!([201, 409].contains(&answer.status), "{answer:?}");
        }
    }
}

/// The first so many times of a hundred, else the second so many times, and so on.
fn skewed<'t, T>(all: &'t [T], skew: usize, chance: &mut Chance) -> &'t T {
    all.iter().find(|_| chance.in_a_hundred(skew)).unwrap_or(&all[0])
}

fn shuffled<T: Clone>(mut all: Vec<T>, chance: &mut Chance) -> Vec<T> {
    for at in 1..all.len() {
        all.swap(at, chance.below(at + 1));
    }
    all
}
