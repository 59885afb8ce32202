//! The Hội An demo: model types and models whose counts at the end of 2023 are those of the newspaper
//! article that the registry was made after. What the article does not name is a placeholder and says
//! so. It names no person.

use std::collections::HashMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{events, lists, people, units};
use crate::access::{Caller, Door, Tx, WriteTx};
use crate::error::{Error, Result};
use crate::http::checked;
use crate::resources::model::{self, ModelFields, ModelId, NewModel, Setting};
use crate::resources::model_type::{self, ModelTypeFields, ModelTypeId, NewModelType};
use crate::resources::unit::{self, UnitId};
use crate::types::{Day, Line, LongCode, Name, Notes};

const UNITS: &str = include_str!("../../data/demo/units.csv");
const MODEL_TYPES: &str = include_str!("../../data/demo/model-types.csv");
const MODELS: &str = include_str!("../../data/demo/models.csv");

/// The name under which the load is remembered.
const LOAD: &str = "demo-hoi-an";

/// What a load of the demo did; nothing where it had been loaded before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Loaded {
    pub already_loaded: bool,
    pub units_created: usize,
    pub model_types_created: usize,
    pub models_created: usize,
    pub members_created: usize,
    pub events_created: usize,
}

/// Loads the demo, once in the life of a registry.
pub fn load(door: &Door) -> Result<Loaded> {
    door.write_now(&Caller::system(), "demo load", load_once)
}

fn load_once(tx: &mut WriteTx<'_>) -> Result<Loaded> {
    tx.alone()?;
    if super::loaded(tx, LOAD)? {
        return Ok(Loaded { already_loaded: true, ..Loaded::default() });
    }
    let units = units::load(tx, &lists::read("the units of the demo", UNITS)?)?;
    let types = create_types(tx)?;
    let sites = create_models(tx, &types)?;
    let members_created = people::create(tx, &sites)?;
    let events_created = events::create(tx, &sites)?;
    super::mark(tx, LOAD)?;
    Ok(Loaded {
        already_loaded: false,
        units_created: units.units_created,
        model_types_created: types.len(),
        models_created: sites.0.len(),
        members_created,
        events_created,
    })
}

type Types = HashMap<LongCode, ModelTypeId>;

fn create_types(tx: &mut WriteTx<'_>) -> Result<Types> {
    let types: Vec<ModelTypeFields> = rows(MODEL_TYPES)?;
    types
        .into_iter()
        .map(|fields| {
            let code = fields.code.clone();
            Ok((code, model_type::store::create(tx, NewModelType { id: None, fields })?))
        })
        .collect()
}

/// A model as the data has it: other records by their codes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Site {
    code: LongCode,
    name: Name,
    model_type_code: LongCode,
    unit_code: String,
    established_on: Day,
    lead_body: Name,
    /// Separated by semicolons.
    partner_bodies: Option<String>,
    setting: Option<Setting>,
    household_count: Option<i64>,
    participant_count: Option<i64>,
    notes: Option<Notes>,
}

impl Site {
    fn fields(self, model_type_id: ModelTypeId, unit_id: UnitId) -> ModelFields {
        let bodies = |text: String| text.split(';').map(|body| Line::from(body.trim())).collect();
        ModelFields {
            code: Some(self.code),
            name: self.name,
            model_type_id,
            unit_id,
            established_on: self.established_on,
            lead_body: self.lead_body,
            partner_bodies: self.partner_bodies.map(bodies),
            setting: self.setting,
            household_count: self.household_count,
            participant_count: self.participant_count,
            replicated_from_id: None,
            decision: None,
            location: None,
            notes: self.notes,
        }
    }
}

/// The models of the demo by their codes.
pub(super) struct Sites(HashMap<LongCode, ModelId>);

impl Sites {
    pub(super) fn model(&self, code: &str) -> Result<ModelId> {
        let found = self.0.get(&LongCode::from(code)).copied();
        found.ok_or_else(|| Error::internal(format!("the demo has no model {code}")))
    }
}

