//! The questions that are asked: every indicator by each of its dimensions over every period, and
//! many by two or three, in units and at levels.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::calendar::{self, slots};
use super::naive::Asked;
use crate::chance::Chance;
use crate::stand::Caller;
use crate::stand::answer::text;

/// A stretch of time as it is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    pub query: &'static str,
    period: Option<&'static str>,
    days: (&'static str, &'static str),
    pub start: i8,
}

const fn period(query: &'static str, period: &'static str, start: i8) -> Span {
    Span { query, period: Some(period), days: ("", ""), start }
}

const fn days(query: &'static str, from: &'static str, to: &'static str, start: i8) -> Span {
    Span { query, period: None, days: (from, to), start }
}

pub const SPANS: &[Span] = &[
    period("period=2023", "2023", 1),
    period("period=2022-H2", "2022-H2", 1),
    period("period=2024-Q3", "2024-Q3", 1),
    period("period=2023-06", "2023-06", 1),
    period("period=2023&monthStartDay=15", "2023", 15),
    period("period=2024-H1&monthStartDay=28", "2024-H1", 28),
    period("period=2022-02&monthStartDay=2", "2022-02", 2),
    days("from=2022-01-20&to=2024-02-29", "2022-01-20", "2024-02-29", 1),
    days("from=2021-11-30&to=2023-03-14&monthStartDay=15", "2021-11-30", "2023-03-14", 15),
];

/// Periods with those they are compared with.
pub const COMPARED: &[(&str, &str, &str)] = &[
    ("2023", "previous", "2022"),
    ("2023-Q2", "previous", "2023-Q1"),
    ("2023-01", "previous", "2022-12"),
    ("2024-H1", "last_year", "2023-H1"),
    ("2024-06", "last_year", "2023-06"),
];

pub const LEVELS: &[&str] = &["country", "province", "commune", "neighbourhood"];

impl Span {
    /// Its first and its last day.
    pub fn ends(&self) -> (Date, Date) {
        match self.period {
            Some(period) => calendar::period(period, self.start),
            None => (self.days.0.parse().expect("a day"), self.days.1.parse().expect("a day")),
        }
    }
}

/// Indicators that are broken down alike, and by what.
pub struct Alike {
    pub indicators: Vec<String>,
    pub dimensions: Vec<String>,
}

/// The catalogue as the service tells it.
pub fn catalogue(caller: &Caller) -> Vec<Alike> {
    let mut alike: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
    for item in caller.get("/v1/statistics/indicators?pageSize=100").is(200).items() {
        let dimensions = item["dimensions"].as_array().expect("an indicator has dimensions").iter().map(text);
        alike.entry(dimensions.collect()).or_default().push(text(&item["id"]));
    }
    alike.into_iter().map(|(dimensions, indicators)| Alike { indicators, dimensions }).collect()
}

/// What is asked, and how it is written.
pub struct Question<'q> {
    pub asked: Asked<'q>,
    pub query: String,
}

impl<'q> Question<'q> {
    /// By some dimensions over a span, in `within` or all of the caller's `home`.
    pub fn new(by: &[&'q str], span: &Span, home: &str, within: Option<&str>, level: Option<&'q str>) -> Self {
        let (first, last) = span.ends();
        let mut query = span.query.to_owned();
        if !by.is_empty() {
            query = format!("{query}&by={}", by.join(","));
        }
        if let Some(unit) = within {
            query = format!("{query}&unitId={unit}");
        }
        if let Some(level) = level {
            query = format!("{query}&unitLevel={level}");
        }
        let unit = within.unwrap_or(home).to_owned();
        Self { asked: Asked { by: by.to_vec(), unit, level, slots: slots(first, last, by, span.start) }, query }
    }
}

/// Every span after a long life, else some, so that it does not take long.
pub fn spans(thorough: bool, chance: &mut Chance) -> Vec<Span> {
    if thorough { SPANS.to_vec() } else { (0..3).map(|_| chance.of_these(SPANS)).collect() }
}

/// The questions about indicators that are broken down alike.
pub fn questions<'q>(
    alike: &'q Alike,
    home: &str,
    units: &[String],
    thorough: bool,
    chance: &mut Chance,
) -> Vec<Question<'q>> {
    let dimensions: Vec<&str> = alike.dimensions.iter().map(String::as_str).collect();
    let mut questions = Vec::new();
    for by in [&[][..]].into_iter().chain(dimensions.chunks(1)) {
        let spans = spans(thorough, chance);
        questions.extend(spans.iter().map(|span| Question::new(by, span, home, None, None)));
    }
    for level in LEVELS {
        let span = chance.of_these(SPANS);
        questions.push(Question::new(&["unit"], &span, home, None, Some(level)));
    }
    for _ in 0..2 * dimensions.len() {
        let mut by: Vec<&str> = (0..2 + chance.below(2)).map(|_| chance.of_these(&dimensions)).collect();
        by.sort_unstable();
        by.dedup();
        let unit = chance.in_a_hundred(40).then(|| chance.of_these(units));
        let level = chance.in_a_hundred(25).then(|| chance.of_these(LEVELS));
        questions.push(Question::new(&by, &chance.of_these(SPANS), home, unit.as_deref(), level));
    }
    questions
}
