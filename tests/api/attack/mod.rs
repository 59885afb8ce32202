//! The attack on suppression: all that a caller who may only ask for figures is told of one territory
//! is put into linear equations, and no cell of one to four follows from them.
//!
//! `TUQUAN_TEST_TERRITORIES=20` attacks more of them, `TUQUAN_TEST_SEED=…` others.

mod claims;
mod linear;
mod questions;
mod region;
mod space;
mod system;
mod territory;

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use self::claims::{Claim, Time, ask, claims};
use self::questions::{INCIDENTS, MEMBERSHIPS, Subject, questions};
use self::region::Region;
use self::space::Space;
use self::system::System;
use self::territory::Territory;
use crate::chance::{Chance, set};
use crate::stand::Stand;

/// A cell of so many is not to be known.
const FEW: std::ops::RangeInclusive<i64> = 1..=4;

#[test]
fn no_few_incidents_follow_from_all_that_is_told() {
    attack(&INCIDENTS);
}

#[test]
fn no_few_members_follow_from_all_that_is_told() {
    attack(&MEMBERSHIPS);
}

fn attack(subject: &Subject) {
    let (seed, territories) = (set("TUQUAN_TEST_SEED", 1), set("TUQUAN_TEST_TERRITORIES", 1) as usize);
    let stand = Stand::new();
    let mut chance = Chance::of(seed);
    let mut breaches = Vec::new();
    let mut told = 0;
    for number in 1..=territories {
        let began = Instant::now();
        let territory = Territory::new(&stand, number, &mut chance);
        let questions = questions(&territory, subject);
        let count = questions.len();
        let answers = ask(&territory, subject, questions);
        let asked = began.elapsed();
        let all = claims(&territory, subject, answers);
        let found = Findings::of(subject, &all);
        let whole = began.elapsed();
        println!("seed {seed}, territory {number}: {count} questions in {asked:?} of {whole:?}");
        for (name, mut sum) in found.sums {
            let mut widths = std::mem::take(&mut sum.widths);
            widths.sort_unstable();
            println!("  {name}: {sum:?}, at least {:?} wide, half {:?}", widths.first(), widths.get(widths.len() / 2));
        }
        told += found.told;
        breaches.extend(found.breaches.into_iter().map(|breach| format!("territory {number}: {breach}")));
    }
    assert!(told > 0, "something is told");
    let few: Vec<&String> = breaches.iter().take(12).collect();
    assert!(breaches.is_empty(), "seed {seed}: {} breaches: {few:#?}", breaches.len());
}

/// What the attack found out.
#[derive(Default)]
struct Findings {
    breaches: Vec<String>,
    told: usize,
    sums: BTreeMap<String, Sum>,
}

/// How much there was of one kind, on all its days.
#[derive(Debug, Default)]
struct Sum {
    cells: usize,
    told: usize,
    few: usize,
    unknowns: usize,
    rank: usize,
    /// How far apart the bounds of the few are.
    widths: Vec<i64>,
}

