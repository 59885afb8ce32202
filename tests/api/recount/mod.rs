//! Figures against a recount. After many random operations every figure that a caller is told equals
//! one counted, in plain loops, over nothing but what the lists give to the same caller.
//!
//! `TUQUAN_TEST_OPERATIONS=10000` for a long life, `TUQUAN_TEST_SEED=…` for another one.

mod balances;
pub mod calendar;
mod deeds;
mod naive;
mod questions;
pub mod rows;
mod things;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use serde_json::Value;
use tuquan::access::{Role, Scope};
use tuquan::command::Compared;

use self::deeds::Registry;
use self::naive::{Key, figures, in_slot, is_nothing, key_of};
use self::questions::{Alike, COMPARED, Question, SPANS, catalogue, questions};
use self::rows::Rows;
use self::things::{Reading, Thing};
use crate::chance::{Chance, set};
use crate::stand::{Caller, Stand};

/// A caller with what the lists give it.
pub struct Ground {
    caller: Caller,
    home: String,
    rows: Rows,
    things: BTreeMap<String, (Reading, Vec<Thing>)>,
    units: Vec<String>,
    chance: Chance,
    seed: u64,
    /// Whether everything is asked, however long it takes.
    thorough: bool,
}

#[test]
fn every_figure_equals_a_count_over_what_its_caller_may_list() {
    let (seed, operations) = (set("TUQUAN_TEST_SEED", 1), set("TUQUAN_TEST_OPERATIONS", 600) as usize);
    let stand = Stand::new();
    let began = Instant::now();
    let mut registry = Registry::new(stand.chief(), seed);
    registry.live(operations);
    println!("seed {seed}: {operations} operations in {:?}: {:?}", began.elapsed(), registry.tally);
    let refused: usize = registry.tally.values().map(|(_, refused)| refused).sum();
    assert!(refused * 2 < operations, "most operations are accepted: {:?}", registry.tally);
    let kept = tuquan::command::compared(stand.door()).expect("it can be compared");
    assert!(matches!(kept, Compared::Equal { .. }), "what is kept for figures is what the records say: {kept:?}");
    let (province, ward) = (registry.provinces[0].clone(), registry.wards[1].clone());
    let other = registry.provinces[1].clone();
    let reader: Vec<Scope> = Scope::ALL.iter().copied().filter(|scope| scope.as_str().ends_with(":read")).collect();
    let callers = [
        ("commander of a province", stand.role(Role::Commander), province),
        ("officer of a ward", stand.role(Role::Officer), ward),
        ("reading client of the other province", stand.client(&reader), other),
    ];
    for (who, wanted, home) in callers {
        let began = Instant::now();
        let mut ground = Ground::of(wanted.in_unit(&home), &home, seed, operations >= 5000);
        let listed = began.elapsed();
        let (figures, balances) = (observations(&mut ground), balances::check(&mut ground));
        println!("{who}: {} rows in {listed:?}, {figures} figures and {balances} balances", ground.rows.count());
        println!("  all in {:?}", began.elapsed());
        assert!(figures > 500 && balances > 100, "there is something to count");
    }
}

impl Ground {
    fn of(caller: Caller, home: &str, seed: u64, thorough: bool) -> Self {
        let rows = Rows::of(&caller);
        let units = rows.under(home).into_iter().collect();
        Self {
            caller,
            home: home.to_owned(),
            rows,
            things: BTreeMap::new(),
            units,
            chance: Chance::of(seed),
            seed,
            thorough,
        }
    }

    fn ask(&self, query: &str) -> Vec<Value> {
        self.caller.get_patiently(&format!("/v1/statistics/observations?{query}")).is(200).items()
    }
}

/// Checks every indicator by all its dimensions. Gives the number of figures seen.
fn observations(ground: &mut Ground) -> usize {
    let catalogue = catalogue(&ground.caller);
    assert_eq!(catalogue.iter().map(|alike| alike.indicators.len()).sum::<usize>(), 27);
    let mut seen = 0;
    for alike in &catalogue {
        ground.caller = ground.caller.again();
        for indicator in &alike.indicators {
            ground.things.insert(indicator.clone(), things::of(&ground.rows, indicator));
        }
        let mut chance = ground.chance.clone();
        for question in questions(alike, &ground.home, &ground.units, ground.thorough, &mut chance) {
            seen += check(ground, alike, &question);
        }
        ground.chance = chance;
        compared(ground, alike);
        empties(ground, alike);
    }
    seen
}

