//! Every question that the restricted caller can think of about one territory and one year, and the
//! periods around it.

use jiff::civil::Date;

use super::territory::Territory;
use crate::recount::calendar::{self, Slot};

/// What is guarded together: its indicators, and what they are broken down by beside time.
pub struct Subject {
    pub indicators: &'static [&'static str],
    pub dimensions: &'static [&'static str],
    pub coordinates: &'static [&'static str],
    /// Filters that are no dimension's single value.
    pub filters: &'static [(&'static str, &'static [&'static str])],
}

pub const INCIDENTS: Subject = Subject {
    indicators: &[
        "incidents_reported",
        "incidents_resolved",
        "incidents_with_contribution",
        "injured",
        "deaths",
        "property_damage_vnd",
        "days_to_resolve_median",
    ],
    dimensions: &["unit", "category", "severity", "source", "status"],
    coordinates: super::space::OF_INCIDENTS,
    filters: &[
        ("status", &["received", "verifying", "handling", "transferred"]),
        ("status", &["resolved"]),
        ("category", &["dispute"]),
        ("category", &["fire", "stay", "rescue"]),
        ("severity", &["serious", "very_serious"]),
        ("source", &["patrol", "camera"]),
    ],
};

pub const MEMBERSHIPS: Subject = Subject {
    indicators: &["members_active", "memberships_active", "memberships_started", "memberships_ended", "pledges_signed"],
    dimensions: &["unit", "category", "role", "kind"],
    coordinates: super::space::OF_MEMBERSHIPS,
    filters: &[("category", &["household", "other"]), ("role", &["leader", "deputy"]), ("kind", &["person"])],
};

/// A period as it is asked for: the query, the period or its days, and the day on which months begin.
type Span = (&'static str, &'static str, i8);

const YEAR: Span = ("period=2024", "2024", 1);
const AROUND: &[Span] = &[
    ("period=2024-H1", "2024-H1", 1),
    ("period=2024-H2", "2024-H2", 1),
    ("period=2024-Q1", "2024-Q1", 1),
    ("period=2024-Q4", "2024-Q4", 1),
    ("period=2024-03", "2024-03", 1),
    ("period=2023", "2023", 1),
    ("period=2025", "2025", 1),
    ("period=2024&monthStartDay=15", "2024", 15),
    ("from=2024-03-01&to=2024-03-20", "2024-03-01/2024-03-20", 1),
    ("from=2024-02-01&to=2024-10-31", "2024-02-01/2024-10-31", 1),
    ("from=2024-03-10&to=2024-12-31", "2024-03-10/2024-12-31", 1),
    ("from=2023-01-01&to=2025-12-31", "2023-01-01/2025-12-31", 1),
];

/// A question.
#[derive(Clone, Debug)]
pub struct Question {
    pub by: Vec<&'static str>,
    pub unit: Option<String>,
    pub level: Option<&'static str>,
    pub filter: Option<(&'static str, &'static [&'static str])>,
    span: Span,
}

impl Question {
    fn by(by: &[&'static str]) -> Self {
        Self { by: by.to_vec(), unit: None, level: None, filter: None, span: YEAR }
    }

    pub const fn period(&self) -> &'static str {
        self.span.0
    }

    pub fn query(&self) -> String {
        let mut query = self.span.0.to_owned();
        let mut add = |name: &str, value: &str| query = format!("{query}&{name}={value}");
        if !self.by.is_empty() {
            add("by", &self.by.join(","));
        }
        if let Some(unit) = &self.unit {
            add("unitId", unit);
        }
        if let Some(level) = self.level {
            add("unitLevel", level);
        }
        if let Some((name, values)) = self.filter {
            add(name, &values.join(","));
        }
        query
    }

    pub fn slots(&self) -> Vec<Slot> {
        let (_, period, start) = self.span;
        let day = |text: &str| -> Date { text.parse().expect("a day") };
        let (first, last) = match period.split_once('/') {
            Some((first, last)) => (day(first), day(last)),
            None => calendar::period(period, start),
        };
        calendar::slots(first, last, &self.by, start)
    }
}

/// Up to so many of these at once.
fn combinations(of: &[&'static str], most: usize) -> Vec<Vec<&'static str>> {
    let mut all: Vec<Vec<&str>> = vec![Vec::new()];
    for one in of {
        let shorter: Vec<Vec<&str>> = all.iter().filter(|by| by.len() < most).cloned().collect();
        all.extend(shorter.into_iter().map(|by| by.into_iter().chain([*one]).collect()));
    }
    all
}

/// All questions about a subject.
pub fn questions(territory: &Territory, subject: &Subject) -> Vec<Question> {
    let mut dimensions = subject.dimensions.to_vec();
    dimensions.extend(["month", "quarter"]);
    let mut all: Vec<Question> = combinations(&dimensions, 3).iter().map(|by| Question::by(by)).collect();
    for (unit, ..) in &territory.units {
        let in_unit = |by: Vec<_>| Question { unit: Some(unit.clone()), ..Question::by(&by) };
        all.extend(combinations(&dimensions, 2).into_iter().map(in_unit));
    }
    for level in ["province", "commune", "neighbourhood"] {
        let others = combinations(&dimensions[1..], 1);
        let at_level = |by: Vec<_>| Question { level: Some(level), ..Question::by(&[&["unit"], &by[..]].concat()) };
        all.extend(others.into_iter().map(at_level));
    }
    let alone = || combinations(&dimensions, 1).into_iter();
    for filter in subject.filters {
        all.extend(alone().map(|by| Question { filter: Some(*filter), ..Question::by(&by) }));
    }
    for span in AROUND {
        all.extend(alone().map(|by| Question { span: *span, ..Question::by(&by) }));
    }
    // What a part of the territory is told of other times, and of some of what there is.
    for (unit, ..) in &territory.units {
        let in_unit = |by: &[&'static str]| Question { unit: Some(unit.clone()), ..Question::by(by) };
        for span in AROUND {
            all.extend(
                [&[][..], &dimensions[..1], &dimensions[1..2]].map(|by| Question { span: *span, ..in_unit(by) }),
            );
        }
        for filter in subject.filters {
            all.extend([&[][..], &["month"]].map(|by| Question { filter: Some(*filter), ..in_unit(by) }));
        }
    }
    for span in AROUND {
        for filter in subject.filters {
            all.push(Question { span: *span, filter: Some(*filter), ..Question::by(&[]) });
        }
    }
    all
}
