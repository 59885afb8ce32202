//! Words for people: titles, axes and labels of what is not JSON, in Vietnamese or English.

mod chart;
pub mod values;

pub use self::chart::{Drawn, chart};

use std::collections::HashMap;

use uuid::Uuid;

use super::Dimension;
use super::balance::Counted;
use super::catalogue::{Bilingual, IndicatorId};
use super::key::CellKey;
use super::meta::Meta;
use super::observe::{Asked, Observation};
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
    language: Language,
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
        Ok(Self { language, names: sources::names(tx, &wanted)?, codes })
    }

    /// What a key says of a dimension, for people.
    pub fn of(&self, key: &CellKey, dimension: Dimension) -> String {
        let id = match dimension {
            Dimension::Unit => key.unit.map(|id| id.uuid()),
            Dimension::ModelType => key.model_type.map(|id| id.uuid()),
            _ => None,
        };
        let text = key.text(dimension);
        if text.is_empty() {
            return Bilingual { vi: "Không ghi", en: "Not said" }.said(self.language).to_owned();
        }
        if dimension.grain().is_some() {
            return time(&text, self.language);
        }
        if let Some(named) = values::called(dimension, &text) {
            return named.said(self.language).to_owned();
        }
        let label = id.map_or_else(|| self.codes.get(&text), |id| self.names.get(&id));
        label.cloned().unwrap_or(text)
    }
}

/// `06/2023` and `Quý 2/2023` for `2023-06` and `2023-Q2` in Vietnamese.
fn time(text: &str, language: Language) -> String {
    match (text.split_once('-'), language) {
        (Some((year, part)), Language::Vi) => match part.strip_prefix('Q') {
            Some(quarter) => format!("Quý {quarter}/{year}"),
            None => format!("{part}/{year}"),
        },
        _ => text.to_owned(),
    }
}

/// More names than this are not looked up.
const MOST_NAMES: usize = 5000;
