//! Models as other nouns see them: what a site is of, by its id.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::Want;
use crate::access::Tx;
use crate::error::Result;
use crate::resources::model::{ModelId, Setting};
use crate::resources::model_type::{Field, ModelTypeId};
use crate::schema::{model_types, models};
use crate::statistics::Dimension;
use crate::statistics::fact::Part;
use crate::territory;

/// What a site is of.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    pub model_type: ModelTypeId,
    pub field: Field,
    pub setting: Option<Setting>,
}

impl Site {
    /// What a dimension says of it; none for dimensions that are not a site's.
    pub fn part(&self, dimension: Dimension) -> Option<Part> {
        match dimension {
            Dimension::ModelType => Some(Part::Id(self.model_type.uuid())),
            Dimension::Field => Some(Part::Word(self.field.as_str())),
            Dimension::Setting => Some(self.setting.map_or(Part::None, |setting| Part::Word(setting.as_str()))),
            _ => None,
        }
    }

    /// Whether the filters of a site let it pass.
    fn passes(&self, want: &Want<'_>) -> bool {
        let filters = want.filters;
        let among = |types: &Vec<ModelTypeId>| types.contains(&self.model_type);
        filters.model_type_id.as_ref().is_none_or(among)
            && filters.field.as_ref().is_none_or(|fields| fields.contains(&self.field))
            && filters.setting.as_ref().is_none_or(|all| self.setting.is_some_and(|setting| all.contains(&setting)))
    }
}

/// The fields of work of all types.
pub fn fields(tx: &mut Tx<'_>) -> Result<HashMap<ModelTypeId, Field>> {
    Ok(model_types::table.select((model_types::id, model_types::field)).load(tx.conn())?.into_iter().collect())
}

/// What sites are of, as far as records that name them may say it.
pub struct Sites {
    known: HashMap<ModelId, Site>,
    /// Whether filters leave but some of them.
    filtered: bool,
}

impl Sites {
    /// What a dimension says of a record by its site; nothing where the caller cannot list the site.
    pub fn part(&self, site: ModelId, dimension: Dimension) -> Part {
        self.known.get(&site).and_then(|site| site.part(dimension)).unwrap_or(Part::None)
    }

    /// Whether the filters leave a record by its site.
    pub fn leave(&self, site: ModelId) -> bool {
        !self.filtered || self.known.contains_key(&site)
    }
}

/// What the sites of some records are of, those that the filters leave; the caller lists those of its
/// territory, and is told of no other by what belongs to it.
pub fn sites(tx: &mut Tx<'_>, want: &Want<'_>, ids: impl Iterator<Item = ModelId>) -> Result<Sites> {
    let filters = want.filters;
    let filtered = filters.model_type_id.is_some() || filters.field.is_some() || filters.setting.is_some();
    let asked =
        |dimension: &Dimension| matches!(dimension, Dimension::ModelType | Dimension::Field | Dimension::Setting);
    if !filtered && !want.dims.iter().any(asked) {
        return Ok(Sites { known: HashMap::new(), filtered });
    }
    let ids: HashSet<ModelId> = ids.collect();
    let fields = fields(tx)?;
    let columns = (models::id, models::model_type_id, models::setting);
    let rows: Vec<(ModelId, ModelTypeId, Option<Setting>)> =
        models::table.filter(models::unit_id.eq_any(territory::of_caller(tx))).select(columns).load(tx.conn())?;
    let known = rows.into_iter().filter(|(id, ..)| ids.contains(id)).filter_map(|(id, model_type, setting)| {
        let site = Site { model_type, field: *fields.get(&model_type)?, setting };
        site.passes(want).then_some((id, site))
    });
    Ok(Sites { known: known.collect(), filtered })
}
