//! Indicators over what was held and what happened.

use super::{Bilingual, CountedUnit, Indicator, IndicatorId, Temporality};
use crate::statistics::Dimension;
use crate::statistics::cube::Reading;
use crate::statistics::fact::Series;
use crate::statistics::sources::Source;

const OF_INCIDENTS: &[Dimension] = &[
    Dimension::Unit,
    Dimension::Category,
    Dimension::Severity,
    Dimension::Source,
    Dimension::Status,
    Dimension::Month,
    Dimension::Quarter,
    Dimension::Year,
];

pub const INDICATORS: &[Indicator] = &[
    Indicator {
        id: IndicatorId::ActivitiesHeld,
        version: 1,
        label: Bilingual { vi: "Hoạt động đã tổ chức", en: "Activities held" },
        definition: Bilingual {
            vi: "Số hoạt động bắt đầu trong kỳ.", en: "Activities that began in the period."
        },
        counted_unit: CountedUnit::Event,
        temporality: Temporality::Flow,
        dimensions: &[Dimension::Unit, Dimension::Kind, Dimension::Month, Dimension::Quarter, Dimension::Year],
        source: Source::Activities,
        reading: Reading::Flow(Series::ActivityHeld),
    },
    Indicator {
        id: IndicatorId::ActivityParticipants,
        version: 1,
        label: Bilingual { vi: "Lượt người tham gia hoạt động", en: "Participants in activities" },
        definition: Bilingual {
            vi: "Tổng số người tham gia các hoạt động bắt đầu trong kỳ; một người dự hai hoạt động tính hai lượt.",
            en: "People that took part in activities that began in the period; who was at two counts twice.",
        },
        counted_unit: CountedUnit::Person,
        temporality: Temporality::Flow,
        dimensions: &[Dimension::Unit, Dimension::Kind, Dimension::Month, Dimension::Quarter, Dimension::Year],
        source: Source::Activities,
        reading: Reading::Flow(Series::ActivityParticipants),
    },
    Indicator {
        id: IndicatorId::ActivityHouseholds,
        version: 1,
        label: Bilingual { vi: "Lượt hộ tham gia hoạt động", en: "Households in activities" },
        definition: Bilingual {
            vi: "Tổng số hộ tham gia các hoạt động bắt đầu trong kỳ; một hộ dự hai hoạt động tính hai lượt.",
            en: "Households that took part in activities that began in the period; one that was at two counts twice.",
        },
        counted_unit: CountedUnit::Event,
        temporality: Temporality::Flow,
        dimensions: &[Dimension::Unit, Dimension::Kind, Dimension::Month, Dimension::Quarter, Dimension::Year],
        source: Source::Activities,
        reading: Reading::Flow(Series::ActivityHouseholds),
    },
    Indicator {
        id: IndicatorId::IncidentsReported,
        version: 1,
        label: Bilingual { vi: "Vụ việc tiếp nhận", en: "Incidents reported" },
        definition: Bilingual {
            vi: "Số vụ việc được báo tin trong kỳ (theo ngày báo tin, giờ Việt Nam). Không tính vụ việc bị từ chối. Trạng thái là trạng thái hiện nay.",
            en: "Incidents reported in the period, by the day of the report in Vietnam. Rejected ones do not count. Their status is the one they are in now.",
        },
        counted_unit: CountedUnit::Event,
        temporality: Temporality::Flow,
        dimensions: OF_INCIDENTS,
        source: Source::Incidents,
        reading: Reading::Flow(Series::IncidentReported),
    },
    Indicator {
        id: IndicatorId::IncidentsResolved,
        version: 1,
        label: Bilingual { vi: "Vụ việc đã giải quyết", en: "Incidents resolved" },
        definition: Bilingual {
            vi: "Số vụ việc được giải quyết trong kỳ (theo ngày giải quyết) và hiện không mở lại.",
            en: "Incidents resolved in the period, by the day they were, and not opened again since.",
        },
        counted_unit: CountedUnit::Event,
        temporality: Temporality::Flow,
        dimensions: OF_INCIDENTS,
        source: Source::Incidents,
        reading: Reading::Flow(Series::IncidentResolved),
    },
    Indicator {
        id: IndicatorId::IncidentsWithContribution,
        version: 1,
        label: Bilingual {
            vi: "Vụ việc có đóng góp của mô hình", en: "Incidents with contribution of a model"
        },
        definition: Bilingual {
            vi: "Số vụ việc được báo tin trong kỳ có ít nhất một mô hình phát hiện, ngăn chặn, xử lý hoặc báo tin. Không tính vụ việc bị từ chối.",
            en: "Incidents reported in the period to which at least one model contributed. Rejected ones do not count.",
        },
        counted_unit: CountedUnit::Event,
        temporality: Temporality::Flow,
        dimensions: OF_INCIDENTS,
        source: Source::Incidents,
        reading: Reading::Flow(Series::IncidentContributed),
    },
    Indicator {
        id: IndicatorId::Injured,
        version: 1,
        label: Bilingual { vi: "Số người bị thương", en: "Injured" },
        definition: Bilingual {
            vi: "Tổng số người bị thương trong các vụ việc được báo tin trong kỳ. Không tính vụ việc bị từ chối.",
            en: "People injured in incidents reported in the period. Rejected ones do not count.",
        },
        counted_unit: CountedUnit::Person,
        temporality: Temporality::Flow,
        dimensions: OF_INCIDENTS,
        source: Source::Incidents,
        reading: Reading::Flow(Series::Injured),
    },
    Indicator {
        id: IndicatorId::Deaths,
        version: 1,
        label: Bilingual { vi: "Số người chết", en: "Deaths" },
        definition: Bilingual {
            vi: "Tổng số người chết trong các vụ việc được báo tin trong kỳ. Không tính vụ việc bị từ chối.",
            en: "Deaths in incidents reported in the period. Rejected ones do not count.",
        },
        counted_unit: CountedUnit::Person,
        temporality: Temporality::Flow,
        dimensions: OF_INCIDENTS,
        source: Source::Incidents,
        reading: Reading::Flow(Series::Deaths),
    },
    Indicator {
        id: IndicatorId::PropertyDamageVnd,
        version: 1,
        label: Bilingual { vi: "Thiệt hại tài sản (đồng)", en: "Damage to property (VND)" },
        definition: Bilingual {
            vi: "Tổng thiệt hại tài sản, tính bằng đồng, trong các vụ việc được báo tin trong kỳ. Không tính vụ việc bị từ chối.",
            en: "Damage to property in đồng, of incidents reported in the period. Rejected ones do not count.",
        },
        counted_unit: CountedUnit::Vnd,
        temporality: Temporality::Flow,
        dimensions: OF_INCIDENTS,
        source: Source::Incidents,
        reading: Reading::Flow(Series::PropertyDamage),
    },
    Indicator {
        id: IndicatorId::DaysToResolveMedian,
        version: 1,
        label: Bilingual { vi: "Số ngày giải quyết (trung vị)", en: "Days to resolve (median)" },
        definition: Bilingual {
            vi: "Trung vị số ngày từ ngày báo tin đến ngày giải quyết của các vụ việc được giải quyết trong kỳ; giải quyết trong ngày là 0. Không có vụ nào thì không có giá trị.",
            en: "Median of the days from the day of the report to that of the resolution, of incidents resolved in the period; the same day is 0. Of no incident there is no median: the value is null.",
        },
        counted_unit: CountedUnit::Day,
        temporality: Temporality::Flow,
        dimensions: OF_INCIDENTS,
        source: Source::Incidents,
        reading: Reading::Median(Series::DaysToResolve),
    },
    Indicator {
        id: IndicatorId::CommendationsAwarded,
        version: 1,
        label: Bilingual { vi: "Khen thưởng đã quyết định", en: "Commendations awarded" },
        definition: Bilingual {
            vi: "Số lượt khen thưởng được quyết định trong kỳ, kể cả lượt sau đó bị thu hồi. Trạng thái là trạng thái hiện nay.",
            en: "Commendations awarded in the period, those revoked since included. Their status is the one they are in now.",
        },
        counted_unit: CountedUnit::Event,
        temporality: Temporality::Flow,
        dimensions: &[
            Dimension::Unit,
            Dimension::Form,
            Dimension::Level,
            Dimension::Kind,
            Dimension::Status,
            Dimension::Month,
            Dimension::Quarter,
            Dimension::Year,
        ],
        source: Source::Commendations,
        reading: Reading::Flow(Series::CommendationAwarded),
    },
    Indicator {
        id: IndicatorId::CommendationsInForce,
        version: 1,
        label: Bilingual { vi: "Khen thưởng đang có hiệu lực", en: "Commendations in force" },
        definition: Bilingual {
            vi: "Số lượt khen thưởng đã được quyết định và chưa bị thu hồi vào cuối ngày cuối kỳ.",
            en: "Commendations that were awarded and not revoked at the end of the period's last day.",
        },
        counted_unit: CountedUnit::Event,
        temporality: Temporality::Stock,
        dimensions: &[
            Dimension::Unit,
            Dimension::Form,
            Dimension::Level,
            Dimension::Kind,
            Dimension::Month,
            Dimension::Quarter,
            Dimension::Year,
        ],
        source: Source::Commendations,
        reading: Reading::Stock(Series::CommendationInForce),
    },
];
