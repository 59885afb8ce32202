//! Generated data: the same seed gives the same records, they keep to the rules, the journal and the
//! figures are true of them, and they are never mixed with others.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Output};

use serde_json::{Value, json};
use tuquan::bundled::generate::{Generated, Wanted, generate};
use tuquan::bundled::{lists, units};

use crate::stand::{Caller, Database, Stand, text};

const NOUNS: [&str; 9] =
    ["model-types", "models", "teams", "reviews", "activities", "members", "memberships", "commendations", "incidents"];

/// A stand with a few communes, before and after the mergers of 2025.
fn stand() -> Stand {
    let stand = Stand::new();
    let file = format!("{}/data/demo/units.csv", env!("CARGO_MANIFEST_DIR"));
    let csv = std::fs::read_to_string(file).expect("the list is there");
    let listed = lists::read("a list", &csv).expect("the list is well-formed");
    units::load_listed(stand.door(), &listed).expect("the units load");
    stand
}

fn wanted(models: u64, incidents: u64, seed: u64) -> Wanted {
    Wanted { units: "48".to_owned(), models, incidents, seed }
}

fn fill(stand: &Stand, wanted: &Wanted) -> Generated {
    generate(stand.door(), wanted).expect("an empty registry can be filled")
}

/// Every record of a noun, by its id.
fn all(chief: &Caller, path: &str) -> BTreeMap<String, Value> {
    let (mut found, mut cursor) = (BTreeMap::new(), String::new());
    loop {
        let page = chief.get(&format!("{path}?pageSize=500&cursor={cursor}")).is(200);
        found.extend(page.items().into_iter().map(|item| (text(&item["id"]), item)));
        match page.json()["page"]["nextCursor"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => return found,
        }
    }
}

/// The same without the moments at which they were entered.
fn timeless(records: BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    let mut records = records;
    for record in records.values_mut() {
        let record = record.as_object_mut().expect("a record");
        assert!(record.remove("createdAt").is_some() && record.remove("updatedAt").is_some());
    }
    records
}

#[test]
fn the_same_seed_gives_the_same_records_and_another_seed_others() {
    let (one, two, other) = (stand(), stand(), stand());
    let made = fill(&one, &wanted(200, 400, 7));
    assert_eq!(fill(&two, &wanted(200, 400, 7)), made);
    fill(&other, &wanted(200, 400, 8));
    let (one, two, other) = (one.chief(), two.chief(), other.chief());
    for noun in NOUNS {
        let path = format!("/v1/{noun}");
        let records = timeless(all(&one, &path));
        assert!(!records.is_empty(), "no {noun}");
        assert_eq!(records, timeless(all(&two, &path)), "{noun}");
        let ids = all(&other, &path).into_keys().filter(|id| records.contains_key(id)).count();
        assert_eq!(ids, 0, "{noun} of two seeds");
    }
    for id in all(&one, "/v1/incidents").keys().take(20) {
        let path = format!("/v1/incidents/{id}/status-changes");
        assert_eq!(timeless(all(&one, &path)), timeless(all(&two, &path)));
    }
}

#[test]
fn what_is_counted_is_what_was_made() {
    let stand = stand();
    let made = fill(&stand, &wanted(300, 500, 3));
    let chief = stand.chief();
    let counts = [made.model_types, made.models, made.teams, made.reviews, made.activities, made.members];
    for (noun, count) in NOUNS.into_iter().zip(counts) {
        let page = chief.get(&format!("/v1/{noun}?count=exact&pageSize=1")).is(200).json();
        assert_eq!(page["page"]["totalCount"], json!(count), "{noun}");
    }
    assert_eq!((made.models, made.incidents), (300, 500));
    let incidents = all(&chief, "/v1/incidents");
    let figure = |query: &str| {
        let items = chief.get(&format!("/v1/statistics/observations?{query}&from=2010-01-01&to=2026-06-30")).items();
        items.iter().map(|item| item["value"].as_i64().expect("a figure")).sum::<i64>()
    };
    let counted = |wanted: &dyn Fn(&Value) -> bool| incidents.values().filter(|one| wanted(one)).count() as i64;
    let reported = counted(&|one| one["status"] != "rejected");
    assert_eq!(figure("indicator=incidents_reported"), reported);
    assert_eq!(figure("indicator=incidents_reported&by=category,month"), reported);
    assert_eq!(figure("indicator=incidents_resolved"), counted(&|one| one["status"] == "resolved"));
    let helped = counted(&|one| one["status"] != "rejected" && one.get("contributions").is_some());
    assert_eq!(figure("indicator=incidents_with_contribution"), helped);
    assert!(helped > 10 && reported > 400, "{helped} of {reported}");
    assert_eq!(figure("indicator=activities_held"), made.activities as i64);
    assert_eq!(figure("indicator=memberships_started"), made.memberships as i64);
}

