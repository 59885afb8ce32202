//! Writing: what a create, a change and a removal leave behind, in the answer and in the journal.

use serde_json::{Value, json};

use super::NOUNS;
use crate::stand::{Stand, World, journal, nothing, text, v7, with, without};

#[test]
fn a_new_record_is_answered_with_its_place_its_tag_and_itself() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for noun in NOUNS {
        let body = (noun.body)(&world, 1);
        let answer = world.chief.post(noun.path, &body).is(201);
        let record = answer.json();
        assert_eq!(answer.given("location"), format!("{}/{}", noun.path, answer.id()));
        assert_eq!(answer.etag(), "\"1\"");
        for (name, value) in body.as_object().expect("bodies are objects") {
            assert_eq!(&record[name], value, "{name} of {}", noun.path);
        }
        assert_eq!(record["version"], 1);
        for name in ["createdBy", "updatedBy"] {
            assert_eq!(record[name], world.chief.id, "{name} of {}", noun.path);
        }
        assert!(text(&record["createdAt"]).ends_with('Z') && record["createdAt"] == record["updatedAt"]);
        let shown = world.chief.get(&answer.given("location")).is(200);
        assert_eq!((shown.json(), shown.etag()), (record, answer.etag()));
    }
}

#[test]
fn a_client_may_bring_its_own_id_once() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for noun in NOUNS {
        let id = v7();
        let body = with(&(noun.body)(&world, 1), json!({"id": id}));
        assert_eq!(world.chief.post(noun.path, &body).is(201).id(), id);
        let again = with(&(noun.body)(&world, 2), json!({"id": id}));
        world.chief.post(noun.path, &again).problem(409, "duplicate");
        let v4 = with(&again, json!({"id": "6f1f7b0a-52a2-4d3c-9e6f-3e1b0a7c9d11"}));
        world.chief.post(noun.path, &v4).faults(&["/id pattern"]);
        let nil = with(&again, json!({"id": null}));
        world.chief.post(noun.path, &nil).faults(&["/id type"]);
        world.chief.post(noun.path, &(noun.body)(&world, 2)).is(201);
    }
}

#[test]
fn every_fault_of_a_body_is_named_with_its_place() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for noun in NOUNS {
        let missing = noun.missing();
        let missing: Vec<&str> = missing.iter().map(String::as_str).collect();
        world.chief.post(noun.path, &nothing()).faults(&missing);
        let gone = noun.required.iter().find(|name| **name != noun.line).expect("more than its line is required");
        let misspelt = format!("{}q", noun.line);
        let body = with(&without(&(noun.body)(&world, 1), gone), json!({noun.line: 7, misspelt.clone(): "x"}));
        let expected = [format!("/{} type", noun.line), format!("/{misspelt} unknown"), format!("/{gone} required")];
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        let answer = world.chief.post(noun.path, &body).faults(&expected);
        assert!(answer.text().contains(&format!("the nearest is `{}`", noun.line)), "{answer:?}");
        for body in [json!([]), json!("x"), json!(null), json!(7)] {
            world.chief.post(noun.path, &body).faults(&[" type"]);
        }
        if noun.prose {
            continue;
        }
        let said = |text: String| with(&(noun.body)(&world, 1), json!({noun.line: text}));
        let pattern = format!("/{} pattern", noun.line);
        world.chief.post(noun.path, &said("   ".to_owned())).faults(&[&pattern]);
        let too_long = format!("/{} too-long", noun.line);
        world.chief.post(noun.path, &said("ẫ".repeat(201))).faults(&[&too_long]);
        world.chief.post(noun.path, &said("ẫ".repeat(200))).is(201);
    }
}

#[test]
fn what_is_read_only_cannot_be_sent() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for noun in NOUNS {
        let body = (noun.body)(&world, 1);
        for name in ["version", "createdAt", "createdBy", "updatedAt", "updatedBy"] {
            let fault = format!("/{name} unknown");
            world.chief.post(noun.path, &with(&body, json!({name: 1}))).faults(&[&fault]);
        }
        let path = noun.make(&world, 1);
        world
            .chief
            .patch(&path, "\"1\"", &json!({"id": v7(), "version": 2}))
            .faults(&["/id unknown", "/version unknown"]);
    }
}

