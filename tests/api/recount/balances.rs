//! Balances against the rows: what stood before, what came and went, what stood after.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde_json::Value;

use super::naive::{Key, in_slot, key_of, standing, subjects};
use super::questions::{Question, spans};
use super::rows::Rows;
use super::things::{self, Thing};
use super::{Ground, context};

/// What is counted, what it is broken down by, and how its sites, teams or memberships are found.
const COUNTED: &[(&str, &[&str])] = &[
    ("modelTypes", &["unit", "modelType", "field", "setting", "month", "quarter", "year"]),
    ("models", &["unit", "modelType", "field", "setting", "month", "quarter", "year"]),
    ("teams", &["unit", "modelType", "field", "setting", "month", "quarter", "year"]),
    ("memberships", &["unit", "category", "role", "kind", "month", "quarter", "year"]),
];

/// Checks every balance by no dimension, by each, and by some two. Gives the number of balances seen.
pub fn check(ground: &mut Ground) -> usize {
    let mut seen = 0;
    for (counted, dimensions) in COUNTED {
        ground.caller = ground.caller.again();
        let mut by: Vec<Vec<&str>> = vec![Vec::new()];
        by.extend(dimensions.iter().map(|dimension| vec![*dimension]));
        by.extend([vec!["unit", "month"], vec!["quarter", dimensions[1]], vec!["unit", dimensions[2], "year"]]);
        for by in by {
            for span in spans(ground.thorough, &mut ground.chance) {
                let question = Question::new(&by, &span, &ground.home, None, None);
                seen += one(ground, counted, &question);
            }
        }
    }
    seen
}

fn one(ground: &Ground, counted: &str, question: &Question<'_>) -> usize {
    let rows = &ground.rows;
    let things = match counted {
        "teams" => things::teams(rows, "stood"),
        "memberships" => things::memberships(rows, "memberships_active"),
        _ => things::of(rows, "models_active").1,
    };
    let path = format!("/v1/statistics/balances?counted={counted}&{}", question.query);
    let items = ground.caller.get_patiently(&path).is(200).items();
    let mut told: BTreeMap<Key, &Value> = items.iter().map(|item| (key_of(item), item)).collect();
    assert_eq!(told.len(), items.len(), "{path}: a key comes once");
    let asked = &question.asked;
    for (key, things) in asked.groups(rows, &things) {
        for slot in &asked.slots {
            let eve = slot.first.yesterday().expect("days of our time");
            let stock = |on: Date| if counted == "modelTypes" { subjects(&things, on) } else { standing(&things, on) };
            let mut expected = vec![("opening", stock(eve)), ("closing", stock(slot.last))];
            expected.extend(movements(rows, counted, &things, |on| slot.holds(on)));
            let key = in_slot(&key, slot);
            let Some(item) = told.remove(&key) else {
                let still = expected.iter().all(|(_, number)| *number == 0);
                assert!(still, "{} {path}: no balance for {key:?}, expected {expected:?}", ground.seed);
                continue;
            };
            for (name, number) in &expected {
                let about = || context(ground, &path, &key, &things);
                assert_eq!(told_of(item, name), Some(*number as i64), "{name}: {}", about());
            }
            adds_up(item, &path);
        }
    }
    let unasked: Vec<_> = told.keys().collect();
    assert!(unasked.is_empty(), "{path}: {unasked:?} hold nothing");
    items.len()
}

/// Opening and inflows less outflows are the closing.
fn adds_up(item: &Value, path: &str) {
    let sum = |part: &str| -> i64 {
        let flows = item[part].as_object().into_iter().flatten();
        flows.map(|(_, number)| number.as_i64().expect("a flow is a number")).sum()
    };
    let opening = item["opening"].as_i64();
    assert_eq!(opening.map(|n| n + sum("inflows") - sum("outflows")), item["closing"].as_i64(), "{path}: {item}");
}

fn told_of(item: &Value, name: &str) -> Option<i64> {
    [item, &item["inflows"], &item["outflows"]].iter().find_map(|part| part[name].as_i64())
}

/// What came and went, where the rows say it plainly.
fn movements(
    rows: &Rows,
    counted: &str,
    things: &[&Thing],
    within: impl Fn(Date) -> bool,
) -> Vec<(&'static str, usize)> {
    let count = |days: &dyn Fn(&Thing) -> Vec<Date>| {
        let all: Vec<Date> = things.iter().flat_map(|thing| days(thing)).collect();
        all.into_iter().filter(|day| within(*day)).count()
    };
    match counted {
        "modelTypes" => {
            let types: BTreeSet<&String> = things.iter().map(|thing| &thing.subject).collect();
            let begun = |of: &String| {
                let of_type = things.iter().filter(|thing| thing.subject == *of);
                of_type.flat_map(|thing| thing.stood.iter().map(|(from, _)| *from)).min()
            };
            let introduced = types.into_iter().filter_map(begun).filter(|day| within(*day)).count();
            vec![("introduced", introduced)]
        }
        "models" => {
            let begins = |thing: &Thing| thing.stood.iter().map(|(from, _)| *from).collect::<Vec<_>>();
            let left = |to: &'static str| {
                count(&|thing: &Thing| {
                    let life = things::life(rows, &thing.id, &rows.models[&thing.id]);
                    let steps = life.windows(2).filter(|step| step[0].0 == "active" && step[1].0 == to);
                    steps.map(|step| step[1].1).collect()
                })
            };
            vec![
                ("established", count(&|thing| begins(thing).into_iter().take(1).collect())),
                ("resumed", count(&|thing| begins(thing).into_iter().skip(1).collect())),
                ("suspended", left("suspended")),
                ("merged", left("merged")),
                ("dissolved", left("dissolved")),
            ]
        }
        _ => vec![
            ("started", count(&|thing| thing.stood.iter().map(|(from, _)| *from).collect())),
            ("ended", count(&|thing| thing.stood.iter().filter_map(|(_, to)| *to).collect())),
        ],
    }
}
