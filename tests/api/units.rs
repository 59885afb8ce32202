//! Units over time: codes that are used again, trees that hold, ends and successions.

use serde_json::{Value, json};

use crate::stand::{Stand, World, decision, journal, nowhere, text, v7, with, without, world};

/// A commune of the province in force from a day to a day.
fn commune(world: &World, code: &str, from: &str, to: Option<&str>) -> Value {
    let body = world::unit(code, &format!("Phường {code}"), "commune", &world.province);
    let body = with(&body, json!({"validFrom": from}));
    match to {
        Some(to) => with(&body, json!({"validTo": to})),
        None => body,
    }
}

fn make(world: &World, body: &Value) -> String {
    text(&world.chief.create("/v1/units", body)["id"])
}

fn path(id: &str) -> String {
    format!("/v1/units/{id}")
}

#[test]
fn a_fresh_registry_holds_the_country_alone() {
    let stand = Stand::new();
    let chief = stand.chief();
    let items = chief.get("/v1/units").is(200).items();
    assert_eq!(items.len(), 1);
    let country = &items[0];
    assert_eq!(
        (&country["code"], &country["kind"], &country["name"]),
        (&json!("VN"), &json!("country"), &json!("Việt Nam"))
    );
    assert!(country.get("parentId").is_none() && country["id"] == world::COUNTRY);
    let second = json!({"code": "LA", "codeSystem": "iso-3166-1", "name": "Lào", "kind": "country",
        "nameType": "country", "validFrom": "2020-01-01"});
    chief.post("/v1/units", &second).problem(409, "rule-violated");
    chief.remove(&path(world::COUNTRY)).problem(409, "in-use");
}

#[test]
fn a_unit_without_a_parent_hangs_under_the_country() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let body = without(&commune(&world, "1", "2020-01-01", None), "parentId");
    let made = world.chief.create("/v1/units", &body);
    assert_eq!(made["parentId"], world::COUNTRY);
    let cleared = world.chief.change(&path(&world.ward), &json!({"parentId": null})).is(200).json();
    assert_eq!(cleared["parentId"], world::COUNTRY);
}

#[test]
fn a_code_is_used_again_after_its_unit_has_ended() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let old = make(&world, &commune(&world, "20410", "2008-01-01", Some("2025-07-01")));
    let new = make(&world, &commune(&world, "20410", "2025-07-01", None));
    let on = |day: &str| world.chief.list(&format!("/v1/units?code=20410&validOn={day}"), "id");
    assert_eq!(on("2025-06-30"), [old.as_str()]);
    assert_eq!(on("2025-07-01"), [new.as_str()]);
    assert_eq!(on("2007-12-31"), Vec::<String>::new());
    assert_eq!(world.chief.list("/v1/units?code=20410&sort=validFrom", "id"), [old, new]);
}

#[test]
fn two_units_with_one_code_at_one_time_are_a_duplicate() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let first = make(&world, &commune(&world, "20410", "2010-01-01", Some("2020-01-01")));
    for (from, to) in [
        ("2010-01-01", Some("2020-01-01")),
        ("2000-01-01", None),
        ("2019-12-31", None),
        ("2000-01-01", Some("2010-01-02")),
        ("2012-01-01", Some("2013-01-01")),
    ] {
        world.chief.post("/v1/units", &commune(&world, "20410", from, to)).problem(409, "duplicate");
    }
    let other_system = with(&commune(&world, "20410", "2010-01-01", None), json!({"codeSystem": "cand"}));
    make(&world, &other_system);
    let before = make(&world, &commune(&world, "20410", "2000-01-01", Some("2010-01-01")));
    make(&world, &commune(&world, "20410", "2020-01-01", None));
    world.chief.change(&path(&before), &json!({"validTo": "2010-01-02"})).problem(409, "duplicate");
    world.chief.change(&path(&first), &json!({"validTo": null})).problem(409, "duplicate");
    world.chief.change(&path(&first), &json!({"validTo": "2019-06-01"})).is(200);
}

