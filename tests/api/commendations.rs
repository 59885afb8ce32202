//! Commendations: of whom, for what, by which paper, and who may see the name.

use serde_json::{Value, json};
use tuquan::access::{Role, Scope};

use crate::stand::answer::text;
use crate::stand::{Caller, Stand, World, decision, journal, nowhere, with, without};

const PATH: &str = "/v1/commendations";
const NAME: &str = "Nguyễn Thị Thử";

fn id(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

fn person(world: &World) -> String {
    world.path_of("/v1/members", &json!({"kind": "person", "name": NAME, "unitId": world.ward}))
}

/// The body of a commendation of a member, a model or a unit.
fn of(world: &World, kind: &str, recipient: &str) -> Value {
    with(&world.commendation("Tấm gương"), json!({"recipientKind": kind, "recipientId": recipient}))
}

fn award(on: &str) -> Value {
    json!({"to": "awarded", "effectiveOn": on, "decision": decision()})
}

fn change(caller: &Caller, path: &str, body: &Value) -> crate::stand::Answer {
    caller.post(&format!("{path}/status-changes"), body)
}

/// A caller in the ward without these scopes.
fn without_scopes(stand: &Stand, world: &World, lacking: &[Scope]) -> Caller {
    let scopes: Vec<Scope> = Scope::ALL.iter().copied().filter(|scope| !lacking.contains(scope)).collect();
    stand.client(&scopes).in_unit(&world.ward)
}

#[test]
fn a_member_a_model_or_a_unit_is_commended_under_its_name_of_that_day() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let (member, model) = (person(&world), world.a_model("Tổ liên gia 1"));
    let recipients = [
        ("member", id(&member), NAME),
        ("model", id(&model), "Tổ liên gia 1"),
        ("unit", world.ward.as_str(), "Phường Hội An"),
    ];
    for (kind, recipient, name) in recipients {
        let made = world.chief.create(PATH, &of(&world, kind, recipient));
        assert_eq!((&made["recipientName"], &made["status"]), (&json!(name), &json!("proposed")), "{kind}");
        assert_eq!(made["unitId"], world.ward);
        for other in ["member", "model", "unit"].into_iter().filter(|other| *other != kind) {
            world.chief.post(PATH, &of(&world, other, recipient)).problem(409, "reference-missing");
        }
        world.chief.post(PATH, &of(&world, kind, &nowhere())).problem(409, "reference-missing");
    }
    world.chief.change(&model, &json!({"name": "Tên mới"})).is(200);
    world.chief.change(&member, &json!({"name": "Tên khác"})).is(200);
    let names = world.chief.list(&format!("{PATH}?sort=createdAt"), "recipientName");
    assert_eq!(names, [NAME, "Tổ liên gia 1", "Phường Hội An"]);
    let path =
        format!("{PATH}/{}", text(&world.chief.get(&format!("{PATH}?recipientId={}", id(&model))).items()[0]["id"]));
    let to_member = json!({"recipientKind": "member", "recipientId": id(&member)});
    assert_eq!(world.chief.patch(&path, "\"1\"", &to_member).is(200).json()["recipientName"], "Tên khác");
    let versions = world.chief.list(&format!("{path}/versions?sort=version"), "record");
    assert!(versions[0].contains("Tổ liên gia 1") && versions[1].contains("Tên khác"), "{versions:?}");
}

