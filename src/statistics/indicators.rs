//! Indicators: what each figure counts, in words that a report can cite. A change of meaning is a
//! new version. What must not come in: how a figure is computed (see `observe`).

use serde::Serialize;
use utoipa::ToSchema;

use super::Dimension;
use crate::access::Named;
use crate::http::sort_by;
use crate::noun::Noun;
use crate::types::text_enum;

text_enum! {
    /// An indicator, by its name in queries and answers.
    pub enum IndicatorId {
        ModelTypesActive = "model_types_active",
        ModelTypesIntroduced = "model_types_introduced",
        ModelsActive = "models_active",
        ModelsEstablished = "models_established",
        ModelsEnded = "models_ended",
        ModelsReplicated = "models_replicated",
        ModelsExemplary = "models_exemplary",
    }
}

text_enum! {
    /// What one of the counted things is.
    pub enum CountedUnit {
        Type = "type",
        Site = "site",
        Team = "team",
        Person = "person",
        Membership = "membership",
        Event = "event",
        Vnd = "vnd",
        Day = "day",
    }
}

text_enum! {
    /// Whether a figure is read at the end of a period or summed over it.
    pub enum Temporality {
        Stock = "stock",
        Flow = "flow",
    }
}

/// The same words in both languages.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Bilingual {
    #[schema(max_length = 1000)]
    pub vi: &'static str,
    #[schema(max_length = 1000)]
    pub en: &'static str,
}

/// A figure that can be asked for, and what it means.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Indicator {
    pub id: IndicatorId,
    /// Changes with the meaning of the figure.
    #[schema(minimum = 1, maximum = 1000)]
    pub version: i32,
    pub label: Bilingual,
    pub definition: Bilingual,
    pub counted_unit: CountedUnit,
    pub temporality: Temporality,
    /// What it can be broken down by.
    #[schema(max_items = 20)]
    pub dimensions: &'static [Dimension],
}

impl Named for Indicator {
    const NOUN: Noun = Noun::Indicator;
}

sort_by!(IndicatorSort, "id", { Id = "id" });

/// Of stocks of sites, which are active and so have one status, and of types.
const OF_SITES: &[Dimension] = &[
    Dimension::Unit,
    Dimension::ModelType,
    Dimension::Field,
    Dimension::Setting,
    Dimension::Month,
    Dimension::Quarter,
    Dimension::Year,
];
/// Of events in the life of a site, which is in some status by now.
const OF_EVENTS: &[Dimension] = &[
    Dimension::Unit,
    Dimension::ModelType,
    Dimension::Field,
    Dimension::Setting,
    Dimension::Status,
    Dimension::Month,
    Dimension::Quarter,
    Dimension::Year,
];

