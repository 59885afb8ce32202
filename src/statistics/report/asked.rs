//! The queries of the report: the scope that the client asked for, and each section's own query in it.
//! A query is read and run exactly as if it had come by itself, so that whoever follows it finds the
//! same figures.

use serde::Deserialize;
use utoipa::IntoParams;

use super::tables::Section;
use crate::error::Result;
use crate::http::RawQuery;
use crate::resources::unit::UnitId;
use crate::statistics::Dimension;
use crate::statistics::balance::{self, Counted};
use crate::statistics::catalogue::IndicatorId;
use crate::statistics::observe;
use crate::statistics::params::{OfBalances, OfObservations, Params, Settled};
use crate::statistics::period::{Range, Slot};
use crate::types::Day;

/// What the report is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct Scope {
    /// A year, half-year, quarter or month: `2023`, `2023-H1`, `2023-Q2`, `2023-06`. This, or `from` and `to`.
    #[param(pattern = "^[1-9][0-9]{3}(-(H[12]|Q[1-4]|0[1-9]|1[0-2]))?$", min_length = 4, max_length = 7)]
    period: Option<String>,
    /// The first day of the period.
    #[param(inline)]
    from: Option<Day>,
    /// The last day of the period.
    #[param(inline)]
    to: Option<Day>,
    /// The day on which months begin, 1 when absent: with 15, June runs from 15 May to 14 June.
    #[param(minimum = 1, maximum = 28)]
    month_start_day: Option<i8>,
    /// In this unit or under it.
    #[param(inline)]
    unit_id: Option<UnitId>,
}

/// As many of the days as the calendar has: what lies before its first year cannot be asked for, and nothing
/// is recorded there.
pub fn in_calendar(range: Range) -> Range {
    Range { from: range.from.max(Day::FIRST), to: range.to.max(Day::FIRST) }
}

const OBSERVATIONS: &str = "/v1/statistics/observations";
const BALANCES: &str = "/v1/statistics/balances";

impl Scope {
    /// The parameters of the period and the unit, as they were given.
    fn own(&self) -> String {
        let days = [("from", self.from), ("to", self.to)].map(|(name, day)| day.map(|day| format!("{name}={day}")));
        let period = self.period.as_ref().map(|period| format!("period={period}"));
        let given: Vec<String> = period.into_iter().chain(days.into_iter().flatten()).chain(self.rest()).collect();
        given.join("&")
    }

    /// The same scope over other days.
    fn over(&self, range: Range) -> String {
        let range = in_calendar(range);
        let days = [format!("from={}", range.from), format!("to={}", range.to)];
        days.into_iter().chain(self.rest()).collect::<Vec<_>>().join("&")
    }

    fn rest(&self) -> impl Iterator<Item = String> {
        let start = self.month_start_day.map(|day| format!("monthStartDay={day}"));
        start.into_iter().chain(self.unit_id.map(|unit| format!("unitId={unit}")))
    }

    /// The scope by itself, read as an observation reads it; 400 with every fault.
    pub fn settle(&self) -> Result<Settled> {
        let asked = observations(&self.own(), "", &[], &[IndicatorId::ModelsActive]);
        Ok(asked.read::<Params<OfObservations>>()?.settle()?.1)
    }

    /// The days of the period and of the one before, which all sections read.
    pub fn slots(&self, before: Range) -> Result<Vec<Slot>> {
        let whole = |range| Slot { range, month: 0 };
        Ok(vec![whole(self.settle()?.range), whole(before)])
    }

    /// What a section observes.
    pub fn observed(&self, section: &Section, indicators: &[IndicatorId]) -> Result<(observe::Asked, Settled)> {
        let asked = observations(&self.own(), section.filters, section.rows.by(), indicators);
        asked.read::<Params<OfObservations>>()?.settle()
    }

    /// Where a figure of a section is to be found.
    pub fn observed_at(&self, section: &Section, indicator: IndicatorId) -> String {
        observations(&self.own(), section.filters, section.rows.by(), &[indicator]).target()
    }

    /// What balance a section draws up, over the period or over `days`.
    pub fn balanced(
        &self,
        section: &Section,
        counted: Counted,
        days: Option<Range>,
    ) -> Result<(balance::Asked, Settled)> {
        self.balance(section, counted, days).read::<Params<OfBalances>>()?.settle()
    }

    /// Where the balance is to be found.
    pub fn balanced_at(&self, section: &Section, counted: Counted, days: Option<Range>) -> String {
        self.balance(section, counted, days).target()
    }

    fn balance(&self, section: &Section, counted: Counted, days: Option<Range>) -> RawQuery {
        let own = days.map_or_else(|| self.own(), |days| self.over(days));
        let counted = format!("counted={counted}");
        RawQuery::of(BALANCES, joined([counted.as_str(), &by(section.rows.by()), section.filters, &own]))
    }
}

fn observations(own: &str, filters: &str, dimensions: &[Dimension], indicators: &[IndicatorId]) -> RawQuery {
    let names: Vec<&str> = indicators.iter().map(|id| id.as_str()).collect();
    let indicator = format!("indicator={}", names.join(","));
    RawQuery::of(OBSERVATIONS, joined([indicator.as_str(), &by(dimensions), filters, "compare=previous", own]))
}

/// A breakdown holds cells of 0 too, so that there is something to point to.
fn by(dimensions: &[Dimension]) -> String {
    let names: Vec<&str> = dimensions.iter().map(|dimension| dimension.as_str()).collect();
    if names.is_empty() { String::new() } else { format!("by={}&empty=true", names.join(",")) }
}

fn joined<const N: usize>(parts: [&str; N]) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("&")
}