#[test]
fn a_proposal_is_awarded_or_rejected_and_an_award_revoked_each_by_a_version_of_its_own() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let make = || world.path_of(PATH, &world.commendation("Tập thể xuất sắc"));
    let (one, two) = (make(), make());
    change(&world.chief, &one, &without(&award("2024-03-01"), "decision")).faults(&["/decision required"]);
    change(&world.chief, &one, &json!({})).faults(&["/to required", "/effectiveOn required"]);
    for to in ["revoked", "proposed"] {
        let body = with(&award("2024-03-01"), json!({"to": to}));
        change(&world.chief, &one, &body).problem(409, "invalid-transition");
    }
    let before = journal::changes(&stand.database).len();
    let made = change(&world.chief, &one, &award("2024-03-01")).is(201);
    assert_eq!(world.chief.get(&made.given("location")).is(200).json(), made.json());
    assert_eq!((&made.json()["from"], &made.json()["unitId"]), (&json!("proposed"), &json!(world.ward)));
    assert_eq!(journal::changes(&stand.database).len(), before + 2);
    let awarded = world.chief.get(&one).is(200);
    let told = |name: &str| awarded.json()[name].clone();
    assert_eq!(
        (told("status"), told("decidedOn"), told("decision")),
        (json!("awarded"), json!("2024-03-01"), decision())
    );
    assert_eq!(awarded.etag(), "\"2\"");
    world.chief.patch(&one, "\"2\"", &json!({"title": "Khác"})).problem(409, "rule-violated");
    change(&world.chief, &one, &award("2024-04-01")).problem(409, "invalid-transition");
    let revoke =
        |on: &str| with(&award(on), json!({"to": "revoked", "decision": with(&decision(), json!({"number": "99"}))}));
    change(&world.chief, &one, &without(&revoke("2024-05-01"), "decision")).faults(&["/decision required"]);
    change(&world.chief, &one, &revoke("2024-02-29")).problem(409, "rule-violated");
    change(&world.chief, &one, &revoke("2024-05-01")).is(201);
    let revoked = world.chief.get(&one).is(200).json();
    assert_eq!((&revoked["status"], &revoked["decidedOn"]), (&json!("revoked"), &json!("2024-03-01")));
    assert_eq!(revoked["decision"], decision());
    change(&world.chief, &one, &award("2024-06-01")).problem(409, "invalid-transition");
    let reject = json!({"to": "rejected", "effectiveOn": "2024-03-01", "reason": "Chưa đủ tiêu chuẩn"});
    change(&world.chief, &two, &reject).is(201);
    let rejected = world.chief.get(&two).is(200).json();
    assert_eq!((&rejected["decidedOn"], rejected.get("decision")), (&json!("2024-03-01"), None));
    change(&world.chief, &two, &award("2024-06-01")).problem(409, "invalid-transition");
    world.chief.patch(&two, "\"2\"", &json!({"title": "Khác"})).problem(409, "rule-violated");
    assert_eq!(world.chief.list(&format!("{one}/status-changes?sort=effectiveOn"), "to"), ["awarded", "revoked"]);
    assert_eq!(world.chief.list(&format!("{one}/versions?sort=version"), "version"), ["1", "2", "3"]);
    world.chief.remove(&one).is(204);
    world.chief.get(&format!("{one}/status-changes")).problem(404, "not-found");
    journal::assert_gapless(&stand.database);
}

#[test]
fn the_form_is_in_the_list_and_in_force_on_the_day_of_the_award() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let codes = "/v1/code-lists/commendation_form/codes";
    let mut code = crate::stand::world::code("giay_khen_cu");
    code = with(&code, json!({"validFrom": "2010-01-01", "validTo": "2024-01-01"}));
    let code = world.path_of(codes, &code);
    let body = with(&world.commendation("Tập thể"), json!({"form": "giay_khen_cu"}));
    world.chief.post(PATH, &with(&body, json!({"form": "khong_co"}))).problem(409, "category-not-in-force");
    let path = world.path_of(PATH, &body);
    change(&world.chief, &path, &award("2024-01-01")).problem(409, "category-not-in-force");
    world.chief.patch(&path, "\"1\"", &json!({"form": "khong_co"})).problem(409, "category-not-in-force");
    world.chief.remove(&code).problem(409, "in-use");
    change(&world.chief, &path, &award("2023-12-31")).is(201);
    world.chief.remove(&code).problem(409, "in-use");
    world.chief.remove(&path).is(204);
    world.chief.remove(&code).is(204);
    let back = json!({"periodFrom": "2024-01-01", "periodTo": "2023-12-31"});
    world.chief.post(PATH, &with(&world.commendation("Tập thể"), back)).problem(409, "rule-violated");
}

