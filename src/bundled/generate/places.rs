//! Where things happen: the communes of the units asked for as they stood on each day, the larger ones
//! more often, and which of them came out of which.

use std::collections::{HashMap, HashSet};

use super::chance::{Chance, Kind, Wheel};
use crate::resources::unit::{NameType, Unit, UnitKind};
use crate::types::{Day, GeoPoint, UnitId};

/// A commune, or a unit that stands for one.
pub struct Place {
    pub id: UnitId,
    pub name: String,
    pub valid_to: Option<Day>,
    /// Itself and the places it came out of.
    pub roots: Vec<usize>,
    centre: GeoPoint,
}

/// The places and, for each span of days, how they weigh.
pub struct Places {
    pub all: Vec<Place>,
    eras: Vec<(Day, Wheel<usize>)>,
}

impl Places {
    /// The communes among `units`, at or under `root` or followed by one that is; the root itself where
    /// there is none.
    pub fn under(units: &[Unit], root: UnitId) -> Self {
        let chosen = chosen(units, root);
        let numbers: HashMap<UnitId, usize> = chosen.iter().enumerate().map(|(n, unit)| (id(unit), n)).collect();
        let all = chosen.iter().enumerate().map(|(n, unit)| Place::of(unit, n, &numbers)).collect();
        Self { all, eras: eras(&chosen) }
    }

    /// One of the places in force on a day; none where none is.
    pub fn on(&self, day: Day, chance: &mut Chance) -> Option<usize> {
        let era = self.eras.partition_point(|(from, _)| *from <= day).checked_sub(1)?;
        self.eras[era].1.turn(chance).copied()
    }
}

impl Place {
    fn of(unit: &Unit, number: usize, numbers: &HashMap<UnitId, usize>) -> Self {
        let mut roots = vec![number];
        roots.extend(unit.predecessor_ids.iter().filter_map(|before| numbers.get(before)));
        roots.sort_unstable();
        Self {
            id: id(unit),
            name: unit.fields.name.to_string(),
            valid_to: unit.fields.valid_to,
            roots,
            centre: centre(unit),
        }
    }

    /// A point in or near the place.
    pub fn point(&self, chance: &mut Chance) -> GeoPoint {
        let near = |degrees: f64, chance: &mut Chance| rounded(degrees + (chance.part() - 0.5) * 0.06);
        GeoPoint { lat: near(self.centre.lat, chance), lng: near(self.centre.lng, chance) }
    }
}

fn id(unit: &Unit) -> UnitId {
    unit.meta.id.cast()
}

fn urban(unit: &Unit) -> bool {
    matches!(unit.fields.name_type, NameType::Ward | NameType::Town | NameType::Township)
}

/// In an order that does not depend on identifiers.
fn chosen(units: &[Unit], root: UnitId) -> Vec<&Unit> {
    let mut below: HashMap<UnitId, Vec<&Unit>> = HashMap::new();
    for unit in units {
        below.entry(unit.fields.parent_id.unwrap_or(id(unit))).or_default().push(unit);
    }
    let by_id: HashMap<UnitId, &Unit> = units.iter().map(|unit| (id(unit), unit)).collect();
    let (mut found, mut seen) = (Vec::new(), HashSet::new());
    let mut waiting: Vec<&Unit> = by_id.get(&root).copied().into_iter().collect();
    while let Some(unit) = waiting.pop() {
        if !seen.insert(id(unit)) {
            continue;
        }
        if unit.fields.kind == UnitKind::Commune {
            waiting.extend(unit.predecessor_ids.iter().filter_map(|before| by_id.get(before)));
            found.push(unit);
        } else {
            waiting.extend(below.get(&id(unit)).into_iter().flatten());
        }
    }
    if found.is_empty() {
        found.extend(by_id.get(&root));
    }
    found.sort_unstable_by_key(|unit| (unit.fields.code.clone(), unit.fields.valid_from));
    found
}

fn eras(chosen: &[&Unit]) -> Vec<(Day, Wheel<usize>)> {
    let mut turns: Vec<Day> =
        chosen.iter().flat_map(|u| [Some(u.fields.valid_from), u.fields.valid_to]).flatten().collect();
    turns.sort_unstable();
    turns.dedup();
    let weighed = |day: Day| {
        let there = chosen
            .iter()
            .enumerate()
            .filter(move |(_, unit)| unit.fields.valid_from <= day && unit.fields.valid_to.is_none_or(|end| end > day));
        Wheel::of(there.map(|(n, unit)| (n, weight(unit))))
    };
    turns.into_iter().map(|day| (day, weighed(day))).collect()
}

/// How much happens in a unit: a few have many people, most have few; towns have more than villages.
/// The same for one unit whatever the seed.
fn weight(unit: &Unit) -> f64 {
    let mut chance = Chance::of(0, Kind::Place, number(unit));
    let people = 0.25 + 0.5 / (0.15 + chance.part());
    people * if urban(unit) { 2.6 } else { 1.0 }
}

fn number(unit: &Unit) -> u64 {
    unit.fields.code.as_str().bytes().fold(0, |number, byte| number * 31 + u64::from(byte))
}

/// The codes of the state run from north to south, so they say roughly where along the country a unit lies.
fn centre(unit: &Unit) -> GeoPoint {
    const SPINE: [(f64, f64); 10] = [
        (22.4, 104.6),
        (21.6, 105.4),
        (21.0, 105.8),
        (20.2, 105.9),
        (18.8, 105.5),
        (16.2, 107.9),
        (14.2, 108.6),
        (12.3, 108.6),
        (10.9, 106.7),
        (9.6, 105.5),
    ];
    let code: f64 = unit.fields.code.as_str().parse().unwrap_or(16_000.0);
    let along = (code / 32_400.0).clamp(0.0, 0.999) * (SPINE.len() - 1) as f64;
    let (from, to) = (SPINE[along as usize], SPINE[along as usize + 1]);
    let rest = along.fract();
    let mut chance = Chance::of(1, Kind::Place, number(unit));
    GeoPoint {
        lat: from.0 + (to.0 - from.0) * rest + (chance.part() - 0.5) * 0.2,
        lng: from.1 + (to.1 - from.1) * rest + (chance.part() - 0.5) * 0.4,
    }
}

/// To about ten metres, so that the number reads alike everywhere.
fn rounded(degrees: f64) -> f64 {
    (degrees * 10_000.0).round() / 10_000.0
}
