//! The sums that are kept of incidents: whatever happens to incidents and units, they are what the
//! incidents come to, and figures out of them are the figures out of the incidents.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tuquan::access::Role;
use tuquan::command::{Compared, compared, rebuilt};

use crate::stand::answer::text;
use crate::stand::database::{fail, try_change};
use crate::stand::world::unit;
use crate::stand::{Caller, Stand, World, with};

const STEPS: usize = 120;

/// A small source of choices, the same in every run.
struct Dice(u64);

impl Dice {
    /// A number below `most`, by the splitmix64 sequence.
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % most as u64) as usize
    }

    fn of<'a, T>(&mut self, some: &'a [T]) -> &'a T {
        let at = self.below(some.len());
        &some[at]
    }

    fn day(&mut self) -> String {
        format!("202{}-{:02}-{:02}", 2 + self.below(3), 1 + self.below(12), 1 + self.below(28))
    }
}

/// Categories of the bundled list that are in force throughout.
fn categories(caller: &Caller) -> Vec<String> {
    let codes = caller.get("/v1/code-lists/incident_category/codes?pageSize=500").items();
    codes.iter().filter(|code| code["validTo"].is_null()).take(3).map(|code| text(&code["code"])).collect()
}

/// One thing that happens to incidents.
fn step(world: &World, dice: &mut Dice, categories: &[String], paths: &mut Vec<String>) {
    let unit_id = if dice.below(2) == 0 { &world.ward } else { &world.other };
    let day = dice.day();
    let said = json!({
        "category": dice.of(categories), "unitId": unit_id, "occurredAt": format!("{day}T18:30:00Z"),
        "reportedAt": format!("{day}T19:00:00Z"), "injured": dice.below(3), "deaths": dice.below(2),
        "propertyDamageVnd": dice.below(5) * 1_000_000,
    });
    if paths.len() < 10 || dice.below(3) == 0 {
        let contributions = match dice.below(2) {
            0 => json!(null),
            _ => json!([{"modelId": world.run_model(), "kind": "detected"}]),
        };
        let body = with(&world.incident("Thử nghiệm"), said);
        let body = if contributions.is_null() { body } else { with(&body, json!({"contributions": contributions})) };
        paths.push(world.path_of("/v1/incidents", &body));
        return;
    }
    let at = dice.below(paths.len());
    let path = paths[at].clone();
    match dice.below(5) {
        0 => {
            world.chief.change(&path, &said);
        }
        1 => {
            world.chief.remove(&path).is(204);
            paths.swap_remove(at);
        }
        _ => {
            let to = dice.of(&["verifying", "handling", "resolved", "rejected", "transferred"]);
            let change = json!({"to": to, "effectiveAt": format!("202{}-06-20T01:00:00Z", 5 + dice.below(2))});
            world.chief.post(&format!("{path}/status-changes"), &change);
        }
    }
}

fn figures(caller: &Caller, query: &str) -> BTreeMap<String, Value> {
    let path = format!("/v1/statistics/observations?{query}");
    let items = caller.get(&path).is(200).items();
    items.iter().map(|item| (format!("{} {}", item["indicator"], item["key"]), item["value"].clone())).collect()
}

const INDICATORS: &str =
    "indicator=incidents_reported,incidents_resolved,incidents_with_contribution,injured,deaths,property_damage_vnd";
/// A filter that leaves everything and that sums know nothing of.
const ANYHOW: &str = "severity=minor,serious,very_serious,extremely_serious";

fn assert_equal(stand: &Stand) {
    match compared(stand.door()).expect("it can be compared") {
        Compared::Equal { sums } => assert!(sums > 0, "nothing was compared"),
        Compared::Differs { what } => fail(&what),
    }
}

#[test]
fn sums_are_what_the_incidents_come_to_whatever_happens() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let categories = categories(&world.chief);
    assert_eq!(categories.len(), 3);
    let (mut dice, mut paths) = (Dice(7), Vec::new());
    for number in 0..STEPS {
        step(&world, &mut dice, &categories, &mut paths);
        if number % 40 == 39 {
            assert_equal(&stand);
        }
    }
    let ward = stand.client(tuquan::access::Scope::ALL).in_unit(&world.ward);
    let one = format!("unitId={}", world.other);
    let mut told = 0;
    for caller in [&world.chief, &ward] {
        for scope in ["", one.as_str()] {
            for by in [
                "",
                "by=category",
                "by=month",
                "by=year,category",
                "by=unit,quarter&unitLevel=commune",
                "by=unit&unitLevel=province",
            ] {
                for when in [
                    "period=2023",
                    "from=2022-01-01&to=2026-12-31",
                    "from=2022-12-15&to=2024-02-14",
                    "period=2024-02&monthStartDay=15&compare=last_year",
                ] {
                    let query = format!("{INDICATORS}&{by}&{when}&{scope}").replace("&&", "&");
                    let query = query.trim_end_matches('&').to_owned();
                    let kept = figures(caller, &query);
                    assert_eq!(kept, figures(caller, &format!("{query}&{ANYHOW}")), "{query}");
                    told += kept.values().filter(|value| **value != json!(0)).count();
                }
            }
        }
    }
    assert!(told > 500, "{told} figures");
}

