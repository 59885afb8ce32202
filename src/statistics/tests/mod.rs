//! Tests of what figures mean, over lives that nobody recorded.

mod balances;
mod lives;
mod observations;

use proptest::prelude::*;
use uuid::Uuid;

use super::Dimension;
use super::cube::{Book, Cut};
use super::fact::{Fact, Mark, Part, Series};
use super::life::{Stay, Stretch, while_active};
use super::period::{Calendar, Range, Slot};
use crate::resources::model::ModelStatus;
use crate::resources::model::rules::Span;
use crate::resources::review::Rating;
use crate::types::{Day, Id};

/// The day with this number, counted from New Year 2023.
pub fn day(number: i32) -> Day {
    Day::new(2023, 1, 1).expect("a day").plus(number)
}

/// What a review said, from its day on until the next.
#[derive(Clone, Copy, Debug)]
pub struct Verdict {
    pub on: Day,
    pub rating: Rating,
    pub exemplar: bool,
}

/// A site as it was lived.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// Whether it replicates another model.
    pub replicated: bool,
    /// In order of time; each span begins where the one before ends.
    pub life: Vec<Span>,
    /// In order of time; of those of one day the last holds.
    pub verdicts: Vec<Verdict>,
}

impl Site {
    /// All that is counted of it, its ratings apart.
    pub fn marks(&self) -> Vec<Mark> {
        let mut marks = Vec::new();
        for (number, span) in self.life.iter().enumerate() {
            let at = |number: Option<usize>| number.and_then(|at| self.life.get(at)).map(|span| span.status);
            let stay = Stay {
                status: span.status,
                came_from: at(number.checked_sub(1)),
                went_to: at(Some(number + 1)),
                replicated: self.replicated,
                days: (span.from_on, span.to_on),
                times: 1,
            };
            marks.extend(stay.marks());
        }
        for (_, said) in self.held().filter(|(verdict, _)| verdict.exemplar) {
            marks.extend(self.while_active(Series::ModelExemplary, said));
        }
        marks
    }

    /// The marks of each rating that it had while it was active.
    pub fn rated(&self) -> Vec<(Rating, Vec<Mark>)> {
        let rated = self.held().map(|(verdict, said)| (verdict.rating, self.while_active(Series::ModelRated, said)));
        rated.filter(|(_, marks)| !marks.is_empty()).collect()
    }

    /// The stretches for which each verdict held.
    fn held(&self) -> impl Iterator<Item = (Verdict, Stretch)> {
        let ends = self.verdicts.iter().skip(1).map(|next| Some(next.on)).chain([None]);
        self.verdicts.iter().zip(ends).map(|(verdict, end)| (*verdict, (verdict.on, end)))
    }

    fn while_active(&self, series: Series, said: Stretch) -> Vec<Mark> {
        let active = self.life.iter().filter(|span| span.status == ModelStatus::Active);
        active.flat_map(|span| while_active(series, said, (span.from_on, span.to_on), 1)).collect()
    }
}

/// A site that took each status on the day given.
pub fn life(steps: &[(ModelStatus, i32)]) -> Site {
    let ends = steps.iter().skip(1).map(|(_, on)| Some(day(*on))).chain([None]);
    let spans = steps.iter().zip(ends).enumerate().map(|(number, ((status, on), to_on))| Span {
        number: number as i32,
        status: *status,
        from_on: day(*on),
        to_on,
    });
    Site { life: spans.collect(), ..Site::default() }
}

/// A site of a type in a unit.
#[derive(Clone, Debug)]
pub struct Lived {
    pub unit: u128,
    pub model_type: u128,
    pub site: Site,
}

/// A site of type `model_type` in unit 1.
pub fn site(model_type: u128, steps: &[(ModelStatus, i32)]) -> Lived {
    Lived { unit: 1, model_type, site: life(steps) }
}

impl Lived {
    pub fn fact(&self) -> Fact {
        let model_type = Uuid::from_u128(self.model_type);
        let parts = vec![Part::Id(model_type), Part::Word("security")];
        Fact { unit: Id::new(Uuid::from_u128(self.unit)), subject: Some(model_type), parts, marks: self.site.marks() }
    }
}

pub fn book(sites: &[Lived]) -> Book {
    let facts = sites.iter().map(Lived::fact).collect();
    Book { dims: vec![Dimension::ModelType, Dimension::Field], facts, vocabulary: None }
}

/// A breakdown of a range of days.
pub fn cut(by: &[Dimension], start: i8, (from, to): (i32, i32)) -> (Cut, Vec<Slot>) {
    let grain = by.iter().filter_map(|d| d.grain()).min();
    let slots = Calendar::starting_on(start).slots(Range { from: day(from), to: day(to) }, grain);
    (Cut { by: by.to_vec(), level: None, empty: false }, slots)
}

/// Any life that the rules allow, same-day chains included, and any verdicts on it.
pub fn any_site() -> impl Strategy<Value = Lived> {
    use ModelStatus::{Active, Dissolved, Merged, Proposed, Suspended};
    let steps = prop::collection::vec((any::<u8>(), prop_oneof![Just(0), 0i32..60]), 0..7);
    let verdicts = prop::collection::vec((0i32..300, 0usize..5, any::<bool>()), 0..4);
    let of = (1u128..4, 1u128..3, any::<bool>());
    (any::<bool>(), 0i32..200, steps, of, verdicts).prop_map(
        |(proposed, begin, steps, (model_type, unit, replicated), mut verdicts)| {
            let mut lived = vec![(if proposed { Proposed } else { Active }, begin)];
            for (choice, later) in steps {
                let (status, on) = lived[lived.len() - 1];
                let next: &[ModelStatus] = match status {
                    Proposed => &[Active, Active, Dissolved],
                    Active => &[Suspended, Suspended, Merged, Dissolved],
                    Suspended => &[Active, Active, Merged, Dissolved],
                    Merged | Dissolved => break,
                };
                lived.push((next[usize::from(choice) % next.len()], on + later));
            }
            verdicts.sort_by_key(|(on, ..)| *on);
            let verdict = |(on, rating, exemplar)| Verdict { on: day(on), rating: Rating::ALL[rating], exemplar };
            let site = Site { replicated, verdicts: verdicts.into_iter().map(verdict).collect(), ..life(&lived) };
            Lived { unit, model_type, site }
        },
    )
}

/// The status of a site on a day, read from its life alone.
pub fn status(site: &Site, on: Day) -> Option<ModelStatus> {
    site.life.iter().rfind(|span| span.from_on <= on && span.to_on.is_none_or(|end| end > on)).map(|span| span.status)
}
