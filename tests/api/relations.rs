//! What holds between records: teams within their models, merges that go on, references that stand.

use serde_json::json;

use crate::stand::answer::text;
use crate::stand::{Stand, World, with};
use tuquan::access::Scope;

#[test]
fn a_team_works_while_its_model_does() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let model = world.a_model("Mô hình");
    let id = model.rsplit('/').next().unwrap_or_default();
    let team = |started: &str| json!({"modelId": id, "name": "Tổ 1", "startedOn": started});
    world.chief.post("/v1/teams", &team("2023-02-28")).problem(409, "rule-violated");
    let path = world.path_of("/v1/teams", &team("2023-03-01"));
    let end = json!({"to": "dissolved", "effectiveOn": "2024-01-01", "reason": "Hết nhiệm vụ"});
    world.chief.post(&format!("{model}/status-changes"), &end).is(201);
    let ended = world.chief.get(&path).is(200);
    assert_eq!((ended.json()["endedOn"].clone(), ended.etag()), (json!("2024-01-01"), "\"2\"".to_owned()));
    world.chief.patch(&path, "\"2\"", &json!({"endedOn": null})).problem(409, "rule-violated");
    world.chief.post("/v1/teams", &team("2024-02-01")).problem(409, "rule-violated");
}

#[test]
fn a_model_is_merged_into_one_that_goes_on() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let (one, two) = (world.a_model("Một"), world.a_model("Hai"));
    let merge = |from: &str, into: &str| {
        let into = into.rsplit('/').next().unwrap_or_default();
        let change = json!({"to": "merged", "effectiveOn": "2024-01-01", "reason": "Hợp nhất", "mergedIntoId": into});
        world.chief.post(&format!("{from}/status-changes"), &change)
    };
    merge(&one, &two).is(201);
    merge(&two, &one).problem(409, "rule-violated");
}

#[test]
fn a_reference_that_stands_does_not_keep_a_record_from_being_changed() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let theirs = text(&world.chief.create("/v1/models", &world.model_in(&world.other, "Bên kia"))["id"]);
    let local = stand.client(Scope::ALL).in_unit(&world.ward);
    let activity = with(&world.activity("Buổi chung"), json!({"modelIds": [theirs]}));
    let path = world.path_of("/v1/activities", &activity);
    local.patch(&path, "\"1\"", &json!({"title": "Buổi chung 2"})).is(200);
    local.post("/v1/activities", &activity).problem(409, "reference-missing");
}

#[test]
fn a_unit_is_not_followed_by_one_it_follows_and_keeps_its_end() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let path = |unit: &str| format!("/v1/units/{unit}");
    let follow = |unit: &str, next: &str, on: &str| {
        world.chief.post(&format!("{}/successions", path(unit)), &json!({"successorIds": [next], "effectiveOn": on}))
    };
    follow(&world.ward, &world.other, "2025-07-01").is(201);
    follow(&world.other, &world.ward, "2024-07-01").problem(409, "rule-violated");
    follow(&world.ward, &world.other, "2025-01-01").problem(409, "rule-violated");
    world.chief.patch(&path(&world.ward), "*", &json!({"validTo": null})).problem(409, "rule-violated");
}

#[test]
fn codes_do_not_point_in_a_circle() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let codes = "/v1/code-lists/incident_category/codes";
    let wide = world.path_of(codes, &crate::stand::world::code("rong"));
    world.chief.create(codes, &with(&crate::stand::world::code("hep"), json!({"parentCode": "rong"})));
    world.chief.patch(&wide, "\"1\"", &json!({"parentCode": "hep"})).problem(409, "rule-violated");
    world.chief.patch(&wide, "\"1\"", &json!({"replacedByCode": "rong"})).problem(409, "rule-violated");
}
