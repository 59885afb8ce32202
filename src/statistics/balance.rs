//! Balances: opening + inflows − outflows = closing, for every key. Pure.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::cube::{self, CellKey, Cut, Facts, MOST_CELLS};
use super::meta::Meta;
use super::movements::{Book, Counted, Movement};
use super::observe::place;
use super::period::{Range, Slot};
use crate::access::Named;
use crate::error::Result;
use crate::http::PageInfo;
use crate::noun::Noun;

/// What came in: types `introduced` and `resumed`, models `established` and `resumed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Inflows {
    /// For the first time in this scope.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 9007199254740991i64)]
    pub introduced: Option<i64>,
    /// Active for the first time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 9007199254740991i64)]
    pub established: Option<i64>,
    /// Active again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 9007199254740991i64)]
    pub resumed: Option<i64>,
}

/// What went out while active: types `ended`, models `suspended`, `merged` and `dissolved`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Outflows {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 9007199254740991i64)]
    pub suspended: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 9007199254740991i64)]
    pub merged: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 9007199254740991i64)]
    pub dissolved: Option<i64>,
    /// Left without an active site in this scope.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 9007199254740991i64)]
    pub ended: Option<i64>,
}

/// A balance of active things over a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Balance {
    pub key: CellKey,
    /// Active at the end of the day before the period.
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    pub opening: i64,
    pub inflows: Inflows,
    pub outflows: Outflows,
    /// Active at the end of the period's last day.
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    pub closing: i64,
}

impl Named for Balance {
    const NOUN: Noun = Noun::Balance;
}

impl Balance {
    /// The number of one movement; 0 where it has no part in this balance.
    pub fn moved(&self, movement: Movement) -> i64 {
        let number = match movement {
            Movement::Introduced => self.inflows.introduced,
            Movement::Established => self.inflows.established,
            Movement::Resumed => self.inflows.resumed,
            Movement::Suspended => self.outflows.suspended,
            Movement::Merged => self.outflows.merged,
            Movement::Dissolved => self.outflows.dissolved,
            Movement::Ended => self.outflows.ended,
        };
        number.unwrap_or_default()
    }

    fn still(&self) -> bool {
        self.opening == 0 && self.closing == 0 && Movement::ALL.iter().all(|movement| self.moved(*movement) == 0)
    }
}

/// A page of balances.
#[derive(Debug, Serialize, ToSchema)]
pub struct BalancePage {
    /// In the order of the key.
    #[schema(max_items = 10000)]
    pub items: Vec<Balance>,
    /// Where this page stands in the list.
    pub page: PageInfo,
    /// What holds for all of them.
    pub meta: Meta,
}

/// What is asked of the cube.
#[derive(Clone, Debug)]
pub struct Asked {
    pub counted: Counted,
    pub cut: Cut,
    pub slots: Vec<Slot>,
}

/// Every balance asked for, in order; those in which nothing was and nothing moved are left out
/// unless `empty`, or where there is one alone.
pub fn balance(asked: &Asked, facts: &Facts) -> Result<Vec<Balance>> {
    let groups = cube::groups(facts, &asked.cut, MOST_CELLS / asked.slots.len().max(1))?;
    let all = asked.cut.empty || asked.cut.by.is_empty();
    let mut balances = Vec::new();
    for (key, sites) in &groups {
        let numbers = Numbers::read(&Book::of(asked.counted, sites), &asked.slots);
        for (at, slot) in asked.slots.iter().enumerate() {
            let balance = numbers.balance(at, asked.counted, CellKey::new(key, slot, &asked.cut.by));
            if all || !balance.still() {
                balances.push(balance);
            }
        }
    }
    balances.sort_by_cached_key(|balance| place(&balance.key, &asked.cut.by));
    Ok(balances)
}

/// A book read per slot.
struct Numbers {
    opening: Vec<i64>,
    movements: BTreeMap<Movement, Vec<i64>>,
    closing: Vec<i64>,
}

impl Numbers {
    fn read(book: &Book, slots: &[Slot]) -> Self {
        let stock = |slots: &[Slot]| cube::at_ends(book.active.iter().copied(), slots);
        let moved = book.movements.iter().map(|(m, days)| (*m, cube::within(days.iter().copied(), slots)));
        Self { opening: stock(&eves(slots)), movements: moved.collect(), closing: stock(slots) }
    }

    fn balance(&self, at: usize, counted: Counted, key: CellKey) -> Balance {
        let moved = |movement: Movement| {
            let part = counted.inflows().contains(&movement) || counted.outflows().contains(&movement);
            part.then(|| self.movements.get(&movement).map_or(0, |numbers| numbers[at]))
        };
        Balance {
            key,
            opening: self.opening[at],
            inflows: Inflows {
                introduced: moved(Movement::Introduced),
                established: moved(Movement::Established),
                resumed: moved(Movement::Resumed),
            },
            outflows: Outflows {
                suspended: moved(Movement::Suspended),
                merged: moved(Movement::Merged),
                dissolved: moved(Movement::Dissolved),
                ended: moved(Movement::Ended),
            },
            closing: self.closing[at],
        }
    }
}

