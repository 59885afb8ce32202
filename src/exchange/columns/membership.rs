//! Columns of memberships.

use super::{Cells, Column, ID, Label, Named, needed, optional};
use crate::resources::code_list::ListName;

pub const ROLES: &[Label] = &[
    ("leader", "Leader", "Tổ trưởng"),
    ("deputy", "Deputy", "Tổ phó"),
    ("secretary", "Secretary", "Thư ký"),
    ("member", "Member", "Thành viên"),
];

pub const MEMBERSHIPS: &[Column] = &[
    ID,
    needed("memberId", "Member", "Thành viên", Cells::Names(Named::Only)),
    optional("modelId", "Model", "Mô hình", Cells::Names(Named::Model)),
    optional("teamId", "Team", "Tổ", Cells::Names(Named::Only)),
    optional("unitId", "Unit", "Đơn vị", Cells::Names(Named::Unit)),
    needed("category", "Category", "Loại thành viên", Cells::Code(ListName::MembershipCategory)),
    needed("role", "Role", "Vai trò", Cells::One(ROLES)),
    needed("startedOn", "Started on", "Ngày bắt đầu", Cells::Day),
    optional("endedOn", "Ended on", "Ngày kết thúc", Cells::Day),
    optional("endReason", "Reason for the end", "Lý do kết thúc", Cells::Text),
    optional("pledgedOn", "Pledged on", "Ngày ký cam kết", Cells::Day),
];
