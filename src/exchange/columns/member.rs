//! Columns of members. The numbers are read and never written: an export holds their endings alone.

use super::{Cells, Column, ID, Label, Named, Use, column, needed, optional, shown};

pub const KINDS: &[Label] = &[
    ("person", "Person", "Cá nhân"),
    ("household", "Household", "Hộ gia đình"),
    ("organisation", "Organisation", "Tổ chức"),
];

pub const GENDERS: &[Label] = &[("male", "Male", "Nam"), ("female", "Female", "Nữ"), ("other", "Other", "Khác")];

pub const MEMBERS: &[Column] = &[
    ID,
    needed("kind", "Kind", "Đối tượng", Cells::One(KINDS)),
    needed("name", "Name", "Họ và tên", Cells::Text),
    optional("birthYear", "Year of birth", "Năm sinh", Cells::Whole),
    optional("gender", "Gender", "Giới tính", Cells::One(GENDERS)),
    column("nationalId", "Personal identification number", "Số định danh cá nhân", Cells::Digits, Use::Secret),
    column("phone", "Telephone", "Số điện thoại", Cells::Digits, Use::Secret),
    optional("address", "Address", "Địa chỉ", Cells::Text),
    needed("unitId", "Unit", "Đơn vị", Cells::Names(Named::Unit)),
    optional("occupation", "Occupation", "Nghề nghiệp", Cells::Text),
    shown("nationalIdMasked", "Ending of the identification number", "Số cuối định danh cá nhân", Cells::Text),
    shown("phoneMasked", "Ending of the telephone number", "Số cuối điện thoại", Cells::Text),
];