#[test]
fn a_unit_ends_after_it_begins() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for to in ["2020-01-01", "2019-12-31"] {
        world.chief.post("/v1/units", &commune(&world, "1", "2020-01-01", Some(to))).problem(409, "rule-violated");
    }
    make(&world, &commune(&world, "1", "2020-01-01", Some("2020-01-02")));
}

#[test]
fn no_unit_comes_to_lie_under_itself() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let block = |parent: &str, code: &str| make(&world, &world::unit(code, "Khối phố", "neighbourhood", parent));
    let outer = block(&world.ward, "a");
    let middle = block(&outer, "b");
    let inner = block(&middle, "c");
    for target in [&outer, &middle, &inner] {
        world.chief.change(&path(&outer), &json!({"parentId": target})).problem(409, "rule-violated");
    }
    world.chief.change(&path(&world.province), &json!({"parentId": world.ward})).problem(409, "rule-violated");
    world.chief.change(&path(&inner), &json!({"parentId": outer})).is(200);
    world.chief.change(&path(&middle), &json!({"parentId": nowhere()})).problem(409, "reference-missing");
}

#[test]
fn no_unit_outlives_the_one_above_it() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let district = with(&commune(&world, "515", "2010-01-01", Some("2025-07-01")), json!({"kind": "district"}));
    let district = make(&world, &district);
    let child =
        |code: &str, to: Option<&str>| with(&commune(&world, code, "2010-01-01", to), json!({"parentId": district}));
    world.chief.post("/v1/units", &child("1", None)).problem(409, "rule-violated");
    world.chief.post("/v1/units", &child("1", Some("2025-07-02"))).problem(409, "rule-violated");
    let child = make(&world, &child("1", Some("2025-07-01")));
    world.chief.change(&path(&child), &json!({"validTo": "2026-01-01"})).problem(409, "rule-violated");
    world.chief.change(&path(&district), &json!({"validTo": "2025-06-30"})).problem(409, "rule-violated");
    world.chief.change(&path(&world.ward), &json!({"parentId": district})).problem(409, "rule-violated");
}

#[test]
fn a_wider_unit_does_not_lie_under_a_narrower_one() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let province = world::unit("49", "Tỉnh Quảng Nam", "province", &world.ward);
    world.chief.post("/v1/units", &province).problem(409, "rule-violated");
}

#[test]
fn what_lies_under_a_unit_is_found_at_every_depth_and_moves_with_it() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let block = make(&world, &world::unit("x", "Khối phố", "neighbourhood", &world.ward));
    let below = |ancestor: &str| {
        let mut ids = world.chief.list(&format!("/v1/units?ancestorId={ancestor}"), "id");
        ids.sort_unstable();
        ids
    };
    let sorted = |ids: &[&String]| {
        let mut ids: Vec<String> = ids.iter().map(|id| (*id).clone()).collect();
        ids.sort_unstable();
        ids
    };
    assert_eq!(below(world::COUNTRY), sorted(&[&world.province, &world.ward, &world.other, &block]));
    assert_eq!(below(&world.province), sorted(&[&world.ward, &world.other, &block]));
    assert_eq!(below(&world.ward), [block.as_str()]);
    assert_eq!(below(&block), Vec::<String>::new());
    let far = make(&world, &world::unit("49", "Tỉnh Quảng Nam", "province", world::COUNTRY));
    world.chief.change(&path(&world.ward), &json!({"parentId": far})).is(200);
    assert_eq!(below(&far), sorted(&[&world.ward, &block]));
    assert_eq!(below(&world.province), [world.other.as_str()]);
    assert_eq!(world.chief.list(&format!("/v1/units?parentId={far}"), "id"), [world.ward.as_str()]);
    assert_eq!(world.chief.list("/v1/units?kind=neighbourhood,country", "kind").len(), 2);
    let model = world.a_model("Tổ liên gia");
    assert_eq!(world.chief.list(&format!("/v1/models?unitId={far}"), "id").len(), 1);
    assert_eq!(world.chief.list(&format!("/v1/models?unitId={}", world.province), "id").len(), 0);
    world.chief.remove(&model).is(204);
}

