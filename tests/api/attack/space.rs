//! Spaces: the finest cells that somebody could want to know, by what they are on each coordinate.

use std::collections::{BTreeMap, BTreeSet};

use super::claims::{Claim, Time};
use super::region::{Mask, Region};

/// Coordinates of incidents. The day of a resolution may be `never`.
pub const OF_INCIDENTS: &[&str] =
    &["unit", "category", "severity", "source", "status", "reported", "resolved", "helped"];
pub const OF_MEMBERSHIPS: &[&str] = &["unit", "category", "role", "kind", "day"];

const NEVER: &str = "never";

/// Every value along each coordinate.
pub struct Space {
    pub names: &'static [&'static str],
    values: Vec<Vec<String>>,
}

impl Space {
    /// The space of all values that claims name.
    pub fn of(names: &'static [&'static str], claims: &[Claim]) -> Self {
        // The days on which a stretch of time begins that no question cuts.
        let mut cuts = BTreeSet::new();
        let mut named: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for claim in claims {
            if let Time::Within(first, last) = claim.time {
                cuts.extend([first, last.tomorrow().expect("days of our time")]);
            }
            for (name, values) in &claim.said {
                named.entry(name).or_default().extend(values.iter().cloned());
            }
        }
        let cuts: Vec<_> = cuts.into_iter().collect();
        let stretches = || (1..cuts.len()).map(|at| cuts[at - 1].to_string());
        let values = names.iter().map(|name| match *name {
            "reported" | "day" => stretches().collect(),
            "resolved" => stretches().chain([NEVER.to_owned()]).collect(),
            "helped" => vec!["yes".to_owned(), "no".to_owned()],
            name => named.remove(name).unwrap_or_default().into_iter().collect(),
        });
        let values = values.collect();
        Self { names, values }
    }

    pub fn sizes(&self) -> Vec<usize> {
        self.values.iter().map(Vec::len).collect()
    }

    fn at(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|own| *own == name)
    }

    fn mask(&self, at: usize, chosen: impl Fn(&str) -> bool) -> Mask {
        let chosen = self.values[at].iter().enumerate().filter(|(_, value)| chosen(value));
        chosen.map(|(number, _)| 1 << number).sum()
    }

    fn days(&self, at: usize, time: &Time) -> Mask {
        match time {
            Time::Within(first, last) => {
                let (first, last) = (first.to_string(), last.to_string());
                self.mask(at, |begin| begin != NEVER && *first <= *begin && *begin <= *last)
            }
            Time::On(_) => self.mask(at, |_| true),
        }
    }

    /// The region that a claim is about: what it names, and what its indicator counts.
    pub fn region(&self, claim: &Claim) -> Region {
        let mut region = Region::whole(&self.sizes());
        for (name, values) in &claim.said {
            let at = self.at(name).expect("a claim names coordinates of its space");
            region.0[at] &= self.mask(at, |value| values.contains(value));
        }
        let mut narrow = |name: &str, mask: &dyn Fn(usize) -> Mask| {
            if let Some(at) = self.at(name) {
                region.0[at] &= mask(at);
            }
        };
        match claim.indicator.as_str() {
            "incidents_resolved" => {
                narrow("resolved", &|at| self.days(at, &claim.time));
                narrow("status", &|at| self.mask(at, |value| value == "resolved"));
            }
            "incidents_with_contribution" => {
                narrow("helped", &|at| self.mask(at, |value| value == "yes"));
                narrow("reported", &|at| self.days(at, &claim.time));
            }
            _ => {
                narrow("reported", &|at| self.days(at, &claim.time));
                narrow("day", &|at| self.days(at, &claim.time));
            }
        }
        region
    }

    /// What cannot be, as everybody knows: what is resolved has a day of resolution, and nothing else has.
    pub fn impossible(&self) -> Vec<Region> {
        let (Some(status), Some(resolved)) = (self.at("status"), self.at("resolved")) else {
            return Vec::new();
        };
        [true, false].map(|is| self.with(status, resolved, is)).into()
    }

    fn with(&self, status: usize, resolved: usize, is: bool) -> Region {
        let mut region = Region::whole(&self.sizes());
        region.0[status] = self.mask(status, |value| (value == "resolved") == is);
        region.0[resolved] = self.mask(resolved, |value| (value == NEVER) == is);
        region
    }
}
