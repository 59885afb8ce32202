//! Territory: what lies outside it is not there, in whatever way one asks.

use reqwest::header::HeaderMap;
use serde_json::json;
use tuquan::access::{Role, Scope};

use super::NOUNS;
use crate::stand::{Answer, Stand, World, nowhere, with};

/// The headers that do not differ from request to request.
pub fn steady(headers: &HeaderMap) -> Vec<(String, String)> {
    let differs = |name: &str| matches!(name, "x-request-id" | "date") || name.starts_with("ratelimit");
    let kept = headers.iter().filter(|(name, _)| !differs(name.as_str()));
    let mut kept: Vec<_> = kept.map(|(name, value)| (name.to_string(), format!("{value:?}"))).collect();
    kept.sort_unstable();
    kept
}

#[test]
fn a_row_of_another_ward_is_not_found() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let stranger = stand.client(Scope::ALL).in_unit(&world.other);
    let neighbour = stand.client(Scope::ALL).in_unit(&world.ward);
    for noun in NOUNS.iter().filter(|noun| noun.belongs) {
        let path = noun.make(&world, 1);
        let absent = format!("{}/{}", noun.path, nowhere());
        let pairs: Vec<(Answer, Answer)> = vec![
            (stranger.get(&path), stranger.get(&absent)),
            (stranger.patch(&path, "\"1\"", &noun.patch()), stranger.patch(&absent, "\"1\"", &noun.patch())),
            (stranger.patch(&path, "\"9\"", &json!([])), stranger.patch(&absent, "\"9\"", &json!([]))),
            (stranger.get(&format!("{path}/versions")), stranger.get(&format!("{absent}/versions"))),
            (stranger.get(&format!("{path}/versions/1")), stranger.get(&format!("{absent}/versions/1"))),
        ];
        for (outside, absent) in pairs {
            assert_eq!(outside.clone().problem(404, "not-found").stable(), absent.stable());
            assert_eq!(steady(&outside.headers), steady(&absent.headers));
        }
        if noun.removable {
            stranger.delete(&path, "\"1\"").problem(404, "not-found");
        }
        neighbour.get(&path).is(200);
        assert!(neighbour.list(noun.path, "id").contains(&path.rsplit('/').next().unwrap_or_default().to_owned()));
        assert!(!stranger.list(noun.path, "id").contains(&path.rsplit('/').next().unwrap_or_default().to_owned()));
    }
}

#[test]
fn the_record_of_a_ward_belongs_to_the_province_too() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let province = stand.role(Role::Officer).in_unit(&world.province);
    let path = world.a_model("Tổ liên gia 1");
    province.get(&path).is(200);
    province.change(&path, &json!({"name": "Tổ liên gia 2"})).is(200);
}

#[test]
fn a_filter_that_names_a_unit_outside_gives_an_empty_list() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let stranger = stand.client(Scope::ALL).in_unit(&world.other);
    for noun in NOUNS.iter().filter(|noun| noun.belongs) {
        noun.make(&world, 1);
        let ask = |unit: &str| stranger.get(&format!("{}?unitId={unit}&count=exact", noun.path)).is(200).json();
        let empty = json!({"items": [], "page": {"nextCursor": null, "hasMore": false, "totalCount": 0}});
        assert_eq!(ask(&world.ward), empty);
        assert_eq!(ask(&nowhere()), empty);
        assert_eq!(ask(&world.province), empty, "a unit above is outside too");
        let of_chief = |unit: &str| world.chief.list(&format!("{}?unitId={unit}", noun.path), "id").len();
        assert!(of_chief(&world.ward) > 0);
        assert_eq!(of_chief(&world.ward), of_chief(&world.province) - of_chief(&world.other));
        assert_eq!(of_chief(&format!("{},{}", world.ward, world.other)), of_chief(&world.province));
        stranger.get(&format!("{}?unitId=x", noun.path)).problem(400, "invalid-request");
    }
}

#[test]
fn a_reference_outside_is_missing_like_one_that_is_not_there() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let stranger = stand.client(Scope::ALL).in_unit(&world.other);
    for noun in NOUNS.iter().filter(|noun| noun.places) {
        let mine = with(&(noun.body)(&world, 1), json!({"unitId": world.other}));
        let at = |unit: &str| stranger.post(noun.path, &with(&mine, json!({"unitId": unit})));
        let outside = at(&world.ward).problem(409, "reference-missing");
        assert_eq!(outside.stable(), at(&nowhere()).problem(409, "reference-missing").stable());
        let path = format!("{}/{}", noun.path, stranger.post(noun.path, &mine).is(201).id());
        stranger.patch(&path, "\"1\"", &json!({"unitId": world.ward})).problem(409, "reference-missing");
        stranger.patch(&path, "\"1\"", &json!({"unitId": world.province})).problem(409, "reference-missing");
        assert_eq!(stranger.get(&path).etag(), "\"1\"");
    }
    let theirs = world.a_model("Mô hình gốc");
    let theirs = theirs.rsplit('/').next().unwrap_or_default();
    let copy = with(&world.model_in(&world.other, "Bản sao"), json!({"replicatedFromId": theirs}));
    stranger.post("/v1/models", &copy).problem(409, "reference-missing");
}

#[test]
fn a_record_that_moves_away_is_gone_for_those_it_left() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let (left, joined) =
        (stand.client(Scope::ALL).in_unit(&world.ward), stand.client(Scope::ALL).in_unit(&world.other));
    for noun in NOUNS.iter().filter(|noun| noun.places) {
        let path = noun.make(&world, 1);
        world.chief.change(&path, &json!({"unitId": world.other})).is(200);
        left.get(&path).problem(404, "not-found");
        joined.get(&path).is(200);
    }
}

#[test]
fn units_are_seen_by_all_and_changed_within_the_territory() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let stranger = stand.client(Scope::ALL).in_unit(&world.other);
    let path = format!("/v1/units/{}", world.ward);
    stranger.get(&path).is(200);
    stranger.patch(&path, "\"1\"", &json!({"name": "Phường khác"})).problem(404, "not-found");
    stranger.delete(&path, "\"1\"").problem(404, "not-found");
    stranger
        .post(&format!("{path}/successions"), &json!({"successorIds": [world.other], "effectiveOn": "2025-07-01"}))
        .problem(404, "not-found");
    let block = |parent: &str| crate::stand::world::unit("20416.1", "Khối phố 1", "neighbourhood", parent);
    stranger.post("/v1/units", &block(&world.ward)).problem(409, "reference-missing");
    stranger.post("/v1/units", &block(&world.other)).is(201);
    let orphan = crate::stand::without(&block(&world.other), "parentId");
    stranger.post("/v1/units", &with(&orphan, json!({"code": "1"}))).problem(409, "reference-missing");
}
