//! The movement report: ten tables whose every figure is the one that its query gives, for whoever asks.

use std::collections::HashMap;
use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use reqwest::Method;
use serde_json::{Value, json};
use tuquan::access::{Role, Scope};
use tuquan::bundled::generate::{Wanted, generate};
use tuquan::bundled::{demo, lists, units};

use crate::stand::answer::text;
use crate::stand::{Caller, Stand};

const REPORT: &str = "/v1/statistics/reports/movement";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const TABLES: [&str; 10] = [
    "models",
    "quality",
    "exemplars",
    "teams",
    "forces",
    "members",
    "outreach",
    "incidents",
    "fire_safety",
    "commendations",
];

fn demo_stand() -> (Stand, String) {
    let stand = Stand::new();
    demo::load(stand.door()).expect("the demo loads");
    let found = stand.chief().get("/v1/units?code=503&validOn=2023-12-31").items();
    let city = text(&found[0]["id"]);
    (stand, city)
}

fn report(caller: &Caller, query: &str) -> Value {
    caller.get_patiently(&format!("{REPORT}?{query}")).is(200).json()
}

/// A cell by its table, the label of its row and its column.
#[track_caller]
fn cell(report: &Value, table: &str, row: &str, column: &str) -> Value {
    let find = |list: &Value, name: &str, is: &str| {
        let found = list.as_array().expect("a list").iter().find(|one| one[name] == is).cloned();
        assert!(found.is_some(), "no {is} in {list}");
        found.unwrap_or_default()
    };
    let table = find(&report["tables"], "id", table);
    find(&find(&table["rows"], "label", row)["cells"], "column", column)
}

#[test]
fn a_period_before_which_the_calendar_does_not_go_back_as_far_has_a_report() {
    let (stand, city) = demo_stand();
    let chief = stand.chief();
    for (query, from, to) in [
        ("from=0900-06-01&to=2023-12-31", "0001-01-01", "0900-05-31"),
        ("from=0001-01-01&to=2023-12-31", "0001-01-01", "0001-01-01"),
        ("from=0001-01-01&to=0001-01-01", "0001-01-01", "0001-01-01"),
        ("from=0001-01-02&to=2023-12-31&monthStartDay=15", "0001-01-01", "0001-01-01"),
    ] {
        let report = report(&chief, &format!("unitId={city}&{query}"));
        assert_eq!((&report["previousFrom"], &report["previousTo"]), (&json!(from), &json!(to)), "{query}");
        let table = &report["tables"][0]["rows"][0]["cells"][0];
        let href = table["trace"]["previousHref"].as_str().unwrap_or_default();
        if !href.is_empty() {
            chief.get(href).is(200);
        }
    }
}

#[test]
fn the_published_figures_are_in_the_report() {
    let (stand, city) = demo_stand();
    let report = report(&stand.chief(), &format!("unitId={city}&period=2023"));
    let tables: Vec<String> = report["tables"].as_array().expect("tables").iter().map(|t| text(&t["id"])).collect();
    assert_eq!(tables, TABLES);
    let value = |table: &str, row: &str, column: &str| cell(&report, table, row, column)["value"].clone();
    let apart = |column: &str| value("models", "Apart from fire safety", column);
    let types = ["opening", "introduced", "ended", "closing"].map(|part| apart(&format!("modelTypes.{part}")));
    assert_eq!(types, [json!(40), json!(4), json!(0), json!(44)]);
    assert_eq!(cell(&report, "models", "Apart from fire safety", "modelTypes.closing")["previous"], 40);
    let fire =
        |row: &str| ["opening", "established", "closing"].map(|p| value("fire_safety", row, &format!("models.{p}")));
    assert_eq!(fire("Tổ liên gia về PCCC"), [json!(1), json!(15), json!(16)]);
    assert_eq!(fire("Điểm chữa cháy công cộng"), [json!(1), json!(12), json!(13)]);
    assert_eq!(value("members", "Total", "pledges_signed"), 41);
    assert_eq!(value("outreach", "Launch", "activity_households"), 41);
    assert_eq!(value("incidents", "Total", "incidents_reported"), 5);
    assert_eq!((&report["meta"]["from"], &report["previousTo"]), (&json!("2023-01-01"), &json!("2022-12-31")));
}

/// Asks each query once.
struct Follower<'c> {
    caller: &'c Caller,
    asked: HashMap<String, Vec<Value>>,
}

