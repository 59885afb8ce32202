//! Columns of activities.

use super::{Cells, Column, ID, Label, Named, needed, optional};

pub const KINDS: &[Label] = &[
    ("training", "Training", "Tập huấn"),
    ("drill", "Drill", "Diễn tập"),
    ("outreach", "Outreach", "Tuyên truyền"),
    ("patrol", "Patrol", "Tuần tra"),
    ("meeting", "Meeting", "Họp"),
    ("launch", "Launch", "Ra mắt"),
    ("pledge_signing", "Pledge signing", "Ký cam kết"),
    ("other", "Other", "Khác"),
];

pub const ACTIVITIES: &[Column] = &[
    ID,
    needed("kind", "Kind", "Loại hoạt động", Cells::One(KINDS)),
    needed("title", "Title", "Tên hoạt động", Cells::Text),
    needed("unitId", "Unit", "Đơn vị", Cells::Names(Named::Unit)),
    optional("modelIds", "Models", "Các mô hình", Cells::NamesMany(Named::Model)),
    needed("startedAt", "Started at", "Bắt đầu lúc", Cells::Moment),
    optional("endedAt", "Ended at", "Kết thúc lúc", Cells::Moment),
    needed("organiser", "Organiser", "Cơ quan tổ chức", Cells::Text),
    optional("topic", "Topic", "Chủ đề", Cells::Text),
    optional("participantCount", "Participants", "Số người tham gia", Cells::Whole),
    optional("householdCount", "Households", "Số hộ", Cells::Whole),
];
