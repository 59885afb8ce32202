//! Members: their numbers are seen by their endings, disclosed for a reason, looked up by post, and
//! gone after an erasure while the record stands.

use serde_json::{Value, json};
use tuquan::access::{Role, Scope};

use crate::stand::{Stand, World, journal, text, with};

#[test]
fn numbers_are_seen_by_their_endings_alone() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let made = world.chief.create("/v1/members", &world.numbered("Thành viên mẫu 1"));
    assert_eq!((&made["nationalIdMasked"], &made["phoneMasked"]), (&json!("*********456"), &json!("*******456")));
    assert!(made.get("nationalId").is_none() && made.get("phone").is_none(), "{made}");
    let path = format!("/v1/members/{}", text(&made["id"]));
    for seen in [path.clone(), format!("{path}/versions/1"), "/v1/members".to_owned()] {
        let shown = world.chief.get(&seen).is(200).text();
        assert!(shown.contains("*********456") && !shown.contains("000080123456"), "{shown}");
        assert!(!shown.contains("0000123456"), "{shown}");
    }
}

#[test]
fn a_patch_keeps_changes_or_clears_a_number_that_nobody_sees() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let path = world.path_of("/v1/members", &world.numbered("Thành viên mẫu 1"));
    let kept = world.chief.change(&path, &json!({"occupation": "Ngư dân"})).is(200).json();
    assert_eq!(kept["nationalIdMasked"], "*********456");
    let changed = world.chief.change(&path, &json!({"nationalId": "000080999111", "phone": null})).is(200).json();
    assert_eq!(changed["nationalIdMasked"], "*********111");
    assert!(changed.get("phoneMasked").is_none(), "{changed}");
    let found = |id: &str| world.chief.post("/v1/member-lookups", &json!({"nationalId": id})).is(200).items().len();
    assert_eq!((found("000080123456"), found("000080999111")), (0, 1));
    let cleared = world.chief.change(&path, &json!({"nationalId": null})).is(200).json();
    assert!(cleared.get("nationalIdMasked").is_none(), "{cleared}");
    assert_eq!(found("000080999111"), 0);
    world.chief.change(&path, &json!({"nationalIdMasked": "*********000"})).faults(&["/nationalIdMasked unknown"]);
    let bad = with(&world.numbered("X"), json!({"nationalId": "80123456", "phone": "gọi sau", "birthYear": 12}));
    world.chief.post("/v1/members", &bad).problem(400, "invalid-request");
}

#[test]
fn a_disclosure_is_in_the_journal_with_its_reason_and_is_not_replayed() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let path = world.path_of("/v1/members", &world.numbered("Thành viên mẫu 1"));
    let acts = format!("{path}/disclosures");
    let ask = json!({"reason": "Xác minh theo đơn số 12", "fields": ["phone", "nationalId"]});
    let officer = stand.role(Role::Officer).in_unit(&world.ward);
    let answer = officer.post_once(&acts, "k1", &ask).is(201);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let told = answer.json();
    assert_eq!((&told["nationalId"], &told["phone"]), (&json!("000080123456"), &json!("0000123456")));
    let again = officer.post_once(&acts, "k1", &ask).is(201).json();
    assert_eq!(again["id"], told["id"]);
    assert!(again.get("nationalId").is_none() && again.get("phone").is_none(), "{again}");
    let seen = officer.get(&format!("{acts}/{}", text(&told["id"]))).is(200).text();
    assert!(!seen.contains("000080123456") && seen.contains("đơn số 12"), "{seen}");
    let of_member = path.rsplit('/').next().unwrap_or_default();
    let entries = journal::entries(&stand.database);
    assert_eq!(entries.iter().filter(|entry| entry.is("disclose", of_member)).count(), 1);
    let partial = officer.post(&acts, &json!({"reason": "Gọi lại", "fields": ["phone"]})).is(201).json();
    assert!(partial.get("nationalId").is_none(), "{partial}");
    officer.post(&acts, &json!({"fields": ["phone"]})).faults(&["/reason required"]);
    officer.post(&acts, &json!({"reason": "x", "fields": ["name"]})).problem(400, "invalid-request");
    stand.role(Role::Clerk).in_unit(&world.ward).post(&acts, &ask).problem(403, "insufficient-scope");
    stand.role(Role::Officer).in_unit(&world.other).post(&acts, &ask).problem(404, "not-found");
}

