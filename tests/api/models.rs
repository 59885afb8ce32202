//! Models: their life from status to status, and the rules that hold around it.

use serde_json::{Value, json};

use crate::stand::{Answer, Stand, World, decision, journal, nowhere, text, with, world};

fn id(path: &str) -> String {
    path.rsplit('/').next().unwrap_or_default().to_owned()
}

fn go(world: &World, path: &str, to: &str, on: &str) -> Answer {
    let body = json!({"to": to, "effectiveOn": on, "reason": "Theo kế hoạch"});
    world.chief.post(&format!("{path}/status-changes"), &body)
}

/// A model that has come to `status` by the way the contract allows.
fn model_in(world: &World, status: &str) -> String {
    let first = if status == "proposed" { "proposed" } else { "active" };
    let path = world.path_of("/v1/models", &with(&world.model("Mô hình"), json!({"status": first})));
    if first != status {
        go(world, &path, status, "2023-04-01").is(201);
    }
    path
}

const STATUSES: [&str; 5] = ["proposed", "active", "suspended", "merged", "dissolved"];

#[test]
fn a_model_goes_from_status_to_status_as_the_contract_says_and_in_no_other_way() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let allowed = [
        ("proposed", "active dissolved"),
        ("active", "suspended merged dissolved"),
        ("suspended", "active merged dissolved"),
        ("merged", ""),
        ("dissolved", ""),
    ];
    for (from, targets) in allowed {
        for to in STATUSES {
            let path = model_in(&world, from);
            let answer = go(&world, &path, to, "2023-05-01");
            let after = world.chief.get(&path).is(200).json();
            match targets.split(' ').any(|target| target == to) {
                true => {
                    let change = answer.is(201).json();
                    assert_eq!((&change["from"], &change["to"]), (&json!(from), &json!(to)));
                    assert_eq!(after["status"], to);
                }
                false => {
                    let problem = answer.problem(409, "invalid-transition");
                    assert!(problem.text().contains(from) && problem.text().contains(to), "{problem:?}");
                    assert_eq!(after["status"], from);
                }
            }
        }
    }
}

#[test]
fn a_new_model_is_active_or_proposed_and_nothing_else() {
    let stand = Stand::new();
    let world = World::of(&stand);
    assert_eq!(world.chief.create("/v1/models", &world.model("a"))["status"], "active");
    for status in STATUSES {
        let answer = world.chief.post("/v1/models", &with(&world.model("b"), json!({"status": status})));
        match status {
            "proposed" | "active" => assert_eq!(answer.is(201).json()["status"], status),
            _ => drop(answer.faults(&["/status not-allowed"])),
        }
    }
    let path = world.a_model("c");
    for read_only in ["status", "endedOn", "exemplar"] {
        let fault = format!("/{read_only} unknown");
        world.chief.patch(&path, "\"1\"", &json!({read_only: "active"})).faults(&[&fault]);
    }
    world.chief.post("/v1/models", &with(&world.model("d"), json!({"exemplar": true}))).faults(&["/exemplar unknown"]);
}