/// Asks a question about several indicators at once, and counts for each.
fn check(ground: &Ground, alike: &Alike, question: &Question<'_>) -> usize {
    let query = format!("indicator={}&{}", alike.indicators.join(","), question.query);
    let items = ground.ask(&query);
    for indicator in &alike.indicators {
        let of_indicator = items.iter().filter(|item| item["indicator"] == **indicator);
        let told = of_indicator.map(|item| {
            assert_eq!(item["status"], "final", "{query}: {item}");
            (key_of(item), item["value"].clone())
        });
        let told: BTreeMap<Key, Value> = told.collect();
        compare(ground, indicator, question, &query, &told);
    }
    items.len()
}

fn compare(ground: &Ground, indicator: &str, question: &Question<'_>, query: &str, told: &BTreeMap<Key, Value>) {
    let (reading, things) = &ground.things[indicator];
    let counted = figures(&ground.rows, things, *reading, &question.asked);
    let keys: BTreeSet<&Key> = counted.keys().chain(told.keys()).collect();
    for key in keys {
        let (counted, told) = (counted.get(key), told.get(key));
        if counted != told {
            let groups = question.asked.groups(&ground.rows, things);
            let slots = &question.asked.slots;
            let at = groups.iter().find(|(group, _)| slots.iter().any(|slot| in_slot(group, slot) == *key));
            let about = at.map(|(_, things)| things.as_slice()).unwrap_or_default();
            assert_eq!(counted, told, "{indicator}: {}", context(ground, query, key, about));
        }
    }
}

/// What helps to see why a figure is wrong: as little as there is.
fn context(ground: &Ground, query: &str, key: &Key, things: &[&Thing]) -> String {
    let few: Vec<&&Thing> = things.iter().take(8).collect();
    format!("seed {}, {query}, {key:?}, of {} things: {few:#?}", ground.seed, things.len())
}

/// The figure beside the one asked for is that of the period it is compared with.
fn compared(ground: &Ground, alike: &Alike) {
    let few = if ground.thorough { COMPARED.len() } else { 2 };
    for (period, compare, earlier) in COMPARED.iter().take(few) {
        for by in [&[][..], &alike.dimensions[..1]] {
            let by: Vec<&str> = by.iter().map(String::as_str).collect();
            let query = format!("indicator={}&period={period}&compare={compare}", alike.indicators.join(","));
            let query = if by.is_empty() { query } else { format!("{query}&by={}", by.join(",")) };
            let items = ground.ask(&query);
            for indicator in &alike.indicators {
                let of = |period: &str| {
                    let (first, last) = calendar::period(period, 1);
                    let mut asked = Question::new(&by, &SPANS[0], &ground.home, None, None).asked;
                    asked.slots = calendar::slots(first, last, &by, 1);
                    let (reading, things) = &ground.things[indicator];
                    figures(&ground.rows, things, *reading, &asked)
                };
                let (now, before) = (of(period), of(earlier));
                let told: BTreeMap<Key, &Value> = items
                    .iter()
                    .filter(|item| item["indicator"] == **indicator)
                    .map(|item| (key_of(item), item))
                    .collect();
                let keys: BTreeSet<&Key> = now.keys().chain(before.keys()).collect();
                assert_eq!(told.keys().collect::<BTreeSet<_>>(), keys, "{indicator}: {query}");
                for (key, item) in &told {
                    let whole = |figures: &BTreeMap<Key, Value>| figures.get(key).and_then(Value::as_f64);
                    let (now, before) = (whole(&now).unwrap_or(0.0), whole(&before).unwrap_or(0.0));
                    let said = |name: &str| item[name].as_f64().unwrap_or(0.0);
                    assert!((said("value") - now).abs() < 0.1, "{indicator}: {query}: {item}, counted {now}");
                    assert!((said("previous") - before).abs() < 0.1, "{indicator}: {query}: {item}, counted {before}");
                }
            }
        }
    }
}

/// With `empty` the same figures are told, and every other that is told is 0 or nothing.
fn empties(ground: &Ground, alike: &Alike) {
    for by in &alike.dimensions {
        let question = Question::new(&[by], &SPANS[0], &ground.home, None, None);
        let query = format!("indicator={}&{}&empty=true", alike.indicators.join(","), question.query);
        let items = ground.ask(&query);
        assert!(items.len() >= alike.indicators.len(), "{query}: every indicator has a cell");
        for indicator in &alike.indicators {
            let of_indicator = items.iter().filter(|item| item["indicator"] == **indicator);
            let told: BTreeMap<Key, Value> = of_indicator
                .map(|item| (key_of(item), item["value"].clone()))
                .filter(|(_, value)| !is_nothing(value))
                .collect();
            compare(ground, indicator, &question, &query, &told);
        }
    }
    let query = format!("indicator={}&period=2019&by=month&empty=true", alike.indicators.join(","));
    let items = ground.ask(&query);
    assert!(items.iter().all(|item| is_nothing(&item["value"])), "{query}: nothing had happened by then");
}
