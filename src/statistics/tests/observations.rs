//! What observations say of lives.

use std::collections::HashSet;

use proptest::prelude::*;
use uuid::Uuid;

use super::{Lived, any_site, book, cut, day, site, status};
use crate::resources::model::ModelStatus::{Active, Dissolved, Proposed, Suspended};
use crate::resources::unit::UnitKind;
use crate::statistics::Dimension;
use crate::statistics::catalogue::IndicatorId;
use crate::statistics::cube::Reading;
use crate::statistics::fact::{Fact, Mark, Series};
use crate::statistics::figure::Figure;
use crate::statistics::observe::{Asked, Observation, observe};
use crate::statistics::period::{Range, Slot};
use crate::statistics::scene::Scene;
use crate::types::Id;

fn asked(id: IndicatorId, by: &[Dimension], days: (i32, i32)) -> Asked {
    let (cut, slots) = cut(by, 1, days);
    Asked { indicators: vec![id], cut, slots, earlier: None }
}

fn figures(sites: &[Lived], asked: &Asked) -> Vec<Observation> {
    observe(asked.indicators[0], asked, &book(sites), &Scene::default()).expect("few cells")
}

fn number(figure: &Observation) -> i64 {
    figure.value.and_then(Figure::as_whole).expect("a whole number")
}

fn count(sites: &[Lived], id: IndicatorId, days: (i32, i32)) -> i64 {
    let figures = figures(sites, &asked(id, &[], days));
    assert_eq!(figures.len(), 1, "exactly one figure without a breakdown");
    number(&figures[0])
}

#[test]
fn the_year_of_the_source_article() {
    let old = (0..40).map(|n| site(n, &[(Active, -400)]));
    let new = (40..44).map(|n| site(n, &[(Active, 100)]));
    let sites: Vec<Lived> = old.chain(new).chain([site(3, &[(Active, 120)])]).collect();
    assert_eq!(count(&sites, IndicatorId::ModelTypesActive, (0, 364)), 44);
    assert_eq!(count(&sites, IndicatorId::ModelTypesIntroduced, (0, 364)), 4);
    assert_eq!(count(&sites, IndicatorId::ModelsActive, (0, 364)), 45);
    assert_eq!(count(&sites, IndicatorId::ModelsEstablished, (0, 364)), 5);
}

#[test]
fn a_stock_is_read_at_the_end_of_the_last_day_and_a_flow_summed() {
    let lived = [site(1, &[(Active, 0), (Suspended, 10), (Active, 20), (Dissolved, 31)])];
    let of = |id, days| count(&lived, id, days);
    let ends = [9, 10, 30, 31].map(|to| of(IndicatorId::ModelsActive, (0, to)));
    assert_eq!(ends, [1, 0, 1, 0]);
    assert_eq!([(0, 31), (1, 31)].map(|days| of(IndicatorId::ModelsEstablished, days)), [1, 0]);
    assert_eq!([(31, 31), (0, 30)].map(|days| of(IndicatorId::ModelsEnded, days)), [1, 0]);
}

#[test]
fn a_site_is_established_when_it_first_becomes_active_not_when_it_is_proposed() {
    let mut proposed = site(1, &[(Proposed, 0), (Active, 40)]);
    let of = |lived: &Lived, id, days| count(std::slice::from_ref(lived), id, days);
    assert_eq!([(0, 39), (40, 60)].map(|days| of(&proposed, IndicatorId::ModelsEstablished, days)), [0, 1]);
    assert_eq!(of(&proposed, IndicatorId::ModelsReplicated, (40, 60)), 0);
    proposed.site.replicated = true;
    assert_eq!(of(&proposed, IndicatorId::ModelsReplicated, (40, 60)), 1);
}

#[test]
fn each_unit_is_a_scope_of_its_own() {
    let sites = [site(1, &[(Active, 0)]), Lived { unit: 2, ..site(1, &[(Active, 50)]) }];
    let introduced = IndicatorId::ModelTypesIntroduced;
    let by_unit = figures(&sites, &asked(introduced, &[Dimension::Unit], (40, 60)));
    assert_eq!(by_unit.len(), 1, "new in the second unit, old in the first: {by_unit:?}");
    assert_eq!(by_unit[0].key.unit, Some(Id::new(Uuid::from_u128(2))));
    assert_eq!(count(&sites, introduced, (40, 60)), 0);
}

