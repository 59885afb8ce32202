//! Sites as columns: in what unit, of what type and in what setting, each where it is asked for; and
//! which sites the filters leave.

use std::collections::HashMap;

use diesel::dsl::sql as literal;
use diesel::expression::SqlLiteral as Literal;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};

use super::Want;
use crate::access::Tx;
use crate::error::Result;
use crate::resources::model::Setting;
use crate::resources::model_type::{Field, ModelTypeId};
use crate::schema::model_types;
use crate::statistics::Dimension;
use crate::statistics::fact::Part;
use crate::types::{UnitId, sql};

/// A unit, a type and a setting.
pub type Site = (Option<UnitId>, Option<ModelTypeId>, Option<Setting>);

type Columns = (Literal<Nullable<sql::Uuid>>, Literal<Nullable<sql::Uuid>>, Literal<Nullable<Text>>);

/// Which of the columns of a site differ.
pub fn differ(want: &Want<'_>) -> [bool; 3] {
    let of_type = [Dimension::ModelType, Dimension::Field].iter().any(|of| want.differs(*of));
    [want.differs(Dimension::Unit), want.by_subject || of_type, want.differs(Dimension::Setting)]
}

/// Whether it matters what site a record is of; else sites need not be looked up.
pub fn matter(want: &Want<'_>) -> &'static str {
    let [_, of_type, setting] = differ(want);
    let filters = want.filters;
    let filtered = filters.model_type_id.is_some() || filters.field.is_some() || filters.setting.is_some();
    if of_type || setting || filtered { "1 = 1" } else { "1 = 0" }
}

/// The columns of a site, where `unit` is the column of the unit.
pub fn columns(want: &Want<'_>, unit: &str) -> Columns {
    let [_, of_type, _] = differ(want);
    (
        want.unit(unit),
        literal(if of_type { "models.model_type_id" } else { "CAST(NULL AS uuid)" }),
        want.column(Dimension::Setting, "models.setting"),
    )
}

/// The fields of work of all types.
pub struct Fields(HashMap<ModelTypeId, Field>);

impl Fields {
    pub fn load(tx: &mut Tx<'_>) -> Result<Self> {
        let all: Vec<(ModelTypeId, Field)> =
            model_types::table.select((model_types::id, model_types::field)).load(tx.conn())?;
        Ok(Self(all.into_iter().collect()))
    }

    /// What a dimension says of a site; none for dimensions that are not a site's.
    pub fn part(&self, (_, model_type, setting): &Site, dimension: Dimension) -> Part {
        match dimension {
            Dimension::ModelType => model_type.map_or(Part::None, |id| Part::Id(id.uuid())),
            Dimension::Field => {
                let field = model_type.and_then(|id| self.0.get(&id));
                field.map_or(Part::None, |field| Part::Word(field.as_str()))
            }
            Dimension::Setting => setting.map_or(Part::None, |setting| Part::Word(setting.as_str())),
            _ => Part::None,
        }
    }
}

/// Leaves of a query over sites, or records joined with theirs, those that the filters of a site do.
macro_rules! of_sites {
    ($query:expr, $want:expr) => {{
        let (mut query, filters) = ($query, $want.filters);
        if let Some(types) = &filters.model_type_id {
            query = query.filter(models::model_type_id.nullable().eq_any(types.clone()));
        }
        if let Some(fields) = &filters.field {
            let of_field = model_types::table.filter(model_types::field.eq_any(fields.clone()));
            query = query.filter(models::model_type_id.nullable().eq_any(of_field.select(model_types::id.nullable())));
        }
        if let Some(settings) = &filters.setting {
            query = query.filter(models::setting.nullable().eq_any(settings.clone()));
        }
        query
    }};
}
pub(super) use of_sites;

/// Leaves of a query over sites those that all filters of models do.
macro_rules! of_models {
    ($query:expr, $want:expr) => {{
        let (mut query, filters) = (of_sites!($query, $want), $want.filters);
        if let Some(models) = &filters.model_id {
            query = query.filter(models::id.eq_any(models.clone()));
        }
        if let Some(statuses) = filters.statuses() {
            query = query.filter(models::status.eq_any(statuses));
        }
        if let Some(day) = filters.established_from {
            query = query.filter(models::established_on.ge(day));
        }
        if let Some(day) = filters.established_to {
            query = query.filter(models::established_on.le(day));
        }
        if let Some(exemplar) = filters.exemplar {
            query = query.filter(models::exemplar.eq(exemplar));
        }
        if let Some(q) = &filters.q {
            query = query.filter(models::search.like(containing(q.as_str())).escape('\\'));
        }
        query
    }};
}
pub(super) use of_models;
