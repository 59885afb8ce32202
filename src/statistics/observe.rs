//! Observations: each indicator's reading of the cube. Pure.

use serde::Serialize;
use utoipa::ToSchema;

use super::Dimension;
use super::cube::{self, CellKey, Cut, Facts, MOST_CELLS};
use super::indicators::IndicatorId;
use super::life::{self, Site, Stretch};
use super::meta::Meta;
use super::period::Slot;
use crate::access::Named;
use crate::error::Result;
use crate::http::PageInfo;
use crate::noun::Noun;
use crate::types::{Day, text_enum};

text_enum! {
    /// Whether a figure is shown or withheld.
    pub enum Standing {
        /// It is what it is.
        Final = "final",
        /// Too few to be told to this caller; the value is null.
        Suppressed = "suppressed",
    }
}

/// One figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Observation {
    pub indicator: IndicatorId,
    pub key: CellKey,
    /// Null when suppressed.
    #[schema(required = true, minimum = 0, maximum = 9007199254740991i64)]
    pub value: Option<i64>,
    pub status: Standing,
    /// The figure with which it is compared; with `compare` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 9007199254740991i64)]
    pub previous: Option<i64>,
    /// `value` less `previous`; with `compare` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = -9007199254740991i64, maximum = 9007199254740991i64)]
    pub change: Option<i64>,
}

impl Named for Observation {
    const NOUN: Noun = Noun::Observation;
}

/// A page of figures.
#[derive(Debug, Serialize, ToSchema)]
pub struct ObservationPage {
    /// In the order of the indicators asked for, then of the key.
    #[schema(max_items = 10000)]
    pub items: Vec<Observation>,
    /// Where this page stands in the list.
    pub page: PageInfo,
    /// What holds for all of them.
    pub meta: Meta,
}

/// What is asked of the cube.
#[derive(Clone, Debug)]
pub struct Asked {
    pub indicators: Vec<IndicatorId>,
    pub cut: Cut,
    pub slots: Vec<Slot>,
    /// For each slot the one it is compared with.
    pub earlier: Option<Vec<Slot>>,
}

/// What an indicator counts: stretches that hold at a period's end, or days that fall into it.
enum Marks {
    Stock(Vec<Stretch>),
    Flow(Vec<Day>),
}

impl Marks {
    fn stock(stretches: impl Iterator<Item = Stretch>) -> Self {
        Self::Stock(stretches.collect())
    }

    fn flow(days: impl Iterator<Item = Day>) -> Self {
        Self::Flow(days.collect())
    }

    fn read(&self, slots: &[Slot]) -> Vec<i64> {
        match self {
            Self::Stock(stretches) => cube::at_ends(stretches.iter().copied(), slots),
            Self::Flow(days) => cube::within(days.iter().copied(), slots),
        }
    }
}

fn marks(indicator: IndicatorId, sites: &[&Site]) -> Marks {
    let all = || sites.iter().copied();
    match indicator {
        IndicatorId::ModelTypesActive => Marks::stock(life::types(sites).into_iter().flatten()),
        IndicatorId::ModelTypesIntroduced => {
            Marks::flow(life::types(sites).iter().filter_map(|stretches| Some(stretches.first()?.from)))
        }
        IndicatorId::ModelsActive => Marks::stock(all().flat_map(Site::active)),
        IndicatorId::ModelsEstablished => Marks::flow(all().filter_map(Site::established_on)),
        IndicatorId::ModelsEnded => Marks::flow(all().filter_map(Site::ended_on)),
        IndicatorId::ModelsReplicated => {
            Marks::flow(all().filter(|site| site.replicated).filter_map(Site::established_on))
        }
        IndicatorId::ModelsExemplary => Marks::stock(all().filter(|site| site.exemplar).flat_map(Site::active)),
    }
}

/// Every figure asked for, in order. What is 0, and was where it is compared, is left out unless
/// `empty`; without a breakdown there is one figure an indicator, whatever it is.
pub fn observe(asked: &Asked, facts: &Facts) -> Result<Vec<Observation>> {
    let columns = asked.indicators.len().max(1) * asked.slots.len().max(1);
    let groups = cube::groups(facts, &asked.cut, MOST_CELLS / columns)?;
    let all = asked.cut.empty || asked.cut.by.is_empty();
    let mut figures = Vec::new();
    for indicator in &asked.indicators {
        for (key, sites) in &groups {
            let marks = marks(*indicator, sites);
            let values = marks.read(&asked.slots);
            let earlier = asked.earlier.as_ref().map(|slots| marks.read(slots));
            for (at, (slot, value)) in asked.slots.iter().zip(values).enumerate() {
                let previous = earlier.as_ref().and_then(|values| values.get(at).copied());
                if all || value != 0 || previous.is_some_and(|before| before != 0) {
                    let key = CellKey::new(key, slot, &asked.cut.by);
                    figures.push(figure(*indicator, key, value, previous));
                }
            }
        }
    }
    figures.sort_by_cached_key(|figure| position(figure, asked));
    Ok(figures)
}