fn create_models(tx: &mut WriteTx<'_>, types: &Types) -> Result<Sites> {
    let mut made = HashMap::new();
    for site in rows::<Site>(MODELS)? {
        let model_type = types.get(&site.model_type_code).copied();
        let model_type =
            model_type.ok_or_else(|| Error::internal(format!("the demo has no type {}", site.model_type_code)))?;
        let unit = unit_on(tx, &site.unit_code, site.established_on)?;
        let code = site.code.clone();
        let fields = site.fields(model_type, unit);
        made.insert(code, model::store::create(tx, NewModel { id: None, status: None, fields })?);
    }
    Ok(Sites(made))
}

/// What the data says, read as a request's body is; what is null was not said.
pub(super) fn said<T: DeserializeOwned + ToSchema + 'static>(mut value: Value) -> Result<T> {
    if let Some(properties) = value.as_object_mut() {
        properties.retain(|_, property| !property.is_null());
    }
    checked(value)
}

/// The unit that has a code on a day.
pub(super) fn unit_on(tx: &mut Tx<'_>, code: &str, on: Day) -> Result<UnitId> {
    match unit::store::by_code(tx, code, on)?.as_slice() {
        [one] => Ok(*one),
        found => Err(Error::internal(format!("{} units have the code {code} on {on}", found.len()))),
    }
}

pub(super) fn rows<T: DeserializeOwned>(csv: &str) -> Result<Vec<T>> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    reader.deserialize().collect::<Result<_, csv::Error>>().map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::resources::model_type::Field;

    fn data() -> (HashMap<LongCode, Field>, Vec<Site>) {
        let types: Vec<ModelTypeFields> = rows(MODEL_TYPES).expect("the types are well-formed");
        let sites = rows(MODELS).expect("the models are well-formed");
        (types.into_iter().map(|fields| (fields.code, fields.field)).collect(), sites)
    }

    fn day(text: &str) -> Day {
        text.parse().expect("a day")
    }

    #[test]
    fn the_counts_are_those_of_the_article() {
        let (fields, sites) = data();
        let types_on = |end: &str| {
            let there = sites.iter().filter(|site| site.established_on <= day(end));
            let types: HashSet<_> = there.map(|site| &site.model_type_code).collect();
            types.into_iter().filter(|code| fields[*code] != Field::FireSafety).count()
        };
        assert_eq!((types_on("2022-12-31"), types_on("2023-12-31")), (40, 44));
        let since = |from: &str, code: &str| {
            let of_type = sites.iter().filter(|site| site.model_type_code.as_str() == code);
            of_type.filter(|site| site.established_on >= day(from)).count()
        };
        let (groups, points) = ("fire_safety_household_group", "public_firefighting_point");
        assert_eq!((since("2004-07-08", groups), since("2023-01-01", groups)), (16, 15));
        assert_eq!((since("2004-07-08", points), since("2023-01-01", points)), (13, 12));
        assert_eq!(sites.iter().filter(|site| site.participant_count == Some(50)).count(), 1);
        assert_eq!(sites.iter().filter(|site| site.household_count == Some(41)).count(), 1);
    }

    #[test]
    fn no_day_falls_between_the_two_ways_to_count_a_year() {
        let (_, sites) = data();
        let between = |site: &&Site| {
            let on = site.established_on;
            (day("2022-12-15")..=day("2022-12-31")).contains(&on) || on >= day("2023-12-15")
        };
        assert_eq!(sites.iter().filter(between).count(), 0);
    }

    #[test]
    fn the_units_are_those_of_the_national_lists() {
        let national = lists::national().expect("the lists are well-formed");
        let demo = lists::read("demo", UNITS).expect("the list is well-formed");
        let (gso, own): (Vec<_>, Vec<_>) = demo.into_iter().partition(|unit| unit.code_system.as_str() == lists::GSO);
        assert_eq!((gso.len(), own.len()), (20, 2));
        assert!(gso.iter().all(|unit| national.contains(unit)));
    }
}
