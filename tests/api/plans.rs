//! How the database finds what requests ask for most: by an index, however much there is. PostgreSQL tells
//! how many rows of a table it went through from end to end.

use std::collections::BTreeMap;
use std::time::Duration;

use diesel::sql_types::{BigInt, Text};
use serde_json::{Value, json};
use tuquan::bundled::generate::{Wanted, generate};
use tuquan::bundled::{lists, units};

use crate::stand::database::{on_postgresql, try_change};
use crate::stand::{Caller, Stand, eventually, text, world};

/// Tables that grow with the years.
const LARGE: [&str; 8] = [
    "models",
    "teams",
    "reviews",
    "incidents",
    "incident_status_changes",
    "incident_contributions",
    "incident_sums",
    "journal",
];

#[derive(diesel::QueryableByName)]
struct Scanned {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    read: i64,
}

/// Rows gone through from end to end, by table.
fn scanned(stand: &Stand) -> BTreeMap<String, i64> {
    let rows: Vec<Scanned> =
        stand.database.load("", "SELECT relname::text AS name, seq_tup_read AS read FROM pg_stat_user_tables");
    rows.into_iter().filter(|row| LARGE.contains(&row.name.as_str())).map(|row| (row.name, row.read)).collect()
}

fn filled() -> Stand {
    let stand = Stand::new();
    let file = format!("{}/data/demo/units.csv", env!("CARGO_MANIFEST_DIR"));
    let listed =
        lists::read("a list", &std::fs::read_to_string(file).expect("it is there")).expect("it is well-formed");
    units::load_listed(stand.door(), &listed).expect("the units load");
    let wanted = Wanted { units: "48".to_owned(), models: 1500, incidents: 6000, seed: 5 };
    generate(stand.door(), &wanted).expect("an empty registry can be filled");
    try_change(&stand.database, "ANALYZE").expect("the owner may");
    stand
}

/// What is asked most: a record, a page of a province and the next, figures, a new record and its change.
fn everyday(chief: &Caller, model: &str, incident: &Value) {
    let unit = text(&incident["unitId"]);
    for _ in 0..12 {
        chief.get(&format!("/v1/models/{model}")).is(200);
        chief.get(&format!("/v1/incidents/{}", text(&incident["id"]))).is(200);
        for within in [world::COUNTRY, &unit] {
            let category = text(&incident["category"]);
            let path = format!("/v1/incidents?unitId={within}&category={category}&sort=-occurredAt&pageSize=20");
            let page = chief.get(&path).is(200).json();
            if let Some(cursor) = page["page"]["nextCursor"].as_str() {
                chief.get(&format!("{path}&cursor={cursor}")).is(200);
            }
            let figures = format!(
                "/v1/statistics/observations?indicator=incidents_reported&unitId={within}&period=2024&by=category"
            );
            chief.get(&figures).is(200);
        }
        let body = json!({"category": incident["category"], "severity": "minor", "occurredAt": incident["occurredAt"],
            "unitId": unit, "source": "citizen"});
        let made = chief.create("/v1/incidents", &body);
        chief.change(&format!("/v1/incidents/{}", text(&made["id"])), &json!({"severity": "serious"})).is(200);
    }
}

#[test]
fn nothing_that_is_asked_every_day_goes_through_a_large_table() {
    if !on_postgresql() {
        // SQLite does not tell what it went through.
        return;
    }
    let stand = filled();
    let chief = stand.chief();
    let model = text(&chief.get("/v1/models?pageSize=1").is(200).items()[0]["id"]);
    let incident = chief.get("/v1/incidents?pageSize=1&sort=-occurredAt").is(200).items()[0].clone();
    everyday(&chief, &model, &incident);
    // What a connection has counted is told within a second or so.
    let settled = |stand: &Stand| {
        let mut last = scanned(stand);
        eventually("the counts settle", Duration::from_secs(10), || {
            std::thread::sleep(Duration::from_millis(1500));
            let now = scanned(stand);
            std::mem::replace(&mut last, now.clone()) == now
        });
        last
    };
    let before = settled(&stand);
    everyday(&chief, &model, &incident);
    let after = settled(&stand);
    let gone: Vec<_> = after.iter().filter(|(name, read)| **read > before[*name]).collect();
    assert!(before.len() == LARGE.len() && gone.is_empty(), "{gone:?} of {before:?}");
    let before = scanned(&stand);
    try_change(&stand.database, "SELECT count(*) FROM incidents WHERE summary IS NULL").expect("the owner may");
    eventually("a walk is seen", Duration::from_secs(10), || scanned(&stand)["incidents"] > before["incidents"]);
}
