//! Memberships: of one thing, once at a time, as long as that thing lasts, and where it lies.

use serde_json::{Value, json};
use tuquan::access::Scope;

use crate::stand::answer::text;
use crate::stand::{Stand, World, journal, nowhere, with, without};

const PATH: &str = "/v1/memberships";

/// The body of a membership of a thing named like `("modelId", id)`.
fn of(world: &World, thing: (&str, &str), from: &str, to: Option<&str>) -> Value {
    let body = json!({
        "memberId": world.taking_part(), thing.0: thing.1, "category": "household", "role": "leader", "startedOn": from,
    });
    to.map_or(body.clone(), |day| with(&body, json!({"endedOn": day})))
}

fn id(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

fn team(world: &World, more: Value) -> String {
    let body = json!({"modelId": world.run_model(), "name": "Tổ 1", "startedOn": "2023-04-01"});
    world.path_of("/v1/teams", &with(&body, more))
}

#[test]
fn a_membership_is_of_a_model_a_team_or_a_unit_and_of_one_alone() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let team = team(&world, json!({}));
    let things = [("modelId", world.run_model()), ("teamId", id(&team)), ("unitId", world.ward.as_str())];
    let nothing = without(&of(&world, things[0], "2024-01-01", None), "modelId");
    world.chief.post(PATH, &nothing).faults(&[" one-of"]);
    for (n, thing) in things.iter().enumerate() {
        let body = of(&world, *thing, "2024-01-01", None);
        let other = things[(n + 1) % 3];
        world.chief.post(PATH, &with(&body, json!({other.0: other.1}))).faults(&[" one-of"]);
        world.chief.post(PATH, &with(&body, json!({thing.0: null}))).problem(400, "invalid-request");
        world.chief.post(PATH, &with(&body, json!({thing.0: nowhere()}))).problem(409, "reference-missing");
        let made = world.chief.post(PATH, &body).is(201);
        let (record, path) = (made.json(), made.given("location"));
        assert_eq!((&record[thing.0], &record["unitId"]), (&json!(thing.1), &json!(world.ward)));
        let shown: Vec<&str> = ["modelId", "teamId"].into_iter().filter(|name| record.get(name).is_some()).collect();
        assert!(shown.iter().all(|name| *name == thing.0), "{record}");
        world.chief.patch(&path, "\"1\"", &json!({other.0: other.1})).faults(&[" one-of"]);
        world.chief.patch(&path, "\"1\"", &json!({thing.0: null})).faults(&[" one-of"]);
        assert_eq!(world.chief.patch(&path, "\"1\"", &json!({thing.0: thing.1})).is(200).etag(), "\"1\"");
        assert_eq!(world.chief.patch(&path, "\"1\"", &json!({"role": "deputy"})).is(200).json()[thing.0], thing.1);
    }
    let moved = json!({"modelId": null, "teamId": id(&team), "startedOn": "2030-01-01"});
    let first = world.chief.get(&format!("{PATH}?modelId={}", world.run_model())).items()[0]["id"].clone();
    world.chief.change(&format!("{PATH}/{}", text(&first)), &moved).problem(409, "duplicate");
}

#[test]
fn a_member_is_in_the_same_thing_once_at_a_time() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let team = team(&world, json!({}));
    for thing in [("modelId", world.run_model()), ("teamId", id(&team)), ("unitId", world.ward.as_str())] {
        let post = |from: &str, to: Option<&str>| world.chief.post(PATH, &of(&world, thing, from, to));
        let path = post("2023-05-01", Some("2023-09-01")).is(201).given("location");
        for (from, to) in [
            ("2023-05-01", Some("2023-09-01")),
            ("2023-08-31", None),
            ("2023-01-01", None),
            ("2023-01-01", Some("2023-05-02")),
            ("2023-06-01", Some("2023-07-01")),
        ] {
            post(from, to).problem(409, "duplicate");
        }
        post("2023-04-01", Some("2023-05-01")).is(201);
        let later = post("2023-09-01", None).is(201).given("location");
        world.chief.patch(&path, "\"1\"", &json!({"endedOn": "2023-09-02"})).problem(409, "duplicate");
        world.chief.patch(&path, "\"1\"", &json!({"endedOn": null})).problem(409, "duplicate");
        world.chief.patch(&later, "\"1\"", &json!({"startedOn": "2023-08-01"})).problem(409, "duplicate");
        world.chief.patch(&path, "\"1\"", &json!({"endedOn": "2023-08-01"})).is(200);
    }
    let other =
        world.chief.create("/v1/members", &json!({"kind": "person", "name": "Người khác", "unitId": world.ward}));
    let body = of(&world, ("unitId", &world.ward), "2023-09-01", None);
    world.chief.post(PATH, &with(&body, json!({"memberId": other["id"]}))).is(201);
}