#[test]
fn a_succession_ends_a_unit_and_links_both_sides() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let new = make(&world, &commune(&world, "20410", "2025-07-01", None));
    let successions = format!("{}/successions", path(&world.ward));
    let body = json!({"successorIds": [new, new], "effectiveOn": "2025-07-01", "decision": decision()});
    let before = journal::changes(&stand.database).len();
    let answer = world.chief.post(&successions, &body).is(201);
    assert_eq!(journal::changes(&stand.database).len() - before, 3, "the succession and a version of each unit");
    let made = answer.json();
    assert_eq!((&made["unitId"], &made["successorIds"]), (&json!(world.ward), &json!([new])));
    assert_eq!(answer.given("location"), format!("{successions}/{}", answer.id()));
    assert_eq!(world.chief.get(&answer.given("location")).is(200).json(), made);
    assert_eq!(world.chief.get(&successions).is(200).items(), [made]);
    let (old, next) = (world.chief.get(&path(&world.ward)).json(), world.chief.get(&path(&new)).json());
    assert_eq!(
        (&old["validTo"], &old["successorIds"], &old["version"]),
        (&json!("2025-07-01"), &json!([new]), &json!(2))
    );
    assert_eq!((&next["predecessorIds"], &next["version"]), (&json!([world.ward]), &json!(2)));
    let version = |id: &str, n: u32| world.chief.get(&format!("{}/versions/{n}", path(id))).is(200).json();
    assert_eq!((version(&world.ward, 2)["record"].clone(), version(&new, 2)["record"].clone()), (old, next));
    assert_eq!(version(&new, 1)["record"]["predecessorIds"], json!([]));
    world.chief.remove(&path(&world.ward)).problem(409, "in-use");
    world.chief.remove(&path(&new)).problem(409, "in-use");
}

#[test]
fn a_succession_that_cannot_be_is_refused_and_leaves_nothing() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let late = make(&world, &commune(&world, "1", "2026-01-01", None));
    let successions = format!("{}/successions", path(&world.ward));
    let before = journal::entries(&stand.database).len();
    let ask = |ids: Value, on: &str| world.chief.post(&successions, &json!({"successorIds": ids, "effectiveOn": on}));
    ask(json!([world.ward]), "2025-07-01").problem(409, "rule-violated");
    ask(json!([nowhere()]), "2025-07-01").problem(409, "reference-missing");
    ask(json!([late]), "2025-07-01").problem(409, "rule-violated");
    ask(json!([world.other]), "2020-01-01").problem(409, "rule-violated");
    ask(json!([]), "2025-07-01").problem(400, "invalid-request");
    ask(json!(["x"]), "2025-07-01").problem(400, "invalid-request");
    world.chief.post(&successions, &json!({})).faults(&["/successorIds required", "/effectiveOn required"]);
    assert_eq!(journal::entries(&stand.database).len(), before);
    ask(json!([world.other]), "2025-07-01").is(201);
    ask(json!([late]), "2026-02-01").problem(409, "rule-violated");
    world.chief.post(&format!("{}/successions", path(&nowhere())), &json!({})).problem(404, "not-found");
    world.chief.get(&format!("{}/successions", path(&nowhere()))).problem(404, "not-found");
    world.chief.get(&format!("{successions}/{}", nowhere())).problem(404, "not-found");
}

#[test]
fn a_split_has_several_successors_and_a_merger_several_predecessors() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let (one, two) = (
        make(&world, &commune(&world, "1", "2025-07-01", None)),
        make(&world, &commune(&world, "2", "2025-07-01", None)),
    );
    let split = json!({"id": v7(), "successorIds": [one, two], "effectiveOn": "2025-07-01"});
    world.chief.post(&format!("{}/successions", path(&world.ward)), &split).is(201);
    let merge = json!({"successorIds": [one], "effectiveOn": "2025-07-01"});
    world.chief.post(&format!("{}/successions", path(&world.other)), &merge).is(201);
    let mut expected = vec![world.ward.clone(), world.other.clone()];
    expected.sort_unstable();
    assert_eq!(world.chief.get(&path(&one)).json()["predecessorIds"], json!(expected));
    assert_eq!(world.chief.get(&path(&two)).json()["predecessorIds"], json!([world.ward]));
    world.chief.post(&format!("{}/successions", path(&world.other)), &split).problem(409, "duplicate");
}