/// The cells that are known together, each once: what is told and what is true, and a question it was in.
type Cells<'c> = HashMap<(&'c str, Region), (Option<i64>, i64, &'c str)>;

impl Findings {
    fn of(subject: &Subject, all: &[Claim]) -> Self {
        let mut found = Self::default();
        let mut systems: BTreeMap<(String, Option<Time>), Vec<&Claim>> = BTreeMap::new();
        for claim in all {
            let on = matches!(claim.time, Time::On(_)).then_some(claim.time);
            systems.entry((system(&claim.indicator).to_owned(), on)).or_default().push(claim);
        }
        let space = Space::of(subject.coordinates, all);
        for ((name, _), of_system) in systems {
            let cells = found.cells(&name, &space, &of_system);
            match name.as_str() {
                "gauges" => found.gauges(&cells, &space, all),
                "never" => {}
                _ => found.solve(&name, &space, &cells),
            }
        }
        found
    }

    /// Each cell once: it is told alike in every answer, and truly, and never where it is few.
    fn cells<'c>(&mut self, name: &str, space: &Space, claims: &[&'c Claim]) -> Cells<'c> {
        let mut cells = Cells::new();
        for claim in claims {
            let region = space.region(claim);
            if region.is_empty() {
                continue;
            }
            if let Some(value) = claim.told {
                if value != claim.truth || (name != "gauges" && FEW.contains(&value)) {
                    self.breaches.push(format!("told {value} where there are {}: {claim:?}", claim.truth));
                }
                if name == "never" && claim.truth != 0 {
                    self.breaches.push(format!("told: {claim:?}"));
                }
            }
            let cell = (claim.told, claim.truth, claim.asked.as_str());
            let before = cells.entry((claim.indicator.as_str(), region)).or_insert(cell);
            if (before.0, before.1) != (cell.0, cell.1) {
                self.breaches.push(format!("{} is {before:?} and {cell:?}", claim.indicator));
            }
        }
        cells
    }

    /// Puts what is told into equations, and asks of every few whether they follow.
    fn solve(&mut self, name: &str, space: &Space, cells: &Cells<'_>) {
        let told: Vec<(Region, i64)> =
            cells.iter().filter_map(|((_, region), (told, ..))| Some((region.clone(), (*told)?))).collect();
        let sums: Vec<&(Region, i64)> = told.iter().filter(|(_, value)| *value > 0).collect();
        let few: Vec<_> = cells.iter().filter(|(_, (_, truth, _))| FEW.contains(truth)).collect();
        let sum = self.sums.entry(name.to_owned()).or_default();
        sum.cells += cells.len();
        sum.told += told.len();
        sum.few += few.len();
        self.told += sums.len();
        // Different members of two cells may be the same, so that they do not add up.
        if name == "members_active" {
            return;
        }
        let widths: Vec<i64> = few.iter().map(|((_, region), _)| width(region, &sums)).collect();
        let exact = widths.iter().filter(|width| **width == 0).count();
        sum.widths.extend(widths);
        let mut nothing = space.impossible();
        let differences = differences(&sums, &mut nothing);
        let system = System::of(&space.sizes(), &told, &nothing);
        sum.unknowns = sum.unknowns.max(system.unknowns());
        sum.rank = sum.rank.max(system.known.rank());
        if exact > 0 {
            self.breaches.push(format!("{name}: {exact} cells are known by their bounds"));
        }
        self.breaches.extend(differences.into_iter().map(|told| format!("{name}: {told}")));
        for ((indicator, region), (_, truth, asked)) in few {
            if let Some(value) = system.follows(region) {
                assert_eq!(value, *truth, "what follows is true");
                self.breaches.push(format!("{indicator} {asked}: {truth} follows from what is told"));
            }
        }
    }

    /// Sums and medians that are no counts are told only where what they are of is not few.
    fn gauges(&mut self, cells: &Cells<'_>, space: &Space, all: &[Claim]) {
        for (gauge, counted) in
            [("property_damage_vnd", "incidents_reported"), ("days_to_resolve_median", "incidents_resolved")]
        {
            let of_count = all.iter().filter(|claim| claim.indicator == counted);
            let counts: HashMap<Region, i64> = of_count
                .map(|claim| (space.region(&Claim { indicator: gauge.to_owned(), ..claim.clone() }), claim.truth))
                .collect();
            for ((_, region), (told, _, asked)) in cells.iter().filter(|((name, _), _)| *name == gauge) {
                let count = counts.get(region).copied().unwrap_or(0);
                if told.is_some_and(|value| value != 0) && FEW.contains(&count) {
                    self.breaches.push(format!("{gauge} of {count} is told: {asked}"));
                }
            }
        }
    }
}

/// Where a cell less another within it, of which it is the rest along one coordinate, is a few. Where it
/// is nothing, the rest holds nothing.
fn differences(told: &[&(Region, i64)], nothing: &mut Vec<Region>) -> Vec<String> {
    let mut few = Vec::new();
    for (whole, of_whole) in told {
        for (part, of_part) in told.iter().filter(|(_, of_part)| of_whole - of_part < 5) {
            let Some(at) = whole.narrowed(part) else {
                continue;
            };
            match of_whole - of_part {
                0 => {
                    let mut rest = whole.clone();
                    rest.0[at] &= !part.0[at];
                    nothing.push(rest);
                }
                _ => few.push(format!("{of_whole} less {of_part} are a few")),
            }
        }
    }
    few
}

/// Which indicators are about the same unknowns.
fn system(indicator: &str) -> &str {
    match indicator {
        "incidents_reported" | "incidents_resolved" | "incidents_with_contribution" => "incidents",
        "property_damage_vnd" | "days_to_resolve_median" => "gauges",
        "memberships_started" | "memberships_ended" => "never",
        other => other,
    }
}

/// How far apart the bounds of a cell are: it is at most the least that is told of what it lies in, and
/// at least what is left of that when all that lies beside it along some coordinate is taken away.
fn width(region: &Region, told: &[&(Region, i64)]) -> i64 {
    let around = || told.iter().filter(|(larger, _)| region.within(larger));
    let most = around().map(|(_, value)| *value).min().unwrap_or(i64::MAX);
    let least = around().map(|(larger, value)| {
        let beside = (0..region.0.len()).filter(|at| region.0[*at] != larger.0[*at]).map(|at| {
            let lies = |part: &Region| larger.narrowed(part) == Some(at) && part.0[at] & !region.0[at] == 0;
            let within = told.iter().filter(|(part, _)| lies(part)).map(|(_, value)| *value).max();
            value - within.unwrap_or(0)
        });
        value - beside.sum::<i64>()
    });
    most - least.max().unwrap_or(0).max(0)
}
