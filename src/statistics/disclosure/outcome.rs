//! Outcomes: what has become of an incident and, if it is resolved, in which month. One coordinate, for
//! a status and a resolution tell of each other: reported ones less resolved ones are the open ones.

use std::collections::HashMap;

use super::blocks::Tree;
use super::slab::{Months, month};
use crate::resources::incident::IncidentStatus;
use crate::statistics::fact::{Fact, Part, Series};

const RESOLVED: &str = IncidentStatus::Resolved.as_str();

/// The outcome of what a fact is of, which is in this status.
pub fn of(fact: &Fact, status: &Part) -> Part {
    let resolved = fact.marks.iter().find(|mark| mark.series == Series::IncidentResolved);
    match (status, resolved) {
        (Part::Word(word), Some(mark)) if *word == RESOLVED => {
            in_month(i32::from(mark.day.date().year()), i32::from(mark.day.date().month()))
        }
        (other, _) => Part::Code(other.text().unwrap_or_default()),
    }
}

fn in_month(year: i32, month: i32) -> Part {
    Part::Code(format!("{RESOLVED} {year:04}-{month:02}"))
}

/// Every outcome there can be from one year to another: the statuses beside the months of resolution,
/// which lie in years.
pub fn every(first: i32, last: i32) -> (Vec<Part>, Tree) {
    let statuses = IncidentStatus::ALL.iter().map(|status| Part::Code(status.as_str().to_owned()));
    let mut values: Vec<Part> = statuses.collect();
    let mut tree = Tree::flat(values.len());
    let mut years = Vec::new();
    for year in first..=last {
        let from = values.len();
        values.extend((1..=12).map(|month| in_month(year, month)));
        years.push(Tree::beside(from..values.len()));
    }
    tree.below.push(Tree { own: None, below: years });
    (values, tree)
}

/// The status of an outcome, as figures are broken down by it.
pub fn status(outcome: &Part) -> Part {
    let text = outcome.text().unwrap_or_default();
    let status = IncidentStatus::ALL.iter().find(|status| text.split(' ').next() == Some(status.as_str()));
    status.map_or(Part::None, |status| Part::Word(status.as_str()))
}

/// Whether an outcome is a resolution in some months of years: in one taken whole, or a part of.
pub fn within(outcome: &Part, years: &HashMap<i32, Months>) -> (bool, bool) {
    let text = outcome.text().unwrap_or_default();
    let Some((year, number)) = text.split_once(' ').and_then(|(_, month)| month.split_once('-')) else {
        return (false, false);
    };
    let (Ok(year), Ok(number)) = (year.parse::<i32>(), number.parse()) else {
        return (false, false);
    };
    let Some((whole, ragged)) = years.get(&year) else {
        return (false, false);
    };
    let month = month(number);
    (whole.contains(&month), ragged.contains(&month))
}
