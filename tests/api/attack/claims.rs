//! Claims: what the restricted caller is told of a cell, with what is true of it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde_json::Value;

use super::questions::{Question, Subject};
use super::territory::Territory;
use crate::recount::calendar::OF_TIME;
use crate::stand::Caller;
use crate::stand::answer::text;

/// When what is counted happened, or on which day it stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Time {
    Within(Date, Date),
    On(Date),
}

/// A cell of an answer.
#[derive(Clone, Debug)]
pub struct Claim {
    pub indicator: String,
    /// The values it takes along coordinates it names; one named twice takes what both do.
    pub said: Vec<(&'static str, BTreeSet<String>)>,
    pub time: Time,
    /// None where it was withheld.
    pub told: Option<i64>,
    pub truth: i64,
    pub asked: String,
}

type Key = Vec<(String, String)>;

/// The values of dimensions.
type Vocabulary = BTreeMap<String, BTreeSet<String>>;

/// An answer by indicator and key; none where a cell was withheld.
type Answer = BTreeMap<(String, Key), Option<i64>>;

/// Asks by few indicators at a time: what is withheld takes long to decide about in a debug build.
fn answer(caller: &Caller, subject: &Subject, question: &Question) -> Answer {
    subject.indicators.chunks(2).flat_map(|indicators| cells(caller, indicators, question)).collect()
}

fn cells(caller: &Caller, indicators: &[&str], question: &Question) -> Answer {
    let path = format!("/v1/statistics/observations?indicator={}&{}", indicators.join(","), question.query());
    let cell = |item: Value| {
        let key = item["key"].as_object().expect("an item has a key").iter();
        let mut key: Key = key.map(|(name, value)| (name.clone(), text(value))).collect();
        key.sort();
        // Of nothing there is no median: that is told, and is as good as a 0.
        let value = item["value"].as_f64().map_or(0, |value| value.ceil() as i64);
        ((text(&item["indicator"]), key), (item["status"] == "final").then_some(value))
    };
    let page = caller.get_patiently(&path).is(200);
    assert_eq!(page.json()["page"]["hasMore"], false, "{path}: the answer comes whole");
    page.items().into_iter().map(cell).collect()
}

/// A question with what each of the two is answered.
pub struct Asked {
    question: Question,
    told: Answer,
    known: Answer,
}

/// Asks both callers every question.
pub fn ask(territory: &Territory, subject: &Subject, questions: Vec<Question>) -> Vec<Asked> {
    let (mut restricted, mut knowing) = (territory.restricted.clone(), territory.knowing.clone());
    let asked = |(number, question): (usize, Question)| {
        if number % 100 == 99 {
            // Tokens may not last as long as the questions do.
            (restricted, knowing) = (restricted.again(), knowing.again());
        }
        let (told, known) = (answer(&restricted, subject, &question), answer(&knowing, subject, &question));
        Asked { question, told, known }
    };
    questions.into_iter().enumerate().map(asked).collect()
}

/// The values that dimensions have in answers about a period, or about any.
fn vocabulary(territory: &Territory, subject: &Subject, asked: &[Asked], period: Option<&str>) -> Vocabulary {
    let mut vocabulary = Vocabulary::new();
    for asked in asked.iter().filter(|asked| period.is_none_or(|period| asked.question.period() == period)) {
        for (_, key) in asked.told.keys().chain(asked.known.keys()) {
            for (name, value) in key {
                vocabulary.entry(name.clone()).or_default().insert(value.clone());
            }
        }
    }
    for (name, values) in subject.filters.iter().filter(|_| period.is_none()) {
        vocabulary.entry((*name).to_owned()).or_default().extend(values.iter().map(|value| (*value).to_owned()));
    }
    vocabulary.insert("unit".to_owned(), territory.under(&territory.province));
    vocabulary
}

/// Of every cell that there could be, what one is told and the other knows. What is not listed is 0.
pub fn claims(territory: &Territory, subject: &Subject, asked: Vec<Asked>) -> Vec<Claim> {
    let any = vocabulary(territory, subject, &asked, None);
    let mut of_periods: BTreeMap<&str, Vocabulary> = BTreeMap::new();
    for asked_one in &asked {
        let period = asked_one.question.period();
        of_periods.entry(period).or_insert_with(|| vocabulary(territory, subject, &asked, Some(period)));
    }
    let of = |question: &Question| if question.by.len() < 2 { &any } else { &of_periods[question.period()] };
    let keys: Vec<Vec<Key>> = asked.iter().map(|asked| keys(territory, &asked.question, of(&asked.question))).collect();
    let mut claims = Vec::new();
    for (asked, keys) in asked.into_iter().zip(keys) {
        claims.extend(of_answer(territory, subject, asked, &keys));
    }
    claims
}

fn of_answer(territory: &Territory, subject: &Subject, asked: Asked, keys: &[Key]) -> Vec<Claim> {
    let Asked { question, mut told, mut known } = asked;
    let (mut claims, query) = (Vec::new(), question.query());
    for slot in question.slots() {
        let in_time: Key = slot.names.clone().into_iter().collect();
        for key in keys {
            let mut full: Key = key.iter().cloned().chain(in_time.clone()).collect();
            full.sort();
            for indicator in subject.indicators {
                let at = ((*indicator).to_owned(), full.clone());
                let stock = indicator.ends_with("_active");
                claims.push(Claim {
                    indicator: at.0.clone(),
                    said: said(territory, &question, key),
                    time: if stock { Time::On(slot.last) } else { Time::Within(slot.first, slot.last) },
                    told: told.remove(&at).unwrap_or(Some(0)),
                    truth: known.remove(&at).map_or(0, |value| value.expect("one who may list the rows is told")),
                    asked: query.clone(),
                });
            }
        }
    }
    assert!(told.is_empty() && known.is_empty(), "{query}: every cell was thought of: {told:?} {known:?}");
    claims
}

/// Every key that could be, time apart.
fn keys(territory: &Territory, question: &Question, vocabulary: &Vocabulary) -> Vec<Key> {
    let mut keys: Vec<Key> = vec![Vec::new()];
    for dimension in question.by.iter().filter(|dimension| !OF_TIME.contains(dimension)) {
        let values: Vec<String> = match (*dimension, question.level) {
            ("unit", Some(level)) => territory.of_kind(level),
            (dimension, _) => vocabulary.get(dimension).into_iter().flatten().cloned().collect(),
        };
        let longer = |key: &Key| {
            let with = |value: &String| key.iter().cloned().chain([((*dimension).to_owned(), value.clone())]).collect();
            values.iter().map(with).collect::<Vec<Key>>()
        };
        keys = keys.iter().flat_map(longer).collect();
    }
    keys
}

/// What a key, the scope and the filters take along coordinates.
fn said(territory: &Territory, question: &Question, key: &Key) -> Vec<(&'static str, BTreeSet<String>)> {
    let mut said: Vec<(&'static str, BTreeSet<String>)> = Vec::new();
    let scope = question.unit.as_ref().unwrap_or(&territory.province);
    said.push(("unit", territory.under(scope)));
    for (name, value) in key {
        let name = question.by.iter().copied().find(|by| by == name).expect("a key names what was asked by");
        let values = match (name, question.level) {
            ("unit", Some(_)) => territory.under(value),
            _ => BTreeSet::from([value.clone()]),
        };
        said.push((name, values));
    }
    if let Some((name, values)) = &question.filter {
        said.push((name, values.iter().map(|value| (*value).to_owned()).collect()));
    }
    said
}
