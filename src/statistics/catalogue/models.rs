//! Indicators over models, their types and their reviews.

use super::{Bilingual, CountedUnit, Indicator, IndicatorId, Temporality};
use crate::statistics::Dimension;
use crate::statistics::cube::Reading;
use crate::statistics::fact::Series;
use crate::statistics::sources::Source;

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
/// Of what was said of a site.
const OF_RATINGS: &[Dimension] = &[
    Dimension::Unit,
    Dimension::ModelType,
    Dimension::Field,
    Dimension::Setting,
    Dimension::Rating,
    Dimension::Month,
    Dimension::Quarter,
    Dimension::Year,
];

pub const INDICATORS: &[Indicator] = &[
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
        source: Source::Models,
        reading: Reading::Standing(Series::ModelActive),
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
        source: Source::Models,
        reading: Reading::First(Series::ModelActive),
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
        source: Source::Models,
        reading: Reading::Stock(Series::ModelActive),
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
        source: Source::Models,
        reading: Reading::Flow(Series::ModelEstablished),
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
        source: Source::Models,
        reading: Reading::Flow(Series::ModelEnded),
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
        source: Source::Models,
        reading: Reading::Flow(Series::ModelReplicated),
    },
    Indicator {
        id: IndicatorId::ModelsExemplary,
        version: 2,
        label: Bilingual { vi: "Điểm mô hình điển hình tiên tiến", en: "Exemplary models" },
        definition: Bilingual {
            vi: "Số điểm mô hình đang hoạt động vào cuối ngày cuối kỳ, được lần đánh giá mới nhất tính đến ngày đó công nhận là điển hình.",
            en: "Sites that are active at the end of the period's last day and that their latest review up to that day holds up as an example.",
        },
        counted_unit: CountedUnit::Site,
        temporality: Temporality::Stock,
        dimensions: OF_SITES,
        source: Source::Models,
        reading: Reading::Stock(Series::ModelExemplary),
    },
    Indicator {
        id: IndicatorId::ModelsByRating,
        version: 1,
        label: Bilingual { vi: "Điểm mô hình theo xếp loại", en: "Models by rating" },
        definition: Bilingual {
            vi: "Số điểm mô hình đang hoạt động vào cuối ngày cuối kỳ đã được đánh giá ít nhất một lần tính đến ngày đó, theo xếp loại của lần đánh giá mới nhất (theo ngày đánh giá). Chưa xếp loại (unrated) là một giá trị.",
            en: "Sites that are active at the end of the period's last day and had been reviewed by then, by the rating of their latest review (by day of review). That a review gave no rating is a value.",
        },
        counted_unit: CountedUnit::Site,
        temporality: Temporality::Stock,
        dimensions: OF_RATINGS,
        source: Source::Ratings,
        reading: Reading::Stock(Series::ModelRated),
    },
    Indicator {
        id: IndicatorId::ReviewsCompleted,
        version: 1,
        label: Bilingual { vi: "Lượt đánh giá mô hình", en: "Reviews completed" },
        definition: Bilingual {
            vi: "Số lượt đánh giá mô hình có ngày đánh giá trong kỳ.",
            en: "Reviews of models whose day lies in the period.",
        },
        counted_unit: CountedUnit::Event,
        temporality: Temporality::Flow,
        dimensions: OF_RATINGS,
        source: Source::Reviews,
        reading: Reading::Flow(Series::ReviewCompleted),
    },
];
