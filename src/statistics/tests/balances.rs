//! Opening and inflows less outflows are the closing, whatever happened when.

use proptest::prelude::*;

use super::{Lived, any_site, book, cut, site};
use crate::resources::model::ModelStatus::{Active, Dissolved, Proposed, Suspended};
use crate::statistics::Dimension;
use crate::statistics::balance::{Asked, Balance, Counted, Movement, balance};
use crate::statistics::catalogue::IndicatorId;
use crate::statistics::figure::Figure;
use crate::statistics::observe::{self, observe};
use crate::statistics::scene::Scene;

const OF_MODELS: [Counted; 2] = [Counted::ModelTypes, Counted::Models];

fn drawn(counted: Counted, sites: &[Lived], by: &[Dimension], start: i8, days: (i32, i32)) -> Vec<Balance> {
    let (mut cut, slots) = cut(by, start, days);
    cut.empty = by == [Dimension::Month];
    balance(&Asked { counted, cut, slots }, &book(sites), &Scene::default()).expect("few cells")
}

fn one(counted: Counted, sites: &[Lived], days: (i32, i32)) -> Balance {
    let mut balances = drawn(counted, sites, &[], 1, days);
    assert_eq!(balances.len(), 1);
    balances.remove(0)
}

fn moved(balance: &Balance, movement: Movement) -> i64 {
    balance.moved(movement).unwrap_or(0)
}

#[test]
fn forty_and_four_are_forty_four() {
    let sites: Vec<Lived> = (0..44).map(|n| site(n, &[(Active, if n < 40 { -9 } else { 9 })])).collect();
    let drawn = one(Counted::ModelTypes, &sites, (0, 364));
    assert_eq!((drawn.opening, moved(&drawn, Movement::Introduced), drawn.closing), (Some(40), 4, Some(44)));
}

#[test]
fn a_chain_within_one_day_balances() {
    let sites = [site(1, &[(Proposed, 3), (Active, 3), (Suspended, 3), (Active, 3), (Dissolved, 3)])];
    let drawn = one(Counted::Models, &sites, (0, 5));
    let all = [Movement::Established, Movement::Resumed, Movement::Suspended, Movement::Dissolved];
    assert_eq!(all.map(|movement| moved(&drawn, movement)), [1, 1, 1, 1]);
    assert_eq!((drawn.opening, drawn.closing), (Some(0), Some(0)));
}

#[test]
fn what_ends_while_suspended_has_gone_out_before() {
    let drawn = one(Counted::Models, &[site(1, &[(Active, 0), (Suspended, 5), (Dissolved, 9)])], (7, 20));
    assert!(Movement::ALL.iter().all(|movement| moved(&drawn, *movement) == 0), "{drawn:?}");
    assert_eq!((drawn.opening, drawn.closing), (Some(0), Some(0)));
}

#[test]
fn a_type_handed_on_within_a_day_goes_on() {
    let handed_on = [site(1, &[(Active, 0), (Dissolved, 5)]), site(1, &[(Active, 5), (Dissolved, 9)])];
    let drawn = one(Counted::ModelTypes, &handed_on, (1, 20));
    assert_eq!((drawn.opening, moved(&drawn, Movement::Resumed), moved(&drawn, Movement::Ended)), (Some(1), 0, 1));
}

proptest! {
    #[test]
    fn opening_and_inflows_less_outflows_are_the_closing(
        sites in prop::collection::vec(any_site(), 0..15), from in -10i32..200, length in 0i32..200, start in 1i8..=28
    ) {
        use Dimension::{Field, Month, Quarter, Unit};
        for counted in OF_MODELS {
            for by in [&[][..], &[Unit], &[Month], &[Unit, Field, Quarter]] {
                for drawn in drawn(counted, &sites, by, start, (from, from + length)) {
                    let sum = |all: &[Movement]| all.iter().map(|m| moved(&drawn, *m)).sum::<i64>();
                    let closing = drawn.opening.map(|opening| opening + sum(counted.inflows()) - sum(counted.outflows()));
                    prop_assert_eq!(closing, drawn.closing, "{:?}", drawn);
                }
            }
        }
    }

    #[test]
    fn a_balance_says_what_the_indicators_say(
        sites in prop::collection::vec(any_site(), 0..15), from in 0i32..200, length in 0i32..200
    ) {
        let days = (from, from + length);
        for (counted, movement, flow, stock) in [
            (Counted::Models, Movement::Established, IndicatorId::ModelsEstablished, IndicatorId::ModelsActive),
            (Counted::ModelTypes, Movement::Introduced, IndicatorId::ModelTypesIntroduced, IndicatorId::ModelTypesActive),
        ] {
            let drawn = one(counted, &sites, days);
            let figure = |id| {
                let (cut, slots) = cut(&[], 1, days);
                let asked = observe::Asked { indicators: vec![id], cut, slots, earlier: None };
                observe(id, &asked, &book(&sites), &Scene::default()).expect("few cells")[0].value
            };
            prop_assert_eq!(Some(Figure::whole(moved(&drawn, movement))), figure(flow));
            prop_assert_eq!(drawn.closing.map(Figure::whole), figure(stock));
        }
    }

    #[test]
    fn a_month_opens_as_the_month_before_closed(sites in prop::collection::vec(any_site(), 0..15)) {
        for counted in OF_MODELS {
            let months = drawn(counted, &sites, &[Dimension::Month], 15, (0, 300));
            for pair in months.windows(2) {
                prop_assert_eq!(pair[0].closing, pair[1].opening);
            }
        }
    }
}
