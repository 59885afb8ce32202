//! Columns of models.

use super::{
    Cells, Column, DECISION_DAY, DECISION_ISSUER, DECISION_NUMBER, ID, LAT, LNG, Label, NOTES, Named, needed, optional,
    shown,
};

pub const SETTINGS: &[Label] = &[
    ("residential", "Residential area", "Khu dân cư"),
    ("agency", "Agency", "Cơ quan"),
    ("enterprise", "Enterprise", "Doanh nghiệp"),
    ("school", "School", "Nhà trường"),
    ("religious", "Religious establishment", "Cơ sở tôn giáo"),
    ("hotspot", "Hotspot", "Địa bàn phức tạp"),
    ("other", "Other", "Khác"),
];

pub const FIRST_STATUSES: &[Label] = &[("proposed", "Proposed", "Đề xuất"), ("active", "Active", "Đang hoạt động")];

pub const STATUSES: &[Label] = &[
    ("proposed", "Proposed", "Đề xuất"),
    ("active", "Active", "Đang hoạt động"),
    ("suspended", "Suspended", "Tạm dừng"),
    ("merged", "Merged", "Hợp nhất"),
    ("dissolved", "Dissolved", "Giải thể"),
];

pub const MODELS: &[Column] = &[
    ID,
    optional("code", "Code", "Mã mô hình", Cells::Text),
    needed("name", "Name", "Tên mô hình", Cells::Text),
    needed("modelTypeId", "Model type", "Loại mô hình", Cells::Names(Named::ModelType)),
    needed("unitId", "Unit", "Đơn vị", Cells::Names(Named::Unit)),
    needed("establishedOn", "Established on", "Ngày thành lập", Cells::Day),
    needed("leadBody", "Lead body", "Cơ quan chủ trì", Cells::Text),
    optional("partnerBodies", "Partner bodies", "Cơ quan phối hợp", Cells::Texts),
    optional("setting", "Setting", "Loại địa bàn", Cells::One(SETTINGS)),
    optional("householdCount", "Households", "Số hộ", Cells::Whole),
    optional("participantCount", "Participants", "Số người tham gia", Cells::Whole),
    optional("replicatedFromId", "Replicated from", "Nhân rộng từ", Cells::Names(Named::Model)),
    DECISION_NUMBER,
    DECISION_DAY,
    DECISION_ISSUER,
    LAT,
    LNG,
    NOTES,
    optional("firstStatus", "First status", "Trạng thái ban đầu", Cells::One(FIRST_STATUSES)),
    optional("status", "Status", "Trạng thái", Cells::One(STATUSES)),
    shown("endedOn", "Ended on", "Ngày kết thúc", Cells::Day),
    shown("exemplar", "Exemplary", "Điển hình", Cells::YesNo),
    shown("warnings", "Warnings", "Cảnh báo", Cells::Texts),
];
