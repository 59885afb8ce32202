//! What the report's tables, columns and rows are called, in Vietnamese and English.

use std::collections::HashMap;

use uuid::Uuid;

use super::tables::{Column, Rows, Whole};
use super::{BalancePart, ReportTableId};
use crate::access::Tx;
use crate::error::Result;
use crate::http::Language;
use crate::resources::code_list::ListName;
use crate::statistics::Dimension;
use crate::statistics::balance::Counted;
use crate::statistics::catalogue::Bilingual;
use crate::statistics::key::CellKey;
use crate::statistics::meta::Meta;
use crate::statistics::words::values;
use crate::statistics::{sources, words};

const fn say(vi: &'static str, en: &'static str) -> Bilingual {
    Bilingual { vi, en }
}

/// The title of the whole.
pub fn report(tx: &mut Tx<'_>, meta: &Meta, language: Language) -> Result<String> {
    let unit = meta.unit_id.uuid();
    let place = sources::names(tx, &[unit])?.remove(&unit).unwrap_or_default();
    let of = say("Báo cáo biến động mô hình tự quản về an ninh, trật tự", "Movement of self-managed security models");
    let (from, to) = (words::day(meta.from, language), words::day(meta.to, language));
    Ok(format!("{} – {place}, {from} – {to}", of.said(language)))
}

/// The title of a table.
pub const fn table(id: ReportTableId) -> Bilingual {
    match id {
        ReportTableId::Models => say("Mô hình và điểm mô hình", "Model types and models"),
        ReportTableId::Quality => say("Chất lượng mô hình", "Quality of models"),
        ReportTableId::Exemplars => say("Điển hình và nhân rộng", "Exemplars, replication"),
        ReportTableId::Teams => say("Tổ của mô hình", "Teams"),
        ReportTableId::Forces => say("Lực lượng", "Forces and memberships"),
        ReportTableId::Members => say("Thành viên và cam kết", "Members and pledges"),
        ReportTableId::Outreach => say("Tuyên truyền, hoạt động", "Outreach and activities"),
        ReportTableId::Incidents => say("Vụ việc", "Incidents"),
        ReportTableId::FireSafety => say("Phòng cháy, chữa cháy", "Fire safety"),
        ReportTableId::Commendations => say("Khen thưởng", "Commendations"),
    }
}

/// The name of a column in answers.
pub fn id(column: Column) -> String {
    match column {
        Column::Observed(id) => id.to_string(),
        Column::Balanced(counted, part) => format!("{counted}.{part}"),
    }
}

/// What a column is called.
pub fn column(column: Column, language: Language) -> String {
    match column {
        Column::Observed(id) => id.indicator().label.said(language).to_owned(),
        Column::Balanced(counted, part) => {
            format!("{}: {}", counted_things(counted).said(language), part_of_balance(part).said(language))
        }
    }
}

const fn counted_things(counted: Counted) -> Bilingual {
    match counted {
        Counted::ModelTypes => say("Mô hình", "Model types"),
        Counted::Models => say("Điểm mô hình", "Models"),
        Counted::Teams => say("Tổ", "Teams"),
        Counted::Memberships => say("Lượt tham gia", "Memberships"),
    }
}

const fn part_of_balance(part: BalancePart) -> Bilingual {
    match part {
        BalancePart::Opening => say("đầu kỳ", "opening"),
        BalancePart::Introduced => say("mới lần đầu", "introduced"),
        BalancePart::Established => say("thành lập mới", "established"),
        BalancePart::Started => say("mới trong kỳ", "started"),
        BalancePart::Resumed => say("hoạt động trở lại", "resumed"),
        BalancePart::Suspended => say("tạm dừng", "suspended"),
        BalancePart::Merged => say("hợp nhất", "merged"),
        BalancePart::Dissolved => say("giải thể", "dissolved"),
        BalancePart::Ended => say("kết thúc", "ended"),
        BalancePart::Closing => say("cuối kỳ", "closing"),
    }
}

const fn whole(of: Whole) -> Bilingual {
    match of {
        Whole::Total => say("Tổng số", "Total"),
        Whole::ApartFromFireSafety => say("Không kể phòng cháy, chữa cháy", "Apart from fire safety"),
        Whole::FireSafetyModels => say("Mô hình phòng cháy, chữa cháy", "Fire-safety models"),
        Whole::FiresAndExplosions => say("Vụ cháy, nổ", "Fires and explosions"),
    }
}

/// What stands for the keys of rows.
pub struct Labels {
    pub language: Language,
    names: HashMap<Uuid, String>,
    codes: HashMap<(ListName, String), String>,
}

impl Labels {
    /// The labels of all codes; names are learnt as they are met.
    pub fn load(tx: &mut Tx<'_>, language: Language) -> Result<Self> {
        let mut codes = HashMap::new();
        for list in ListName::ALL {
            let labels = sources::labels(tx, *list, language == Language::Vi)?;
            codes.extend(labels.into_iter().map(|(code, label)| ((*list, code), label)));
        }
        Ok(Self { language, names: HashMap::new(), codes })
    }

    /// Learns the names of what some rows are about.
    pub fn learn<'k>(
        &mut self,
        tx: &mut Tx<'_>,
        by: &[Dimension],
        keys: impl Iterator<Item = &'k CellKey>,
    ) -> Result<()> {
        if !by.contains(&Dimension::ModelType) {
            return Ok(());
        }
        let met: Vec<Uuid> = keys.filter_map(|key| key.model_type.map(|id| id.uuid())).collect();
        for some in met.chunks(500) {
            self.names.extend(sources::names(tx, some)?);
        }
        Ok(())
    }

    /// What a row is called.
    pub fn row(&self, table: ReportTableId, rows: Rows, key: &CellKey) -> String {
        if let Rows::One(of) = rows {
            return whole(of).said(self.language).to_owned();
        }
        let parts: Vec<String> = rows.by().iter().map(|dimension| self.part(table, *dimension, key)).collect();
        parts.join(" · ")
    }

    fn part(&self, table: ReportTableId, dimension: Dimension, key: &CellKey) -> String {
        let code = key.text(dimension);
        let name = match dimension {
            Dimension::ModelType => key.model_type.and_then(|id| self.names.get(&id.uuid())).cloned(),
            Dimension::Category if table == ReportTableId::Forces => self.code(ListName::MembershipCategory, &code),
            Dimension::Category => self.code(ListName::IncidentCategory, &code),
            Dimension::Form => self.code(ListName::CommendationForm, &code),
            _ => values::called(dimension, &code).map(|said| said.said(self.language).to_owned()),
        };
        match (name, code.is_empty()) {
            (Some(name), _) => name,
            (None, true) => say("Không ghi", "Not said").said(self.language).to_owned(),
            (None, false) => code,
        }
    }

    fn code(&self, list: ListName, code: &str) -> Option<String> {
        self.codes.get(&(list, code.to_owned())).cloned()
    }
}