/// The day before each slot.
fn eves(slots: &[Slot]) -> Vec<Slot> {
    let eve = |slot: &Slot| {
        let day = slot.range.from.plus(-1);
        Slot { range: Range { from: day, to: day }, month: slot.month }
    };
    slots.iter().map(eve).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources::model::ModelStatus::{Active, Dissolved, Proposed, Suspended};
    use crate::statistics::Dimension;
    use crate::statistics::indicators::IndicatorId;
    use crate::statistics::life::Site;
    use crate::statistics::life::tests::{any_site, day, site};
    use crate::statistics::observe::{self, observe};
    use crate::statistics::period::{Calendar, Grain};
    use proptest::prelude::*;

    fn asked(counted: Counted, by: &[Dimension], days: (i32, i32)) -> Asked {
        let grain = by.iter().filter_map(|d| d.grain()).min();
        let range = Range { from: day(days.0), to: day(days.1) };
        let cut = Cut { by: by.to_vec(), level: None, empty: false };
        Asked { counted, cut, slots: Calendar::starting_on(1).slots(range, grain) }
    }

    fn drawn(counted: Counted, sites: Vec<Site>, days: (i32, i32)) -> Balance {
        let facts = Facts { sites, ..Facts::default() };
        let mut balances = balance(&asked(counted, &[], days), &facts).expect("few cells");
        assert_eq!(balances.len(), 1);
        balances.remove(0)
    }

    #[test]
    fn forty_and_four_are_forty_four() {
        let sites = (0..44).map(|n| site(n, &[(Active, if n < 40 { -9 } else { 9 })])).collect();
        let drawn = drawn(Counted::ModelTypes, sites, (0, 364));
        assert_eq!((drawn.opening, drawn.moved(Movement::Introduced), drawn.closing), (40, 4, 44));
    }

    #[test]
    fn a_chain_within_one_day_balances() {
        let sites = vec![site(1, &[(Proposed, 3), (Active, 3), (Suspended, 3), (Active, 3), (Dissolved, 3)])];
        let drawn = drawn(Counted::Models, sites, (0, 5));
        let moved = |movement| drawn.moved(movement);
        assert_eq!((moved(Movement::Established), moved(Movement::Resumed)), (1, 1));
        assert_eq!((moved(Movement::Suspended), moved(Movement::Dissolved)), (1, 1));
        assert_eq!((drawn.opening, drawn.closing), (0, 0));
    }

    #[test]
    fn what_ends_while_suspended_has_gone_out_before() {
        let sites = vec![site(1, &[(Active, 0), (Suspended, 5), (Dissolved, 9)])];
        let drawn = drawn(Counted::Models, sites, (7, 20));
        assert!(drawn.still(), "{drawn:?}");
    }

    proptest! {
        #[test]
        fn opening_and_inflows_less_outflows_are_the_closing(
            sites in prop::collection::vec(any_site(), 0..15), from in -10i32..200, length in 0i32..200, start in 1i8..=28
        ) {
            let facts = Facts { sites, ..Facts::default() };
            for counted in Counted::ALL {
                for by in [&[][..], &[Dimension::Unit], &[Dimension::Month], &[Dimension::Unit, Dimension::Field, Dimension::Quarter]] {
                    let mut asked = asked(*counted, by, (from, from + length));
                    let grain = by.iter().filter_map(|d| d.grain()).min();
                    let range = Range { from: day(from), to: day(from + length) };
                    asked.slots = Calendar::starting_on(start).slots(range, grain);
                    for drawn in balance(&asked, &facts).expect("few cells") {
                        let sum = |all: &[Movement]| all.iter().map(|m| drawn.moved(*m)).sum::<i64>();
                        let closing = drawn.opening + sum(counted.inflows()) - sum(counted.outflows());
                        prop_assert_eq!(closing, drawn.closing, "{:?}", drawn);
                    }
                }
            }
        }

        #[test]
        fn a_balance_says_what_the_indicators_say(
            sites in prop::collection::vec(any_site(), 0..15), from in 0i32..200, length in 0i32..200
        ) {
            let facts = Facts { sites, ..Facts::default() };
            let days = (from, from + length);
            for (counted, movement, flow, stock) in [
                (Counted::Models, Movement::Established, IndicatorId::ModelsEstablished, IndicatorId::ModelsActive),
                (Counted::ModelTypes, Movement::Introduced, IndicatorId::ModelTypesIntroduced, IndicatorId::ModelTypesActive),
            ] {
                let drawn = drawn(counted, facts.sites.clone(), days);
                let asked = asked(counted, &[], days);
                let figures = observe(&observe::Asked { indicators: vec![flow, stock], cut: asked.cut, slots: asked.slots, earlier: None }, &facts).expect("few cells");
                prop_assert_eq!(Some(drawn.moved(movement)), figures[0].value);
                prop_assert_eq!(Some(drawn.closing), figures[1].value);
            }
        }

        #[test]
        fn a_month_opens_as_the_month_before_closed(sites in prop::collection::vec(any_site(), 0..15)) {
            let facts = Facts { sites, ..Facts::default() };
            for counted in Counted::ALL {
                let mut asked = asked(*counted, &[Dimension::Month], (0, 300));
                asked.cut.empty = true;
                asked.slots = Calendar::starting_on(15).slots(Range { from: day(0), to: day(300) }, Some(Grain::Month));
                let months = balance(&asked, &facts).expect("few cells");
                for pair in months.windows(2) {
                    prop_assert_eq!(pair[0].closing, pair[1].opening);
                }
            }
        }
    }
}
