//! Columns of incidents.

use super::{Cells, Column, ID, LAT, LNG, Label, Named, needed, optional, shown};
use crate::resources::code_list::ListName;

pub const SEVERITIES: &[Label] = &[
    ("minor", "Minor", "Ít nghiêm trọng"),
    ("serious", "Serious", "Nghiêm trọng"),
    ("very_serious", "Very serious", "Rất nghiêm trọng"),
    ("extremely_serious", "Extremely serious", "Đặc biệt nghiêm trọng"),
];

pub const SOURCES: &[Label] = &[
    ("citizen", "Citizen", "Người dân"),
    ("patrol", "Patrol", "Tuần tra"),
    ("camera", "Camera", "Camera an ninh"),
    ("model_member", "Member of a model", "Thành viên mô hình"),
    ("police", "Police", "Công an"),
    ("other", "Other", "Khác"),
];

pub const CONTRIBUTIONS: &[Label] = &[
    ("detected", "Detected", "Phát hiện"),
    ("prevented", "Prevented", "Ngăn chặn"),
    ("handled", "Handled", "Xử lý"),
    ("reported", "Reported", "Báo tin"),
];

pub const STATUSES: &[Label] = &[
    ("received", "Received", "Đã tiếp nhận"),
    ("verifying", "Verifying", "Đang xác minh"),
    ("handling", "Handling", "Đang xử lý"),
    ("resolved", "Resolved", "Đã giải quyết"),
    ("transferred", "Transferred", "Chuyển cơ quan khác"),
    ("rejected", "Rejected", "Không thụ lý"),
];

pub const INCIDENTS: &[Column] = &[
    ID,
    optional("code", "Code", "Mã vụ việc", Cells::Text),
    needed("category", "Category", "Loại vụ việc", Cells::Code(ListName::IncidentCategory)),
    needed("severity", "Severity", "Mức độ", Cells::One(SEVERITIES)),
    needed("occurredAt", "Occurred at", "Xảy ra lúc", Cells::Moment),
    optional("occurredUntil", "Occurred until", "Xảy ra đến", Cells::Moment),
    optional("reportedAt", "Reported at", "Tiếp nhận lúc", Cells::Moment),
    needed("unitId", "Unit", "Đơn vị", Cells::Names(Named::Unit)),
    LAT,
    LNG,
    needed("source", "Source", "Nguồn tin", Cells::One(SOURCES)),
    optional("contributions", "Contributions", "Đóng góp của mô hình", Cells::Contributions(CONTRIBUTIONS)),
    optional("summary", "Summary", "Tóm tắt", Cells::Text),
    optional("injured", "Injured", "Số người bị thương", Cells::Whole),
    optional("deaths", "Deaths", "Số người chết", Cells::Whole),
    optional("propertyDamageVnd", "Property damage (VND)", "Thiệt hại tài sản (đồng)", Cells::Whole),
    shown("status", "Status", "Trạng thái", Cells::One(STATUSES)),
    shown("resolvedAt", "Resolved at", "Giải quyết lúc", Cells::Moment),
];
