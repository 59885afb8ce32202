//! What the life of a site means for a count: on which days it was active, when it began, when it
//! ended; and the same for a type by its sites. Definitions of figures are decided here. Pure.

use std::collections::BTreeMap;

use crate::resources::model::rules::Span;
use crate::resources::model::{ModelStatus, Setting};
use crate::resources::model_type::{Field, ModelTypeId};
use crate::resources::unit::UnitId;
use crate::types::Day;

/// What statistics know of a model.
#[derive(Clone, Debug)]
pub struct Site {
    pub unit: UnitId,
    pub model_type: ModelTypeId,
    pub field: Field,
    pub setting: Option<Setting>,
    /// The status it is in now.
    pub status: ModelStatus,
    pub exemplar: bool,
    /// Whether it replicates another model.
    pub replicated: bool,
    /// In order of time; each span begins where the one before ends.
    pub life: Vec<Span>,
}

/// Active from a day to a day (exclusive). One that ends on the day it begins counts as a beginning
/// and an end, and on no day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub from: Day,
    pub to: Option<Day>,
}

impl Stretch {
    #[cfg(test)]
    pub fn holds(&self, day: Day) -> bool {
        self.from <= day && self.to.is_none_or(|end| end > day)
    }
}

impl Site {
    /// The stretches for which it was active.
    pub fn active(&self) -> impl Iterator<Item = Stretch> {
        self.life.iter().filter(|span| span.status == ModelStatus::Active).map(stretch)
    }

    /// The day it was first active.
    pub fn established_on(&self) -> Option<Day> {
        self.active().next().map(|first| first.from)
    }

    /// The day a life that had been active ended for good.
    pub fn ended_on(&self) -> Option<Day> {
        self.established_on()?;
        let end = self.life.iter().find(|span| matches!(span.status, ModelStatus::Merged | ModelStatus::Dissolved));
        end.map(|span| span.from_on)
    }
}

fn stretch(span: &Span) -> Stretch {
    Stretch { from: span.from_on, to: span.to_on }
}

/// The stretches for which each type had an active site among `sites`.
pub fn types(sites: &[&Site]) -> Vec<Vec<Stretch>> {
    let mut of_type: BTreeMap<ModelTypeId, Vec<Stretch>> = BTreeMap::new();
    for site in sites {
        of_type.entry(site.model_type).or_default().extend(site.active());
    }
    of_type.into_values().map(joined).filter(|stretches| !stretches.is_empty()).collect()
}

