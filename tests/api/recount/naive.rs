//! The naive recount: what an answer must hold, counted thing by thing.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde_json::{Number, Value, json};

use super::calendar::{OF_TIME, Slot};
use super::rows::Rows;
use super::things::{Reading, Thing};
use crate::stand::answer::text;

/// What a key says, by dimension.
pub type Key = BTreeMap<String, String>;

/// What is asked of an indicator.
#[derive(Clone, Debug)]
pub struct Asked<'q> {
    pub by: Vec<&'q str>,
    /// In this unit and under it.
    pub unit: String,
    pub level: Option<&'q str>,
    pub slots: Vec<Slot>,
}

impl Asked<'_> {
    /// The key of a thing, time apart; none where it is left out.
    pub fn key(&self, rows: &Rows, thing: &Thing) -> Option<Key> {
        let mut key = Key::new();
        for dimension in self.by.iter().filter(|dimension| !OF_TIME.contains(dimension)) {
            let value = match (*dimension, self.level) {
                ("unit", None) => Some(thing.unit.clone()),
                ("unit", Some(level)) => Some(rows.at_level(&thing.unit, level)?),
                (other, _) => thing.said.get(other).cloned(),
            };
            if let Some(value) = value {
                key.insert((*dimension).to_owned(), value);
            }
        }
        Some(key)
    }

    /// The things of each key.
    pub fn groups<'t>(&self, rows: &Rows, things: &'t [Thing]) -> BTreeMap<Key, Vec<&'t Thing>> {
        let under = rows.under(&self.unit);
        let mut groups: BTreeMap<Key, Vec<&Thing>> = BTreeMap::new();
        if self.by.iter().all(|dimension| OF_TIME.contains(dimension)) {
            groups.insert(Key::new(), Vec::new());
        }
        for thing in things.iter().filter(|thing| under.contains(&thing.unit)) {
            if let Some(key) = self.key(rows, thing) {
                groups.entry(key).or_default().push(thing);
            }
        }
        groups
    }
}

/// The key of a group in a slot.
pub fn in_slot(key: &Key, slot: &Slot) -> Key {
    key.iter().chain(&slot.names).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Every figure that is not 0 by its key; without a breakdown the one figure there is.
pub fn figures(rows: &Rows, things: &[Thing], reading: Reading, asked: &Asked<'_>) -> BTreeMap<Key, Value> {
    let mut figures = BTreeMap::new();
    for (key, things) in asked.groups(rows, things) {
        for slot in &asked.slots {
            let figure = figure(&things, reading, slot);
            if asked.by.is_empty() || !is_nothing(&figure) {
                figures.insert(in_slot(&key, slot), figure);
            }
        }
    }
    figures
}

pub fn is_nothing(figure: &Value) -> bool {
    figure.is_null() || figure.as_f64().is_some_and(|number| number.abs() < 0.1)
}

/// One figure.
pub fn figure(things: &[&Thing], reading: Reading, slot: &Slot) -> Value {
    let happened = || things.iter().flat_map(|thing| &thing.happened).filter(|(on, _)| slot.holds(*on));
    match reading {
        Reading::Standing => json!(standing(things, slot.last)),
        Reading::Subjects => json!(subjects(things, slot.last)),
        Reading::Happened => json!(happened().map(|(_, number)| number).sum::<i64>()),
        Reading::First => json!(firsts(things).values().filter(|on| slot.holds(**on)).count()),
        Reading::Median => median(happened().map(|(_, number)| *number).collect()),
    }
}

pub fn standing(things: &[&Thing], on: Date) -> usize {
    things.iter().filter(|thing| thing.stands(on)).count()
}

pub fn subjects(things: &[&Thing], on: Date) -> usize {
    let standing = things.iter().filter(|thing| thing.stands(on));
    standing.map(|thing| &thing.subject).collect::<BTreeSet<_>>().len()
}

/// The first day of each subject.
fn firsts(things: &[&Thing]) -> BTreeMap<String, Date> {
    let mut firsts: BTreeMap<String, Date> = BTreeMap::new();
    for thing in things {
        for (from, _) in &thing.stood {
            let first = firsts.entry(thing.subject.clone()).or_insert(*from);
            *first = (*first).min(*from);
        }
    }
    firsts
}

/// The middle one of several numbers, or half-way between the middle two.
fn median(mut numbers: Vec<i64>) -> Value {
    numbers.sort_unstable();
    let middle = numbers.len() / 2;
    match (numbers.len(), numbers.len() % 2) {
        (0, _) => Value::Null,
        (_, 1) => json!(numbers[middle]),
        _ => {
            let twice = numbers[middle - 1] + numbers[middle];
            if twice % 2 == 0 { json!(twice / 2) } else { Number::from_f64(twice as f64 / 2.0).into() }
        }
    }
}

/// A key of an answer.
pub fn key_of(item: &Value) -> Key {
    let said = item["key"].as_object().expect("an item has a key");
    said.iter().map(|(name, value)| (name.clone(), text(value))).collect()
}