#[test]
fn a_status_change_is_a_record_and_a_version_of_the_model() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let path = world.a_model("Tổ liên gia");
    let before = journal::changes(&stand.database).len();
    let body = json!({"to": "suspended", "effectiveOn": "2023-06-01", "reason": "Sửa chữa", "decision": decision()});
    let answer = world.chief.post(&format!("{path}/status-changes"), &body).is(201);
    let change = answer.json();
    assert_eq!(answer.given("location"), format!("{path}/status-changes/{}", answer.id()));
    assert_eq!(world.chief.get(&answer.given("location")).is(200).json(), change);
    assert_eq!((&change["modelId"], &change["unitId"]), (&json!(id(&path)), &json!(world.ward)));
    assert_eq!(change["decision"], decision());
    let entries: Vec<String> =
        journal::changes(&stand.database)[before..].iter().map(|e| format!("{} {}", e.action, e.resource)).collect();
    assert_eq!(entries, ["update models", "create model-status-changes"]);
    assert_eq!(world.chief.get(&path).etag(), "\"2\"");
    let versions = world.chief.get(&format!("{path}/versions?sort=version")).items();
    let statuses: Vec<String> = versions.iter().map(|v| text(&v["record"]["status"])).collect();
    assert_eq!(statuses, ["active", "suspended"]);
    go(&world, &path, "active", "2023-07-01").is(201);
    let changes = format!("{path}/status-changes");
    assert_eq!(world.chief.list(&format!("{changes}?sort=effectiveOn&pageSize=1"), "to"), ["suspended", "active"]);
    assert_eq!(world.chief.list(&format!("{changes}?sort=-createdAt"), "to"), ["active", "suspended"]);
    for method in [reqwest::Method::PATCH, reqwest::Method::DELETE] {
        world.chief.request(method, &answer.given("location")).send().problem(405, "method-not-allowed");
    }
    let other = world.a_model("Mô hình khác");
    world.chief.get(&format!("{other}/status-changes/{}", answer.id())).problem(404, "not-found");
}

#[test]
fn a_status_change_comes_after_what_was_before() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let path = world.a_model("Tổ liên gia");
    go(&world, &path, "suspended", "2023-02-28").problem(409, "rule-violated");
    go(&world, &path, "suspended", "2023-03-01").is(201);
    go(&world, &path, "active", "2023-05-01").is(201);
    go(&world, &path, "dissolved", "2023-04-30").problem(409, "rule-violated");
    go(&world, &path, "dissolved", "2023-05-01").is(201);
    world.chief.change(&path, &json!({"establishedOn": "2023-03-02"})).problem(409, "rule-violated");
    world.chief.change(&path, &json!({"establishedOn": "2023-02-01"})).is(200);
}

#[test]
fn a_model_that_ends_says_on_which_day() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for (to, ended) in [("merged", true), ("dissolved", true), ("suspended", false)] {
        let path = world.a_model("Tổ liên gia");
        assert!(world.chief.get(&path).json().get("endedOn").is_none());
        go(&world, &path, to, "2023-12-31").is(201);
        let model = world.chief.get(&path).json();
        assert_eq!(model.get("endedOn"), ended.then(|| json!("2023-12-31")).as_ref(), "{model}");
    }
}

#[test]
fn a_merged_model_may_say_into_which() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let into = id(&world.a_model("Mô hình chung"));
    let merge = |path: &str, to: &str, into: &str| {
        let body = json!({"to": to, "effectiveOn": "2024-01-01", "reason": "Hợp nhất", "mergedIntoId": into});
        world.chief.post(&format!("{path}/status-changes"), &body)
    };
    let path = world.a_model("Mô hình nhỏ");
    merge(&path, "merged", &nowhere()).problem(409, "reference-missing");
    merge(&path, "merged", &id(&path)).problem(409, "rule-violated");
    merge(&path, "dissolved", &into).problem(409, "rule-violated");
    assert_eq!(merge(&path, "merged", &into).is(201).json()["mergedIntoId"], into);
    world.chief.remove(&format!("/v1/models/{into}")).problem(409, "in-use");
    world.chief.remove(&path).is(204);
    world.chief.remove(&format!("/v1/models/{into}")).is(204);
}

#[test]
fn a_status_change_says_why() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let path = format!("{}/status-changes", world.a_model("Tổ liên gia"));
    world.chief.post(&path, &json!({})).faults(&["/to required", "/effectiveOn required", "/reason required"]);
    let body = json!({"to": "gone", "effectiveOn": "2023-02-30", "reason": "", "raeson": 1});
    let expected = ["/to not-allowed", "/effectiveOn format", "/reason too-short", "/raeson unknown"];
    world.chief.post(&path, &body).faults(&expected);
    let partial = json!({"to": "suspended", "effectiveOn": "2023-05-01", "reason": "x", "decision": {"number": "1"}});
    world.chief.post(&path, &partial).faults(&["/decision/issuedOn required", "/decision/issuer required"]);
}