#[test]
fn of_writers_at_the_same_time_one_gets_the_days() {
    let stand = Stand::new();
    let world = World::of(&stand);
    // Once could be luck: two that look before either has written.
    for year in 2021..=2030 {
        let day = |month: usize| format!("{year}-0{month}-01");
        let force = ("unitId", world.ward.as_str());
        let bodies: Vec<Value> = (1..=8).map(|n| of(&world, force, &day(n), Some(&day(9)))).collect();
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let chief = &world.chief;
            let posts: Vec<_> = bodies.iter().map(|body| scope.spawn(move || chief.post(PATH, body).status)).collect();
            posts.into_iter().map(|post| post.join().expect("the writer ends")).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{year}: {statuses:?}");
        assert!(statuses.iter().all(|status| matches!(status, 201 | 409)), "{year}: {statuses:?}");
    }
    assert_eq!(world.chief.list(PATH, "id").len(), 10);
}

#[test]
fn a_membership_ends_with_its_model_and_with_its_team() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let model = world.a_model("Mô hình");
    let team_body = json!({"modelId": id(&model), "name": "Tổ 1", "startedOn": "2023-04-01"});
    let team = world.path_of("/v1/teams", &team_body);
    let make = |thing: (&str, &str), from: &str, to: Option<&str>| world.path_of(PATH, &of(&world, thing, from, to));
    let of_model = make(("modelId", id(&model)), "2022-01-01", None);
    let of_team = make(("teamId", id(&team)), "2023-05-01", None);
    let of_unit = make(("unitId", &world.ward), "2023-05-01", None);
    let before = journal::changes(&stand.database).len();
    let end = json!({"to": "dissolved", "effectiveOn": "2024-01-01", "reason": "Hết nhiệm vụ"});
    world.chief.post(&format!("{model}/status-changes"), &end).is(201);
    for path in [&of_model, &of_team] {
        let ended = world.chief.get(path).is(200);
        assert_eq!((&ended.json()["endedOn"], ended.etag().as_str()), (&json!("2024-01-01"), "\"2\""));
        let version = world.chief.get(&format!("{path}/versions/2")).is(200).json();
        assert_eq!(version["record"], ended.json());
    }
    assert_eq!(world.chief.get(&of_unit).etag(), "\"1\"");
    let entries = journal::changes(&stand.database).split_off(before);
    let left = |path: &str| entries.iter().filter(|entry| entry.is("update", id(path))).count();
    assert_eq!((left(&of_model), left(&of_team), left(&team), left(&of_unit)), (1, 1, 1, 0));
    journal::assert_gapless(&stand.database);
    for thing in [("modelId", id(&model)), ("teamId", id(&team))] {
        let post = |from: &str, to: Option<&str>| world.chief.post(PATH, &of(&world, thing, from, to));
        post("2024-02-01", Some("2024-02-01")).problem(409, "rule-violated");
        post("2021-01-01", None).problem(409, "rule-violated");
        post("2021-01-01", Some("2021-06-01")).is(201);
    }
    world.chief.patch(&of_model, "\"2\"", &json!({"endedOn": null})).problem(409, "rule-violated");
    world.chief.patch(&of_model, "\"2\"", &json!({"endedOn": "2024-01-02"})).problem(409, "rule-violated");
    world.chief.patch(&of_model, "\"2\"", &json!({"endReason": "Mô hình giải thể"})).is(200);
}

#[test]
fn a_membership_ends_with_a_team_that_ends_by_itself() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let team = team(&world, json!({}));
    let make = |from: &str, to: Option<&str>| world.path_of(PATH, &of(&world, ("teamId", id(&team)), from, to));
    let (old, open) = (make("2023-04-01", Some("2023-06-01")), make("2023-07-01", None));
    world.chief.patch(&team, "\"1\"", &json!({"endedOn": "2023-12-01"})).is(200);
    assert_eq!(world.chief.get(&open).json()["endedOn"], "2023-12-01");
    assert_eq!(world.chief.get(&old).etag(), "\"1\"");
}

#[test]
fn days_in_the_wrong_order_and_categories_out_of_force_are_refused() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let thing = ("unitId", world.ward.as_str());
    world.chief.post(PATH, &of(&world, thing, "2023-05-01", Some("2023-04-30"))).problem(409, "rule-violated");
    let of_force = |category: &str, from: &str| with(&of(&world, thing, from, None), json!({"category": category}));
    world.chief.post(PATH, &of_force("civil_guard", "2024-07-01")).problem(409, "category-not-in-force");
    world.chief.post(PATH, &of_force("grassroots_security_force", "2024-06-30")).problem(409, "category-not-in-force");
    world.chief.post(PATH, &of_force("khong_co", "2024-06-30")).problem(409, "category-not-in-force");
    world.chief.post(PATH, &of_force("resident", "2019-12-31")).problem(409, "unit-not-in-force");
    let path = world.path_of(PATH, &of_force("civil_guard", "2024-06-30"));
    world.chief.patch(&path, "\"1\"", &json!({"startedOn": "2024-07-01"})).problem(409, "category-not-in-force");
    world.chief.patch(&path, "\"1\"", &json!({"role": "deputy", "endedOn": "2024-07-01"})).is(200);
    let codes = world.chief.get("/v1/code-lists/membership_category/codes?pageSize=500").is(200).items();
    let code = codes.iter().find(|code| code["code"] == "civil_guard").expect("the list holds it");
    let code = format!("/v1/code-lists/membership_category/codes/{}", text(&code["id"]));
    world.chief.remove(&code).problem(409, "in-use");
    world.chief.change(&code, &json!({"code": "dan_phong"})).problem(409, "in-use");
}