#[test]
fn the_records_keep_to_the_rules() {
    let stand = stand();
    fill(&stand, &wanted(300, 500, 5));
    let chief = stand.chief();
    let units = all(&chief, "/v1/units");
    let in_force = |unit: &Value, day: &str| {
        let unit = &units[&text(unit)];
        assert_eq!(unit["kind"], "commune");
        text(&unit["validFrom"]).as_str() <= day && unit.get("validTo").is_none_or(|end| text(end).as_str() > day)
    };
    let mut statuses = BTreeSet::new();
    for incident in all(&chief, "/v1/incidents").values() {
        let day = day_there(&text(&incident["occurredAt"]));
        assert!(in_force(&incident["unitId"], &day), "{incident}");
        assert!(("2021-01-01".."2026-01-01").contains(&day.as_str()), "{incident}");
        assert!(text(&incident["code"]).starts_with("GEN-") && incident["version"] == 1, "{incident}");
        assert_eq!(incident["status"] == "resolved", incident.get("resolvedAt").is_some(), "{incident}");
        let path = format!("/v1/incidents/{}/status-changes?sort=effectiveAt", text(&incident["id"]));
        let changes = if statuses.len() < 6 { chief.get(&path).is(200).items() } else { Vec::new() };
        if statuses.len() < 6 {
            let last = changes.last().map_or(json!("received"), |change| change["to"].clone());
            assert_eq!(incident["status"], last, "{changes:?}");
            let resolved = changes.last().filter(|_| last == "resolved").map(|change| &change["effectiveAt"]);
            assert_eq!(incident.get("resolvedAt"), resolved);
        }
        statuses.insert(text(&incident["status"]));
    }
    assert!(statuses.len() >= 5, "{statuses:?}");
    let models = all(&chief, "/v1/models");
    for model in models.values() {
        assert!(in_force(&model["unitId"], &text(&model["establishedOn"])), "{model}");
        assert!(text(&model["name"]).contains("số"), "{model}");
    }
    assert!(models.values().any(|model| model["status"] == "merged" || model["status"] == "dissolved"));
    assert!(models.values().any(|model| model["exemplar"] == true));
    let balance = chief.get("/v1/statistics/balances?counted=models&period=2023").is(200).items();
    let sum = |of: &Value| of.as_object().expect("flows").values().map(|n| n.as_i64().expect("a flow")).sum::<i64>();
    let [opening, closing] = ["opening", "closing"].map(|name| balance[0][name].as_i64().expect("a stock"));
    assert_eq!(opening + sum(&balance[0]["inflows"]) - sum(&balance[0]["outflows"]), closing, "{balance:?}");
    for member in all(&chief, "/v1/members").values() {
        assert!(text(&member["name"]).contains("dữ liệu sinh"), "{member}");
    }
}

/// The day in Asia/Ho_Chi_Minh of a moment.
fn day_there(moment: &str) -> String {
    let moment: tuquan::types::Moment = moment.parse().expect("a moment");
    moment.day().to_string()
}