#[test]
fn a_known_version_is_not_sent_again() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for noun in NOUNS {
        let path = noun.make(&world, 1);
        let ask = |tag: &str| {
            let request = world.chief.request(reqwest::Method::GET, &path);
            request.header("If-None-Match", tag).send()
        };
        for tag in ["\"1\"", "W/\"1\"", "\"7\", \"1\"", "*"] {
            let answer = ask(tag).is(304);
            assert!(answer.bytes.is_empty() && answer.etag() == "\"1\"", "{answer:?}");
        }
        ask("\"2\"").is(200);
        world.chief.patch(&path, "\"1\"", &noun.patch()).is(200);
        assert_eq!(ask("\"1\"").is(200).etag(), "\"2\"");
    }
}

#[test]
fn a_patch_keeps_what_is_absent_and_clears_what_is_null() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for noun in NOUNS {
        let (name, value) = noun.optional();
        let body = with(&(noun.body)(&world, 1), json!({name: value}));
        let path = world.path_of(noun.path, &body);
        let before = world.chief.get(&path).is(200).json();
        let changed = world.chief.patch(&path, "\"1\"", &noun.patch()).is(200);
        let after = changed.json();
        assert_eq!((changed.etag().as_str(), &after["version"]), ("\"2\"", &json!(2)));
        assert_eq!((&after[noun.line], &after[name]), (&json!("Tên mới"), &json!(value)));
        for kept in ["id", "createdAt", "createdBy"] {
            assert_eq!(before[kept], after[kept]);
        }
        assert!(text(&after["updatedAt"]) >= text(&before["updatedAt"]));
        let cleared = world.chief.patch(&path, "\"2\"", &json!({name: null})).is(200).json();
        assert!(cleared.get(name).is_none() && cleared[noun.line] == "Tên mới", "{cleared}");
        assert_eq!(world.chief.get(&path).json(), cleared);
        for required in noun.required {
            let fault = format!("/{required} type");
            let answer = world.chief.patch(&path, "\"3\"", &json!({(*required): null})).problem(400, "invalid-request");
            let told = text(&answer.json()["errors"][0]["pointer"]);
            assert_eq!(told, fault.split(' ').next().unwrap_or_default(), "{answer:?}");
        }
        world.chief.patch(&path, "\"3\"", &json!({"naem": null})).faults(&["/naem unknown"]);
        world.chief.patch(&path, "\"3\"", &json!([])).faults(&[" type"]);
        assert_eq!(world.chief.get(&path).etag(), "\"3\"");
    }
}

#[test]
fn a_change_of_what_has_changed_since_is_412_and_changes_nothing() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for noun in NOUNS {
        let path = noun.make(&world, 1);
        let mine = world.chief.patch(&path, "\"1\"", &json!({noun.line: "Của tôi"})).is(200).json();
        for tag in ["\"1\"", "\"3\"", "2", "W/\"2\"", "\"\"", "é"] {
            world.chief.patch(&path, tag, &json!({noun.line: "Của người khác"})).problem(412, "stale");
        }
        assert_eq!(world.chief.get(&path).json(), mine);
        world.chief.patch(&path, "\"8\", \"2\"", &noun.patch()).is(200);
        world.chief.patch(&path, "*", &noun.patch()).is(200);
    }
}

#[test]
fn what_was_removed_is_not_there_any_more() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for noun in NOUNS.iter().filter(|noun| noun.removable) {
        let path = noun.make(&world, 1);
        let answer = world.chief.delete(&path, "\"1\"").is(204);
        assert!(answer.bytes.is_empty());
        world.chief.get(&path).problem(404, "not-found");
        world.chief.get(&format!("{path}/versions")).problem(404, "not-found");
        world.chief.get(&format!("{path}/versions/1")).problem(404, "not-found");
        world.chief.delete(&path, "\"1\"").problem(404, "not-found");
        world.chief.patch(&path, "\"1\"", &noun.patch()).problem(404, "not-found");
        noun.make(&world, 1);
    }
}

#[test]
fn a_record_that_others_point_to_stays() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let first = world.a_model("Mô hình gốc");
    let id = first.rsplit('/').next().unwrap_or_default().to_owned();
    let copy = with(&world.model("Mô hình nhân rộng"), json!({"replicatedFromId": id}));
    let copy = world.path_of("/v1/models", &copy);
    let used = [
        format!("/v1/units/{}", world.province),
        format!("/v1/units/{}", world.ward),
        format!("/v1/model-types/{}", world.model_type),
        first.clone(),
    ];
    for path in &used {
        world.chief.remove(path).problem(409, "in-use");
        world.chief.get(path).is(200);
    }
    world.chief.remove(&copy).is(204);
    world.chief.remove(&first).is(204);
    world.chief.remove(&used[1]).is(204);
}