#[test]
fn sums_follow_a_unit_that_moves_and_go_with_one_that_goes() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let chief = &world.chief;
    let elsewhere =
        text(&chief.create("/v1/units", &unit("49", "Tỉnh khác", "province", crate::stand::world::COUNTRY))["id"]);
    let path = world.path_of("/v1/incidents", &world.incident("Thử nghiệm"));
    let count = |unit: &str| {
        let query = format!("indicator=incidents_reported&from=2024-01-01&to=2030-12-31&unitId={unit}");
        figures(chief, &query).into_values().next().expect("one figure")
    };
    let listed = |unit: &str| chief.list(&format!("/v1/incidents?unitId={unit}"), "id").len();
    assert_eq!((count(&world.province), count(&elsewhere)), (json!(1), json!(0)));
    assert_eq!((listed(&world.province), listed(&elsewhere), listed(&world.ward)), (1, 0, 1));
    chief.change(&format!("/v1/units/{}", world.ward), &json!({"parentId": elsewhere})).is(200);
    assert_eq!((count(&world.province), count(&elsewhere)), (json!(0), json!(1)));
    assert_eq!((listed(&world.province), listed(&elsewhere), listed(&world.ward)), (0, 1, 1));
    // A unit right below the nation and one below that are found alike, whichever way it moves.
    for above in [crate::stand::world::COUNTRY, &world.province, &elsewhere] {
        chief.change(&format!("/v1/units/{}", world.ward), &json!({"parentId": above})).is(200);
        assert_eq!((listed(above), listed(&world.ward)), (1, 1));
        let others = [&world.province, &elsewhere].into_iter().filter(|unit| *unit != above);
        assert!(others.into_iter().all(|unit| listed(unit) == 0));
    }
    assert_equal(&stand);
    chief.remove(&path).is(204);
    chief.remove(&format!("/v1/units/{}", world.ward)).is(204);
    assert_eq!(count(&elsewhere), json!(0));
    assert_equal(&stand);
}

/// Whoever asks what was asked before is told the same while nothing has happened, and those who ask at once share
/// the look at what has: what was committed before one of them asked must not be missing all the same.
#[test]
fn whoever_asks_with_others_is_told_of_everything_that_was_there_before() {
    const MADE: i64 = 40;
    let stand = Stand::new();
    let world = World::of(&stand);
    let query = format!("indicator=incidents_reported&from=2024-01-01&to=2030-12-31&unitId={}", world.province);
    let told = |caller: &Caller| figures(caller, &query).into_values().next().and_then(|value| value.as_i64());
    let (committed, asked) = (AtomicI64::new(0), AtomicUsize::new(0));
    let readers: Vec<Caller> = (0..6).map(|_| stand.role(Role::Officer).in_unit(&world.province)).collect();
    std::thread::scope(|scope| {
        for reader in &readers {
            scope.spawn(|| {
                while committed.load(Ordering::SeqCst) < MADE {
                    let before = committed.load(Ordering::SeqCst);
                    let now = told(reader).expect("a figure");
                    assert!(now >= before, "{now} told, {before} were there");
                    asked.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        for _ in 0..MADE {
            world.path_of("/v1/incidents", &world.incident("Thử nghiệm"));
            committed.fetch_add(1, Ordering::SeqCst);
            // Long enough that answers are asked for again before the next.
            std::thread::sleep(Duration::from_millis(15));
        }
    });
    assert!(asked.load(Ordering::SeqCst) > 2 * MADE as usize, "{asked:?}");
    assert!(readers.iter().all(|reader| told(reader) == Some(MADE)));
}

#[test]
fn a_sum_that_was_changed_is_found_and_can_be_mended() {
    let stand = Stand::new();
    let world = World::of(&stand);
    world.path_of("/v1/incidents", &world.incident("Thử nghiệm"));
    assert_equal(&stand);
    for change in ["UPDATE incident_sums SET injured = injured + 1", "DELETE FROM incident_sums"] {
        try_change(&stand.database, change).expect("an operator can");
        match compared(stand.door()).expect("it can be compared") {
            Compared::Differs { what } => assert!(what.contains("dispute"), "{what}"),
            Compared::Equal { .. } => fail(&format!("nothing was found after {change}")),
        }
        rebuilt(stand.door()).expect("it can be mended");
        assert_equal(&stand);
    }
}

#[test]
fn what_is_kept_for_figures_beside_the_records_is_compared_with_them() {
    let stand = Stand::new();
    let world = World::of(&stand);
    world.path_of("/v1/reviews", &world.review(1));
    let incident = world.incident("Thử nghiệm");
    let contributions = json!([{"modelId": world.run_model(), "kind": "detected"}]);
    world.path_of("/v1/incidents", &with(&incident, json!({"contributions": contributions})));
    assert_equal(&stand);
    for (change, back, told) in [
        ("reviews SET until_on = reviewed_on", "reviews SET until_on = NULL", "until which a review holds"),
        ("models SET exemplar = NOT exemplar", "models SET exemplar = NOT exemplar", "an exemplar"),
        ("model_spans SET number = number + 7", "model_spans SET number = number - 7", "a span"),
        ("incidents SET contributed = NOT contributed", "incidents SET contributed = NOT contributed", "contributed"),
        ("incidents SET branch_id = unit_id", "", "the branch"),
    ] {
        try_change(&stand.database, &format!("UPDATE {change}")).expect("an operator can");
        match compared(stand.door()).expect("it can be compared") {
            Compared::Differs { what } => assert!(what.contains(told), "{what}"),
            Compared::Equal { .. } => fail(&format!("nothing was found after {change}")),
        }
        if !back.is_empty() {
            try_change(&stand.database, &format!("UPDATE {back}")).expect("an operator can");
            assert_equal(&stand);
        }
    }
}
