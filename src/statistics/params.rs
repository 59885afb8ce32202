//! What a client asks, read and settled: every fault told at once, nothing of HTTP beyond it.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::{RefOr, Schema};

use super::Dimension;
use super::balance::{self, Counted};
use super::catalogue::IndicatorId;
use super::cube::Cut;
use super::filters::Filters;
use super::meta::Meta;
use super::observe;
use super::period::{Against, Calendar, Grain, Range, Slot};
use super::sources::Source;
use crate::error::{Error, Fault, Result, Words};
use crate::resources::unit::{UnitId, UnitKind};
use crate::types::{Day, Moment, text_enum};

/// The largest page of cells, and the page without `pageSize`: a report comes whole.
pub const LARGEST_PAGE: usize = 10_000;

text_enum! {
    /// With which period a figure is compared.
    pub enum Compare {
        Previous = "previous",
        LastYear = "last_year",
    }
}

/// What observations ask beyond what all statistics do.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OfObservations {
    /// The figures asked for.
    #[param(inline, style = Form, explode = false, min_items = 1, max_items = 30)]
    indicator: Vec<IndicatorId>,
    /// Adds `previous` and `change`: `previous` is the period of the same length directly before.
    #[param(inline)]
    compare: Option<Compare>,
}

/// What balances ask beyond what all statistics do.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OfBalances {
    /// What is counted.
    #[param(inline)]
    counted: Counted,
}

/// What all statistics ask: a breakdown, a period, a scope and a page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct Common {
    /// Breaks figures down, by up to three dimensions.
    #[param(inline, style = Form, explode = false, min_items = 1, max_items = 3)]
    by: Option<Vec<Dimension>>,
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
    /// With `by=unit`: shows each record under the unit of this kind that it lies in; one that lies in none is left out.
    #[param(inline)]
    unit_level: Option<UnitKind>,
    /// Shows cells of 0 too.
    empty: Option<bool>,
    /// In this unit or under it. A unit has the records of its own time: for a period before its `validFrom` ask for
    /// its `predecessorIds`.
    #[param(inline)]
    unit_id: Option<UnitId>,
    /// Where to go on: `nextCursor` of the page before. Empty or absent is the beginning.
    #[param(max_length = 2000)]
    pub cursor: Option<String>,
    /// At most so many cells; 10000 when absent.
    #[param(minimum = 1, maximum = 10000)]
    page_size: Option<usize>,
}

/// The parameters of one operation.
#[derive(Debug, Deserialize)]
#[serde(bound = "P: DeserializeOwned")]
pub struct Params<P> {
    #[serde(flatten)]
    own: P,
    #[serde(flatten)]
    pub common: Common,
    #[serde(flatten)]
    pub filters: Filters,
}

impl<P: IntoParams> IntoParams for Params<P> {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut all = P::into_params(&place);
        all.extend(Common::into_params(&place));
        all.extend(Filters::into_params(place));
        // What has no row of its own is not asked for twice.
        all.iter_mut().filter(|one| ["by", "indicator"].contains(&one.name.as_str())).for_each(differing);
        all
    }
}

/// The items of this list differ.
fn differing(parameter: &mut Parameter) {
    if let Some(RefOr::T(Schema::Array(list))) = &mut parameter.schema {
        list.unique_items = true;
    }
}

impl Params<OfObservations> {
    /// What is asked of the cube; 400 with every fault.
    pub fn settle(&self) -> Result<(observe::Asked, Settled)> {
        let indicators = &self.own.indicator;
        let mut faults = Vec::new();
        for id in indicators {
            faults.extend(self.common.unfit(|dimension| id.has(dimension), id.as_str()));
            faults.extend(self.filters.faults(id.indicator().source, id.as_str()));
        }
        let settled = self.common.settle(&self.filters, &mut faults);
        let settled = settled.filter(|_| faults.is_empty()).ok_or_else(|| Error::Invalid(once_each(faults)))?;
        let against = self.own.compare.map(|compare| match compare {
            Compare::Previous => Against::Before,
            Compare::LastYear => Against::LastYear,
        });
        let asked = observe::Asked {
            indicators: indicators.clone(),
            cut: settled.cut.clone(),
            slots: settled.slots.clone(),
            earlier: against.map(|against| settled.compared(against)),
        };
        Ok((asked, settled))
    }
}

