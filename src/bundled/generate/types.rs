//! The model types of generated data: common ones, under names that say that they are made up.

use super::chance::{Chance, Kind};
use super::models::day;
use super::{MARK, made_up};
use crate::access::WriteTx;
use crate::error::Result;
use crate::resources::model_type::{self, Field, ModelTypeFields, ModelTypeId, NewModelType};
use crate::types::{LongCode, Name, NewId};

/// A model type and what its models are like.
pub struct GeneratedType {
    pub id: ModelTypeId,
    pub name: &'static str,
    pub weight: f64,
    /// The least and the most households of a model.
    pub households: (i64, i64),
}

type Listed = (&'static str, &'static str, &'static str, Field, f64, (i64, i64));

/// Code, names in Vietnamese and English, field, how many among all, households.
const TYPES: [Listed; 20] = [
    (
        "self-managed-group",
        "Tổ tự quản an ninh, trật tự",
        "Self-managed security group",
        Field::Security,
        14.0,
        (20, 120),
    ),
    ("liaison-households", "Tổ liên gia tự quản", "Self-managed group of neighbours", Field::Security, 10.0, (8, 30)),
    ("security-camera", "Camera an ninh", "Security cameras", Field::Security, 9.0, (30, 300)),
    ("security-bell", "Tiếng kẻng an ninh", "Security gong", Field::Security, 4.0, (30, 150)),
    ("safe-lodging", "Nhà trọ an toàn, tự quản", "Safe self-managed lodgings", Field::Residence, 4.0, (10, 60)),
    ("residence-watch", "Tự quản về cư trú", "Residence watch", Field::Residence, 3.0, (20, 100)),
    ("night-patrol", "Tuần tra đêm", "Night patrol", Field::Order, 6.0, (20, 120)),
    ("peaceful-market", "Chợ an toàn, trật tự", "Orderly market", Field::Order, 2.0, (30, 200)),
    (
        "family-mediation",
        "Tổ hòa giải, phòng ngừa bạo lực gia đình",
        "Mediation against family violence",
        Field::Order,
        4.0,
        (20, 90),
    ),
    ("safe-school", "Cổng trường an toàn", "Safe school gate", Field::Traffic, 5.0, (20, 200)),
    ("safe-road", "Đoạn đường tự quản an toàn giao thông", "Self-managed safe road", Field::Traffic, 4.0, (15, 80)),
    ("drug-free-hamlet", "Khu dân cư không có ma túy", "Drug-free neighbourhood", Field::Drugs, 5.0, (40, 250)),
    (
        "second-chance",
        "Giúp người lầm lỗi tái hòa nhập",
        "Reintegration of former offenders",
        Field::Drugs,
        2.0,
        (10, 60),
    ),
    (
        "fire-household-group",
        "Tổ liên gia an toàn phòng cháy, chữa cháy",
        "Household fire-safety group",
        Field::FireSafety,
        9.0,
        (5, 15),
    ),
    ("fire-public-point", "Điểm chữa cháy công cộng", "Public firefighting point", Field::FireSafety, 6.0, (10, 60)),
    ("fire-bell", "Chuông báo cháy liên gia", "Linked fire bells", Field::FireSafety, 3.0, (5, 15)),
    ("safe-parish", "Xứ đạo bình yên", "Peaceful parish", Field::Security, 2.0, (40, 300)),
    ("safe-enterprise", "Doanh nghiệp an toàn về an ninh, trật tự", "Safe enterprise", Field::Security, 3.0, (5, 40)),
    ("safe-boats", "Tổ tàu thuyền an toàn", "Safe boats", Field::Other, 2.0, (10, 50)),
    ("zalo-security", "Nhóm Zalo an ninh cộng đồng", "Community security chat group", Field::Other, 3.0, (40, 400)),
];

/// Creates the types.
pub fn create(tx: &mut WriteTx<'_>, seed: u64) -> Result<Vec<GeneratedType>> {
    let numbered = (0..).zip(&TYPES);
    numbered.map(|(number, listed)| Ok(of(model_type::store::create(tx, new(seed, number, listed))?, listed))).collect()
}

fn new(seed: u64, number: u64, (code, name, name_en, field, ..): &Listed) -> NewModelType {
    let since = day(2010, 1, 1);
    let fields = ModelTypeFields {
        code: LongCode::from(format!("{MARK}-{code}").as_str()),
        name: made_up(name),
        name_en: Some(Name::from(format!("{name_en} (generated)").as_str())),
        field: *field,
        description: None,
        valid_from: since,
        valid_to: None,
    };
    let id = Chance::of(seed, Kind::ModelType, number).id(since.start());
    NewModelType { id: Some(NewId::settled(id)), fields }
}

const fn of(id: ModelTypeId, listed: &Listed) -> GeneratedType {
    GeneratedType { id, name: listed.1, weight: listed.4, households: listed.5 }
}