/// Stretches that touch or overlap, as one; in order of time.
fn joined(mut stretches: Vec<Stretch>) -> Vec<Stretch> {
    stretches.sort_unstable_by_key(|stretch| (stretch.from, stretch.to.is_none(), stretch.to));
    let mut all: Vec<Stretch> = Vec::with_capacity(stretches.len());
    for next in stretches {
        match all.last_mut() {
            Some(last) if last.to.is_none_or(|end| next.from <= end) => {
                last.to = last.to.zip(next.to).map(|(a, b)| a.max(b));
            }
            _ => all.push(next),
        }
    }
    all
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::types::Id;
    use proptest::prelude::*;

    pub fn day(number: i32) -> Day {
        Day::new(2023, 1, 1).expect("a day").plus(number)
    }

    /// A site of type `model_type` that took each status on the day given.
    pub fn site(model_type: u128, steps: &[(ModelStatus, i32)]) -> Site {
        let ends = steps.iter().skip(1).map(|(_, on)| Some(day(*on))).chain([None]);
        let life = steps.iter().zip(ends).enumerate();
        Site {
            unit: Id::new(uuid::Uuid::from_u128(1)),
            model_type: Id::new(uuid::Uuid::from_u128(model_type)),
            field: Field::Security,
            setting: None,
            status: steps.last().expect("a status").0,
            exemplar: false,
            replicated: false,
            life: life
                .map(|(number, ((status, on), to_on))| Span {
                    number: number as i32,
                    status: *status,
                    from_on: day(*on),
                    to_on,
                })
                .collect(),
        }
    }

    /// Any life that the rules allow, same-day chains included.
    pub fn any_site() -> impl Strategy<Value = Site> {
        use ModelStatus::{Active, Dissolved, Merged, Proposed, Suspended};
        let steps = prop::collection::vec((any::<u8>(), prop_oneof![Just(0), 0i32..60]), 0..7);
        (any::<bool>(), 0i32..200, steps, 1u128..4, 1u128..3, any::<bool>()).prop_map(
            |(proposed, begin, steps, model_type, unit, replicated)| {
                let mut life = vec![(if proposed { Proposed } else { Active }, begin)];
                for (choice, later) in steps {
                    let (status, on) = life[life.len() - 1];
                    let next: &[ModelStatus] = match status {
                        Proposed => &[Active, Active, Dissolved],
                        Active => &[Suspended, Suspended, Merged, Dissolved],
                        Suspended => &[Active, Active, Merged, Dissolved],
                        Merged | Dissolved => break,
                    };
                    life.push((next[usize::from(choice) % next.len()], on + later));
                }
                let mut made = site(model_type, &life);
                made.unit = Id::new(uuid::Uuid::from_u128(unit));
                made.replicated = replicated;
                made
            },
        )
    }

    #[test]
    fn a_site_is_active_from_its_first_day_and_not_on_the_day_it_ends() {
        use ModelStatus::{Active, Dissolved, Proposed, Suspended};
        let lived = site(1, &[(Proposed, 0), (Active, 3), (Suspended, 5), (Active, 7), (Dissolved, 9)]);
        let active: Vec<i32> = (0..12).filter(|n| lived.active().any(|s| s.holds(day(*n)))).collect();
        assert_eq!(active, [3, 4, 7, 8]);
        assert_eq!((lived.established_on(), lived.ended_on()), (Some(day(3)), Some(day(9))));
    }

    #[test]
    fn what_never_was_active_neither_begins_nor_ends() {
        use ModelStatus::{Dissolved, Proposed};
        let never = site(1, &[(Proposed, 0), (Dissolved, 4)]);
        assert_eq!((never.established_on(), never.ended_on(), never.active().count()), (None, None, 0));
    }

    #[test]
    fn a_life_that_ends_while_suspended_has_ended() {
        use ModelStatus::{Active, Merged, Suspended};
        assert_eq!(site(1, &[(Active, 0), (Suspended, 2), (Merged, 8)]).ended_on(), Some(day(8)));
    }

    #[test]
    fn a_type_goes_on_while_one_of_its_sites_does() {
        use ModelStatus::{Active, Dissolved};
        let handed_on = [site(1, &[(Active, 0), (Dissolved, 5)]), site(1, &[(Active, 5), (Dissolved, 9)])];
        let all: Vec<&Site> = handed_on.iter().collect();
        assert_eq!(types(&all), [[Stretch { from: day(0), to: Some(day(9)) }]]);
        let interrupted = [site(1, &[(Active, 0), (Dissolved, 4)]), site(1, &[(Active, 5)])];
        let all: Vec<&Site> = interrupted.iter().collect();
        assert_eq!(types(&all).concat().len(), 2);
    }

    proptest! {
        #[test]
        fn a_type_is_active_exactly_when_a_site_of_it_is(sites in prop::collection::vec(any_site(), 0..8)) {
            let all: Vec<&Site> = sites.iter().collect();
            let types = types(&all);
            for number in 0..400 {
                let on = day(number);
                let counted = types.iter().filter(|t| t.iter().any(|s| s.holds(on))).count();
                let mut active: Vec<_> =
                    sites.iter().filter(|s| s.active().any(|s| s.holds(on))).map(|s| s.model_type).collect();
                active.sort_unstable();
                active.dedup();
                prop_assert_eq!(counted, active.len());
            }
        }
    }
}