impl Follower<'_> {
    #[track_caller]
    fn found(&mut self, href: &str, key: &Value, indicator: Option<&Value>) -> Value {
        let items = self
            .asked
            .entry(href.to_owned())
            .or_insert_with(|| self.caller.get_patiently(href).is(200).items())
            .clone();
        let own = |item: &&Value| &item["key"] == key && indicator.is_none_or(|id| &item["indicator"] == id);
        let mut found = items.iter().filter(own);
        let (one, more) = (found.next(), found.next());
        assert!(one.is_some() && more.is_none(), "{key} once in {href}: {items:?}");
        one.cloned().unwrap_or_default()
    }
}

/// A number of a balance.
fn part<'b>(balance: &'b Value, part: &str) -> &'b Value {
    let places = [&balance[part], &balance["inflows"][part], &balance["outflows"][part]];
    places.into_iter().find(|place| !place.is_null()).unwrap_or(&Value::Null)
}

/// Follows every trace of a report and gives how many cells it has, and how many are withheld.
fn follow(caller: &Caller, report: &Value) -> (usize, usize) {
    let mut reader = Follower { caller, asked: HashMap::new() };
    let indicators = caller.get("/v1/statistics/indicators?pageSize=500").is(200).items();
    let versions: HashMap<String, Value> =
        indicators.iter().map(|one| (text(&one["id"]), one["version"].clone())).collect();
    let (mut cells, mut withheld) = (0, 0);
    for table in report["tables"].as_array().expect("tables") {
        for row in table["rows"].as_array().expect("rows") {
            for cell in row["cells"].as_array().expect("cells") {
                let (trace, href) = (&cell["trace"], text(&cell["trace"]["href"]));
                assert_eq!(trace["version"], versions[&text(&trace["indicator"])]);
                if let Some(of) = trace["part"].as_str() {
                    let now = reader.found(&href, &row["key"], None);
                    assert_eq!((part(&now, of), &now["status"]), (&cell["value"], &cell["status"]), "{href}");
                    let earlier = text(&trace["previousHref"]);
                    let before = reader.found(&earlier, &row["key"], None);
                    assert_eq!(part(&before, of), cell.get("previous").unwrap_or(&Value::Null), "{earlier}");
                } else {
                    let found = reader.found(&href, &row["key"], Some(&trace["indicator"]));
                    for name in ["value", "status", "previous", "change"] {
                        assert_eq!(found.get(name), cell.get(name), "{name} of {} in {href}", row["key"]);
                    }
                }
                (cells, withheld) = (cells + 1, withheld + usize::from(cell["status"] == "suppressed"));
            }
        }
    }
    (cells, withheld)
}

#[test]
fn whoever_follows_a_trace_finds_the_same_figure() {
    let (stand, city) = demo_stand();
    let officer = stand.role(Role::Officer).in_unit(&city);
    let reader = stand.client(&[Scope::StatisticsRead]).in_unit(&city);
    for query in ["period=2023", "period=2024-H2&monthStartDay=15", "from=2023-03-10&to=2024-08-01"] {
        let (cells, withheld) = follow(&officer, &report(&officer, query));
        assert!(cells > 200 && withheld == 0, "{cells} cells, {withheld} withheld");
        let (cells, withheld) = follow(&reader, &report(&reader, query));
        assert!(cells > 200 && withheld > 5, "{cells} cells, {withheld} withheld");
    }
}

#[test]
fn a_report_over_generated_records_holds_what_its_queries_give() {
    let stand = Stand::new();
    let file = format!("{}/data/demo/units.csv", env!("CARGO_MANIFEST_DIR"));
    let csv = std::fs::read_to_string(file).expect("the list is there");
    units::load_listed(stand.door(), &lists::read("a list", &csv).expect("a list")).expect("the units load");
    let wanted = Wanted { units: "48".to_owned(), models: 300, incidents: 800, seed: 4 };
    generate(stand.door(), &wanted).expect("an empty registry can be filled");
    let (officer, reader) =
        (stand.role(Role::Officer).in_unit("VN"), stand.client(&[Scope::StatisticsRead]).in_unit("VN"));
    let all = report(&officer, "period=2024");
    follow(&officer, &all);
    let (_, withheld) = follow(&reader, &report(&reader, "period=2024"));
    assert!(withheld > 0);
    let sum = |id: &str, rows: &str, column: &str| {
        let table = all["tables"].as_array().expect("tables").iter().find(|t| t["id"] == id).expect("the table");
        let own = table["rows"].as_array().expect("rows").iter().filter(|row| row["key"].get(rows).is_some());
        let cells = own.flat_map(|row| row["cells"].as_array().expect("cells").iter());
        cells.filter(|cell| cell["column"] == column).map(|cell| cell["value"].as_i64().expect("a figure")).sum::<i64>()
    };
    for (id, rows, column) in [
        ("models", "field", "models.closing"),
        ("models", "modelType", "models.closing"),
        ("quality", "rating", "models_by_rating"),
        ("incidents", "category", "incidents_reported"),
        ("incidents", "severity", "property_damage_vnd"),
        ("commendations", "level", "commendations_awarded"),
    ] {
        let total = cell(&all, id, "Total", column)["value"].as_i64();
        assert_eq!(Some(sum(id, rows, column)), total, "{id} {column}");
        assert!(total > Some(0), "{id} {column}");
    }
}

