//! Figures as a chart: lines over time, else bars. What is 0 and so left out of an answer is drawn as 0;
//! what has an order keeps it, all else is drawn the largest first.

use std::collections::HashMap;

use super::{Labels, dimension, title};
use crate::access::Tx;
use crate::error::Result;
use crate::http::Language;
use crate::statistics::Dimension;
use crate::statistics::catalogue::{Bilingual, IndicatorId};
use crate::statistics::cube::Reading;
use crate::statistics::key::CellKey;
use crate::statistics::meta::Meta;
use crate::statistics::observe::{Asked, Observation, Standing};
use crate::statistics::render::chart::{Chart, MOST_BARS, MOST_POINTS, MOST_SERIES, Shown, draw};
use crate::statistics::words::values;

/// The figures of a page, and whether they are all.
pub struct Drawn<'d> {
    pub items: &'d [Observation],
    pub whole: bool,
}

/// Draws figures.
pub fn chart(tx: &mut Tx<'_>, asked: &Asked, drawn: &Drawn<'_>, meta: &Meta, language: Language) -> Result<Vec<u8>> {
    let labels = Labels::load(tx, asked, drawn.items, language)?;
    let plan = Plan::of(asked);
    let (mut series, mut places) = plan.laid_out(drawn.items, &labels, language);
    let sums = Sums::of(&plan, drawn.items);
    series.sort_by_key(|slot| (slot.rank, sums.order(&sums.series, &slot.key)));
    if !plan.over_time {
        places.sort_by_key(|slot| (slot.rank, sums.order(&sums.places, &slot.key)));
    }
    let most = if plan.over_time { MOST_POINTS } else { MOST_BARS / series.len().clamp(1, MOST_SERIES) };
    let in_part = !drawn.whole || series.len() > MOST_SERIES || places.len() > most;
    series.truncate(MOST_SERIES);
    places.truncate(most);
    let shown = series.iter().map(|line| places.iter().map(|place| sums.shown(line, place, drawn.whole)).collect());
    let up = match asked.indicators.as_slice() {
        [only] => only.indicator().label,
        _ => Bilingual { vi: "Số lượng", en: "Number" },
    };
    let chart = Chart {
        title: title(tx, &asked.indicators, meta, language)?,
        across: plan.across.map_or("", |of| dimension(of, language)).to_owned(),
        up: up.said(language).to_owned(),
        over_time: plan.over_time,
        shown: shown.collect(),
        series: series.into_iter().map(|slot| slot.label).collect(),
        places: places.into_iter().map(|slot| slot.label).collect(),
        in_part,
    };
    draw(&chart, language)
}

/// A line, a group of bars or a place of one: what it is told apart by, and what it is called.
struct Slot {
    key: Vec<String>,
    label: String,
    rank: usize,
    /// Whether a figure that is left out here is 0; a median that is left out is none.
    counts: bool,
}

/// What lies across, and what are lines or bars beside each other.
struct Plan<'a> {
    asked: &'a Asked,
    across: Option<Dimension>,
    beside: Vec<Dimension>,
    over_time: bool,
    /// Whether each indicator is a line; where there is nothing across, each is a place.
    lines: bool,
}

impl<'a> Plan<'a> {
    fn of(asked: &'a Asked) -> Self {
        let by = &asked.cut.by;
        // Of two dimensions of time the finer tells both.
        let over = by.iter().copied().filter(|dimension| dimension.grain().is_some()).min_by_key(|d| d.grain());
        let across = over.or_else(|| by.first().copied());
        let beside = asked.cut.still().filter(|dimension| Some(*dimension) != across).collect();
        Self { asked, across, beside, over_time: over.is_some(), lines: across.is_some() }
    }

    /// By what the line of a figure is told apart.
    fn line(&self, indicator: IndicatorId, key: &CellKey) -> Vec<String> {
        let own = self.lines.then(|| indicator.to_string());
        own.into_iter().chain(self.beside.iter().map(|dimension| key.text(*dimension))).collect()
    }

    fn place(&self, indicator: IndicatorId, key: &CellKey) -> Vec<String> {
        vec![self.across.map_or_else(|| indicator.to_string(), |dimension| key.text(dimension))]
    }