impl Params<OfBalances> {
    /// What is asked of the cube; 400 with every fault. A status is no breakdown of what moves between them.
    pub fn settle(&self) -> Result<(balance::Asked, Settled)> {
        let (counted, source) = (self.own.counted, self.own.counted.source());
        let has = |dimension: Dimension| {
            let own = source.dimensions().contains(&dimension) && dimension != Dimension::Status;
            own || dimension == Dimension::Unit || dimension.grain().is_some()
        };
        let mut faults = self.common.unfit(has, counted.as_str());
        faults.extend(self.filters.faults(source, counted.as_str()));
        let settled = self.common.settle(&self.filters, &mut faults);
        let settled = settled.filter(|_| faults.is_empty()).ok_or_else(|| Error::Invalid(once_each(faults)))?;
        let (cut, slots) = (settled.cut.clone(), settled.slots.clone());
        Ok((balance::Asked { counted, cut, slots }, settled))
    }
}

/// A breakdown, a period and a scope that make sense together.
#[derive(Debug)]
pub struct Settled {
    pub range: Range,
    pub filters: Filters,
    pub unit: Option<UnitId>,
    pub cut: Cut,
    slots: Vec<Slot>,
    grain: Option<Grain>,
    calendar: Calendar,
}

impl Settled {
    fn compared(&self, against: Against) -> Vec<Slot> {
        self.slots.iter().map(|slot| self.calendar.compared(*slot, self.grain, against)).collect()
    }

    /// The period of the same length directly before.
    pub fn before(&self) -> Range {
        let whole = Slot { range: self.range, month: 0 };
        self.calendar.compared(whole, None, Against::Before).range
    }

    /// What is said beside the cells; `since` is when the records came to be as they are.
    pub fn meta(&self, of_caller: UnitId, since: Moment, dataset_version: &str) -> Meta {
        Meta {
            from: self.range.from,
            to: self.range.to,
            unit_id: self.unit.unwrap_or(of_caller),
            generated_at: since,
            dataset_version: dataset_version.to_owned(),
        }
    }

    /// The dimensions that a source is asked for: those of the breakdown that are its own.
    pub fn dims(&self, source: Source) -> Vec<Dimension> {
        self.cut.still().filter(|dimension| source.dimensions().contains(dimension)).collect()
    }
}

impl Common {
    /// At most so many cells on a page.
    pub fn page_size(&self) -> usize {
        self.page_size.unwrap_or(LARGEST_PAGE)
    }

    /// A fault for each dimension of the breakdown that something does not have.
    fn unfit(&self, has: impl Fn(Dimension) -> bool, of: &str) -> Vec<Fault> {
        let by = self.by.iter().flatten();
        by.filter(|dimension| !has(**dimension)).map(|dimension| lacking(*dimension, of)).collect()
    }

    fn settle(&self, filters: &Filters, faults: &mut Vec<Fault>) -> Option<Settled> {
        let by = self.by.clone().unwrap_or_default();
        let calendar = Calendar::starting_on(self.month_start_day.unwrap_or(1));
        let range = self.range(calendar).map_err(|fault| faults.push(fault)).ok()?;
        let grain = by.iter().filter_map(|dimension| dimension.grain()).min();
        let cut = Cut { by, level: self.unit_level, empty: self.empty.unwrap_or(false) };
        let slots = calendar.slots(range, grain);
        let filters = filters.clone();
        Some(Settled { range, filters, unit: self.unit_id, cut, slots, grain, calendar })
    }