#[test]
fn a_model_with_status_changes_can_be_removed_with_them() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let path = world.a_model("Nhập nhầm");
    go(&world, &path, "suspended", "2023-06-01").is(201);
    let before = journal::changes(&stand.database).len();
    world.chief.remove(&path).is(204);
    let entries: Vec<String> =
        journal::changes(&stand.database)[before..].iter().map(|e| format!("{} {}", e.action, e.resource)).collect();
    assert_eq!(entries, ["delete model-status-changes", "delete models"]);
    world.chief.get(&format!("{path}/status-changes")).problem(404, "not-found");
}

#[test]
fn a_code_is_unique_within_its_unit_and_made_when_it_is_not_given() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let coded = |unit: &str| with(&world.model_in(unit, "Tổ liên gia"), json!({"code": "TLG-01"}));
    world.chief.create("/v1/models", &coded(&world.ward));
    world.chief.post("/v1/models", &coded(&world.ward)).problem(409, "duplicate");
    let elsewhere = text(&world.chief.create("/v1/models", &coded(&world.other))["id"]);
    let moved = world.chief.change(&format!("/v1/models/{elsewhere}"), &json!({"unitId": world.ward}));
    moved.problem(409, "duplicate");
    let made: Vec<String> =
        (0..3).map(|_| text(&world.chief.create("/v1/models", &world.model("a"))["code"])).collect();
    assert!(made.iter().all(|code| code.starts_with("MH-")) && made[0] != made[1] && made[1] != made[2], "{made:?}");
    for code in ["", "a b", "é", "-a", &"x".repeat(65)] {
        world.chief.post("/v1/models", &with(&world.model("a"), json!({"code": code}))).problem(400, "invalid-request");
    }
}

#[test]
fn a_model_is_established_in_a_unit_in_force() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let ended = with(&world::unit("1", "Phường cũ", "commune", &world.province), json!({"validTo": "2023-03-01"}));
    let ended = text(&world.chief.create("/v1/units", &ended)["id"]);
    world.chief.post("/v1/models", &world.model_in(&ended, "a")).problem(409, "unit-not-in-force");
    let early = |on: &str| with(&world.model_in(&ended, "a"), json!({"establishedOn": on}));
    world.chief.post("/v1/models", &early("2019-12-31")).problem(409, "unit-not-in-force");
    let path = world.path_of("/v1/models", &early("2023-02-28"));
    world.path_of("/v1/models", &early("2020-01-01"));
    world.chief.change(&path, &json!({"establishedOn": "2023-03-01"})).problem(409, "unit-not-in-force");
    world.chief.change(&path, &json!({"name": "Tên khác"})).is(200);
}

#[test]
fn what_a_model_names_must_be_there() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for name in ["modelTypeId", "unitId", "replicatedFromId"] {
        let body = with(&world.model("a"), json!({name: nowhere()}));
        let problem = world.chief.post("/v1/models", &body).problem(409, "reference-missing");
        assert!(problem.text().contains(&format!("/{name}")), "{problem:?}");
    }
    let path = world.a_model("a");
    world.chief.change(&path, &json!({"replicatedFromId": id(&path)})).problem(409, "rule-violated");
    world.chief.change(&path, &json!({"modelTypeId": nowhere()})).problem(409, "reference-missing");
}

