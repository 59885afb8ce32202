//! Columns of model types.

use super::{Cells, Column, ID, Label, needed, optional};

pub const FIELDS: &[Label] = &[
    ("security", "Security", "An ninh"),
    ("order", "Public order", "Trật tự xã hội"),
    ("fire_safety", "Fire safety", "Phòng cháy, chữa cháy"),
    ("drugs", "Drugs", "Phòng, chống ma túy"),
    ("traffic", "Traffic", "Trật tự an toàn giao thông"),
    ("residence", "Residence", "Quản lý cư trú"),
    ("other", "Other", "Khác"),
];

pub const MODEL_TYPES: &[Column] = &[
    ID,
    needed("code", "Code", "Mã", Cells::Text),
    needed("name", "Name", "Tên loại mô hình", Cells::Text),
    optional("nameEn", "English name", "Tên tiếng Anh", Cells::Text),
    needed("field", "Field of work", "Lĩnh vực", Cells::One(FIELDS)),
    optional("description", "Description", "Mô tả", Cells::Text),
    needed("validFrom", "In use from", "Áp dụng từ ngày", Cells::Day),
    optional("validTo", "No longer in use from", "Hết áp dụng từ ngày", Cells::Day),
];
