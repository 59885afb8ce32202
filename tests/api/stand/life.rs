//! What one of many writers does: makes records of every kind, changes them, moves them between wards,
//! removes them, erases a person. It comes back when it is told to, so it may be let down on the way.

use reqwest::Method;
use serde_json::{Value, json};

use super::answer::Answer;
use super::caller::MERGE_PATCH;
use super::{Caller, World, decision, text, v7, with, world};

/// A writer in its world.
pub struct Writer<'w> {
    pub world: &'w World,
    pub caller: Caller,
}

impl Writer<'_> {
    /// Asks until there is an answer other than "come back".
    #[track_caller]
    fn insist(&self, ask: impl Fn() -> Answer) -> Answer {
        let mut answer = ask();
        for _ in 0..400 {
            if !matches!(answer.status, 503 | 429) && !answer.text().contains("idempotency-in-progress") {
                return answer;
            }
            std::thread::sleep(std::time::Duration::from_millis(25));
            answer = ask();
        }
        answer
    }

    #[track_caller]
    fn make(&self, path: &str, body: Value) -> String {
        let key = v7();
        let made = self.insist(|| self.caller.post_once(path, &key, &body)).is(201);
        format!("{path}/{}", made.id())
    }

    #[track_caller]
    fn change(&self, path: &str, body: Value) {
        let change = || {
            let etag = self.insist(|| self.caller.get(path)).is(200).etag();
            let patch = self.caller.request(Method::PATCH, path).header("If-Match", &etag);
            patch.raw(MERGE_PATCH, body.to_string()).send()
        };
        self.insist(change).is(200);
    }

    #[track_caller]
    fn remove(&self, path: &str) {
        let remove = || match self.insist(|| self.caller.get(path)) {
            gone if gone.status == 404 => gone,
            found => self.caller.delete(path, &found.is(200).etag()),
        };
        let answer = self.insist(remove);
        assert!(matches!(answer.status, 204 | 404), "{answer:?}");
    }

    /// The `n`th round of this writer's work; no two have the same `n`.
    pub fn live(&self, n: usize) {
        let (ward, other) = (&self.world.ward, &self.world.other);
        let (here, there) = if n.is_multiple_of(3) { (other, ward) } else { (ward, other) };
        let model = self.make("/v1/models", self.world.model_in(here, &format!("Mô hình {n}")));
        self.change(&model, json!({"householdCount": n}));
        let id = last(&model);
        let team = json!({"modelId": id, "name": format!("Tổ {n}"), "startedOn": "2023-04-01"});
        let team = self.make("/v1/teams", team);
        let person = with(&self.world.numbered(&format!("Mẫu {n}")), json!({"unitId": here}));
        let member = self.make("/v1/members", person);
        let since = json!({"memberId": last(&member), "category": "household", "role": "member",
            "startedOn": "2023-05-01"});
        self.make("/v1/memberships", with(&since, json!({"modelId": id})));
        self.make("/v1/memberships", with(&since, json!({"teamId": last(&team)})));
        let review = json!({"modelId": id, "period": "2023", "rating": "good", "recommendation": "maintain",
            "reviewedOn": "2024-01-15", "reviewer": "Công an", "exemplar": n.is_multiple_of(2)});
        self.make("/v1/reviews", review);
        let of = |kind: &str, id: String| json!({"recipientKind": kind, "recipientId": id});
        let praise = with(&self.world.commendation("Khen"), of("model", id.clone()));
        let praise = self.make("/v1/commendations", praise);
        let award = json!({"to": "awarded", "effectiveOn": "2024-02-01", "decision": decision()});
        self.make(&format!("{praise}/status-changes"), award);
        self.make("/v1/commendations", with(&self.world.commendation("Khen"), of("member", last(&member))));
        let incident = self.make("/v1/incidents", with(&self.world.incident("Việc"), json!({"unitId": here})));
        let handling = json!({"to": "handling", "effectiveAt": "2024-05-01T02:00:00Z"});
        self.make(&format!("{incident}/status-changes"), handling);
        self.make("/v1/activities", with(&self.world.activity("Tập huấn"), json!({"modelIds": [id]})));
        let until = |to: &str| json!({"to": to, "effectiveOn": "2024-03-01", "reason": "Thử"});
        match n % 6 {
            0 => {
                self.make(&format!("{model}/status-changes"), until("suspended"));
                self.change(&model, json!({"unitId": there}));
                self.change(&incident, json!({"unitId": there}));
                self.change(&incident, json!({"unitId": here}));
            }
            1 => {
                self.remove(&incident);
                let proposed = with(&self.world.model_in(here, "Đề xuất"), json!({"status": "proposed"}));
                self.remove(&self.make("/v1/models", proposed));
            }
            2 => drop(self.make(&format!("{member}/erasures"), json!({"reason": "Theo yêu cầu"}))),
            3 => drop(self.make(&format!("{model}/status-changes"), until("dissolved"))),
            4 => {
                let client = self.make("/v1/clients", world::client("Máy khách", here));
                self.make(&format!("{client}/credentials"), json!({}));
                self.change(&client, json!({"unitId": there}));
                self.change(&member, json!({"unitId": there}));
                self.change(&team, json!({"unitId": there}));
            }
            _ => {
                let user = self.make("/v1/users", world::user(&format!("can-bo-{n}"), here));
                self.make(&format!("{user}/credentials"), json!({}));
                self.change(&user, json!({"unitId": there}));
                let code = self.make("/v1/code-lists/incident_category/codes", world::code(&format!("moi_{n}")));
                self.change(&code, json!({"labelVi": "Mới"}));
                self.make("/v1/units", world::unit(&format!("3{n:04}"), "Phường Mới", "commune", &self.world.province));
                self.change(&incident, json!({"unitId": there}));
            }
        }
    }
}

fn last(path: &str) -> String {
    text(&json!(path.rsplit('/').next()))
}