#[test]
fn models_are_filtered_by_what_is_said_of_them() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let fire = with(&world::model_type("PCCC", "Điểm chữa cháy"), json!({"field": "fire_safety"}));
    let fire = text(&world.chief.create("/v1/model-types", &fire)["id"]);
    let make = |more: Value| text(&world.chief.create("/v1/models", &with(&world.model("Mô hình"), more))["id"]);
    let plain = make(json!({"establishedOn": "2022-01-01"}));
    let school = make(json!({"setting": "school", "establishedOn": "2023-01-01"}));
    let burning = make(json!({"modelTypeId": fire, "establishedOn": "2023-12-31", "setting": "hotspot"}));
    let proposed = make(json!({"status": "proposed", "establishedOn": "2024-01-01"}));
    let find = |query: &str| world.chief.list(&format!("/v1/models?sort=establishedOn&{query}"), "id");
    assert_eq!(find("field=fire_safety"), [burning.as_str()]);
    assert_eq!(find("field=security,fire_safety").len(), 4);
    assert_eq!(find(&format!("modelTypeId={fire}")), [burning.as_str()]);
    assert_eq!(find("setting=school,hotspot"), [school.clone(), burning.clone()]);
    assert_eq!(find("status=proposed"), [proposed]);
    assert_eq!(find("establishedFrom=2023-01-01&establishedTo=2023-12-31"), [school, burning]);
    assert_eq!(find("establishedTo=2022-01-01"), [plain]);
    assert_eq!(find("exemplar=true"), Vec::<String>::new());
    assert_eq!(find("exemplar=false").len(), 4);
    assert_eq!(find("field=drugs"), Vec::<String>::new());
    world.chief.get("/v1/models?field=fire").faults(&["field not-allowed"]);
}

#[test]
fn all_that_can_be_said_of_a_model_is_kept() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let body = with(
        &world.model("Tổ liên gia an toàn PCCC 🧯"),
        json!({
            "code": "TLG.01/2023_a", "partnerBodies": ["Đoàn thanh niên", "Hội phụ nữ"], "setting": "residential",
            "householdCount": 0, "participantCount": 100_000_000, "decision": decision(),
            "location": {"lat": 15.8801, "lng": -179.5}, "notes": "Dòng một\n\tDòng hai",
        }),
    );
    let path = world.path_of("/v1/models", &body);
    let model = world.chief.get(&path).json();
    for (name, value) in body.as_object().into_iter().flatten() {
        assert_eq!(&model[name], value, "{name}");
    }
    let patch = json!({"location": {"lat": 1.5}, "decision": {"number": "9"}, "partnerBodies": []});
    let patched = world.chief.change(&path, &patch).is(200).json();
    assert_eq!(patched["location"], json!({"lat": 1.5, "lng": -179.5}));
    assert_eq!(patched["decision"]["issuer"], decision()["issuer"]);
    assert_eq!(patched["partnerBodies"], json!([]));
}

#[test]
fn a_household_group_of_another_size_is_taken_with_a_warning() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let group = crate::stand::world::model_type("fire_safety_household_group", "Tổ liên gia an toàn phòng cháy");
    let group = text(&world.chief.create("/v1/model-types", &group)["id"]);
    let warning = json!(["household_group_size"]);
    let body = |count: i64| with(&world.model("Tổ liên gia"), json!({"modelTypeId": group, "householdCount": count}));
    for (count, odd) in [(0, true), (4, true), (5, false), (15, false), (16, true)] {
        let made = world.chief.create("/v1/models", &body(count));
        assert_eq!(made.get("warnings"), odd.then_some(&warning), "{count}");
    }
    let unsaid = with(&world.model("Tổ liên gia"), json!({"modelTypeId": group}));
    assert!(world.chief.create("/v1/models", &unsaid).get("warnings").is_none());
    let other = with(&world.model("Khu phố"), json!({"householdCount": 4}));
    let path = world.path_of("/v1/models", &other);
    assert!(world.chief.get(&path).json().get("warnings").is_none());
    let now = world.chief.patch(&path, "\"1\"", &json!({"modelTypeId": group})).is(200).json();
    assert_eq!(now["warnings"], warning);
    let listed = world.chief.get("/v1/models?pageSize=500").items();
    assert!(listed.contains(&now));
    assert_eq!(world.chief.get(&format!("{path}/versions/2")).json()["record"], now);
    let later = world.chief.patch(&path, "\"2\"", &json!({"householdCount": 8})).is(200).json();
    assert!(later.get("warnings").is_none());
    world.chief.patch(&path, "\"3\"", &json!({"warnings": []})).faults(&["/warnings unknown"]);
}
