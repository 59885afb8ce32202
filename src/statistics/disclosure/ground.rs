//! The ground: slabs as they are laid out of the records that a question touches, province by province, so
//! that no more is held at once than the records of one; what is decided about them stays.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use super::measures::Ruling;
use super::slab::{self, Slab};
use super::slab_root;
use super::telling::Units;
use crate::resources::unit::UnitKind;
use crate::statistics::Dimension;
use crate::statistics::cube::Book;
use crate::statistics::fact::{Fact, Part};
use crate::statistics::period::Slot;
use crate::statistics::scene::Scene;
use crate::statistics::sources::Source;
use crate::types::{Day, UnitId};

/// Slabs by root and year.
type Slabs = HashMap<(UnitId, i32), Slab>;

/// What is decided about the records of a source that a question touches, whatever it asks of them.
pub struct Ground {
    pub source: Source,
    /// With the whole tree, and every code.
    pub scene: Scene,
    /// The unit under which the caller asks; none where it lies outside the caller's territory.
    pub scope: Option<UnitId>,
    /// All units of each root.
    units: HashMap<UnitId, Vec<UnitId>>,
    /// The root of each unit, and those under each, itself among them.
    roots: HashMap<UnitId, UnitId>,
    under: HashMap<UnitId, HashSet<UnitId>>,
    /// What cells take of units, made when first asked.
    taken: RefCell<HashMap<Within, Rc<Units>>>,
    flows: Slabs,
    stocks: HashMap<Day, Slabs>,
}

/// Records of one root, which make slabs together.
pub struct Plot<'p> {
    pub source: Source,
    pub scene: &'p Scene,
    /// All units of their root, whether anything lies in them or not.
    pub units: &'p [UnitId],
    pub book: Book,
}

/// Units that a cell takes: of those under a scope one alone, or all under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Within {
    pub scope: UnitId,
    pub unit: UnitId,
    pub alone: bool,
}

/// Where the records of some roots lie.
#[derive(Clone, Debug)]
pub struct Field {
    /// In and under this unit.
    pub under: UnitId,
    /// In these units alone, where that is said.
    pub only: Option<Vec<UnitId>>,
}

/// So many units are asked about at once.
const UNITS_AT_ONCE: usize = 10_000;

impl Ground {
    pub fn new(source: Source, scene: Scene, scope: Option<UnitId>) -> Self {
        let mut units: HashMap<UnitId, Vec<UnitId>> = HashMap::new();
        let mut roots: HashMap<UnitId, UnitId> = HashMap::new();
        for unit in scene.tree.keys() {
            let root = slab_root(&scene, *unit);
            roots.insert(*unit, root);
            units.entry(root).or_default().push(*unit);
        }
        let mut under: HashMap<UnitId, HashSet<UnitId>> = HashMap::new();
        for unit in scene.tree.keys() {
            for above in scene.above(*unit) {
                under.entry(above).or_default().insert(*unit);
            }
        }
        let (taken, flows, stocks) = (RefCell::default(), HashMap::new(), HashMap::new());
        Self { source, scene, scope, units, roots, under, taken, flows, stocks }
    }

    /// The unit under which all records lie that are to be decided about.
    pub fn root(&self) -> Option<UnitId> {
        self.scope.map(|scope| self.root_of(scope))
    }

    fn root_of(&self, unit: UnitId) -> UnitId {
        self.roots.get(&unit).copied().unwrap_or_else(|| slab_root(&self.scene, unit))
    }

    /// A unit and those under it.
    pub fn under(&self, unit: UnitId) -> HashSet<UnitId> {
        self.under.get(&unit).cloned().unwrap_or_else(|| HashSet::from([unit]))
    }

    /// What a cell takes of units.
    pub fn units(&self, within: Within) -> Rc<Units> {
        let make = || {
            let all = self.under.get(&within.scope);
            let lies = |unit: &UnitId| *unit == within.scope || all.is_some_and(|all| all.contains(unit));
            let of_unit = if within.alone { HashSet::from([within.unit]) } else { self.under(within.unit) };
            Rc::new(Units::of(of_unit.into_iter().filter(lies), |unit| self.root_of(unit)))
        };
        self.taken.borrow_mut().entry(within).or_insert_with(make).clone()
    }

    /// Where the records lie that are to be decided about: province by province, so that no more than
    /// those of one are looked at together, and then all units that lie in none.
    pub fn fields(&self) -> Vec<Field> {
        let Some(root) = self.root() else {
            return Vec::new();
        };
        let within = |unit: &&UnitId| self.scene.above(**unit).any(|above| above == root);
        let roots: BTreeSet<UnitId> = self.units.keys().filter(within).copied().chain([root]).collect();
        let province = |unit: &UnitId| self.scene.tree.get(unit).is_some_and(|(kind, _)| *kind == UnitKind::Province);
        let (provinces, alone): (Vec<UnitId>, Vec<UnitId>) = roots.into_iter().partition(province);
        let of_province = provinces.into_iter().map(|under| Field { under, only: None });
        let of_none = alone.chunks(UNITS_AT_ONCE).map(|units| Field { under: root, only: Some(units.to_vec()) });
        of_province.chain(of_none).collect()
    }

    /// Decides about the records of a field: what happened, and what stands on days.
    pub fn decide(&mut self, field: &Field, book: Book, days: &[Day]) {
        let mut plots: HashMap<UnitId, Vec<Fact>> = HashMap::new();
        for fact in book.facts {
            let root = self.root_of(fact.unit);
            if field.only.is_some() || root == field.under {
                plots.entry(root).or_default().push(fact);
            }
        }
        for (root, facts) in plots {
            let book = Book { dims: book.dims.clone(), facts, vocabulary: book.vocabulary };
            let units = self.units.get(&root).map(Vec::as_slice).unwrap_or_default();
            let plot = Plot { source: self.source, scene: &self.scene, units, book };
            let of_years = slab::by_year(&plot).into_iter().map(|(year, slab)| ((root, year), slab));
            self.flows.extend(of_years);
            for day in days {
                let slabs = self.stocks.entry(*day).or_default();
                slabs.extend(slab::on_day(&plot, *day).map(|slab| ((root, 0), slab)));
            }
        }
    }

    /// Every value that a dimension can have, units apart.
    pub fn every(&self, dimension: Dimension) -> BTreeSet<Part> {
        match dimension {
            Dimension::Unit => BTreeSet::new(),
            _ => self.scene.values(dimension, self.source.vocabulary(dimension), &[]).into_iter().collect(),
        }
    }

    /// The slabs that a ruling looks at in some slots, each with its root and year.
    pub fn slabs<'g>(&'g self, ruling: &'g Ruling, slots: &'g [Slot]) -> Vec<(UnitId, i32, &'g Slab)> {
        let year = |((root, year), slab): (&(UnitId, i32), &'g Slab)| (*root, *year, slab);
        if ruling.stock {
            let days: BTreeSet<Day> = slots.iter().map(|slot| slot.range.to).collect();
            return days.iter().filter_map(|day| self.stocks.get(day)).flatten().map(year).collect();
        }
        // What was resolved in a period may have happened in any.
        let touched = |year: i32| ruling.on_resolution || slots.iter().any(|slot| slot.range.touches(year));
        self.flows.iter().map(year).filter(|(_, year, _)| touched(*year)).collect()
    }
}
