//! Columns of the status changes of models, incidents and commendations.

use super::{
    Cells, Column, DECISION_DAY, DECISION_ISSUER, DECISION_NUMBER, ID, Named, commendation, incident, model, needed,
    optional, shown,
};

pub const MODEL_STATUS_CHANGES: &[Column] = &[
    ID,
    needed("modelId", "Model", "Mô hình", Cells::Names(Named::Model)),
    shown("from", "From", "Trạng thái cũ", Cells::One(model::STATUSES)),
    needed("to", "To", "Trạng thái mới", Cells::One(model::STATUSES)),
    needed("effectiveOn", "Effective on", "Có hiệu lực từ ngày", Cells::Day),
    needed("reason", "Reason", "Lý do", Cells::Text),
    DECISION_NUMBER,
    DECISION_DAY,
    DECISION_ISSUER,
    optional("mergedIntoId", "Merged into", "Hợp nhất vào", Cells::Names(Named::Model)),
    shown("unitId", "Unit", "Đơn vị", Cells::Names(Named::Unit)),
];

pub const INCIDENT_STATUS_CHANGES: &[Column] = &[
    ID,
    needed("incidentId", "Incident", "Vụ việc", Cells::Names(Named::Incident)),
    shown("from", "From", "Trạng thái cũ", Cells::One(incident::STATUSES)),
    needed("to", "To", "Trạng thái mới", Cells::One(incident::STATUSES)),
    needed("effectiveAt", "Effective at", "Có hiệu lực lúc", Cells::Moment),
    optional("note", "Note", "Ghi chú", Cells::Text),
    DECISION_NUMBER,
    DECISION_DAY,
    DECISION_ISSUER,
    shown("unitId", "Unit", "Đơn vị", Cells::Names(Named::Unit)),
];

pub const COMMENDATION_STATUS_CHANGES: &[Column] = &[
    ID,
    needed("commendationId", "Commendation", "Khen thưởng", Cells::Names(Named::Only)),
    shown("from", "From", "Trạng thái cũ", Cells::One(commendation::STATUSES)),
    needed("to", "To", "Trạng thái mới", Cells::One(commendation::STATUSES)),
    needed("effectiveOn", "Effective on", "Có hiệu lực từ ngày", Cells::Day),
    optional("reason", "Reason", "Lý do", Cells::Text),
    DECISION_NUMBER,
    DECISION_DAY,
    DECISION_ISSUER,
    shown("unitId", "Unit", "Đơn vị", Cells::Names(Named::Unit)),
];
