//! Columns of teams.

use super::{Cells, Column, ID, Named, needed, optional};

pub const TEAMS: &[Column] = &[
    ID,
    needed("modelId", "Model", "Mô hình", Cells::Names(Named::Model)),
    needed("name", "Name", "Tên tổ", Cells::Text),
    optional("unitId", "Unit", "Đơn vị", Cells::Names(Named::Unit)),
    needed("startedOn", "Started on", "Ngày bắt đầu", Cells::Day),
    optional("endedOn", "Ended on", "Ngày kết thúc", Cells::Day),
];
