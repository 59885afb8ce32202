//! What a caller with `statistics:read` alone is told of incidents, and the forms of an answer.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use reqwest::Method;
use serde_json::{Value, json};
use tuquan::access::Scope;

use crate::stand::answer::text;
use crate::stand::{Caller, Stand, World, with};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn incidents(world: &World, unit: &str, category: &str, month: u32, count: usize) {
    for _ in 0..count {
        let at = format!("2024-{month:02}-10T03:00:00Z");
        let more = json!({"unitId": unit, "category": category, "occurredAt": at, "reportedAt": at});
        world.chief.create("/v1/incidents", &with(&world.incident("Thử"), more));
    }
}

fn observed(caller: &Caller, query: &str) -> Vec<Value> {
    caller.get(&format!("/v1/statistics/observations?indicator=incidents_reported&{query}")).is(200).items()
}

fn values(items: &[Value]) -> Vec<Option<i64>> {
    items.iter().map(|item| item["value"].as_i64()).collect()
}

/// Two wards with 9 and 7 disputes, and 2 thefts in the first, which make 11 and 7.
fn told(stand: &Stand) -> (World, Caller) {
    let world = World::of(stand);
    incidents(&world, &world.ward, "dispute", 3, 9);
    incidents(&world, &world.other, "dispute", 4, 7);
    let categories = world.chief.list("/v1/code-lists/incident_category/codes", "code");
    let other = categories.iter().find(|code| *code != "dispute").expect("there are several categories");
    incidents(&world, &world.ward, other, 3, 2);
    let restricted = stand.client(&[Scope::StatisticsRead]).in_unit("VN");
    (world, restricted)
}

#[test]
fn few_are_withheld_from_those_who_may_not_list_them_and_from_nobody_else() {
    let stand = Stand::new();
    let (world, restricted) = told(&stand);
    let mut exact = values(&observed(&world.chief, "period=2024&by=category"));
    exact.sort_unstable();
    assert_eq!(exact, [Some(2), Some(16)]);
    assert_eq!(values(&observed(&restricted, "period=2024")), [Some(18)]);
    let mut units = values(&observed(&restricted, "period=2024&by=unit"));
    units.sort_unstable();
    assert_eq!(units, [Some(7), Some(11)]);
    let categories = observed(&restricted, "period=2024&by=category");
    assert!(categories.len() >= 2 && categories.iter().all(|item| item["status"] == "suppressed"), "{categories:?}");
    for query in ["by=unit,category", "by=category,month", "by=category&empty=true", "category=dispute"] {
        for item in observed(&restricted, &format!("period=2024&{query}")) {
            assert!(item["value"].as_i64().is_none_or(|n| n == 0 || n >= 5), "{query}: {item}");
        }
    }
    for range in ["from=2024-03-01&to=2024-03-09", "from=2024-03-10&to=2024-12-31", "period=2024-03&monthStartDay=15"] {
        let part = observed(&restricted, range);
        assert_eq!(text(&part[0]["status"]), "suppressed", "{range}: a part of a month");
    }
    // Of the months it cuts, none holds anything.
    assert_eq!(values(&observed(&restricted, "period=2024&monthStartDay=15")), [Some(18)]);
    assert_eq!(values(&observed(&restricted, "period=2023")), [Some(0)]);
}

#[test]
fn tables_and_charts_say_what_json_says_and_hold_no_formula() {
    let stand = Stand::new();
    let (world, restricted) = told(&stand);
    let path = "/v1/statistics/observations?indicator=incidents_reported&period=2024&by=unit";
    for caller in [&world.chief, &restricted] {
        let answer = caller.request(Method::GET, path).header("Accept", XLSX).send().is(200);
        let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(answer.bytes)).expect("it opens");
        let sheet = book.sheet_names()[0].clone();
        let cells = book.worksheet_range(&sheet).expect("a sheet");
        let numbers: f64 =
            cells.used_cells().filter_map(|(.., cell)| if let Data::Float(n) = cell { Some(*n) } else { None }).sum();
        assert!((numbers - 18.0).abs() < 0.01, "{numbers}");
        assert_eq!(book.worksheet_formula(&sheet).expect("a sheet").used_cells().count(), 0);
        let request = caller.request(Method::GET, path).header("Accept", "image/svg+xml");
        let chart = request.header("Accept-Language", "vi").send().is(200);
        assert!(chart.text().starts_with("<svg") && chart.text().contains("Vụ việc tiếp nhận"), "{chart:?}");
    }
    let first = world.chief.get(path);
    assert_eq!(first.bytes, world.chief.get(path).bytes, "the same records give the same bytes");
    let again = world.chief.request(Method::GET, path).header("If-None-Match", &first.etag()).send();
    assert!(!first.etag().starts_with("W/"));
    again.is(304);
}

#[test]
fn what_an_indicator_does_not_know_is_told() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let ask = |query: &str| world.chief.get(&format!("/v1/statistics/observations?period=2024&{query}"));
    ask("indicator=models_active&severity=minor").faults(&["severity not-allowed"]);
    ask("indicator=models_active&status=resolved").faults(&["status not-allowed"]);
    ask("indicator=incidents_reported&by=rating").faults(&["by not-allowed"]);
    let all = world.chief.list("/v1/statistics/indicators?pageSize=100", "id");
    assert_eq!(all.len(), 27, "{all:?}");
    let items = ask(&format!("indicator={}", all.join(","))).is(200).items();
    assert_eq!(items.len(), 27, "without a breakdown there is one figure each");
    for counted in ["modelTypes", "models", "teams", "memberships"] {
        let path = format!("/v1/statistics/balances?counted={counted}&period=2024");
        assert_eq!(world.chief.get(&path).is(200).items().len(), 1, "{counted}");
    }
}
