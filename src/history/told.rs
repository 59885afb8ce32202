//! What an entry tells a caller of its record: the personal part opened, or null where its key is
//! gone, and nothing that is hidden from the caller.

use std::collections::HashMap;

use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use crate::access::{Noun, ScopeSet, policy};
use crate::error::{Error, Result};
use crate::journal::unsealed;
use crate::types::{AnyId, PersonId};
use crate::vault::PersonKey;

/// The keys of the persons that entries tell of.
pub(super) type Keys = HashMap<PersonId, PersonKey>;

/// A record as an entry keeps it.
pub(super) struct Told {
    pub noun: Noun,
    pub id: AnyId,
    pub version: i32,
    pub record: String,
    pub person: Option<PersonId>,
    pub sealed: Option<Vec<u8>>,
}

impl Told {
    /// The record as it was, for a caller with these scopes.
    pub fn seen(self, keys: &Keys, scopes: ScopeSet) -> Result<Box<RawValue>> {
        let of_person = self.person.map_or(&[][..], |_| policy::hidden_of_person(self.noun, scopes));
        let hidden = [policy::hidden(self.noun, scopes), of_person].concat();
        if hidden.is_empty() && self.person.is_none() {
            return RawValue::from_string(self.record).map_err(Error::internal);
        }
        let mut fields: Map<String, Value> = serde_json::from_str(&self.record).map_err(Error::internal)?;
        fields.extend(self.personal(keys)?);
        fields.retain(|name, _| !hidden.contains(&name.as_str()));
        to_raw_value(&fields).map_err(Error::internal)
    }

    fn personal(&self, keys: &Keys) -> Result<Map<String, Value>> {
        let Some(person) = self.person else {
            return Ok(Map::new());
        };
        match (&self.sealed, keys.get(&person)) {
            (Some(sealed), Some(key)) => match unsealed(key, self.id, self.version, sealed)? {
                Value::Object(personal) => Ok(personal),
                _ => Err(Error::internal("what was sealed is no object")),
            },
            _ => Ok(self.noun.personal().iter().map(|name| ((*name).to_owned(), Value::Null)).collect()),
        }
    }
}
