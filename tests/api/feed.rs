//! The change feed: whoever only reads it holds what a caller may read, no more and no less.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tuquan::access::{Role, Scope};

use crate::stand::{Caller, Stand, World, text, with};

/// A copy of the records, made of events alone.
#[derive(Default)]
struct Replica {
    records: BTreeMap<String, Value>,
    cursor: String,
    last: i64,
}

impl Replica {
    /// Reads on until there is nothing more.
    fn follow(&mut self, caller: &Caller, query: &str) {
        loop {
            let page = caller.get(&format!("/v1/changes?pageSize=7&cursor={}{query}", self.cursor)).is(200);
            for event in page.items() {
                self.take(&event);
            }
            let page = page.json();
            self.cursor = text(&page["page"]["nextCursor"]);
            assert!(!self.cursor.is_empty() && self.cursor != "null", "{page}");
            if page["page"]["hasMore"] == false {
                return;
            }
        }
    }

    fn take(&mut self, event: &Value) {
        let sequence: i64 = text(&event["id"]).parse().expect("an event's id is its place");
        assert!(sequence > self.last || self.last == 0, "{event} comes after {}", self.last);
        self.last = sequence;
        assert_eq!((&event["specversion"], &event["datacontenttype"]), (&json!("1.0"), &json!("application/json")));
        assert!(text(&event["source"]).starts_with("http://") && event["time"].is_string(), "{event}");
        let subject = text(&event["subject"]);
        match text(&event["type"]).rsplit('.').next() {
            Some("created" | "updated" | "erased") => drop(self.records.insert(subject, event["data"].clone())),
            Some("deleted") => {
                assert!(event["data"].is_null(), "{event}");
                assert!(self.records.remove(&subject).is_some(), "{event} removes what there was not");
            }
            _ => assert_eq!(event["type"], "one of four", "{event}"),
        }
    }
}

/// Every record of these lists as the caller reads it, by its path.
fn read(caller: &Caller, lists: &[&str]) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    for list in lists {
        for id in caller.list(&format!("{list}?pageSize=500"), "id") {
            let path = format!("{list}/{id}");
            all.insert(path.clone(), caller.get(&path).is(200).json());
        }
    }
    all
}

const LISTS: [&str; 6] = ["/v1/units", "/v1/model-types", "/v1/models", "/v1/teams", "/v1/members", "/v1/incidents"];

/// The replica without the records of sub-resources, which `LISTS` does not have.
fn of_lists(replica: &Replica) -> BTreeMap<String, Value> {
    let wanted = |path: &str| LISTS.iter().any(|list| path.rsplit_once('/').is_some_and(|(of, _)| of == *list));
    replica.records.iter().filter(|(path, _)| wanted(path)).map(|(path, data)| (path.clone(), data.clone())).collect()
}

/// What one writer does to its own records, the `n`th time.
fn write(world: &World, caller: &Caller, n: usize) {
    let unit = if n.is_multiple_of(3) { &world.other } else { &world.ward };
    let model = caller.create("/v1/models", &world.model_in(unit, &format!("Mô hình {n}")));
    let path = format!("/v1/models/{}", text(&model["id"]));
    caller.change(&path, &json!({"householdCount": n})).is(200);
    let member =
        caller.post("/v1/members", &with(&world.numbered(&format!("Mẫu {n}")), json!({"unitId": unit}))).is(201).id();
    let incident = caller.post("/v1/incidents", &with(&world.incident("Việc"), json!({"unitId": unit}))).is(201).id();
    let incident = format!("/v1/incidents/{incident}");
    caller.create(
        &format!("{incident}/status-changes"),
        &json!({"to": "handling", "effectiveAt": "2024-05-01T02:00:00Z"}),
    );
    match n % 4 {
        0 => drop(caller.change(&path, &json!({"unitId": world.other})).is(200)),
        1 => drop(caller.remove(&path).is(204)),
        2 => drop(caller.create(&format!("/v1/members/{member}/erasures"), &json!({"reason": "Theo yêu cầu"}))),
        _ => drop(caller.change(&path, &json!({"unitId": world.ward})).is(200)),
    }
}

#[test]
fn a_replica_that_only_reads_the_feed_equals_the_registry() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let readers = [world.chief.clone(), stand.role(Role::Officer).in_unit(&world.ward)];
    let mut replicas = [Replica::default(), Replica::default()];
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let world = &world;
                scope.spawn(move || (0..6).for_each(|n| write(world, &world.chief, writer * 6 + n)))
            })
            .collect();
        while writers.iter().any(|writer| !writer.is_finished()) {
            for (replica, reader) in replicas.iter_mut().zip(&readers) {
                replica.follow(reader, "&waitSeconds=1");
            }
        }
    });
    for (mut replica, reader) in replicas.into_iter().zip(&readers) {
        replica.follow(reader, "");
        let (copy, records) = (of_lists(&replica), read(reader, &LISTS));
        assert_eq!(copy.keys().collect::<Vec<_>>(), records.keys().collect::<Vec<_>>());
        assert_eq!(copy, records);
        // A second reader that begins now ends with the same.
        let mut late = Replica::default();
        late.follow(reader, "");
        assert_eq!(of_lists(&late), records);
    }
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
