//! The change feed: whoever only reads it holds what a caller may read, no more and no less.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tuquan::access::{Role, Scope};

use crate::stand::life::Writer;
use crate::stand::replica::{Replica, registry};
use crate::stand::world::{COUNTRY, unit};
use crate::stand::{Caller, Stand, World, text};

#[test]
fn a_replica_that_only_reads_the_feed_equals_the_registry() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let ward = stand.client(Scope::ALL).in_unit(&world.ward);
    let readers = [world.chief.clone(), ward, stand.role(Role::Officer).in_unit(&world.ward)];
    let mut replicas = [Replica::default(), Replica::default(), Replica::default()];
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..16)
            .map(|n| {
                let writer = Writer { world: &world, caller: world.chief.clone() };
                scope.spawn(move || writer.live(n))
            })
            .collect();
        while writers.iter().any(|writer| !writer.is_finished()) {
            for (replica, reader) in replicas.iter_mut().zip(&readers) {
                replica.follow(reader, "&pageSize=7&waitSeconds=1");
            }
        }
    });
    for (mut replica, reader) in replicas.into_iter().zip(&readers) {
        replica.follow(reader, "");
        let records = registry(reader);
        replica.assert_equals(&records);
        // A second reader that begins now ends with the same.
        let mut late = Replica::default();
        late.follow(reader, "");
        late.assert_equals(&records);
    }
}

#[test]
fn what_lies_in_a_record_moves_with_it() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let [here, there] = [&world.ward, &world.other].map(|unit| stand.client(Scope::ALL).in_unit(unit));
    let incident = world.path_of("/v1/incidents", &world.incident("Việc"));
    let handling = json!({"to": "handling", "effectiveAt": "2024-05-01T02:00:00Z"});
    let change = world.path_of(&format!("{incident}/status-changes"), &handling);
    let mut replicas = [Replica::default(), Replica::default()];
    replicas[0].follow(&here, "");
    assert!(replicas[0].records.contains_key(&change));
    let etag = world.chief.get(&change).is(200).etag();
    world.chief.change(&incident, &json!({"unitId": world.other})).is(200);
    for (replica, reader) in replicas.iter_mut().zip([&here, &there]) {
        replica.follow(reader, "");
        replica.assert_equals(&registry(reader));
    }
    assert_eq!(replicas.map(|replica| replica.records.contains_key(&change)), [false, true]);
    let moved = world.chief.get(&change).is(200);
    assert_eq!(moved.json()["unitId"], *world.other);
    assert_ne!(moved.etag(), etag);
}

#[test]
fn who_sees_other_units_than_before_begins_anew() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let far = text(&world.chief.create("/v1/units", &unit("79", "Thành phố Hồ Chí Minh", "province", COUNTRY))["id"]);
    world.a_model("Mô hình theo phường");
    let all = |unit: &str| stand.client(Scope::ALL).in_unit(unit);
    let (from, to, ward) = (all(&world.province), all(&far), all(&world.ward));
    let follow = |caller: &Caller| {
        let mut replica = Replica::default();
        replica.follow(caller, "");
        replica
    };
    let mut before = [&world.chief, &from, &to, &ward].map(follow);
    let on = |caller: &Caller, replica: &Replica, wait: u64| {
        caller.get(&format!("/v1/changes?cursor={}&waitSeconds={wait}", replica.cursor))
    };
    // A new unit, and one that moves within a territory, change nobody's stream.
    let district = unit("490", "Quận Mới", "district", &world.province);
    let district = text(&world.chief.create("/v1/units", &district)["id"]);
    world.chief.change(&format!("/v1/units/{}", world.other), &json!({"parentId": district})).is(200);
    for (replica, caller) in before.iter_mut().zip([&world.chief, &from, &to, &ward]) {
        replica.follow(caller, "");
    }
    let path = format!("/v1/units/{}", world.ward);
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| on(&from, &before[1], 20));
        std::thread::sleep(Duration::from_millis(400));
        world.chief.change(&path, &json!({"parentId": far})).is(200);
        waiting.join().expect("the reader is answered").problem(410, "cursor-expired");
    });
    on(&from, &before[1], 0).problem(410, "cursor-expired");
    on(&to, &before[2], 0).problem(410, "cursor-expired");
    let [chief, _, _, own] = &mut before;
    chief.follow(&world.chief, "");
    own.follow(&ward, "");
    let [of_from, of_to] = [&from, &to].map(follow);
    for (replica, caller) in [(&*chief, &world.chief), (&*own, &ward), (&of_from, &from), (&of_to, &to)] {
        replica.assert_equals(&registry(caller));
    }
    let models = |replica: &Replica| replica.records.keys().any(|path| path.starts_with("/v1/models/"));
    assert_eq!([&of_from, &of_to].map(models), [false, true]);
    // There and back: what happened between was another stream's.
    world.chief.change(&path, &json!({"parentId": world.province})).is(200);
    on(&to, &of_to, 0).problem(410, "cursor-expired");
    on(&from, &of_from, 0).problem(410, "cursor-expired");
}

