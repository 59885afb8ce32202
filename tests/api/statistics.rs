//! Figures against a recount of what the list endpoints give to the same caller.

use serde_json::{Value, json};
use tuquan::access::Scope;

use crate::stand::answer::text;
use crate::stand::world::unit;
use crate::stand::{Caller, Stand, World, with};

/// A model's life: in the ward or the other, its first day, then its status changes with their days.
type Told = (bool, &'static str, &'static [(&'static str, &'static str)]);

const LIVES: &[Told] = &[
    (true, "2022-03-01", &[]),
    (true, "2022-05-01", &[("suspended", "2023-02-01"), ("active", "2023-06-15")]),
    (true, "2023-01-10", &[("dissolved", "2023-09-01")]),
    (false, "2023-01-10", &[("suspended", "2023-03-03"), ("active", "2023-03-03")]),
    (false, "2023-04-30", &[("merged", "2024-01-01")]),
    (false, "2021-12-31", &[("suspended", "2022-06-01"), ("dissolved", "2023-05-05")]),
    (true, "2023-12-31", &[]),
    (false, "2024-01-01", &[]),
];

fn lived(world: &World) -> Vec<Life> {
    let live = |(n, (home, born, changes)): (usize, &Told)| {
        let unit = if *home { &world.ward } else { &world.other };
        let body = json!({
            "name": format!("Mô hình {n}"), "modelTypeId": world.model_type, "unitId": unit,
            "establishedOn": born, "leadBody": "Công an phường",
        });
        let path = world.path_of("/v1/models", &body);
        for (to, on) in *changes {
            let change = json!({"to": to, "effectiveOn": on, "reason": "Thử nghiệm"});
            world.chief.post(&format!("{path}/status-changes"), &change).is(201);
        }
        Life { unit: unit.clone(), path }
    };
    LIVES.iter().enumerate().map(live).collect()
}

struct Life {
    unit: String,
    path: String,
}

/// The status on a day, read from the record and its changes alone.
fn status_on(caller: &Caller, path: &str, day: &str) -> Option<String> {
    let model = caller.get(path).is(200).json();
    if text(&model["establishedOn"]).as_str() > day {
        return None;
    }
    let changes = caller.get(&format!("{path}/status-changes?sort=createdAt&pageSize=500")).items();
    let mut past = changes.iter().filter(|change| text(&change["effectiveOn"]).as_str() <= day);
    Some(past.next_back().map_or_else(|| "active".to_owned(), |change| text(&change["to"])))
}

fn observed(caller: &Caller, query: &str) -> Vec<Value> {
    caller.get(&format!("/v1/statistics/observations?{query}")).is(200).items()
}

#[test]
fn stocks_equal_a_recount_on_the_last_day_of_every_month() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let lives = lived(&world);
    let ends = ["2023-01-31", "2023-02-28", "2023-03-31", "2023-05-31", "2023-06-30", "2023-09-30", "2023-12-31"];
    let items = observed(&world.chief, "indicator=models_active&by=unit,month&period=2023&empty=true");
    for end in ends {
        for unit in [&world.ward, &world.other] {
            let there = lives.iter().filter(|life| life.unit == **unit);
            let active = there.filter(|l| status_on(&world.chief, &l.path, end).as_deref() == Some("active")).count();
            let cell = items.iter().find(|i| i["key"] == json!({"unit": unit, "month": end[..7]}));
            assert_eq!(cell.map(|c| &c["value"]), Some(&json!(active)), "{unit} at {end}");
        }
    }
}

