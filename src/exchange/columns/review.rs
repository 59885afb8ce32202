//! Columns of reviews.

use super::{Cells, Column, DECISION_DAY, DECISION_ISSUER, DECISION_NUMBER, ID, Label, NOTES, Named, needed, shown};

pub const RATINGS: &[Label] = &[
    ("excellent", "Excellent", "Xuất sắc"),
    ("good", "Good", "Tốt"),
    ("average", "Average", "Trung bình"),
    ("weak", "Weak", "Yếu"),
    ("unrated", "Not rated", "Chưa xếp loại"),
];

pub const RECOMMENDATIONS: &[Label] = &[
    ("maintain", "Maintain", "Duy trì"),
    ("strengthen", "Strengthen", "Củng cố"),
    ("replicate", "Replicate", "Nhân rộng"),
    ("merge", "Merge", "Hợp nhất"),
    ("dissolve", "Dissolve", "Giải thể"),
];

pub const REVIEWS: &[Column] = &[
    ID,
    needed("modelId", "Model", "Mô hình", Cells::Names(Named::Model)),
    needed("period", "Period", "Kỳ đánh giá", Cells::Text),
    needed("rating", "Rating", "Xếp loại", Cells::One(RATINGS)),
    needed("recommendation", "Recommendation", "Kiến nghị", Cells::One(RECOMMENDATIONS)),
    needed("reviewedOn", "Reviewed on", "Ngày đánh giá", Cells::Day),
    needed("reviewer", "Reviewer", "Cơ quan đánh giá", Cells::Text),
    needed("exemplar", "Exemplary", "Điển hình", Cells::YesNo),
    NOTES,
    DECISION_NUMBER,
    DECISION_DAY,
    DECISION_ISSUER,
    shown("unitId", "Unit", "Đơn vị", Cells::Names(Named::Unit)),
];