#[test]
fn a_membership_lies_where_its_model_or_team_does_and_moves_along() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let model = world.run_model().to_owned();
    let (own, follows) = (team(&world, json!({"unitId": world.ward})), team(&world, json!({})));
    let make = |thing: (&str, &str)| world.path_of(PATH, &of(&world, thing, "2023-05-01", None));
    let (of_model, of_own) = (make(("modelId", &model)), make(("teamId", id(&own))));
    let (of_team, of_unit) = (make(("teamId", id(&follows))), make(("unitId", &world.ward)));
    world.chief.patch(&format!("/v1/models/{model}"), "\"1\"", &json!({"unitId": world.other})).is(200);
    let unit = |path: &str| text(&world.chief.get(path).is(200).json()["unitId"]);
    assert_eq!([unit(&of_model), unit(&of_team)], [world.other.clone(), world.other.clone()]);
    assert_eq!([unit(&of_own), unit(&of_unit)], [world.ward.clone(), world.ward.clone()]);
    world.chief.patch(&own, "\"1\"", &json!({"unitId": world.other})).is(200);
    assert_eq!(unit(&of_own), world.other);
    let (left, joined) =
        (stand.client(Scope::ALL).in_unit(&world.ward), stand.client(Scope::ALL).in_unit(&world.other));
    left.get(&of_model).problem(404, "not-found");
    joined.get(&of_model).is(200);
    // The member stays where it is kept: those who joined see the membership and not the member.
    joined.get(&format!("/v1/members/{}", world.taking_part())).problem(404, "not-found");
    joined.patch(&of_model, "\"2\"", &json!({"role": "secretary"})).is(200);
    let again = of(&world, ("unitId", &world.other), "2023-05-01", None);
    joined.post(PATH, &again).problem(409, "reference-missing");
    world.chief.post(PATH, &again).is(201);
}

#[test]
fn a_list_of_memberships_is_narrowed_by_what_one_asks() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let team = team(&world, json!({}));
    let make = |thing: (&str, &str), from: &str, to: Option<&str>, more: Value| {
        id(&world.path_of(PATH, &with(&of(&world, thing, from, to), more))).to_owned()
    };
    let a = make(("modelId", world.run_model()), "2023-01-01", Some("2023-07-01"), json!({}));
    let b = make(("teamId", id(&team)), "2023-07-01", None, json!({"role": "member", "category": "resident"}));
    let c = make(("unitId", &world.other), "2024-01-01", None, json!({"role": "member"}));
    let ask = |query: &str| {
        let mut ids = world.chief.list(&format!("{PATH}?{query}"), "id");
        ids.sort_unstable();
        ids
    };
    assert_eq!(ask(&format!("modelId={}", world.run_model())), [a.as_str()]);
    assert_eq!(ask(&format!("teamId={}", id(&team))), [b.as_str()]);
    assert_eq!(ask(&format!("unitId={}", world.other)), [c.as_str()]);
    assert_eq!(ask(&format!("unitId={}", world.province)), [a.as_str(), &b, &c]);
    assert_eq!(ask(&format!("memberId={}", world.taking_part())), [a.as_str(), &b, &c]);
    assert_eq!(ask(&format!("memberId={}", nowhere())), Vec::<String>::new());
    assert_eq!(ask("category=resident,other"), [b.as_str()]);
    assert_eq!(ask("role=leader"), [a.as_str()]);
    assert_eq!(ask("activeOn=2023-06-30"), [a.as_str()]);
    assert_eq!(ask("activeOn=2023-07-01"), [b.as_str()]);
    assert_eq!(ask("activeOn=2024-01-01"), [b.as_str(), &c]);
    assert_eq!(ask("activeOn=2022-12-31"), Vec::<String>::new());
    assert_eq!(world.chief.list(&format!("{PATH}?sort=startedOn"), "id"), [a, b, c]);
}

#[test]
fn what_has_memberships_stays_and_an_erased_member_keeps_its_own() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let model = world.a_model("Mô hình");
    let team_body = json!({"modelId": world.run_model(), "name": "Tổ 1", "startedOn": "2023-04-01"});
    let team = world.path_of("/v1/teams", &team_body);
    let member = format!("/v1/members/{}", world.taking_part());
    let made = [("modelId", id(&model)), ("teamId", id(&team)), ("unitId", world.other.as_str())]
        .map(|thing| world.path_of(PATH, &of(&world, thing, "2023-05-01", None)));
    let used = [model, team, format!("/v1/units/{}", world.other), member.clone()];
    for path in &used {
        world.chief.remove(path).problem(409, "in-use");
    }
    world.chief.post(&format!("{member}/erasures"), &json!({"reason": "Theo yêu cầu"})).is(201);
    for path in &made {
        assert_eq!(world.chief.get(path).is(200).etag(), "\"1\"");
        world.chief.remove(path).is(204);
    }
    for path in &used {
        world.chief.remove(path).is(204);
    }
}