#[test]
fn what_was_at_another_time_has_a_cell_of_nothing_where_those_are_shown() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let old = with(&unit("1", "Phường cũ", "commune", &world.province), json!({"validTo": "2023-12-01"}));
    let old = text(&world.chief.create("/v1/units", &old)["id"]);
    let model = text(&world.chief.create("/v1/models", &world.model_in(&old, "Mô hình cũ"))["id"]);
    world.chief.create("/v1/reviews", &with(&world.review(23), json!({"modelId": model, "reviewedOn": "2023-06-01"})));
    let held = json!({"unitId": old, "startedAt": "2023-06-01T01:00:00Z"});
    world.chief.create("/v1/activities", &with(&world.activity("Tập huấn"), held));
    for period in ["2022", "2024"] {
        for indicator in ["models_established", "models_by_rating", "reviews_completed", "activities_held"] {
            let shown = observed(&world.chief, &format!("indicator={indicator}&by=unit&period={period}&empty=true"));
            let cell = shown.iter().find(|item| item["key"]["unit"] == *old);
            assert!(cell.is_some(), "{indicator} of {period}: {shown:?}");
            let told = observed(&world.chief, &format!("indicator={indicator}&by=unit&period={period}"));
            assert!(told.iter().all(|item| item["value"] != 0), "{told:?}");
        }
    }
}

#[test]
fn opening_and_flows_make_the_closing_for_every_key() {
    let stand = Stand::new();
    let world = World::of(&stand);
    lived(&world);
    for counted in ["models", "modelTypes"] {
        for query in [
            "period=2023",
            "period=2023&by=unit",
            "period=2023&by=unit,month",
            "from=2022-06-01&to=2024-01-01&by=quarter",
        ] {
            let path = format!("/v1/statistics/balances?counted={counted}&{query}");
            let items = world.chief.get(&path).is(200).items();
            assert!(!items.is_empty(), "{path}");
            for item in items {
                let sum = |part: &str| {
                    let flows = item[part].as_object().into_iter().flatten();
                    flows.map(|(_, n)| n.as_i64().expect("a number")).sum::<i64>()
                };
                let (opening, closing) = (item["opening"].as_i64(), item["closing"].as_i64());
                assert_eq!(opening.map(|n| n + sum("inflows") - sum("outflows")), closing, "{path}: {item}");
            }
        }
    }
}

#[test]
fn a_caller_is_told_of_its_own_territory_alone() {
    let stand = Stand::new();
    let world = World::of(&stand);
    lived(&world);
    let ward = stand.client(&[Scope::StatisticsRead]).in_unit(&world.ward);
    let query = "indicator=models_established&period=2023";
    assert_eq!(observed(&world.chief, query)[0]["value"], 4);
    assert_eq!(observed(&ward, query)[0]["value"], 2);
    assert_eq!(observed(&ward, &format!("{query}&unitId={}", world.other))[0]["value"], 0);
    assert_eq!(observed(&ward, &format!("{query}&by=unit&unitId={}", world.other)), Vec::<Value>::new());
}

#[test]
fn what_cannot_be_asked_is_400_and_csv_is_what_json_says() {
    let stand = Stand::new();
    let world = World::of(&stand);
    lived(&world);
    let ask = |query: &str| world.chief.get(&format!("/v1/statistics/observations?{query}"));
    for query in [
        "period=2023",
        "indicator=nonsense&period=2023",
        "indicator=models_active",
        "indicator=models_active&period=2023-Q5",
        "indicator=models_active&period=2023&from=2023-01-01&to=2023-02-01",
        "indicator=models_active&period=2023&by=unit,unit",
        "indicator=models_active&period=2023&monthStartDay=29",
    ] {
        ask(query).problem(400, "invalid-request");
    }
    let request = world
        .chief
        .request(reqwest::Method::GET, "/v1/statistics/observations?indicator=models_active&period=2023&by=unit");
    let csv = request.header("Accept", "text/csv").send().is(200);
    let lines = csv.text();
    let rows: Vec<&str> = lines.trim_start_matches('\u{feff}').split("\r\n").filter(|line| !line.is_empty()).collect();
    assert!(lines.starts_with('\u{feff}') && rows[0].starts_with("indicator,"), "{lines:?}");
    assert_eq!(rows.len() - 1, ask("indicator=models_active&period=2023&by=unit").items().len());
    let other = world.chief.request(reqwest::Method::GET, "/v1/statistics/indicators");
    other.header("Accept", "application/xml").send().problem(406, "not-acceptable");
}
