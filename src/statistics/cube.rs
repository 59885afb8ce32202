//! The cube: sites grouped by key, marks in time read per slot. It knows no indicator and no
//! balance; both are readings of it. Pure.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use utoipa::ToSchema;

use super::Dimension;
use super::life::{Site, Stretch};
use super::period::Slot;
use crate::error::{Error, Fault, Result, Words};
use crate::resources::model::{ModelStatus, Setting};
use crate::resources::model_type::{Field, ModelTypeId};
use crate::resources::unit::{UnitId, UnitKind};
use crate::types::Day;

/// More cells than this are no report.
pub const MOST_CELLS: usize = 250_000;
/// More levels than this no tree of units has.
const DEEPEST: usize = 32;

/// What was loaded to count from.
#[derive(Debug, Default)]
pub struct Facts {
    pub sites: Vec<Site>,
    /// Where units stand in the tree; loaded for a unit level alone.
    pub tree: HashMap<UnitId, (UnitKind, Option<UnitId>)>,
    /// The units and types that get a cell though nothing is counted in it.
    pub units: Vec<UnitId>,
    pub types: Vec<(ModelTypeId, Field)>,
}

impl Facts {
    /// The unit under which a record of `unit` is shown: itself, or the nearest above it of `level`.
    fn shown(&self, unit: UnitId, level: Option<UnitKind>) -> Option<UnitId> {
        let Some(level) = level else {
            return Some(unit);
        };
        let above = std::iter::successors(Some(unit), |unit| self.tree.get(unit)?.1);
        above.take(DEEPEST).find(|unit| self.tree.get(unit).is_some_and(|(kind, _)| *kind == level))
    }
}

/// What figures are broken down by, time apart.
#[derive(Clone, Debug, Default)]
pub struct Cut {
    pub by: Vec<Dimension>,
    pub level: Option<UnitKind>,
    /// Whether cells of 0 are shown.
    pub empty: bool,
}

/// Where a cell lies, time apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    pub unit: Option<UnitId>,
    pub model_type: Option<ModelTypeId>,
    pub field: Option<Field>,
    pub setting: Option<Setting>,
    pub status: Option<ModelStatus>,
}

impl Key {
    /// The key of a site; none where it has no unit of the level asked for.
    fn of(site: &Site, facts: &Facts, cut: &Cut) -> Option<Self> {
        let mut key = Self::default();
        for dimension in &cut.by {
            match dimension {
                Dimension::Unit => key.unit = Some(facts.shown(site.unit, cut.level)?),
                Dimension::ModelType => key.model_type = Some(site.model_type),
                Dimension::Field => key.field = Some(site.field),
                Dimension::Setting => key.setting = site.setting,
                Dimension::Status => key.status = Some(site.status),
                Dimension::Month | Dimension::Quarter | Dimension::Year => {}
            }
        }
        Some(key)
    }

    /// This key with each value that a dimension has.
    fn along(self, dimension: Dimension, facts: &Facts) -> Vec<Self> {
        match dimension {
            Dimension::Unit => facts.units.iter().map(|unit| Self { unit: Some(*unit), ..self }).collect(),
            Dimension::ModelType => {
                let own = |field: &Field| self.field.is_none_or(|named| named == *field);
                let types = facts.types.iter().filter(|(_, field)| own(field));
                types.map(|(id, _)| Self { model_type: Some(*id), ..self }).collect()
            }
            Dimension::Field => {
                let types = || facts.types.iter().filter(|(id, _)| Some(*id) == self.model_type);
                let own = |field: &&Field| self.model_type.is_none() || types().any(|(_, of)| of == *field);
                Field::ALL.iter().filter(own).map(|field| Self { field: Some(*field), ..self }).collect()
            }
            Dimension::Setting => Setting::ALL.iter().map(|s| Self { setting: Some(*s), ..self }).collect(),
            Dimension::Status => ModelStatus::ALL.iter().map(|s| Self { status: Some(*s), ..self }).collect(),
            Dimension::Month | Dimension::Quarter | Dimension::Year => vec![self],
        }
    }
}

/// The sites of each key, in the order of keys.
pub type Groups<'f> = BTreeMap<Key, Vec<&'f Site>>;

