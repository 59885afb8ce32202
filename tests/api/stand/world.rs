//! A small world for tests: a province with two wards, a model type, and bodies of records in it.

use std::sync::OnceLock;

use serde_json::{Value, json};

use super::answer::text;
use super::{Caller, Stand};

/// Ids of what is there, and the client that made it.
pub struct World {
    pub chief: Caller,
    pub province: String,
    /// The ward most tests work in, code 20413.
    pub ward: String,
    /// The ward beside it, code 20416.
    pub other: String,
    pub model_type: String,
    model: OnceLock<String>,
    member: OnceLock<String>,
}

/// The unit that a fresh registry holds.
pub const COUNTRY: &str = "00000000-0000-7000-8000-000000000001";

impl World {
    #[track_caller]
    pub fn of(stand: &Stand) -> Self {
        Self::under(stand.chief())
    }

    /// Made by a client that may do everything.
    #[track_caller]
    pub fn under(chief: Caller) -> Self {
        let province = chief.create("/v1/units", &unit("48", "Thành phố Đà Nẵng", "province", COUNTRY));
        let province = text(&province["id"]);
        let ward = |code, name| text(&chief.create("/v1/units", &unit(code, name, "commune", &province))["id"]);
        let (ward, other) = (ward("20413", "Phường Hội An"), ward("20416", "Phường Hội An Đông"));
        let model_type = text(&chief.create("/v1/model-types", &model_type("TLG", "Tổ liên gia"))["id"]);
        Self { chief, province, ward, other, model_type, model: OnceLock::new(), member: OnceLock::new() }
    }

    /// No world at all, but for whoever could make one.
    pub fn of_nothing(chief: &Caller) -> Self {
        Self {
            chief: chief.clone(),
            province: String::new(),
            ward: String::new(),
            other: String::new(),
            model_type: String::new(),
            model: OnceLock::new(),
            member: OnceLock::new(),
        }
    }

    /// The same world seen from another unit, which takes the place of the ward and of what is above it.
    pub fn at(&self, unit: &str) -> Self {
        Self {
            chief: self.chief.clone(),
            province: unit.to_owned(),
            ward: unit.to_owned(),
            other: self.other.clone(),
            model_type: self.model_type.clone(),
            model: OnceLock::new(),
            member: OnceLock::new(),
        }
    }

    /// The body of a model in the ward.
    pub fn model(&self, name: &str) -> Value {
        self.model_in(&self.ward, name)
    }

    pub fn model_in(&self, unit: &str, name: &str) -> Value {
        json!({
            "name": name, "modelTypeId": self.model_type, "unitId": unit,
            "establishedOn": "2023-03-01", "leadBody": "Công an phường",
        })
    }

    /// The id of a model in the ward, made when it is first asked for, that teams run.
    #[track_caller]
    pub fn run_model(&self) -> &str {
        self.model.get_or_init(|| text(&self.chief.create("/v1/models", &self.model("Mô hình chung"))["id"]))
    }

    /// The id of a household in the ward, made when it is first asked for, that takes part in things.
    #[track_caller]
    pub fn taking_part(&self) -> &str {
        let body = || json!({"kind": "household", "name": "Hộ gia đình chung", "unitId": self.ward});
        self.member.get_or_init(|| text(&self.chief.create("/v1/members", &body())["id"]))
    }

    /// The body of a membership of the one model; each `n` has days of its own.
    pub fn membership(&self, n: usize) -> Value {
        json!({
            "memberId": self.taking_part(), "modelId": self.run_model(), "category": "household", "role": "member",
            "startedOn": format!("20{n:02}-01-01"), "endedOn": format!("20{n:02}-06-01"), "endReason": "Chuyển nơi ở",
        })
    }

    /// The body of a commendation of the ward.
    pub fn commendation(&self, title: &str) -> Value {
        json!({
            "recipientKind": "unit", "recipientId": self.ward, "form": "certificate_of_merit", "level": "commune",
            "title": title, "achievement": "Giữ gìn an ninh, trật tự",
        })
    }

    /// The body of a review; each `n` has a period of its own.
    pub fn review(&self, n: usize) -> Value {
        json!({
            "modelId": self.run_model(), "period": format!("2{n:03}"), "rating": "good", "recommendation": "maintain",
            "reviewedOn": "2024-01-15", "reviewer": format!("Công an {n}"), "exemplar": false,
        })
    }

    /// The body of an activity in the ward.
    pub fn activity(&self, title: &str) -> Value {
        json!({
            "kind": "training", "title": title, "unitId": self.ward, "startedAt": "2024-03-01T01:00:00Z",
            "organiser": "Công an phường",
        })
    }

    /// The body of a person in the ward.
    pub fn member(&self, name: &str) -> Value {
        json!({"kind": "person", "name": name, "unitId": self.ward, "birthYear": 1980})
    }

    /// The same with numbers; no province has the code 000.
    pub fn numbered(&self, name: &str) -> Value {
        super::with(&self.member(name), json!({"nationalId": "000080123456", "phone": "0000123456"}))
    }

    /// The body of an incident in the ward.
    pub fn incident(&self, summary: &str) -> Value {
        json!({
            "category": "dispute", "severity": "minor", "occurredAt": "2024-05-01T01:00:00Z", "unitId": self.ward,
            "source": "citizen", "summary": summary,
        })
    }

    /// Makes a model in the ward and gives its path.
    #[track_caller]
    pub fn a_model(&self, name: &str) -> String {
        self.path_of("/v1/models", &self.model(name))
    }

    /// Makes a record and gives its path.
    #[track_caller]
    pub fn path_of(&self, collection: &str, body: &Value) -> String {
        format!("{collection}/{}", text(&self.chief.create(collection, body)["id"]))
    }
}

/// The body of a unit in force since 2020.
pub fn unit(code: &str, name: &str, kind: &str, parent: &str) -> Value {
    let name_type = if kind == "province" { "city" } else { "ward" };
    json!({
        "code": code, "codeSystem": "gso", "name": name, "kind": kind, "nameType": name_type,
        "parentId": parent, "validFrom": "2020-01-01",
    })
}

/// The body of a model type.
pub fn model_type(code: &str, name: &str) -> Value {
    json!({"code": code, "name": name, "field": "security", "validFrom": "2015-01-01"})
}

/// The body of a client.
pub fn client(name: &str, unit: &str) -> Value {
    json!({"name": name, "scopes": ["models:read"], "unitId": unit})
}

/// The body of a user.
pub fn user(username: &str, unit: &str) -> Value {
    json!({"username": username, "displayName": "Người dùng thử", "role": "clerk", "unitId": unit})
}

/// The body of a code.
pub fn code(code: &str) -> Value {
    json!({"code": code, "labelVi": "Thử nghiệm", "labelEn": "Trial", "validFrom": "2020-01-01"})
}
