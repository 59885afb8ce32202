//! Indicators over teams and the people in them.

use super::{Bilingual, CountedUnit, Indicator, IndicatorId, Temporality};
use crate::statistics::Dimension;
use crate::statistics::cube::Reading;
use crate::statistics::fact::Series;
use crate::statistics::sources::Source;

pub const INDICATORS: &[Indicator] = &[Indicator {
    id: IndicatorId::TeamsActive,
    version: 1,
    label: Bilingual { vi: "Tổ đang hoạt động", en: "Active teams" },
    definition: Bilingual {
        vi: "Số tổ vận hành mô hình đang hoạt động vào cuối ngày cuối kỳ (đã bắt đầu và chưa kết thúc).",
        en: "Teams that run a model and work at the end of the period's last day: begun and not ended.",
    },
    counted_unit: CountedUnit::Team,
    temporality: Temporality::Stock,
    dimensions: &[
        Dimension::Unit,
        Dimension::ModelType,
        Dimension::Field,
        Dimension::Setting,
        Dimension::Month,
        Dimension::Quarter,
        Dimension::Year,
    ],
    source: Source::Teams,
    reading: Reading::Stock(Series::TeamActive),
}];
