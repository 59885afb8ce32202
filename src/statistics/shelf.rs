//! The shelf: what was loaded for one answer. A question loads what it asks for; a report, which asks
//! many about the same time and place, says beforehand how (`Plan`), and each of its questions reads a
//! part of what was loaded once.

use std::collections::HashMap;
use std::rc::Rc;

use super::Dimension;
use super::cube::{Book, Cut, Shape};
use super::disclosure::Ground;
use super::fact::Series;
use super::filters::Filters;
use super::params::Settled;
use super::period::{Range, Slot};
use super::scene::Scene;
use super::sources::{self, Place, Source, Want};
use crate::access::Tx;
use crate::error::Result;
use crate::types::Day;

/// What one load serves: every question about a source in a shape that needs no other dimensions.
#[derive(Debug)]
pub struct Plan {
    pub source: Source,
    pub shapes: &'static [Shape],
    pub dims: &'static [Dimension],
    pub series: Vec<Series>,
    pub by_day: bool,
}

/// What is asked of a source.
pub struct Ask<'a> {
    pub source: Source,
    pub shape: Shape,
    pub by_day: bool,
    pub settled: &'a Settled,
    pub place: Place,
    pub scene: &'a Scene,
    pub series: &'a [Series],
}

/// The books, grounds and scenes of one answer.
#[derive(Default)]
pub struct Shelf {
    plans: Vec<Plan>,
    slots: Vec<Slot>,
    books: HashMap<(usize, Place), Rc<Book>>,
    grounds: HashMap<(Source, bool), Rc<Ground>>,
    scenes: HashMap<Range, Scene>,
}

impl Shelf {
    /// For many questions about the same slots, without units among them.
    pub fn planned(plans: Vec<Plan>, slots: Vec<Slot>) -> Self {
        Self { plans, slots, ..Self::default() }
    }

    /// What a breakdown needs beside the facts.
    pub fn scene(&mut self, tx: &mut Tx<'_>, settled: &Settled, sources: &[Source]) -> Result<Scene> {
        if self.plans.is_empty() {
            return sources::scene(tx, settled, sources);
        }
        if !self.scenes.contains_key(&settled.range) {
            let own = self.plans.iter().flat_map(|plan| plan.dims.iter().map(|dimension| plan.source.list(*dimension)));
            let lists = own.flatten().collect();
            self.scenes.insert(settled.range, sources::values(tx, settled.range, lists)?);
        }
        let whole = self.scenes.get(&settled.range);
        Ok(whole.map(|scene| scene.left(&settled.filters)).unwrap_or_default())
    }

    /// The facts of a question, and maybe others between the days that it reads.
    pub fn book(&mut self, tx: &mut Tx<'_>, ask: &Ask<'_>, slots: &[Slot]) -> Result<Rc<Book>> {
        let dims = ask.settled.dims(ask.source);
        let filtered = ask.source.dimensions().iter().copied();
        let left: Vec<_> = filtered.filter_map(|of| Some((of, ask.settled.filters.parts(of)?))).collect();
        let needed = || dims.iter().chain(left.iter().map(|(dimension, _)| dimension));
        let serves = |plan: &Plan| {
            let own = plan.source == ask.source && plan.shapes.contains(&ask.shape);
            own && needed().all(|dimension| plan.dims.contains(dimension))
        };
        let Some(at) = self.plans.iter().position(serves) else {
            let (dims, filters, cut) = (&*dims, &ask.settled.filters, &ask.settled.cut);
            let (by_subject, by_day) = (ask.shape == Shape::Subjects, ask.by_day);
            let (place, scene, series) = (ask.place, ask.scene, ask.series);
            let want = Want { dims, filters, place, only: None, cut, scene, series, slots, by_subject, by_day };
            return Ok(Rc::new(ask.source.book(tx, &want)?));
        };
        if !self.books.contains_key(&(at, ask.place)) {
            let book = self.planned_book(tx, &self.plans[at], ask)?;
            self.books.insert((at, ask.place), Rc::new(book));
        }
        let book = self.books.get(&(at, ask.place)).cloned().unwrap_or_default();
        Ok(if left.is_empty() { book } else { Rc::new(book.left(&left)) })
    }

    fn planned_book(&self, tx: &mut Tx<'_>, plan: &Plan, ask: &Ask<'_>) -> Result<Book> {
        let want = Want {
            dims: plan.dims,
            filters: &Filters::default(),
            place: ask.place,
            only: None,
            cut: &Cut { empty: true, ..Cut::default() },
            scene: ask.scene,
            series: &plan.series,
            slots: &self.slots,
            by_subject: plan.shapes.contains(&Shape::Subjects),
            by_day: plan.by_day,
        };
        plan.source.book(tx, &want)
    }

    /// What is decided about the records that a question touches; `back` where what happened in any year
    /// may matter. A province's records are held at a time.
    pub fn ground(
        &mut self,
        tx: &mut Tx<'_>,
        source: Source,
        settled: &Settled,
        slots: &[Slot],
        back: bool,
    ) -> Result<Rc<Ground>> {
        if let Some(ground) = self.grounds.get(&(source, back)) {
            return Ok(ground.clone());
        }
        let scope = match settled.unit {
            Some(unit) if !sources::holds(tx, unit)? => None,
            Some(unit) => Some(unit),
            None => Some(tx.caller().unit),
        };
        let mut ground = Ground::new(source, sources::whole(tx, source)?, scope);
        let days: Vec<Day> = slots.iter().map(|slot| slot.range.to).collect();
        let years = match source {
            Source::Incidents => sources::years_of_incidents(tx, &ground, slots, (back, !self.plans.is_empty()))?,
            _ => vec![slots.to_vec()],
        };
        for field in ground.fields() {
            for slots in &years {
                let book = source.cells(tx, &field, slots)?;
                ground.decide(&field, book, &days);
            }
        }
        let ground = Rc::new(ground);
        self.grounds.insert((source, back), ground.clone());
        Ok(ground)
    }
}