#[test]
fn incidents_are_named_and_seen_by_those_alone_who_may_read_incidents() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let incident = world.path_of("/v1/incidents", &world.incident("Bắt cướp"));
    let elsewhere = with(&world.incident("Ở nơi khác"), json!({"unitId": world.other}));
    let elsewhere = world.path_of("/v1/incidents", &elsewhere);
    let local = stand.client(Scope::ALL).in_unit(&world.ward);
    let body = |ids: Value| with(&world.commendation("Dũng cảm"), json!({"incidentIds": ids}));
    for other in [id(&elsewhere), &nowhere()] {
        local.post(PATH, &body(json!([id(&incident), other]))).problem(409, "reference-missing");
    }
    let twice = local.post(PATH, &body(json!([id(&incident), id(&incident)]))).is(201);
    let (path, ids) = (twice.given("location"), json!([id(&incident)]));
    assert_eq!(twice.json()["incidentIds"], ids);
    let lacking = without_scopes(&stand, &world, &[Scope::IncidentsRead]);
    let seen = lacking.get(&path).is(200).json();
    assert!(seen.get("incidentIds").is_none() && seen["recipientName"] == "Phường Hội An", "{seen}");
    assert!(lacking.get(PATH).is(200).items()[0].get("incidentIds").is_none());
    let version = |caller: &Caller| caller.get(&format!("{path}/versions/1")).is(200).json()["record"].clone();
    assert!(version(&lacking).get("incidentIds").is_none() && version(&local)["incidentIds"] == ids);
    lacking.post(PATH, &body(json!([id(&incident)]))).problem(403, "insufficient-scope");
    lacking.patch(&path, "\"1\"", &json!({"incidentIds": null})).problem(403, "insufficient-scope");
    lacking.patch(&path, "\"1\"", &json!({"title": "Tên khác"})).is(200);
    assert_eq!(local.get(&path).is(200).json()["incidentIds"], ids, "what one does not see one does not change");
    world.chief.remove(&incident).problem(409, "in-use");
    assert!(local.patch(&path, "\"2\"", &json!({"incidentIds": null})).is(200).json().get("incidentIds").is_none());
    world.chief.remove(&incident).is(204);
}

#[test]
fn the_name_of_a_member_is_seen_by_those_alone_who_may_read_members() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let member = person(&world);
    let path = world.path_of(PATH, &of(&world, "member", id(&member)));
    let of_unit = world.path_of(PATH, &world.commendation("Tập thể"));
    let lacking = without_scopes(&stand, &world, &[Scope::MembersRead]);
    let viewer = stand.role(Role::Viewer).in_unit(&world.ward);
    for caller in [&lacking, &viewer] {
        let answers = [PATH, &path, &format!("{path}/versions"), &format!("{path}/versions/1")];
        for answer in answers.map(|path| caller.get(path).is(200)) {
            assert!(!answer.text().contains(NAME), "{answer:?}");
        }
        assert!(caller.get(&path).json().get("recipientName").is_none());
        assert!(caller.get(&format!("{path}/versions/1")).json()["record"].get("recipientName").is_none());
        assert_eq!(caller.get(&of_unit).json()["recipientName"], "Phường Hội An");
        assert_eq!(caller.get(&format!("{of_unit}/versions/1")).json()["record"]["recipientName"], "Phường Hội An");
    }
    let made = lacking.post(PATH, &of(&world, "member", id(&member))).is(201);
    assert!(made.json().get("recipientName").is_none());
    lacking.patch(&path, "\"1\"", &json!({"title": "Tên khác"})).is(200);
    assert_eq!(world.chief.get(&path).json()["recipientName"], NAME, "what one does not see one does not change");
    assert_eq!(world.chief.get(&made.given("location")).json()["recipientName"], NAME);
}

#[test]
fn an_erasure_takes_the_name_out_of_every_commendation_and_its_versions() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let member = person(&world);
    let (one, two) = (
        world.path_of(PATH, &of(&world, "member", id(&member))),
        world.path_of(PATH, &of(&world, "member", id(&member))),
    );
    change(&world.chief, &one, &award("2024-03-01")).is(201);
    world.chief.post(&format!("{member}/erasures"), &json!({"reason": "Theo yêu cầu"})).is(201);
    for (path, etag) in [(&one, "\"3\""), (&two, "\"2\"")] {
        let left = world.chief.get(path).is(200);
        assert_eq!((&left.json()["recipientName"], left.etag().as_str()), (&Value::Null, etag));
        assert_eq!(left.json()["recipientId"], id(&member));
        let versions = world.chief.get(&format!("{path}/versions")).is(200);
        assert!(!versions.text().contains(NAME), "{versions:?}");
        for version in versions.items() {
            assert_eq!(version["record"]["recipientName"], Value::Null);
        }
        let latest = world.chief.get(&format!("{path}/versions/{}", etag.replace('"', ""))).is(200).json();
        assert_eq!(latest["record"], left.json());
    }
    let revoke = with(&award("2024-05-01"), json!({"to": "revoked"}));
    change(&world.chief, &one, &revoke).is(201);
    world.chief.patch(&two, "\"2\"", &json!({"title": "Tên khác"})).is(200);
    let later = world.chief.post(PATH, &of(&world, "member", id(&member))).is(201).json();
    assert_eq!(later["recipientName"], Value::Null);
    assert!(world.chief.list(PATH, "recipientName").iter().all(|name| name == "null"));
    world.chief.remove(&member).problem(409, "in-use");
}