    fn range(&self, calendar: Calendar) -> Result<Range, Fault> {
        match (&self.period, self.from, self.to) {
            (Some(period), None, None) => calendar.period(period).ok_or_else(|| {
                let detail = Words::new("This is no period.", "Kỳ không hợp lệ.");
                Fault::parameter("period", "pattern", detail)
            }),
            (Some(_), ..) => {
                let detail = Words::new("Give period, or from and to.", "Dùng period, hoặc from và to.");
                Err(Fault::parameter("period", "conflicting", detail))
            }
            (None, None, None) => Err(required("period")),
            (None, None, Some(_)) => Err(required("from")),
            (None, Some(_), None) => Err(required("to")),
            (None, Some(from), Some(_)) if from < Day::FIRST => {
                let detail = Words::new("The calendar begins in year 1.", "Lịch bắt đầu từ năm 1.");
                Err(Fault::parameter("from", "too-small", detail))
            }
            (None, Some(from), Some(to)) if to < from => {
                let detail = Words::new("This must not be before from.", "Không được trước from.");
                Err(Fault::parameter("to", "too-small", detail))
            }
            (None, Some(from), Some(to)) => Ok(Range { from, to }),
        }
    }
}

fn required(name: &str) -> Fault {
    Fault::parameter(name, "required", Words::new("This is required.", "Bắt buộc phải có."))
}

fn lacking(dimension: Dimension, of: &str) -> Fault {
    let detail = Words::new(
        format!("{of} cannot be broken down by {dimension}; see /v1/statistics/indicators."),
        format!("{of} không phân tổ được theo {dimension}; xem /v1/statistics/indicators."),
    );
    Fault::parameter("by", "not-allowed", detail)
}

/// The faults without those told already.
fn once_each(faults: Vec<Fault>) -> Vec<Fault> {
    let mut told: Vec<Fault> = Vec::with_capacity(faults.len());
    for fault in faults {
        if !told.contains(&fault) {
            told.push(fault);
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn settle(query: Value) -> Result<(observe::Asked, Settled)> {
        let params: Params<OfObservations> = serde_json::from_value(query).expect("parameters");
        params.settle()
    }

    fn faults(query: Value) -> Vec<(String, &'static str)> {
        let Err(Error::Invalid(faults)) = settle(query) else {
            return Vec::new();
        };
        let name = |fault: &Fault| match &fault.place {
            crate::error::Place::Parameter(name) | crate::error::Place::Body(name) => name.clone(),
        };
        faults.iter().map(|fault| (name(fault), fault.code)).collect()
    }

    #[test]
    fn a_period_is_asked_for_once() {
        let of = |name: &str, code| vec![(name.to_owned(), code)];
        let indicator = ["models_active"];
        assert_eq!(faults(json!({"indicator": indicator})), of("period", "required"));
        assert_eq!(faults(json!({"indicator": indicator, "from": "2023-01-01"})), of("to", "required"));
        let both = json!({"indicator": indicator, "period": "2023", "to": "2023-01-01"});
        assert_eq!(faults(both), of("period", "conflicting"));
        let reversed = json!({"indicator": indicator, "from": "2023-02-01", "to": "2023-01-31"});
        assert_eq!(faults(reversed), of("to", "too-small"));
    }

    #[test]
    fn every_fault_is_told() {
        let told = faults(json!({"indicator": ["models_active", "teams_active"], "by": ["status", "severity"]}));
        let names: Vec<&str> = told.iter().map(|(name, _)| name.as_str()).collect();
        assert!(names.starts_with(&["by", "by"]) && names.ends_with(&["period"]), "{names:?}");
    }

    #[test]
    fn two_dimensions_of_time_are_read_by_the_finer() {
        let query = json!({"indicator": ["models_active"], "by": ["year", "month"], "period": "2023"});
        let (asked, settled) = settle(query).expect("a query that makes sense");
        assert_eq!((asked.slots.len(), settled.grain), (12, Some(Grain::Month)));
    }
}
