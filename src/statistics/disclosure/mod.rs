//! Disclosure: which figures may be told to a caller who may not list the rows behind them. A count
//! of 1 to 4 incidents or people must not be told, nor follow from what is told, whichever questions
//! are asked.
//!
//! **How.** The records are cut into *slabs* that never overlap: a province (or a unit outside all
//! provinces) in a calendar year; for stocks, on a day. Within a slab a record lies at a place on each
//! of several *coordinates*: unit, month, category and so on. Along each coordinate the values are put
//! into *blocks*, each of which holds nothing or at least five (`blocks`). Coordinates are tied into
//! *groups*, at first each alone; two groups are tied only where every cell of the blocks of both
//! together holds nothing or at least five (`slab`). A cell is told if, in every slab it touches, it is
//! narrowed along the coordinates of one group at most, and there takes blocks whole. It depends on
//! the records alone, never on the question: the same cell is told or withheld in every answer, be it
//! by a breakdown, a filter, a sub-unit, another period, `compare`, `empty=true` or another format.
//!
//! **Why that holds.** What a caller learns of a slab is `Σ_G f_G(x_G)`: for each group of coordinates
//! a function that is constant on blocks. What holds nothing is known to, but that too is known block
//! by block and group by group, so what remains possible is a product over the groups. A cell that is
//! narrowed in two groups is a product of two functions neither of which is constant, and on a product
//! no such product is a sum of functions of one group each: no sum or difference of answers is that
//! cell. One that is narrowed in a single group is such a sum only if it takes blocks whole, and then
//! it holds nothing or at least five. Slabs share no record, so what holds for each holds for all.
//! Every figure over one noun shares the groups, so that what is nothing of one helps with no other.
//! A figure that counts some of what another counts is a cell of that other (`measures`): incidents to
//! which models contributed are told as those reported are, narrowed along whether models did, and
//! resolved ones narrowed along what has become of them and when (`outcome`), so that no difference of
//! two indicators is a cell. `tests/api/attack` puts all answers into equations.
//!
//! **Nothing is not personal:** 0 is told, except where that would tell which are the small ones.
//! **Never told** here: memberships that began or ended in a period, which together with the stocks
//! before and after would tell each other; anything filtered by what is no coordinate (a model, an
//! area, a moment of occurrence); parts of a month, and months that begin on another day than the 1st,
//! where there was anything in them.
//! **Not covered:** asking again after the records have changed.

mod blocks;
mod coordinates;
mod ground;
mod measures;
mod outcome;
mod slab;
mod telling;

pub use self::ground::{Field, Ground};

use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use self::ground::Within;
use self::measures::{Axis, Ruling, ruling};
use self::telling::{Chosen, Reach, Told, Units, When};
use super::Dimension;
use super::catalogue::IndicatorId;
use super::cube::{self, Book, Cut, Reading};
use super::fact::{Fact, Part};
use super::figure::Figure;
use super::filters::Filters;
use super::key::CellKey;
use super::observe::{Asked, Observation, Standing, figure};
use super::period::{Calendar, Grain, Slot};
use super::scene::Scene;
use crate::error::Result;
use crate::resources::unit::UnitKind;
use crate::types::{Day, UnitId};

/// The unit whose records make slabs together: the province above, or the unit alone.
pub fn slab_root(scene: &Scene, unit: UnitId) -> UnitId {
    let province = |unit: &UnitId| scene.tree.get(unit).is_some_and(|(kind, _)| *kind == UnitKind::Province);
    scene.above(unit).find(province).unwrap_or(unit)
}

/// The months of the years that some slots touch: what lies in a slab is decided about together.
pub fn months_of(slots: &[Slot]) -> Vec<Slot> {
    let year = |day: Day| i32::from(day.date().year());
    let years: BTreeSet<i32> = slots.iter().flat_map(|slot| year(slot.range.from)..=year(slot.range.to)).collect();
    let calendar = Calendar::starting_on(1);
    let months = |year: &i32| {
        let whole = calendar.period(&format!("{year:04}"));
        whole.map(|whole| calendar.slots(whole, Some(Grain::Month))).unwrap_or_default()
    };
    years.iter().flat_map(months).collect()
}