#[test]
fn no_name_of_a_commended_member_lies_in_the_clear() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let member = person(&world);
    world.path_of(PATH, &of(&world, "member", id(&member)));
    #[derive(diesel::QueryableByName)]
    struct Found {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        clear: i64,
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        sealed: i64,
    }
    const CLEAR: &str = "SELECT (SELECT count(*) FROM journal WHERE record LIKE '%Thử%' AND resource_type = 'commendations') \
        + (SELECT count(*) FROM commendations WHERE recipient_name IS NOT NULL) AS clear, \
        (SELECT count(*) FROM commendations WHERE sealed_name IS NOT NULL) AS sealed";
    let found: Vec<Found> = stand.database.load(CLEAR, CLEAR);
    assert_eq!(found.iter().map(|f| (f.clear, f.sealed)).collect::<Vec<_>>(), [(0, 1)]);
}

#[test]
fn a_commendation_moves_with_its_recipient() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let (member, model) = (person(&world), world.a_model("Tổ liên gia 1"));
    let paths = [("member", id(&member)), ("model", id(&model)), ("unit", world.ward.as_str())]
        .map(|(kind, recipient)| world.path_of(PATH, &of(&world, kind, recipient)));
    world.chief.change(&member, &json!({"unitId": world.other})).is(200);
    world.chief.change(&model, &json!({"unitId": world.other})).is(200);
    let joined = stand.client(Scope::ALL).in_unit(&world.other);
    for path in &paths[..2] {
        let moved = joined.get(path).is(200);
        assert_eq!((&moved.json()["unitId"], moved.etag().as_str()), (&json!(world.other), "\"2\""));
        joined.get(&format!("{path}/versions/1")).is(200);
    }
    joined.get(&paths[2]).problem(404, "not-found");
    for path in [&model, &format!("/v1/units/{}", world.ward)] {
        world.chief.remove(path).problem(409, "in-use");
    }
}

#[test]
fn a_list_of_commendations_is_narrowed_by_what_one_asks() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let model = world.a_model("Tổ liên gia 1");
    let a = world.path_of(PATH, &world.commendation("Một"));
    let b = world.path_of(
        PATH,
        &with(&of(&world, "model", id(&model)), json!({"level": "province", "form": "diploma_of_merit"})),
    );
    let c = world.path_of(PATH, &of(&world, "unit", &world.other));
    change(&world.chief, &b, &award("2024-03-01")).is(201);
    change(&world.chief, &c, &json!({"to": "rejected", "effectiveOn": "2024-02-01"})).is(201);
    let ask = |query: &str| {
        let mut ids = world.chief.list(&format!("{PATH}?{query}"), "id");
        ids.sort_unstable();
        ids
    };
    assert_eq!(ask("recipientKind=model"), [id(&b)]);
    assert_eq!(ask("recipientKind=unit,member"), [id(&a), id(&c)]);
    assert_eq!(ask(&format!("recipientId={},{}", world.ward, id(&model))), [id(&a), id(&b)]);
    assert_eq!(ask("form=diploma_of_merit"), [id(&b)]);
    assert_eq!(ask("level=commune"), [id(&a), id(&c)]);
    assert_eq!(ask("status=proposed,rejected"), [id(&a), id(&c)]);
    assert_eq!(ask(&format!("unitId={}", world.other)), [id(&c)]);
    assert_eq!(ask("decidedFrom=2024-02-01&decidedTo=2024-02-29"), [id(&c)]);
    assert_eq!(ask("decidedFrom=2024-02-02"), [id(&b)]);
    assert_eq!(world.chief.list(&format!("{PATH}?sort=decidedOn&pageSize=1"), "id"), [id(&a), id(&c), id(&b)]);
    assert_eq!(world.chief.list(&format!("{PATH}?sort=-decidedOn&pageSize=2"), "id"), [id(&b), id(&c), id(&a)]);
}