/// Groups the sites, at most `most` groups.
pub fn groups<'f>(facts: &'f Facts, cut: &Cut, most: usize) -> Result<Groups<'f>> {
    let mut groups = Groups::new();
    for site in &facts.sites {
        if let Some(key) = Key::of(site, facts, cut) {
            groups.entry(key).or_default().push(site);
        }
    }
    let whole = cut.by.iter().all(|dimension| dimension.grain().is_some());
    if cut.empty || whole {
        for key in every_key(facts, cut, most)? {
            groups.entry(key).or_default();
        }
    }
    if groups.len() > most { Err(too_many()) } else { Ok(groups) }
}

fn every_key(facts: &Facts, cut: &Cut, most: usize) -> Result<Vec<Key>> {
    let mut keys = vec![Key::default()];
    for dimension in &cut.by {
        let mut longer = Vec::new();
        for key in keys {
            longer.extend(key.along(*dimension, facts));
            if longer.len() > most {
                return Err(too_many());
            }
        }
        keys = longer;
    }
    Ok(keys)
}

/// What asks for more cells than a report can hold.
pub fn too_many() -> Error {
    let detail = Words::new(
        format!("This makes more than {MOST_CELLS} cells; ask for less at a time."),
        format!("Kết quả vượt quá {MOST_CELLS} ô; hãy chia nhỏ yêu cầu."),
    );
    Error::Invalid(vec![Fault::parameter("by", "too-many", detail)])
}

/// How many stretches hold at the end of each slot.
pub fn at_ends(stretches: impl IntoIterator<Item = Stretch>, slots: &[Slot]) -> Vec<i64> {
    let mut steps = vec![0_i64; slots.len() + 1];
    let first_ending_on = |day: Day| slots.partition_point(|slot| slot.range.to < day);
    for stretch in stretches {
        let from = first_ending_on(stretch.from);
        let to = stretch.to.map_or(slots.len(), first_ending_on);
        steps[from] += 1;
        steps[to] -= 1;
    }
    let mut standing = 0;
    steps.truncate(slots.len());
    for step in &mut steps {
        standing += *step;
        *step = standing;
    }
    steps
}

/// How many of the days fall into each slot.
pub fn within(days: impl IntoIterator<Item = Day>, slots: &[Slot]) -> Vec<i64> {
    let mut counts = vec![0_i64; slots.len()];
    for day in days {
        let at = slots.partition_point(|slot| slot.range.to < day);
        if slots.get(at).is_some_and(|slot| slot.range.from <= day) {
            counts[at] += 1;
        }
    }
    counts
}

/// Where a cell lies: ids of units and types, codes, `2023-06`, `2023-Q2`, `2023` for time. Holds
/// what `by` asks for; `setting` is left out for models that have none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CellKey {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub unit: Option<UnitId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub model_type: Option<ModelTypeId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub field: Option<Field>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub setting: Option<Setting>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub status: Option<ModelStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, pattern = "^[0-9]{4}-[0-9]{2}$", max_length = 7)]
    pub month: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, pattern = "^[0-9]{4}-Q[1-4]$", max_length = 7)]
    pub quarter: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, pattern = "^[0-9]{4}$", max_length = 4)]
    pub year: Option<String>,
}

impl CellKey {
    /// The key of a slot of a group.
    pub fn new(key: &Key, slot: &Slot, by: &[Dimension]) -> Self {
        let label = |dimension, text: &dyn Fn() -> String| by.contains(&dimension).then(text);
        let year = slot.year();
        Self {
            unit: key.unit,
            model_type: key.model_type,
            field: key.field,
            setting: key.setting,
            status: key.status,
            month: label(Dimension::Month, &|| format!("{year:04}-{:02}", slot.month_of_year())),
            quarter: label(Dimension::Quarter, &|| format!("{year:04}-Q{}", slot.quarter_of_year())),
            year: label(Dimension::Year, &|| format!("{year:04}")),
        }
    }

    /// What a dimension says here, as text; empty where it says nothing.
    pub fn text(&self, dimension: Dimension) -> String {
        let text = match dimension {
            Dimension::Unit => self.unit.map(|id| id.to_string()),
            Dimension::ModelType => self.model_type.map(|id| id.to_string()),
            Dimension::Field => self.field.map(|code| code.to_string()),
            Dimension::Setting => self.setting.map(|code| code.to_string()),
            Dimension::Status => self.status.map(|code| code.to_string()),
            Dimension::Month => self.month.clone(),
            Dimension::Quarter => self.quarter.clone(),
            Dimension::Year => self.year.clone(),
        };
        text.unwrap_or_default()
    }
}