#[test]
fn a_number_is_looked_up_by_post_within_the_territory() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let here = world.chief.create("/v1/members", &world.numbered("Thành viên mẫu 1"));
    let there = with(&world.numbered("Thành viên mẫu 2"), json!({"unitId": world.other}));
    world.chief.create("/v1/members", &there);
    let ask = json!({"nationalId": "000080123456"});
    let found = |unit: &str| stand.role(Role::Clerk).in_unit(unit).post("/v1/member-lookups", &ask).is(200).each("id");
    assert_eq!(found(&world.ward), [text(&here["id"])]);
    assert_eq!(found(&world.province).len(), 2);
    let entries = journal::entries(&stand.database);
    assert_eq!(entries.iter().filter(|entry| entry.is("lookup", &text(&here["id"]))).count(), 2);
    let clerk = stand.role(Role::Clerk).in_unit(&world.ward);
    clerk.get("/v1/members?nationalId=000080123456").problem(400, "invalid-request");
    clerk.post("/v1/member-lookups", &json!({"nationalId": "12"})).problem(400, "invalid-request");
    stand.role(Role::Viewer).in_unit(&world.ward).post("/v1/member-lookups", &ask).problem(403, "insufficient-scope");
}

const PERSONAL: [&str; 7] = ["name", "birthYear", "gender", "address", "occupation", "nationalIdMasked", "phoneMasked"];

#[track_caller]
fn assert_nothing_personal(record: &Value) {
    for name in PERSONAL {
        assert_eq!(record.get(name), Some(&Value::Null), "{name} in {record}");
    }
}

#[test]
fn an_erasure_leaves_the_record_and_nothing_of_the_person() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let path = world.path_of("/v1/members", &with(&world.numbered("Thành viên mẫu 1"), json!({"address": "Số 1"})));
    world.chief.change(&path, &json!({"occupation": "Ngư dân"})).is(200);
    let commander = stand.role(Role::Commander).in_unit(&world.ward);
    let erasures = format!("{path}/erasures");
    commander.post(&erasures, &json!({})).faults(&["/reason required"]);
    let made = commander.post(&erasures, &json!({"reason": "Theo yêu cầu", "decision": crate::stand::decision()}));
    let location = made.is(201).given("location");
    commander.get(&location).is(200);
    let left = commander.get(&path).is(200).json();
    assert_nothing_personal(&left);
    assert_eq!((&left["version"], &left["kind"], &left["unitId"]), (&json!(3), &json!("person"), &json!(world.ward)));
    for n in 1..=3 {
        let version = commander.get(&format!("{path}/versions/{n}")).is(200).json();
        assert_nothing_personal(&version["record"]);
    }
    commander.change(&path, &json!({"name": "Trở lại"})).problem(409, "rule-violated");
    commander.post(&erasures, &json!({"reason": "Lần nữa"})).problem(409, "rule-violated");
    let nothing = commander.post("/v1/member-lookups", &json!({"nationalId": "000080123456"})).is(200).items();
    assert!(nothing.is_empty());
    let disclosed = commander.post(&format!("{path}/disclosures"), &json!({"reason": "x", "fields": ["phone"]}));
    assert!(disclosed.is(201).json().get("phone").is_none());
    assert_eq!(commander.get("/v1/members?count=exact").json()["page"]["totalCount"], 1);
    journal::assert_gapless(&stand.database);
}

#[test]
fn names_are_searched_and_ordered_though_they_are_sealed() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for name in ["Đặng Mẫu B", "Ất Mẫu", "Anh Mẫu", "Đặng Mẫu A", "Hoà Mẫu", "Zũ Khác"] {
        world.chief.create("/v1/members", &world.numbered(name));
    }
    let names = |query: &str| world.chief.list(&format!("/v1/members?{query}"), "name");
    assert_eq!(names("sort=name"), ["Anh Mẫu", "Ất Mẫu", "Đặng Mẫu A", "Đặng Mẫu B", "Hoà Mẫu", "Zũ Khác"]);
    assert_eq!(names("sort=-name&pageSize=2"), ["Zũ Khác", "Hoà Mẫu", "Đặng Mẫu B", "Đặng Mẫu A", "Ất Mẫu", "Anh Mẫu"]);
    assert_eq!(names("q=dang+mau&sort=name&pageSize=1"), ["Đặng Mẫu A", "Đặng Mẫu B"]);
    assert_eq!(names("q=h%C3%B2a"), ["Hoà Mẫu"]);
    assert_eq!(names("q=%25"), Vec::<String>::new());
    let counted = world.chief.get("/v1/members?q=mau&count=exact").json();
    assert_eq!(counted["page"]["totalCount"], 5);
    let cursor = world.chief.get("/v1/members?sort=name&pageSize=1").json();
    let cursor = text(&cursor["page"]["nextCursor"]);
    use base64::Engine;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(&cursor).unwrap_or_default();
    assert!(!String::from_utf8_lossy(&bytes).contains("Mẫu"), "a cursor carries a name");
}

#[test]
fn what_was_sent_again_with_another_number_is_another_body() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let clerk = stand.client(&[Scope::MembersWrite, Scope::MembersRead]).in_unit(&world.ward);
    let body = world.numbered("Thành viên mẫu 1");
    let made = clerk.post_once("/v1/members", "k", &body).is(201).id();
    assert_eq!(clerk.post_once("/v1/members", "k", &body).is(201).id(), made);
    let other = with(&body, json!({"nationalId": "000080123457"}));
    clerk.post_once("/v1/members", "k", &other).problem(422, "idempotency-key-reused");
}