/// Whether what happened in any year decides about an indicator.
pub fn looks_back(id: IndicatorId) -> bool {
    ruling(id.indicator().reading).is_some_and(|ruling| ruling.on_resolution)
}

/// A question about one indicator.
struct Question<'q> {
    ground: &'q Ground,
    asked: &'q Asked,
    filters: &'q Filters,
    reading: Reading,
    ruling: Option<Ruling>,
}

/// Every figure of one indicator that may be told, out of `book`, and null for the rest.
pub fn observe(
    id: IndicatorId,
    asked: &Asked,
    filters: &Filters,
    ground: &Ground,
    book: &Book,
) -> Result<Vec<Observation>> {
    let reading = id.indicator().reading;
    let question = Question { ground, asked, filters, reading, ruling: ruling(reading) };
    question.answer(id, book)
}

impl Question<'_> {
    fn answer(&self, id: IndicatorId, book: &Book) -> Result<Vec<Observation>> {
        let Some(scope) = self.ground.scope else {
            return Ok(self.outside(id));
        };
        let cut = Cut { empty: false, ..self.asked.cut.clone() };
        let groups = cube::groups(book, &self.ground.scene, &cut, usize::MAX)?;
        let keys = self.keys(scope)?;
        let mut figures = Vec::new();
        for key in keys {
            let facts = groups.get(&key).map_or(&[][..], Vec::as_slice);
            let earlier = self.asked.earlier.clone();
            let values = self.told(scope, &key, facts, &self.asked.slots.clone());
            let before = earlier.map(|slots| self.told(scope, &key, facts, &slots));
            for (at, (slot, value)) in self.asked.slots.iter().zip(values).enumerate() {
                let previous = before.as_ref().map(|before| before[at]);
                let item = written(id, CellKey::new(&key, slot, &self.asked.cut.by), value, previous);
                if self.asked.shows_all() || item.status == Standing::Suppressed || tells(&item) {
                    figures.push(item);
                }
            }
        }
        Ok(figures)
    }

    /// Of a place outside the territory there is nothing.
    fn outside(&self, id: IndicatorId) -> Vec<Observation> {
        let median = matches!(self.reading, Reading::Median(_));
        let nothing = (!median).then_some(Figure::whole(0));
        let previous = self.asked.earlier.as_ref().and(nothing);
        let key = CellKey::default();
        if self.asked.cut.by.is_empty() { vec![figure(id, key, nothing, previous)] } else { Vec::new() }
    }

    /// Every key that is shown: of what is not known to be nothing, or of everything there could be.
    fn keys(&self, scope: UnitId) -> Result<Vec<Vec<Part>>> {
        let mut keys: BTreeSet<Vec<Part>> = BTreeSet::from([Vec::new()]);
        for dimension in self.asked.cut.still().collect::<Vec<_>>() {
            let values = self.values(dimension, scope);
            let most = self.asked.most_groups();
            if keys.len().saturating_mul(values.len()) > most {
                return Err(cube::too_many());
            }
            let longer = |key: &Vec<Part>, value: &Part| key.iter().chain([value]).cloned().collect();
            keys =
                keys.iter().flat_map(|key| values.iter().map(|value| longer(key, value)).collect::<Vec<_>>()).collect();
        }
        Ok(keys.into_iter().collect())
    }

    fn values(&self, dimension: Dimension, scope: UnitId) -> BTreeSet<Part> {
        let (empty, level) = (self.asked.cut.empty, self.asked.cut.level);
        let slots = self.asked.all_slots();
        let of_ruling = |ruling: &Ruling| {
            let slabs = self.ground.slabs(ruling, &slots).into_iter();
            slabs.flat_map(|(_, _, slab)| slab.values(dimension, Some(ruling.measure), empty)).collect()
        };
        let found: BTreeSet<Part> = match &self.ruling {
            Some(ruling) => of_ruling(ruling),
            // What is never told is withheld wherever there could be something.
            None => self.ground.every(dimension),
        };
        if dimension != Dimension::Unit {
            let left = self.filters.parts(dimension);
            let passes = |part: &Part| left.as_ref().is_none_or(|parts| parts.contains(part));
            return found.into_iter().filter(passes).collect();
        }
        let under = self.ground.under(scope);
        let all = (empty || self.ruling.is_none()).then(|| under.iter().map(|unit| Part::Id(unit.uuid())));
        let units = found.into_iter().chain(all.into_iter().flatten()).filter_map(|part| match part {
            Part::Id(id) => Some(UnitId::new(id)),
            _ => None,
        });
        let shown = units.filter(|unit| under.contains(unit)).filter_map(|unit| self.ground.scene.shown(unit, level));
        shown.map(|unit| Part::Id(unit.uuid())).collect()
    }

    /// The figure of each slot for one key; none where it is withheld.
    fn told(&self, scope: UnitId, key: &[Part], facts: &[&Fact], slots: &[Slot]) -> Vec<Option<Option<Figure>>> {
        let reach = self.chosen(scope, key).zip(self.ruling.as_ref());
        let reach = reach.map(|((chosen, units), ruling)| (Reach::of(chosen, units, ruling.share.as_ref()), ruling));
        let values = self.reading.read(facts, slots);
        let verdict = |slot| reach.as_ref().map_or(Told::Withheld, |(reach, ruling)| self.verdict(reach, ruling, slot));
        let told = slots.iter().zip(values).map(|(slot, value)| match verdict(slot) {
            Told::Withheld => None,
            Told::Nothing | Told::Openly => Some(value),
        });
        told.collect()
    }

    /// What a key and the filters leave along each coordinate; none where it cannot be said.
    fn chosen(&self, scope: UnitId, key: &[Part]) -> Option<(Chosen, Rc<Units>)> {
        let coordinates = self.ground.source.dimensions();
        let foreign = |filter: &super::filters::Filter| {
            !coordinates.iter().any(|dimension| dimension.as_str() == filter.as_str())
        };
        if self.filters.given().iter().any(foreign) {
            return None;
        }
        let mut chosen = Chosen::new();
        let mut within = Within { scope, unit: scope, alone: false };
        let level = self.asked.cut.level;
        let named: Vec<(Dimension, &Part)> = self.asked.cut.still().zip(key).collect();
        for (dimension, part) in &named {
            match (dimension, part) {
                (Dimension::Unit, Part::Id(id)) => {
                    within = Within { unit: UnitId::new(*id), alone: level.is_none(), ..within };
                }
                (dimension, part) => chosen.push((Axis::By(*dimension), Rc::new(HashSet::from([(*part).clone()])))),
            }
        }
        for dimension in coordinates.iter().copied() {
            let by = named.iter().any(|(named, _)| *named == dimension);
            if let Some(left) = self.filters.parts(dimension).filter(|_| !by) {
                chosen.push((Axis::By(dimension), Rc::new(left.into_iter().collect())));
            }
        }
        Some((chosen, self.ground.units(within)))
    }

    /// Whether a cell may be told, or is known to hold nothing.
    fn verdict(&self, reach: &Reach, ruling: &Ruling, slot: &Slot) -> Told {
        let mut told = Told::Nothing;
        let mut times: HashMap<i32, When> = HashMap::new();
        for (root, year, slab) in self.ground.slabs(ruling, std::slice::from_ref(slot)) {
            let Some(chosen) = reach.within(root, slab) else {
                continue;
            };
            let when = times.entry(if ruling.on_resolution { 0 } else { year }).or_insert_with(|| match ruling {
                Ruling { stock: true, .. } => When::Standing,
                Ruling { on_resolution: true, .. } => When::resolved(slot.range),
                _ => When::Happened(slab::months(year, slot.range)),
            });
            if let When::Happened((whole, ragged)) = when
                && whole.is_empty()
                && ragged.is_empty()
            {
                continue;
            }
            told = told.and(slab.told(ruling.measure, chosen, when));
        }
        told
    }
}

fn tells(item: &Observation) -> bool {
    [item.value, item.previous].into_iter().flatten().any(|value| !value.is_zero())
}

/// An item, with what may be told of it.
fn written(
    id: IndicatorId,
    key: CellKey,
    value: Option<Option<Figure>>,
    previous: Option<Option<Option<Figure>>>,
) -> Observation {
    let before = previous.flatten().flatten();
    match value {
        Some(value) => figure(id, key, value, before),
        None => Observation {
            indicator: id,
            key,
            value: None,
            status: Standing::Suppressed,
            previous: before,
            change: None,
        },
    }
}