#[test]
fn a_unit_level_rolls_up_and_leaves_out_what_lies_above_it() {
    let id = |n| Id::new(Uuid::from_u128(n));
    let sites = [1, 5, 9].map(|unit| Lived { unit, ..site(1, &[(Active, 0)]) });
    let tree = [
        (id(9), (UnitKind::Province, None)),
        (id(5), (UnitKind::Commune, Some(id(9)))),
        (id(1), (UnitKind::Neighbourhood, Some(id(5)))),
    ];
    let scene = Scene { tree: tree.into(), ..Scene::default() };
    let mut asked = asked(IndicatorId::ModelsActive, &[Dimension::Unit], (0, 1));
    asked.cut.level = Some(UnitKind::Commune);
    let figures = observe(IndicatorId::ModelsActive, &asked, &book(&sites), &scene).expect("few cells");
    assert_eq!(figures.len(), 1);
    assert_eq!((figures[0].key.unit, number(&figures[0])), (Some(id(5)), 2));
}

#[test]
fn months_without_anything_are_shown_only_when_asked_for() {
    let sites = [site(1, &[(Active, 45)])];
    let mut asked = asked(IndicatorId::ModelsEstablished, &[Dimension::Month], (0, 89));
    let shown = figures(&sites, &asked);
    assert_eq!((shown.len(), shown[0].key.month.as_deref()), (1, Some("2023-02")));
    asked.cut.empty = true;
    assert_eq!(figures(&sites, &asked).len(), 3);
}

#[test]
fn a_fall_to_nothing_is_shown_where_it_is_compared() {
    let mut asked = asked(IndicatorId::ModelsEstablished, &[Dimension::Field], (31, 58));
    asked.earlier = Some(vec![Slot { range: Range { from: day(0), to: day(30) }, month: 0 }]);
    let figures = figures(&[site(1, &[(Active, 5)])], &asked);
    let told = (figures[0].value, figures[0].previous, figures[0].change);
    assert_eq!(told, (Some(Figure::whole(0)), Some(Figure::whole(1)), Some(Figure::whole(-1))));
}

#[test]
fn a_median_lies_in_the_middle_and_there_is_none_of_nothing() {
    let sample = |value| Mark { series: Series::DaysToResolve, day: day(3), value, times: 1 };
    let fact = |marks: &[i64]| Fact {
        unit: Id::new(Uuid::nil()),
        subject: None,
        parts: Vec::new(),
        marks: marks.iter().map(|value| sample(*value)).collect(),
    };
    let (_, slots) = cut(&[], 1, (0, 9));
    let median = |samples: &[i64]| Reading::Median(Series::DaysToResolve).read(&[&fact(samples)], &slots)[0];
    assert_eq!(median(&[]), None);
    assert_eq!(median(&[9, 0, 4]), Some(Figure::whole(4)));
    assert_eq!(median(&[9, 0, 4, 5]), Some(Figure::between(4, 5)));
}

proptest! {
    #[test]
    fn a_type_is_active_exactly_when_a_site_of_it_is(sites in prop::collection::vec(any_site(), 0..8), on in 0i32..400) {
        let active = sites.iter().filter(|lived| status(&lived.site, day(on)) == Some(Active));
        let types: HashSet<u128> = active.map(|lived| lived.model_type).collect();
        prop_assert_eq!(count(&sites, IndicatorId::ModelTypesActive, (0, on)), types.len() as i64);
    }

    #[test]
    fn sites_add_up_over_units_and_flows_over_months(sites in prop::collection::vec(any_site(), 0..12)) {
        let sum = |id, by: &[Dimension]| -> i64 { figures(&sites, &asked(id, by, (10, 250))).iter().map(number).sum() };
        for id in [IndicatorId::ModelsActive, IndicatorId::ModelsEstablished, IndicatorId::ModelsExemplary] {
            prop_assert_eq!(sum(id, &[]), sum(id, &[Dimension::Unit, Dimension::ModelType]));
        }
        for id in [IndicatorId::ModelsEstablished, IndicatorId::ModelsEnded, IndicatorId::ModelTypesIntroduced] {
            prop_assert_eq!(sum(id, &[]), sum(id, &[Dimension::Month]));
        }
    }

    #[test]
    fn the_last_month_of_a_stock_is_the_stock(sites in prop::collection::vec(any_site(), 0..12), to in 0i32..300) {
        for id in [IndicatorId::ModelsActive, IndicatorId::ModelTypesActive] {
            let (mut cut, slots) = cut(&[Dimension::Month], 15, (0, to));
            cut.empty = true;
            let months = figures(&sites, &Asked { indicators: vec![id], cut, slots, earlier: None });
            prop_assert_eq!(number(&months[months.len() - 1]), count(&sites, id, (0, to)));
        }
    }
}