#[test]
fn every_write_leaves_one_entry_in_the_journal_and_a_failure_none() {
    let stand = Stand::new();
    let world = World::of(&stand);
    world.run_model();
    world.taking_part();
    for noun in NOUNS {
        let before = journal::changes(&stand.database).len();
        let left = |since: usize| -> Vec<(String, i64)> {
            let entries = journal::changes(&stand.database).split_off(since);
            entries.into_iter().map(|entry| (entry.action, entry.version)).collect()
        };
        let path = noun.make(&world, 1);
        let id = path.rsplit('/').next().unwrap_or_default().to_owned();
        world.chief.patch(&path, "\"1\"", &noun.patch()).is(200);
        let done = [("create".to_owned(), 1), ("update".to_owned(), 2)];
        assert_eq!(left(before), done, "{}", noun.path);
        world.chief.patch(&path, "\"1\"", &noun.patch()).is(412);
        world.chief.patch(&path, "\"2\"", &json!({"naem": 1})).is(400);
        world.chief.post(noun.path, &nothing()).is(400);
        world.chief.post(noun.path, &with(&(noun.body)(&world, 3), json!({"id": id}))).is(409);
        let missing = json!({"unitId": v7(), "parentId": v7(), "modelTypeId": v7()});
        let missing: Value = missing
            .as_object()
            .into_iter()
            .flatten()
            .filter_map(|(name, id)| (noun.body)(&world, 4).get(name).map(|_| (name.clone(), id.clone())))
            .collect();
        if missing != nothing() {
            world.chief.post(noun.path, &with(&(noun.body)(&world, 4), missing)).problem(409, "reference-missing");
        }
        assert_eq!(left(before), done, "{}", noun.path);
        if noun.removable {
            world.chief.delete(&path, "\"2\"").is(204);
            assert_eq!(left(before + 2), [("delete".to_owned(), 2)], "{}", noun.path);
        }
        let entries = journal::changes(&stand.database);
        assert!(entries[before..].iter().all(|entry| entry.is(&entry.action.clone(), &id)));
    }
    journal::assert_gapless(&stand.database);
}

#[test]
fn versions_are_what_was_served_one_by_one() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for noun in NOUNS {
        let path = noun.make(&world, 1);
        let mut served = vec![world.chief.get(&path).json()];
        for n in 1..4 {
            let etag = format!("\"{n}\"");
            served.push(world.chief.patch(&path, &etag, &json!({noun.line: format!("Tên {n}")})).is(200).json());
        }
        let versions = format!("{path}/versions");
        let items = world.chief.get(&format!("{versions}?sort=version")).is(200).items();
        let records: Vec<Value> = items.iter().map(|item| item["record"].clone()).collect();
        assert_eq!(records, served);
        for (n, item) in (1..).zip(&items) {
            assert_eq!(item["version"], n);
            assert_eq!(
                (&item["changedAt"], &item["changedBy"]),
                (&item["record"]["updatedAt"], &json!(world.chief.id))
            );
            assert_eq!(&world.chief.get(&format!("{versions}/{n}")).is(200).json(), item);
        }
        assert_eq!(world.chief.list(&format!("{versions}?sort=version&pageSize=3"), "version"), ["1", "2", "3", "4"]);
        assert_eq!(world.chief.list(&format!("{versions}?sort=-version&pageSize=3"), "version"), ["4", "3", "2", "1"]);
        for n in ["5", "0", "-1", "x", "2147483648"] {
            world.chief.get(&format!("{versions}/{n}")).problem(404, "not-found");
        }
    }
}

#[test]
fn a_patch_that_changes_nothing_makes_no_version() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for noun in NOUNS {
        let path = noun.make(&world, 1);
        let before = journal::changes(&stand.database).len();
        let same = world.chief.get(&path).json()[noun.line].clone();
        let (optional, _) = noun.optional();
        for nothing in [json!({}), json!({noun.line: same}), json!({optional: null})] {
            assert_eq!(world.chief.patch(&path, "\"1\"", &nothing).is(200).etag(), "\"1\"", "{path} {nothing}");
        }
        assert_eq!(journal::changes(&stand.database).len(), before, "{path}");
    }
}
