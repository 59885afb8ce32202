//! Words for people: titles, axes and labels of what is not JSON, in Vietnamese or English.

use std::collections::HashMap;

use uuid::Uuid;

use super::Dimension;
use super::balance::Counted;
use super::catalogue::{Bilingual, IndicatorId};
use super::meta::Meta;
use super::observe::{Asked, Observation};
use super::render::chart::{Chart, Point, draw};
use super::sources;
use crate::access::Tx;
use crate::error::Result;
use crate::http::Language;

impl Bilingual {
    /// In one of the languages.
    pub const fn said(self, language: Language) -> &'static str {
        match language {
            Language::Vi => self.vi,
            Language::En => self.en,
        }
    }
}

/// What is counted, where and when.
pub fn title(tx: &mut Tx<'_>, indicators: &[IndicatorId], meta: &Meta, language: Language) -> Result<String> {
    let labels: Vec<&str> = indicators.iter().take(3).map(|id| id.indicator().label.said(language)).collect();
    let more = if indicators.len() > 3 { " …" } else { "" };
    let place = sources::names(tx, &[meta.unit_id.uuid()])?.remove(&meta.unit_id.uuid()).unwrap_or_default();
    Ok(format!("{}{more} – {place}, {} – {}", labels.join(", "), day(meta.from, language), day(meta.to, language)))
}

/// The title of a balance.
pub fn balance_title(counted: Counted, meta: &Meta, language: Language) -> String {
    let of = match (counted, language) {
        (Counted::ModelTypes, Language::Vi) => "Biến động mô hình",
        (Counted::Models, Language::Vi) => "Biến động điểm mô hình",
        (Counted::Teams, Language::Vi) => "Biến động tổ",
        (Counted::Memberships, Language::Vi) => "Biến động lượt tham gia",
        (Counted::ModelTypes, Language::En) => "Movement of model types",
        (Counted::Models, Language::En) => "Movement of models",
        (Counted::Teams, Language::En) => "Movement of teams",
        (Counted::Memberships, Language::En) => "Movement of memberships",
    };
    format!("{of}, {} – {}", day(meta.from, language), day(meta.to, language))
}

/// `31/12/2023` in Vietnamese.
pub fn day(day: crate::types::Day, language: Language) -> String {
    let date = day.date();
    match language {
        Language::Vi => format!("{:02}/{:02}/{:04}", date.day(), date.month(), date.year()),
        Language::En => day.to_string(),
    }
}

/// The name of a dimension.
pub const fn dimension(dimension: Dimension, language: Language) -> &'static str {
    let (vi, en) = match dimension {
        Dimension::Unit => ("Đơn vị", "Unit"),
        Dimension::ModelType => ("Mô hình", "Model type"),
        Dimension::Field => ("Lĩnh vực", "Field"),
        Dimension::Setting => ("Địa bàn", "Setting"),
        Dimension::Status => ("Trạng thái", "Status"),
        Dimension::Rating => ("Xếp loại", "Rating"),
        Dimension::Kind => ("Loại", "Kind"),
        Dimension::Category => ("Loại", "Category"),
        Dimension::Role => ("Vai trò", "Role"),
        Dimension::Form => ("Hình thức", "Form"),
        Dimension::Level => ("Cấp", "Level"),
        Dimension::Severity => ("Mức độ", "Severity"),
        Dimension::Source => ("Nguồn tin", "Source"),
        Dimension::Month => ("Tháng", "Month"),
        Dimension::Quarter => ("Quý", "Quarter"),
        Dimension::Year => ("Năm", "Year"),
    };
    match language {
        Language::Vi => vi,
        Language::En => en,
    }
}

/// What stands for an id or a code.
pub struct Labels {
    names: HashMap<Uuid, String>,
    codes: HashMap<String, String>,
}

impl Labels {
    /// The labels of what some figures are broken down by.
    pub fn load(tx: &mut Tx<'_>, asked: &Asked, items: &[Observation], language: Language) -> Result<Self> {
        let ids = |item: &Observation| {
            let unit = item.key.unit.map(|id| id.uuid());
            unit.into_iter().chain(item.key.model_type.map(|id| id.uuid()))
        };
        let mut wanted: Vec<Uuid> = items.iter().flat_map(ids).collect();
        wanted.sort_unstable();
        wanted.dedup();
        wanted.truncate(MOST_NAMES);
        let mut codes = HashMap::new();
        for id in &asked.indicators {
            for list in asked.cut.still().filter_map(|dimension| id.indicator().source.list(dimension)) {
                codes.extend(sources::labels(tx, list, language == Language::Vi)?);
            }
        }
        Ok(Self { names: sources::names(tx, &wanted)?, codes })
    }

    /// What a figure's key says of a dimension, for people.
    pub fn of(&self, item: &Observation, dimension: Dimension) -> String {
        let id = match dimension {
            Dimension::Unit => item.key.unit.map(|id| id.uuid()),
            Dimension::ModelType => item.key.model_type.map(|id| id.uuid()),
            _ => None,
        };
        let text = item.key.text(dimension);
        let label = id.map_or_else(|| self.codes.get(&text), |id| self.names.get(&id));
        label.cloned().unwrap_or(text)
    }
}

/// More names than a chart can show are not looked up.
const MOST_NAMES: usize = 500;

/// Figures as a chart: lines over time, else bars.
pub fn chart(
    tx: &mut Tx<'_>,
    asked: &Asked,
    items: &[Observation],
    meta: &Meta,
    language: Language,
) -> Result<Vec<u8>> {
    let by = &asked.cut.by;
    let over = by.iter().copied().find(|dimension| dimension.grain().is_some());
    let across = over.or_else(|| by.first().copied());
    let labels = Labels::load(tx, asked, items, language)?;
    let point = |item: &Observation| {
        let rest = by.iter().copied().filter(|dimension| Some(*dimension) != across);
        let mut series: Vec<String> = rest.map(|dimension| labels.of(item, dimension)).collect();
        if asked.indicators.len() > 1 || series.is_empty() {
            series.insert(0, item.indicator.indicator().label.said(language).to_owned());
        }
        let place = across.map_or_else(String::new, |dimension| labels.of(item, dimension));
        Point { series: series.join(" · "), place, value: item.value.map(|value| value.as_float()) }
    };
    let up = match asked.indicators.as_slice() {
        [only] => only.indicator().label.said(language),
        _ => {
            if language == Language::Vi {
                "Số lượng"
            } else {
                "Number"
            }
        }
    };
    let chart = Chart {
        title: title(tx, &asked.indicators, meta, language)?,
        across: across.map_or("", |of| dimension(of, language)).to_owned(),
        up: up.to_owned(),
        over_time: over.is_some(),
        points: items.iter().map(point).collect(),
    };
    draw(&chart, language)
}