#[test]
fn a_record_that_moves_enters_and_leaves_the_sight_of_wards() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let here = stand.role(Role::Officer).in_unit(&world.ward);
    let there = stand.role(Role::Officer).in_unit(&world.other);
    let path = world.a_model("Mô hình đi");
    world.chief.change(&path, &json!({"unitId": world.other})).is(200);
    let seen = |caller: &Caller| {
        let events = caller.get("/v1/changes?resourceTypes=models").is(200).items();
        let of = |event: &Value| (text(&event["type"]), event["scopechange"].clone(), event["data"].is_null());
        events.iter().map(of).collect::<Vec<_>>()
    };
    let created = ("vn.tuquan.models.created".to_owned(), Value::Null, false);
    assert_eq!(seen(&here), [created.clone(), ("vn.tuquan.models.deleted".to_owned(), json!("left_scope"), true)]);
    assert_eq!(seen(&there), [("vn.tuquan.models.updated".to_owned(), json!("entered_scope"), false)]);
    assert_eq!(seen(&world.chief), [created, ("vn.tuquan.models.updated".to_owned(), Value::Null, false)]);
}

#[test]
fn what_is_hidden_from_a_caller_is_hidden_in_the_feed() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let incident = world.path_of("/v1/incidents", &world.incident("Chi tiết kín"));
    let member = world.path_of("/v1/members", &world.numbered("Thành viên mẫu 1"));
    let plain = stand.client(&[Scope::ChangesRead, Scope::IncidentsRead]).in_unit(&world.ward);
    let events = plain.get("/v1/changes").is(200);
    assert_eq!(events.each("subject"), [incident]);
    assert!(!events.text().contains("Chi tiết kín"));
    let full = world.chief.get("/v1/changes?resourceTypes=incidents,members").is(200).text();
    assert!(full.contains("Chi tiết kín") && full.contains("Thành viên mẫu 1") && !full.contains("000080123456"));
    world.chief.create(&format!("{member}/erasures"), &json!({"reason": "Theo yêu cầu"}));
    let after = world.chief.get("/v1/changes?resourceTypes=members").is(200);
    assert!(!after.text().contains("Thành viên mẫu 1"), "{after:?}");
    assert_eq!(after.each("type"), ["vn.tuquan.members.created", "vn.tuquan.members.erased"]);
    stand.role(Role::Clerk).in_unit(&world.ward).get("/v1/changes").problem(403, "insufficient-scope");
}

#[test]
fn a_cursor_is_its_callers_and_ends_with_its_rights() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let mine = stand.role(Role::Officer).in_unit(&world.ward);
    let other = stand.role(Role::Officer).in_unit(&world.ward);
    let cursor = text(&mine.get("/v1/changes").is(200).json()["page"]["nextCursor"]);
    let on = format!("/v1/changes?cursor={cursor}");
    mine.get(&on).is(200);
    mine.get(&format!("{on}&pageSize=3&waitSeconds=0")).is(200);
    other.get(&on).faults(&["cursor invalid-cursor"]);
    mine.get(&format!("{on}&resourceTypes=models")).faults(&["cursor invalid-cursor"]);
    mine.get("/v1/changes?waitSeconds=31").faults(&["waitSeconds too-large"]);
    mine.get("/v1/changes?resourceTypes=nothing").problem(400, "invalid-request");
    world.chief.change(&format!("/v1/clients/{}", mine.id), &json!({"unitId": world.other})).is(200);
    std::thread::sleep(Duration::from_secs(1));
    mine.get(&on).problem(410, "cursor-expired");
    mine.get("/v1/changes?cursor=").is(200);
}

#[test]
fn who_waits_is_told_when_it_happens() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let officer = stand.role(Role::Officer).in_unit(&world.ward);
    let end = text(&officer.get("/v1/changes?pageSize=500").is(200).json()["page"]["nextCursor"]);
    let began = Instant::now();
    let quiet = officer.get(&format!("/v1/changes?cursor={end}&waitSeconds=1")).is(200);
    assert!(quiet.items().is_empty() && began.elapsed() >= Duration::from_millis(950), "{:?}", began.elapsed());
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| officer.get(&format!("/v1/changes?cursor={end}&waitSeconds=20")).is(200));
        std::thread::sleep(Duration::from_millis(400));
        let began = Instant::now();
        let path = world.a_model("Mô hình mới");
        let told = waiting.join().expect("the reader is answered");
        assert_eq!(told.each("subject"), [path]);
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    });
}