const INDICATORS: &[Indicator] = &[
    Indicator {
        id: IndicatorId::ModelTypesActive,
        version: 1,
        label: Bilingual { vi: "Mô hình đang hoạt động", en: "Active model types" },
        definition: Bilingual {
            vi: "Số loại mô hình có ít nhất một điểm đang hoạt động trong phạm vi vào cuối ngày cuối kỳ. Mỗi đơn vị hay nhóm tách riêng là một phạm vi riêng.",
            en: "Model types with at least one active site in scope at the end of the period's last day. Each unit or group of a breakdown is a scope of its own.",
        },
        counted_unit: CountedUnit::Type,
        temporality: Temporality::Stock,
        dimensions: OF_SITES,
    },
    Indicator {
        id: IndicatorId::ModelTypesIntroduced,
        version: 1,
        label: Bilingual { vi: "Mô hình mới", en: "Model types introduced" },
        definition: Bilingual {
            vi: "Số loại mô hình có điểm đầu tiên trong phạm vi bắt đầu hoạt động trong kỳ. Mỗi đơn vị hay nhóm tách riêng là một phạm vi riêng.",
            en: "Model types whose first site in scope became active in the period. Each unit or group of a breakdown is a scope of its own.",
        },
        counted_unit: CountedUnit::Type,
        temporality: Temporality::Flow,
        dimensions: OF_SITES,
    },
    Indicator {
        id: IndicatorId::ModelsActive,
        version: 1,
        label: Bilingual { vi: "Điểm mô hình đang hoạt động", en: "Active models" },
        definition: Bilingual {
            vi: "Số điểm mô hình đang hoạt động vào cuối ngày cuối kỳ; không tính điểm mới đề xuất, tạm dừng, đã hợp nhất hoặc giải thể.",
            en: "Sites that are active at the end of the period's last day; those proposed, suspended, merged or dissolved are not.",
        },
        counted_unit: CountedUnit::Site,
        temporality: Temporality::Stock,
        dimensions: OF_SITES,
    },
    Indicator {
        id: IndicatorId::ModelsEstablished,
        version: 1,
        label: Bilingual { vi: "Điểm mô hình thành lập mới", en: "Models established" },
        definition: Bilingual {
            vi: "Số điểm mô hình lần đầu hoạt động trong kỳ; hoạt động lại sau tạm dừng không tính. Trạng thái (status) là trạng thái hiện nay.",
            en: "Sites that became active for the first time in the period; resuming does not count. Their status is the one they are in now.",
        },
        counted_unit: CountedUnit::Site,
        temporality: Temporality::Flow,
        dimensions: OF_EVENTS,
    },
    Indicator {
        id: IndicatorId::ModelsEnded,
        version: 1,
        label: Bilingual { vi: "Điểm mô hình kết thúc", en: "Models ended" },
        definition: Bilingual {
            vi: "Số điểm mô hình từng hoạt động, được hợp nhất hoặc giải thể trong kỳ, tính vào ngày có hiệu lực. Trạng thái (status) là trạng thái hiện nay.",
            en: "Sites that had been active and were merged or dissolved in the period, counted on that day. Their status is the one they are in now.",
        },
        counted_unit: CountedUnit::Site,
        temporality: Temporality::Flow,
        dimensions: OF_EVENTS,
    },
    Indicator {
        id: IndicatorId::ModelsReplicated,
        version: 1,
        label: Bilingual { vi: "Điểm mô hình nhân rộng", en: "Models replicated" },
        definition: Bilingual {
            vi: "Số điểm mô hình lần đầu hoạt động trong kỳ và được nhân rộng từ một điểm khác. Trạng thái (status) là trạng thái hiện nay.",
            en: "Sites that became active for the first time in the period and replicate another. Their status is the one they are in now.",
        },
        counted_unit: CountedUnit::Site,
        temporality: Temporality::Flow,
        dimensions: OF_EVENTS,
    },
    Indicator {
        id: IndicatorId::ModelsExemplary,
        version: 1,
        label: Bilingual { vi: "Điểm mô hình điển hình tiên tiến", en: "Exemplary models" },
        definition: Bilingual {
            vi: "Số điểm mô hình đang hoạt động vào cuối ngày cuối kỳ, được lần đánh giá mới nhất hiện nay công nhận là điển hình.",
            en: "Sites that are active at the end of the period's last day and that their latest review, as of now, holds up as an example.",
        },
        counted_unit: CountedUnit::Site,
        temporality: Temporality::Stock,
        dimensions: OF_SITES,
    },
];

/// Every indicator, sorted by name.
pub fn all() -> Vec<Indicator> {
    let mut all = INDICATORS.to_vec();
    all.sort_unstable_by_key(|indicator| indicator.id.as_str());
    all
}

/// Whether an indicator can be broken down by a dimension.
pub fn has(id: IndicatorId, dimension: Dimension) -> bool {
    INDICATORS.iter().any(|indicator| indicator.id == id && indicator.dimensions.contains(&dimension))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_indicator_is_defined_once() {
        for id in IndicatorId::ALL {
            assert_eq!(INDICATORS.iter().filter(|indicator| indicator.id == *id).count(), 1, "{id}");
        }
        assert_eq!(INDICATORS.len(), IndicatorId::ALL.len());
    }
}
