//! The bundled data: the demo holds the published figures, loads once, and fits the national lists.

use serde_json::Value;
use tuquan::bundled::{demo, lists, units};

use crate::stand::answer::text;
use crate::stand::{Caller, Stand};

/// The city whose figures were published, as it was then.
fn city(chief: &Caller) -> String {
    let found = chief.get("/v1/units?code=503&validOn=2023-12-31").items();
    assert_eq!(found.len(), 1, "{found:?}");
    text(&found[0]["id"])
}

fn figure(chief: &Caller, query: &str) -> i64 {
    let items = chief.get(&format!("/v1/statistics/observations?{query}")).is(200).items();
    assert_eq!(items.len(), 1, "{items:?}");
    items[0]["value"].as_i64().expect("a final figure")
}

#[test]
fn the_demo_holds_the_published_figures() {
    let stand = Stand::new();
    demo::load(stand.door()).expect("the demo loads");
    let chief = stand.chief();
    let city = city(&chief);
    let apart = "field=security,order,drugs,traffic,residence,other";
    let of = |indicator: &str, period: &str, filter: &str| {
        figure(&chief, &format!("indicator={indicator}&unitId={city}&{period}&{filter}"))
    };
    assert_eq!(of("model_types_active", "period=2023", apart), 44);
    assert_eq!(of("model_types_introduced", "period=2023", apart), 4);
    assert_eq!(of("model_types_active", "period=2022", apart), 40);
    for (code, there, new) in [("Tổ liên gia về PCCC", 16, 15), ("Điểm chữa cháy công cộng", 13, 12)] {
        let q: String = url::form_urlencoded::byte_serialize(code.as_bytes()).collect();
        let types = chief.get(&format!("/v1/model-types?field=fire_safety&q={q}")).items();
        assert_eq!(types.len(), 1, "{code}");
        let one = format!("modelTypeId={}", text(&types[0]["id"]));
        assert_eq!(of("models_active", "period=2023", &one), there, "{code}");
        assert_eq!(of("models_established", "period=2023", &one), new, "{code}");
    }
    let balances = chief.get(&format!("/v1/statistics/balances?counted=modelTypes&unitId={city}&period=2023&{apart}"));
    let balance: &Value = &balances.is(200).items()[0];
    assert_eq!((&balance["opening"], &balance["closing"]), (&40.into(), &44.into()), "{balance}");
}

#[test]
fn the_demo_holds_the_published_people_and_forces() {
    let stand = Stand::new();
    demo::load(stand.door()).expect("the demo loads");
    let chief = stand.chief();
    let city = city(&chief);
    let of = |indicator: &str, more: &str| figure(&chief, &format!("indicator={indicator}&unitId={city}&{more}"));
    assert_eq!(of("pledges_signed", "period=2023"), 41);
    assert_eq!(of("members_active", "period=2023&category=lodging_business"), 41);
    assert_eq!(of("members_active", "period=2023&category=association_member"), 50);
    let force = |category: &str, month: &str| {
        let query = format!("indicator=memberships_active&unitId={city}&period={month}&category={category}");
        chief.get(&format!("/v1/statistics/observations?{query}")).is(200).items()[0]["value"].clone()
    };
    assert_eq!(
        (force("part_time_commune_police", "2024-04"), force("civil_guard", "2024-04")),
        (17.into(), 158.into())
    );
    assert_eq!(force("grassroots_security_force", "2024-06"), 0);
    assert_eq!((force("part_time_commune_police", "2024-07"), force("civil_guard", "2024-07")), (0.into(), 0.into()));
    assert_eq!(force("grassroots_security_force", "2024-07"), 17 + 158);
    assert_eq!(of("activity_households", "period=2023&kind=launch"), 41);
    assert_eq!(of("activities_held", "period=2023&kind=training"), 1);
    assert_eq!(of("incidents_reported", "period=2023"), 5);
    assert_eq!(of("commendations_awarded", "period=2024"), 2);
    let names = chief.list("/v1/members?pageSize=500", "name");
    assert!(names.len() == 41 + 50 + 17 + 158 && names.iter().all(|name| name.contains("mẫu")), "{}", names.len());
}

#[test]
fn names_that_the_source_does_not_give_are_marked() {
    let stand = Stand::new();
    demo::load(stand.door()).expect("the demo loads");
    let chief = stand.chief();
    let named = [
        ("Tổ tuần tra nhân dân và tự quản về ANTT", "20407"),
        ("Cảnh sát khu vực vì nhân dân phục vụ", "20410"),
        ("Tín hữu Hội thánh Tin lành nói không với ma túy", "20404"),
        ("Camera an ninh", "20434"),
    ];
    let models = chief.get("/v1/models?pageSize=500&establishedFrom=2023-01-01&establishedTo=2023-12-31").items();
    for (name, ward) in named {
        let unit = chief.get(&format!("/v1/units?code={ward}&validOn=2023-12-31")).items();
        let there = models.iter().any(|m| m["name"] == name && m["unitId"] == unit[0]["id"]);
        assert!(there, "{name} in {ward}");
    }
    let types = chief.get("/v1/model-types?pageSize=500").items();
    assert!(types.iter().filter(|t| text(&t["description"]).contains("minh hoạ")).count() >= 36);
}

#[test]
fn the_demo_loads_once() {
    let stand = Stand::new();
    demo::load(stand.door()).expect("the demo loads");
    let chief = stand.chief();
    let count = |path: &str| chief.get(&format!("{path}?count=exact&pageSize=1")).json()["page"]["totalCount"].clone();
    let before = (count("/v1/units"), count("/v1/models"), count("/v1/model-types"));
    demo::load(stand.door()).expect("the demo may be loaded again");
    assert_eq!((count("/v1/units"), count("/v1/models"), count("/v1/model-types")), before);
}

#[test]
fn the_national_lists_complete_the_demo_and_a_code_is_who_had_it_on_the_day() {
    let stand = Stand::new();
    demo::load(stand.door()).expect("the demo loads");
    let listed = lists::national().expect("the bundled lists are well-formed");
    units::load_listed(stand.door(), &listed).expect("the lists load");
    let chief = stand.chief();
    let count = |query: &str| {
        let page = chief.get(&format!("/v1/units?count=exact&pageSize=1&{query}")).is(200).json()["page"].clone();
        page["totalCount"].as_i64().expect("it was asked for")
    };
    assert_eq!(count("kind=commune"), 13_356);
    assert_eq!(count("kind=commune&validOn=2025-06-30"), 10_035);
    assert_eq!(count("kind=commune&validOn=2025-07-01"), 3_321);
    assert_eq!((count("kind=province&validOn=2025-06-30"), count("kind=province&validOn=2025-07-01")), (63, 34));
    let who = |day: &str| {
        let found = chief.get(&format!("/v1/units?code=20410&validOn={day}")).items();
        assert_eq!(found.len(), 1);
        found[0].clone()
    };
    let (before, after) = (who("2025-06-30"), who("2025-07-01"));
    assert_eq!((&before["name"], &after["name"]), (&"Phường Sơn Phong".into(), &"Phường Hội An".into()));
    let successors = before["successorIds"].as_array().cloned().unwrap_or_default();
    assert_eq!(successors, [after["id"].clone()]);
    let predecessors = after["predecessorIds"].as_array().cloned().unwrap_or_default();
    assert_eq!(predecessors.len(), 5, "{after}");
}
