//! Columns of commendations.

use super::{Cells, Column, ID, Label, Named, needed, optional, shown};
use crate::resources::code_list::ListName;

pub const RECIPIENTS: &[Label] =
    &[("member", "Member", "Thành viên"), ("model", "Model", "Mô hình"), ("unit", "Unit", "Đơn vị")];

pub const LEVELS: &[Label] = &[
    ("commune", "Commune", "Cấp xã"),
    ("district", "District", "Cấp huyện"),
    ("province", "Province", "Cấp tỉnh"),
    ("ministry", "Ministry", "Cấp bộ"),
    ("state", "State", "Cấp Nhà nước"),
];

pub const STATUSES: &[Label] = &[
    ("proposed", "Proposed", "Đề xuất"),
    ("awarded", "Awarded", "Đã khen thưởng"),
    ("rejected", "Rejected", "Không được duyệt"),
    ("revoked", "Revoked", "Thu hồi"),
];

pub const COMMENDATIONS: &[Column] = &[
    ID,
    needed("recipientKind", "Kind of recipient", "Đối tượng khen thưởng", Cells::One(RECIPIENTS)),
    needed("recipientId", "Recipient", "Mã đối tượng được khen", Cells::Names(Named::Recipient)),
    needed("form", "Form", "Hình thức khen thưởng", Cells::Code(ListName::CommendationForm)),
    needed("level", "Level", "Cấp khen thưởng", Cells::One(LEVELS)),
    needed("title", "Title", "Danh hiệu", Cells::Text),
    needed("achievement", "Achievement", "Thành tích", Cells::Text),
    optional("periodFrom", "For the time from", "Thành tích từ ngày", Cells::Day),
    optional("periodTo", "For the time until", "Thành tích đến ngày", Cells::Day),
    optional("incidentIds", "Incidents", "Các vụ việc", Cells::NamesMany(Named::Incident)),
    shown("unitId", "Unit", "Đơn vị", Cells::Names(Named::Unit)),
    shown("recipientName", "Name of the recipient", "Tên đối tượng được khen", Cells::Text),
    shown("status", "Status", "Trạng thái", Cells::One(STATUSES)),
    shown("decision.number", "Decision number", "Số quyết định", Cells::Text),
    shown("decision.issuedOn", "Decision date", "Ngày quyết định", Cells::Day),
    shown("decision.issuer", "Issued by", "Cơ quan ban hành", Cells::Text),
    shown("decidedOn", "Decided on", "Ngày khen thưởng", Cells::Day),
];