fn figure(indicator: IndicatorId, key: CellKey, value: i64, previous: Option<i64>) -> Observation {
    let change = previous.map(|before| value - before);
    Observation { indicator, key, value: Some(value), status: Standing::Final, previous, change }
}

/// Where a figure stands in the order of the list.
pub fn position(figure: &Observation, asked: &Asked) -> (usize, Vec<String>) {
    let rank = asked.indicators.iter().position(|id| *id == figure.indicator).unwrap_or_default();
    (rank, place(&figure.key, &asked.cut.by))
}

/// Where a key stands in the order of a list.
pub fn place(key: &CellKey, by: &[Dimension]) -> Vec<String> {
    by.iter().map(|dimension| key.text(*dimension)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources::model::ModelStatus::{Active, Dissolved, Proposed, Suspended};
    use crate::resources::unit::UnitKind;
    use crate::statistics::life::tests::{any_site, day, site};
    use crate::statistics::period::{Calendar, Grain, Range};
    use crate::types::Id;
    use proptest::prelude::*;

    fn asked(indicators: &[IndicatorId], by: &[Dimension], days: (i32, i32)) -> Asked {
        let range = Range { from: day(days.0), to: day(days.1) };
        let grain = by.iter().filter_map(|d| d.grain()).min();
        Asked {
            indicators: indicators.to_vec(),
            cut: Cut { by: by.to_vec(), level: None, empty: false },
            slots: Calendar::starting_on(1).slots(range, grain),
            earlier: None,
        }
    }

    fn count(sites: &[Site], indicator: IndicatorId, days: (i32, i32)) -> i64 {
        let facts = Facts { sites: sites.to_vec(), ..Facts::default() };
        let figures = observe(&asked(&[indicator], &[], days), &facts).expect("few cells");
        assert_eq!(figures.len(), 1, "exactly one figure without a breakdown");
        figures[0].value.expect("nothing is suppressed")
    }

    #[test]
    fn the_year_of_the_source_article() {
        let old = (0..40).map(|n| site(n, &[(Active, -400)]));
        let new = (40..44).map(|n| site(n, &[(Active, 100)]));
        let sites: Vec<Site> = old.chain(new).chain([site(3, &[(Active, 120)])]).collect();
        assert_eq!(count(&sites, IndicatorId::ModelTypesActive, (0, 364)), 44);
        assert_eq!(count(&sites, IndicatorId::ModelTypesIntroduced, (0, 364)), 4);
        assert_eq!(count(&sites, IndicatorId::ModelsActive, (0, 364)), 45);
        assert_eq!(count(&sites, IndicatorId::ModelsEstablished, (0, 364)), 5);
    }

    #[test]
    fn a_stock_is_read_at_the_end_of_the_last_day_and_a_flow_summed() {
        let lived = [site(1, &[(Active, 0), (Suspended, 10), (Active, 20), (Dissolved, 31)])];
        assert_eq!(count(&lived, IndicatorId::ModelsActive, (0, 9)), 1);
        assert_eq!(count(&lived, IndicatorId::ModelsActive, (0, 10)), 0);
        assert_eq!(count(&lived, IndicatorId::ModelsActive, (0, 30)), 1);
        assert_eq!(count(&lived, IndicatorId::ModelsActive, (0, 31)), 0);
        assert_eq!(count(&lived, IndicatorId::ModelsEstablished, (0, 31)), 1);
        assert_eq!(count(&lived, IndicatorId::ModelsEstablished, (1, 31)), 0);
        assert_eq!(count(&lived, IndicatorId::ModelsEnded, (31, 31)), 1);
        assert_eq!(count(&lived, IndicatorId::ModelsEnded, (0, 30)), 0);
    }

    #[test]
    fn a_site_is_established_when_it_first_becomes_active_not_when_it_is_proposed() {
        let mut proposed = site(1, &[(Proposed, 0), (Active, 40)]);
        assert_eq!(count(&[proposed.clone()], IndicatorId::ModelsEstablished, (0, 39)), 0);
        assert_eq!(count(&[proposed.clone()], IndicatorId::ModelsEstablished, (40, 60)), 1);
        assert_eq!(count(&[proposed.clone()], IndicatorId::ModelsReplicated, (40, 60)), 0);
        proposed.replicated = true;
        assert_eq!(count(&[proposed], IndicatorId::ModelsReplicated, (40, 60)), 1);
    }

    #[test]
    fn each_unit_is_a_scope_of_its_own() {
        let here = site(1, &[(Active, 0)]);
        let there = Site { unit: Id::new(uuid::Uuid::from_u128(2)), ..site(1, &[(Active, 50)]) };
        let facts = Facts { sites: vec![here, there], ..Facts::default() };
        let introduced = IndicatorId::ModelTypesIntroduced;
        let figures = observe(&asked(&[introduced], &[Dimension::Unit], (40, 60)), &facts).expect("few cells");
        assert_eq!(figures.len(), 1, "new in the second unit, old in the first: {figures:?}");
        assert_eq!(figures[0].key.unit, Some(facts.sites[1].unit));
        let whole = observe(&asked(&[introduced], &[], (40, 60)), &facts).expect("few cells");
        assert_eq!(whole[0].value, Some(0));
    }

    #[test]
    fn a_unit_level_rolls_up_and_leaves_out_what_lies_above_it() {
        let id = |n| Id::new(uuid::Uuid::from_u128(n));
        let in_unit = |n| Site { unit: id(n), ..site(1, &[(Active, 0)]) };
        let tree = [
            (id(9), (UnitKind::Province, None)),
            (id(5), (UnitKind::Commune, Some(id(9)))),
            (id(1), (UnitKind::Neighbourhood, Some(id(5)))),
        ];
        let facts = Facts { sites: vec![in_unit(1), in_unit(5), in_unit(9)], tree: tree.into(), ..Facts::default() };
        let mut asked = asked(&[IndicatorId::ModelsActive], &[Dimension::Unit], (0, 1));
        asked.cut.level = Some(UnitKind::Commune);
        let figures = observe(&asked, &facts).expect("few cells");
        assert_eq!(figures.len(), 1);
        assert_eq!((figures[0].key.unit, figures[0].value), (Some(id(5)), Some(2)));
    }

    #[test]
    fn months_without_anything_are_shown_only_when_asked_for() {
        let facts = Facts { sites: vec![site(1, &[(Active, 45)])], ..Facts::default() };
        let mut asked = asked(&[IndicatorId::ModelsEstablished], &[Dimension::Month], (0, 89));
        let months = |asked: &Asked| {
            let figures = observe(asked, &facts).expect("few cells");
            figures.into_iter().map(|f| (f.key.month.unwrap_or_default(), f.value)).collect::<Vec<_>>()
        };
        assert_eq!(months(&asked), [("2023-02".to_owned(), Some(1))]);
        asked.cut.empty = true;
        assert_eq!(months(&asked).len(), 3);
    }

    #[test]
    fn a_fall_to_nothing_is_shown_where_it_is_compared() {
        let facts = Facts { sites: vec![site(1, &[(Active, 5)])], ..Facts::default() };
        let mut asked = asked(&[IndicatorId::ModelsEstablished], &[Dimension::Field], (31, 58));
        asked.earlier = Some(vec![Slot { range: Range { from: day(0), to: day(30) }, month: 0 }]);
        let figures = observe(&asked, &facts).expect("few cells");
        assert_eq!((figures[0].value, figures[0].previous, figures[0].change), (Some(0), Some(1), Some(-1)));
    }

    proptest! {
        #[test]
        fn sites_add_up_over_units_and_flows_over_months(sites in prop::collection::vec(any_site(), 0..12)) {
            let facts = Facts { sites, ..Facts::default() };
            let sum = |id, by: &[Dimension]| -> i64 {
                let figures = observe(&asked(&[id], by, (10, 250)), &facts).expect("few cells");
                figures.iter().filter_map(|f| f.value).sum()
            };
            for id in [IndicatorId::ModelsActive, IndicatorId::ModelsEstablished, IndicatorId::ModelsEnded] {
                prop_assert_eq!(sum(id, &[]), sum(id, &[Dimension::Unit, Dimension::ModelType]));
            }
            for id in [IndicatorId::ModelsEstablished, IndicatorId::ModelsEnded, IndicatorId::ModelTypesIntroduced] {
                prop_assert_eq!(sum(id, &[]), sum(id, &[Dimension::Month]));
            }
        }

        #[test]
        fn the_last_month_of_a_stock_is_the_stock(sites in prop::collection::vec(any_site(), 0..12), to in 0i32..300) {
            let facts = Facts { sites, ..Facts::default() };
            for id in [IndicatorId::ModelsActive, IndicatorId::ModelTypesActive] {
                let by_month = Asked { cut: Cut { by: vec![Dimension::Month], empty: true, ..Cut::default() },
                    slots: Calendar::starting_on(15).slots(Range { from: day(0), to: day(to) }, Some(Grain::Month)),
                    ..asked(&[id], &[], (0, to)) };
                let months = observe(&by_month, &facts).expect("few cells");
                let whole = observe(&asked(&[id], &[], (0, to)), &facts).expect("few cells");
                prop_assert_eq!(months[months.len() - 1].value, whole[0].value);
            }
        }
    }
}