#[test]
fn the_workbook_has_a_sheet_a_table_in_the_readers_language_and_no_formula() {
    let (stand, city) = demo_stand();
    let chief = stand.chief();
    let path = format!("{REPORT}?unitId={city}&period=2023");
    for (language, name, total) in
        [("vi", "1. Mô hình và điểm mô hình", "Tổng số"), ("en", "1. Model types and models", "Total")]
    {
        let request = chief.request(Method::GET, &path).header("Accept", XLSX).header("Accept-Language", language);
        let answer = request.patiently().is(200);
        assert_eq!(answer.given("content-type"), XLSX);
        let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(answer.bytes)).expect("it opens");
        let names = book.sheet_names();
        assert_eq!((names.len(), names[0].as_str()), (10, name));
        for sheet in &names {
            assert!(book.worksheet_formula(sheet).expect("a sheet").is_empty(), "{sheet}");
        }
        let cells = book.worksheet_range(&names[0]).expect("a sheet");
        let row = cells.rows().find(|row| row[0] == Data::String(total.to_owned())).expect("the total");
        let json = report(&chief, &format!("unitId={city}&period=2023"));
        let closing = cell(&json, "models", "Total", "modelTypes.closing");
        let is = |data: &Data| matches!(data, Data::Float(number) if Some(*number) == closing["value"].as_f64());
        assert!(is(&row[9]), "{row:?} {closing}");
        let href = text(&closing["trace"]["href"]);
        assert!(cells.rows().flatten().any(|data| *data == Data::String(href.clone())), "{href}");
    }
    let vietnamese = chief.request(Method::GET, &path).header("Accept-Language", "vi").patiently().is(200).json();
    let fire = cell(&vietnamese, "fire_safety", "Mô hình phòng cháy, chữa cháy", "models.closing");
    assert_eq!(fire["value"], 29);
}

#[test]
fn the_report_is_sent_once_and_faults_are_told() {
    let (stand, city) = demo_stand();
    let chief = stand.chief();
    let path = format!("{REPORT}?unitId={city}&period=2023");
    let etag = chief.get_patiently(&path).is(200).etag();
    assert!(!etag.starts_with("W/"));
    let again = || chief.request(Method::GET, &path).header("If-None-Match", &etag).patiently();
    assert!(again().is(304).bytes.is_empty());
    let vietnamese = chief.request(Method::GET, &path).header("Accept-Language", "vi").send().is(200).etag();
    assert_ne!(vietnamese, etag);
    let of = json!({"code": "moi", "name": "Mô hình mới", "field": "security", "validFrom": "2020-01-01"});
    chief.create("/v1/model-types", &of);
    again().is(200);
    let ask = |query: &str| chief.get_patiently(&format!("{REPORT}?{query}"));
    ask("").problem(400, "invalid-request");
    ask("period=2023&to=2023-01-01").problem(400, "invalid-request");
    ask("period=2023&by=unit").problem(400, "invalid-request");
    ask("period=2023-13").problem(400, "invalid-request");
    chief.request(Method::GET, &path).header("Accept", "text/csv").send().problem(406, "not-acceptable");
    stand.client(&[Scope::ModelsRead]).in_unit("VN").get(&path).problem(403, "insufficient-scope");
}

#[test]
fn a_unit_outside_the_territory_counts_for_nothing() {
    let (stand, city) = demo_stand();
    let ward = text(&stand.chief().get("/v1/units?code=20434&validOn=2023-12-31").items()[0]["id"]);
    let officer = stand.role(Role::Officer).in_unit(&ward);
    let outside = report(&officer, &format!("unitId={city}&period=2023"));
    follow(&officer, &outside);
    assert_eq!(cell(&outside, "models", "Total", "models.closing")["value"], 0);
    assert_eq!(cell(&outside, "incidents", "Total", "incidents_reported")["value"], 0);
}