#[test]
fn whoever_only_reads_the_feed_holds_an_identical_copy() {
    let stand = stand();
    let made = fill(&stand, &wanted(60, 120, 9));
    let chief = stand.chief();
    let (mut copy, mut cursor) = (BTreeMap::new(), String::new());
    loop {
        let page = chief.get(&format!("/v1/changes?pageSize=500&cursor={cursor}")).is(200);
        for event in page.items() {
            copy.insert(text(&event["subject"]), event["data"].clone());
        }
        page.json()["page"]["nextCursor"].as_str().expect("a cursor").clone_into(&mut cursor);
        if page.json()["page"]["hasMore"] == false {
            break;
        }
    }
    for noun in NOUNS {
        for (id, record) in all(&chief, &format!("/v1/{noun}")) {
            assert_eq!(copy.get(&format!("/v1/{noun}/{id}")), Some(&record), "{noun}");
        }
    }
    let changes = copy.keys().filter(|path| path.starts_with("/v1/incidents/") && path.contains("/status-changes/"));
    assert_eq!(changes.count() as u64, made.incident_status_changes);
    let (id, incident) = all(&chief, "/v1/incidents").pop_first().expect("an incident");
    let versions = chief.get(&format!("/v1/incidents/{id}/versions")).is(200).items();
    assert_eq!((versions.len(), &versions[0]["record"]), (1, &incident));
}

fn tuquan(database: &Database, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tuquan"))
        .args(words)
        .env_clear()
        .env("TUQUAN_DATABASE_URL", &database.url)
        .env("TUQUAN_KEYS_DIR", database.keys_dir())
        .output()
        .expect("the program runs")
}

const GENERATE: &[&str] = &["generate", "--units", "20410", "--models", "40", "--incidents", "80", "--json", "--seed"];

#[test]
fn the_command_loads_the_units_fills_once_and_leaves_a_true_journal() {
    let database = Database::new();
    let run = |seed: &str| tuquan(&database, &[GENERATE, &[seed]].concat());
    let done = run("1");
    assert!(done.status.success(), "{done:?}");
    let done: Value = serde_json::from_slice(&done.stdout).expect("the program prints JSON");
    assert!(done["unitsCreated"].as_u64() > Some(10_000), "{done}");
    assert_eq!((&done["models"], &done["incidents"]), (&json!(40), &json!(80)), "{done}");
    assert!(done["communes"].as_u64() > Some(1), "the wards that came before are there too: {done}");
    let verified = tuquan(&database, &["audit", "verify"]);
    let counted = tuquan(&database, &["statistics", "verify"]);
    assert!(counted.status.success(), "{counted:?}");
    assert!(verified.status.success(), "{verified:?}");
    let again: Value = serde_json::from_slice(&run("1").stdout).expect("the program prints JSON");
    assert_eq!(again["alreadyGenerated"], true, "{again}");
    let other = run("2");
    assert!(!other.status.success() && other.stdout.is_empty(), "{other:?}");
    assert!(String::from_utf8_lossy(&other.stderr).contains("never mixed"), "{other:?}");
}

#[test]
fn a_registry_with_records_of_its_own_is_left_alone() {
    let stand = stand();
    let chief = stand.chief();
    let of = json!({"code": "to-that", "name": "Tổ thật", "field": "security", "validFrom": "2020-01-01"});
    chief.create("/v1/model-types", &of);
    assert!(generate(stand.door(), &wanted(10, 10, 1)).is_err());
    assert!(all(&chief, "/v1/incidents").is_empty() && all(&chief, "/v1/model-types").len() == 1);
    let elsewhere = Wanted { units: "99999".to_owned(), ..wanted(1, 1, 1) };
    assert!(generate(Stand::new().door(), &elsewhere).is_err(), "no unit has this code");
}

#[test]
fn the_national_units_have_the_same_identifiers_in_every_registry() {
    let ids = |stand: &Stand| {
        let found = all(&stand.chief(), "/v1/units");
        found.into_iter().map(|(id, unit)| (id, text(&unit["code"]), text(&unit["validFrom"]))).collect::<Vec<_>>()
    };
    let (one, two) = (ids(&stand()), ids(&stand()));
    assert!(one.len() > 20);
    assert_eq!(one, two);
}
