//! Indicators over teams and the people in them.

use super::{Bilingual, CountedUnit, Indicator, IndicatorId, Temporality};
use crate::statistics::Dimension;
use crate::statistics::cube::Reading;
use crate::statistics::fact::Series;
use crate::statistics::sources::Source;

pub const INDICATORS: &[Indicator] = &[
    Indicator {
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
    },
    Indicator {
        id: IndicatorId::MembersActive,
        version: 1,
        label: Bilingual { vi: "Thành viên đang tham gia", en: "Active members" },
        definition: Bilingual {
            vi: "Số thành viên (người, hộ, tổ chức) khác nhau đang tham gia ít nhất một mô hình, tổ hoặc lực lượng trong phạm vi vào cuối ngày cuối kỳ. Mỗi đơn vị hay nhóm tách riêng là một phạm vi riêng.",
            en: "Different members (persons, households, organisations) with at least one membership in scope at the end of the period's last day. Each unit or group of a breakdown is a scope of its own.",
        },
        counted_unit: CountedUnit::Person,
        temporality: Temporality::Stock,
        dimensions: &[
            Dimension::Unit,
            Dimension::Category,
            Dimension::Role,
            Dimension::Kind,
            Dimension::Month,
            Dimension::Quarter,
            Dimension::Year,
        ],
        source: Source::Memberships,
        reading: Reading::Standing(Series::MembershipActive),
    },
    Indicator {
        id: IndicatorId::MembershipsActive,
        version: 1,
        label: Bilingual { vi: "Lượt tham gia đang có hiệu lực", en: "Active memberships" },
        definition: Bilingual {
            vi: "Số lượt tham gia (thành viên trong mô hình, tổ hoặc lực lượng) đang có hiệu lực vào cuối ngày cuối kỳ.",
            en: "Memberships that stand at the end of the period's last day.",
        },
        counted_unit: CountedUnit::Membership,
        temporality: Temporality::Stock,
        dimensions: &[
            Dimension::Unit,
            Dimension::Category,
            Dimension::Role,
            Dimension::Kind,
            Dimension::Month,
            Dimension::Quarter,
            Dimension::Year,
        ],
        source: Source::Memberships,
        reading: Reading::Stock(Series::MembershipActive),
    },
    Indicator {
        id: IndicatorId::MembershipsStarted,
        version: 1,
        label: Bilingual { vi: "Lượt tham gia mới", en: "Memberships started" },
        definition: Bilingual {
            vi: "Số lượt tham gia bắt đầu trong kỳ.", en: "Memberships that began in the period."
        },
        counted_unit: CountedUnit::Membership,
        temporality: Temporality::Flow,
        dimensions: &[
            Dimension::Unit,
            Dimension::Category,
            Dimension::Role,
            Dimension::Kind,
            Dimension::Month,
            Dimension::Quarter,
            Dimension::Year,
        ],
        source: Source::Memberships,
        reading: Reading::Flow(Series::MembershipStarted),
    },
    Indicator {
        id: IndicatorId::MembershipsEnded,
        version: 1,
        label: Bilingual { vi: "Lượt tham gia kết thúc", en: "Memberships ended" },
        definition: Bilingual {
            vi: "Số lượt tham gia kết thúc trong kỳ, tính vào ngày đầu tiên không còn tham gia.",
            en: "Memberships that ended in the period, counted on the first day on which they no longer stood.",
        },
        counted_unit: CountedUnit::Membership,
        temporality: Temporality::Flow,
        dimensions: &[
            Dimension::Unit,
            Dimension::Category,
            Dimension::Role,
            Dimension::Kind,
            Dimension::Month,
            Dimension::Quarter,
            Dimension::Year,
        ],
        source: Source::Memberships,
        reading: Reading::Flow(Series::MembershipEnded),
    },
    Indicator {
        id: IndicatorId::PledgesSigned,
        version: 1,
        label: Bilingual { vi: "Lượt ký cam kết", en: "Pledges signed" },
        definition: Bilingual {
            vi: "Số lượt tham gia có ngày ký cam kết trong kỳ.",
            en: "Memberships whose pledge was signed in the period.",
        },
        counted_unit: CountedUnit::Membership,
        temporality: Temporality::Flow,
        dimensions: &[
            Dimension::Unit,
            Dimension::Category,
            Dimension::Role,
            Dimension::Kind,
            Dimension::Month,
            Dimension::Quarter,
            Dimension::Year,
        ],
        source: Source::Memberships,
        reading: Reading::Flow(Series::PledgeSigned),
    },
];
