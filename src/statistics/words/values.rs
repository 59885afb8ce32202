//! What the values of dimensions are called that come from no code list, in Vietnamese and English.

use crate::statistics::Dimension;
use crate::statistics::catalogue::Bilingual;

/// A value, and its names.
type Named = (&'static str, Bilingual);

const fn named(value: &'static str, vi: &'static str, en: &'static str) -> Named {
    (value, Bilingual { vi, en })
}

const FIELDS: &[Named] = &[
    named("security", "An ninh", "Security"),
    named("order", "Trật tự", "Order"),
    named("fire_safety", "Phòng cháy, chữa cháy", "Fire safety"),
    named("drugs", "Phòng, chống ma túy", "Drug prevention"),
    named("traffic", "An toàn giao thông", "Traffic safety"),
    named("residence", "Cư trú", "Residence"),
    named("other", "Khác", "Other"),
];

const SETTINGS: &[Named] = &[
    named("residential", "Khu dân cư", "Residential area"),
    named("agency", "Cơ quan", "Agency"),
    named("enterprise", "Doanh nghiệp", "Enterprise"),
    named("school", "Trường học", "School"),
    named("religious", "Tôn giáo", "Religious community"),
    named("hotspot", "Địa bàn phức tạp", "Hotspot"),
    named("other", "Khác", "Other"),
];

const STATUSES: &[Named] = &[
    named("proposed", "Đề xuất", "Proposed"),
    named("active", "Đang hoạt động", "Active"),
    named("suspended", "Tạm dừng", "Suspended"),
    named("merged", "Đã hợp nhất", "Merged"),
    named("dissolved", "Đã giải thể", "Dissolved"),
    named("received", "Đã tiếp nhận", "Received"),
    named("verifying", "Đang xác minh", "Being verified"),
    named("handling", "Đang xử lý", "Being handled"),
    named("resolved", "Đã giải quyết", "Resolved"),
    named("transferred", "Đã chuyển", "Transferred"),
    named("rejected", "Bị từ chối", "Rejected"),
    named("awarded", "Đã khen thưởng", "Awarded"),
    named("revoked", "Đã thu hồi", "Revoked"),
];

const RATINGS: &[Named] = &[
    named("excellent", "Xuất sắc", "Excellent"),
    named("good", "Khá", "Good"),
    named("average", "Trung bình", "Average"),
    named("weak", "Yếu", "Weak"),
    named("unrated", "Không xếp loại", "Not rated"),
];

const KINDS: &[Named] = &[
    named("training", "Tập huấn", "Training"),
    named("drill", "Diễn tập", "Drill"),
    named("outreach", "Tuyên truyền", "Outreach"),
    named("patrol", "Tuần tra", "Patrol"),
    named("meeting", "Họp, sinh hoạt", "Meeting"),
    named("launch", "Ra mắt", "Launch"),
    named("pledge_signing", "Ký cam kết", "Pledge signing"),
    named("other", "Khác", "Other"),
    named("person", "Cá nhân", "Person"),
    named("household", "Hộ gia đình", "Household"),
    named("organisation", "Tổ chức", "Organisation"),
    named("member", "Thành viên", "Member"),
    named("model", "Mô hình", "Model"),
    named("unit", "Đơn vị", "Unit"),
];

const ROLES: &[Named] = &[
    named("leader", "Tổ trưởng, trưởng nhóm", "Leader"),
    named("deputy", "Phó", "Deputy"),
    named("secretary", "Thư ký", "Secretary"),
    named("member", "Thành viên", "Member"),
];

const LEVELS: &[Named] = &[
    named("commune", "Cấp xã", "Commune"),
    named("district", "Cấp huyện", "District"),
    named("province", "Cấp tỉnh", "Province"),
    named("ministry", "Cấp bộ", "Ministry"),
    named("state", "Cấp Nhà nước", "State"),
];

const SEVERITIES: &[Named] = &[
    named("minor", "Ít nghiêm trọng", "Minor"),
    named("serious", "Nghiêm trọng", "Serious"),
    named("very_serious", "Rất nghiêm trọng", "Very serious"),
    named("extremely_serious", "Đặc biệt nghiêm trọng", "Extremely serious"),
];

const SOURCES: &[Named] = &[
    named("citizen", "Người dân", "Citizen"),
    named("patrol", "Tuần tra", "Patrol"),
    named("camera", "Camera", "Camera"),
    named("model_member", "Thành viên mô hình", "Member of a model"),
    named("police", "Công an", "Police"),
    named("other", "Khác", "Other"),
];

/// The values of a dimension with their names, in the order in which they are told; none where a list or
/// a record names them.
const fn names(dimension: Dimension) -> Option<&'static [Named]> {
    match dimension {
        Dimension::Field => Some(FIELDS),
        Dimension::Setting => Some(SETTINGS),
        Dimension::Status => Some(STATUSES),
        Dimension::Rating => Some(RATINGS),
        Dimension::Kind => Some(KINDS),
        Dimension::Role => Some(ROLES),
        Dimension::Level => Some(LEVELS),
        Dimension::Severity => Some(SEVERITIES),
        Dimension::Source => Some(SOURCES),
        Dimension::Unit | Dimension::ModelType | Dimension::Category | Dimension::Form => None,
        Dimension::Month | Dimension::Quarter | Dimension::Year => None,
    }
}

/// What a value is called.
pub fn called(dimension: Dimension, value: &str) -> Option<Bilingual> {
    names(dimension)?.iter().find(|(own, _)| *own == value).map(|(_, said)| *said)
}

/// Where a value stands among its like, if they have an order.
pub fn rank(dimension: Dimension, value: &str) -> Option<usize> {
    names(dimension)?.iter().position(|(own, _)| *own == value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources::activity::ActivityKind;
    use crate::resources::commendation::{CommendationLevel, CommendationStatus, RecipientKind};
    use crate::resources::incident::{IncidentStatus, Severity, Source};
    use crate::resources::member::MemberKind;
    use crate::resources::membership::MembershipRole;
    use crate::resources::model::{ModelStatus, Setting};
    use crate::resources::model_type::Field;
    use crate::resources::review::Rating;

    #[test]
    fn every_value_has_a_name() {
        fn all<T: std::fmt::Display>(dimension: Dimension, values: &[T]) {
            for value in values {
                assert!(called(dimension, &value.to_string()).is_some(), "{dimension}: {value}");
            }
        }
        all(Dimension::Field, Field::ALL);
        all(Dimension::Setting, Setting::ALL);
        all(Dimension::Status, ModelStatus::ALL);
        all(Dimension::Status, IncidentStatus::ALL);
        all(Dimension::Status, CommendationStatus::ALL);
        all(Dimension::Rating, Rating::ALL);
        all(Dimension::Kind, ActivityKind::ALL);
        all(Dimension::Kind, MemberKind::ALL);
        all(Dimension::Kind, RecipientKind::ALL);
        all(Dimension::Role, MembershipRole::ALL);
        all(Dimension::Level, CommendationLevel::ALL);
        all(Dimension::Severity, Severity::ALL);
        all(Dimension::Source, Source::ALL);
    }
}