    /// The lines and the places, each once.
    fn laid_out(&self, items: &[Observation], labels: &Labels, language: Language) -> (Vec<Slot>, Vec<Slot>) {
        let (mut series, mut places): (Vec<Slot>, Vec<Slot>) = (Vec::new(), Vec::new());
        if let Some(across) = self.across.filter(|_| self.over_time) {
            for slot in &self.asked.slots {
                let key = CellKey::new(&[], slot, &[across]);
                places.push(Slot {
                    key: vec![key.text(across)],
                    label: labels.of(&key, across),
                    rank: 0,
                    counts: true,
                });
            }
        }
        for item in items {
            let line = self.line(item.indicator, &item.key);
            if !series.iter().any(|slot| slot.key == line) {
                series.push(self.series(line, item, labels, language));
            }
            let place = self.place(item.indicator, &item.key);
            if !self.over_time && !places.iter().any(|slot| slot.key == place) {
                places.push(self.spot(place, item, labels, language));
            }
        }
        (series, places)
    }

    fn series(&self, key: Vec<String>, item: &Observation, labels: &Labels, language: Language) -> Slot {
        let mut words: Vec<String> = self.beside.iter().map(|dimension| labels.of(&item.key, *dimension)).collect();
        if self.lines && (self.asked.indicators.len() > 1 || words.is_empty()) {
            words.insert(0, item.indicator.indicator().label.said(language).to_owned());
        }
        let indicator = self.asked.indicators.iter().position(|id| *id == item.indicator).unwrap_or_default();
        let rank = self.beside.first().map_or(0, |dimension| rank(*dimension, &item.key));
        let counts = !matches!(item.indicator.indicator().reading, Reading::Median(_));
        Slot { key, label: words.join(" · "), rank: indicator * RANKS + rank, counts }
    }

    fn spot(&self, key: Vec<String>, item: &Observation, labels: &Labels, language: Language) -> Slot {
        match self.across {
            Some(across) => {
                Slot { key, label: labels.of(&item.key, across), rank: rank(across, &item.key), counts: true }
            }
            None => {
                let label = item.indicator.indicator().label.said(language).to_owned();
                Slot { key, label, rank: 0, counts: true }
            }
        }
    }
}

/// More than any dimension has values with an order.
const RANKS: usize = 1000;

fn rank(dimension: Dimension, key: &CellKey) -> usize {
    let value = key.text(dimension);
    // What is not said comes last.
    values::rank(dimension, &value).unwrap_or(if value.is_empty() { RANKS - 1 } else { 0 })
}

/// What is shown where, and what lines and places come to.
struct Sums {
    cells: HashMap<(Vec<String>, Vec<String>), Shown>,
    series: HashMap<Vec<String>, f64>,
    places: HashMap<Vec<String>, f64>,
}

impl Sums {
    fn of(plan: &Plan<'_>, items: &[Observation]) -> Self {
        let mut sums = Self { cells: HashMap::new(), series: HashMap::new(), places: HashMap::new() };
        for item in items {
            let (line, place) = (plan.line(item.indicator, &item.key), plan.place(item.indicator, &item.key));
            let shown = match (item.status, item.value) {
                (Standing::Suppressed, _) => Shown::Withheld,
                (Standing::Final, Some(value)) => Shown::Value(value.as_float()),
                (Standing::Final, None) => Shown::Nothing,
            };
            let value = item.value.map_or(0.0, |value| value.as_float());
            *sums.series.entry(line.clone()).or_default() += value;
            *sums.places.entry(place.clone()).or_default() += value;
            sums.cells.insert((line, place), shown);
        }
        sums
    }

    /// The largest first.
    fn order(&self, of: &HashMap<Vec<String>, f64>, key: &[String]) -> std::cmp::Reverse<i64> {
        std::cmp::Reverse(of.get(key).map_or(0, |sum| (sum * 2.0) as i64))
    }

    fn shown(&self, line: &Slot, place: &Slot, whole: bool) -> Shown {
        let left_out = if whole && line.counts { Shown::Value(0.0) } else { Shown::Nothing };
        self.cells.get(&(line.key.clone(), place.key.clone())).copied().unwrap_or(left_out)
    }
}
