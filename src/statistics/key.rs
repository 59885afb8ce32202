//! Where a cell lies, as it is told: one property for each dimension of the breakdown.

use serde::Serialize;
use utoipa::ToSchema;

use super::Dimension;
use super::fact::Part;
use super::period::Slot;
use crate::resources::model_type::ModelTypeId;
use crate::types::UnitId;

/// Where a cell lies: ids of units and types, codes, `2023-06`, `2023-Q2`, `2023` for time. Holds
/// what `by` asks for; what a record does not have (a setting, say) is left out.
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
    #[schema(nullable = false, max_length = 64, pattern = "^[0-9A-Za-z._/-]+$")]
    pub field: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 64, pattern = "^[0-9A-Za-z._/-]+$")]
    pub setting: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 64, pattern = "^[0-9A-Za-z._/-]+$")]
    pub status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 64, pattern = "^[0-9A-Za-z._/-]+$")]
    pub rating: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 64, pattern = "^[0-9A-Za-z._/-]+$")]
    pub kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 64, pattern = "^[0-9A-Za-z._/-]+$")]
    pub category: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 64, pattern = "^[0-9A-Za-z._/-]+$")]
    pub role: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 64, pattern = "^[0-9A-Za-z._/-]+$")]
    pub form: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 64, pattern = "^[0-9A-Za-z._/-]+$")]
    pub level: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 64, pattern = "^[0-9A-Za-z._/-]+$")]
    pub severity: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 64, pattern = "^[0-9A-Za-z._/-]+$")]
    pub source: Option<String>,
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
    /// The key of a slot of a group; `parts` has one for each dimension that is not of time.
    pub fn new(parts: &[Part], slot: &Slot, by: &[Dimension]) -> Self {
        let mut key = Self::default();
        let mut parts = parts.iter();
        for dimension in by {
            match dimension.grain() {
                Some(_) => key.tell_time(*dimension, slot),
                None => key.tell(*dimension, parts.next().unwrap_or(&Part::None)),
            }
        }
        key
    }

    fn tell_time(&mut self, dimension: Dimension, slot: &Slot) {
        let year = slot.year();
        match dimension {
            Dimension::Month => self.month = Some(format!("{year:04}-{:02}", slot.month_of_year())),
            Dimension::Quarter => self.quarter = Some(format!("{year:04}-Q{}", slot.quarter_of_year())),
            _ => self.year = Some(format!("{year:04}")),
        }
    }

    fn tell(&mut self, dimension: Dimension, part: &Part) {
        match (dimension, part) {
            (Dimension::Unit, Part::Id(id)) => self.unit = Some(UnitId::new(*id)),
            (Dimension::ModelType, Part::Id(id)) => self.model_type = Some(ModelTypeId::new(*id)),
            (_, part) => {
                if let Some(field) = self.code_of(dimension) {
                    *field = part.text();
                }
            }
        }
    }

    fn code_of(&mut self, dimension: Dimension) -> Option<&mut Option<String>> {
        Some(match dimension {
            Dimension::Field => &mut self.field,
            Dimension::Setting => &mut self.setting,
            Dimension::Status => &mut self.status,
            Dimension::Rating => &mut self.rating,
            Dimension::Kind => &mut self.kind,
            Dimension::Category => &mut self.category,
            Dimension::Role => &mut self.role,
            Dimension::Form => &mut self.form,
            Dimension::Level => &mut self.level,
            Dimension::Severity => &mut self.severity,
            Dimension::Source => &mut self.source,
            Dimension::Month => &mut self.month,
            Dimension::Quarter => &mut self.quarter,
            Dimension::Year => &mut self.year,
            Dimension::Unit | Dimension::ModelType => return None,
        })
    }

    /// What a dimension says here, as text; empty where it says nothing.
    pub fn text(&self, dimension: Dimension) -> String {
        let text = match dimension {
            Dimension::Unit => self.unit.map(|id| id.to_string()),
            Dimension::ModelType => self.model_type.map(|id| id.to_string()),
            Dimension::Field => self.field.clone(),
            Dimension::Setting => self.setting.clone(),
            Dimension::Status => self.status.clone(),
            Dimension::Rating => self.rating.clone(),
            Dimension::Kind => self.kind.clone(),
            Dimension::Category => self.category.clone(),
            Dimension::Role => self.role.clone(),
            Dimension::Form => self.form.clone(),
            Dimension::Level => self.level.clone(),
            Dimension::Severity => self.severity.clone(),
            Dimension::Source => self.source.clone(),
            Dimension::Month => self.month.clone(),
            Dimension::Quarter => self.quarter.clone(),
            Dimension::Year => self.year.clone(),
        };
        text.unwrap_or_default()
    }

    /// What the dimensions of a breakdown say here; the order of a list.
    pub fn place(&self, by: &[Dimension]) -> Vec<String> {
        by.iter().map(|dimension| self.text(*dimension)).collect()
    }
}
