//! What a record looked like: versions read back from the journal.

use std::collections::HashMap;
use std::marker::PhantomData;

use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::access::{ScopeSet, Tx, policy};
use crate::error::{Error, Result};
use crate::http::{Ask, Listed, NoFilter, VersionSort, page_by};
use crate::journal::{Deed, Record, unsealed};
use crate::schema::journal;
use crate::types::{AnyId, Moment, PersonId, PrincipalId};
use crate::vault::PersonKey;

/// The kind of record a version is of; nothing at run time.
type Of<R> = PhantomData<fn() -> R>;

/// A record as it was served at one version.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Version<R: ToSchema> {
    /// The version of the record, from 1.
    #[schema(minimum = 1, maximum = 2147483647)]
    pub version: i32,
    /// When this version came to be.
    pub changed_at: Moment,
    /// Who made it.
    pub changed_by: PrincipalId,
    /// The record as it was.
    #[schema(value_type = R)]
    pub record: Box<RawValue>,
    #[serde(skip)]
    #[schema(ignore)]
    of: Of<R>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = journal)]
struct VersionRow {
    sequence: i64,
    version: Option<i32>,
    resource_id: Option<AnyId>,
    occurred_at: Moment,
    actor_id: PrincipalId,
    record: Option<String>,
    person_id: Option<PersonId>,
    sealed: Option<Vec<u8>>,
}

impl VersionRow {
    fn read<R: Record + ToSchema>(self, keys: &Keys, scopes: ScopeSet) -> Result<Version<R>> {
        let (Some(version), Some(id), Some(record)) = (self.version, self.resource_id, self.record) else {
            return Err(Error::internal("a version without a record"));
        };
        let key = self.person_id.and_then(|person| keys.get(&person));
        let personal = match (self.person_id, self.sealed, key) {
            (None, ..) => None,
            (Some(_), Some(sealed), Some(key)) => Some(unsealed(key, id, version, &sealed)?),
            (Some(_), ..) => Some(R::PERSONAL.iter().map(|name| ((*name).to_owned(), Value::Null)).collect()),
        };
        let of_person = self.person_id.map_or(&[][..], |_| policy::hidden_of_person(R::NOUN, scopes));
        let hidden = [policy::hidden(R::NOUN, scopes), of_person].concat();
        Ok(Version {
            version,
            changed_at: self.occurred_at,
            changed_by: self.actor_id,
            record: seen(record, personal, &hidden)?,
            of: PhantomData,
        })
    }
}

/// The record as it was: with what its person's key opens, null where that key is gone, and without
/// what is hidden from the caller.
fn seen(record: String, personal: Option<Value>, hidden: &[&str]) -> Result<Box<RawValue>> {
    if hidden.is_empty() && personal.is_none() {
        return RawValue::from_string(record).map_err(Error::internal);
    }
    let mut fields: serde_json::Map<String, Value> = serde_json::from_str(&record).map_err(Error::internal)?;
    if let Some(Value::Object(personal)) = personal {
        fields.extend(personal);
    }
    fields.retain(|name, _| !hidden.contains(&name.as_str()));
    serde_json::value::to_raw_value(&fields).map_err(Error::internal)
}

/// What leaves a version of a record behind.
const KEPT: [Deed; 3] = [Deed::Create, Deed::Update, Deed::Erase];

/// The versions of a record, oldest first. The caller has found the record before, so may see it.
pub fn versions<R: Record + ToSchema>(
    tx: &mut Tx<'_>,
    record: &R,
    ask: &Ask<NoFilter, VersionSort>,
) -> Result<Listed<Version<R>>> {
    let (id, scopes) = (record.meta().id, tx.caller().scopes);
    let entered = || {
        journal::table
            .filter(journal::resource_type.eq(R::NOUN))
            .filter(journal::resource_id.eq(id))
            .filter(journal::action.eq_any(KEPT))
    };
    let rows = page_by!(tx, ask, entered().select(VersionRow::as_select()).into_boxed(), unique journal.sequence: i64);
    let total = ask.total(|| Ok(entered().count().get_result(tx.conn())?))?;
    let keys = tx.person_keys(rows.rows.iter().filter_map(|row| row.person_id).collect())?;
    ask.listed(rows.try_map(|row| row.read(&keys, scopes))?, total)
}

/// The keys of the persons that entries tell of.
type Keys = HashMap<PersonId, PersonKey>;

/// Version `n` of a record.
pub fn version<R: Record + ToSchema>(tx: &mut Tx<'_>, record: &R, n: i32) -> Result<Version<R>> {
    let row: Option<VersionRow> = journal::table
        .filter(journal::resource_type.eq(R::NOUN))
        .filter(journal::resource_id.eq(record.meta().id))
        .filter(journal::version.eq(n))
        .filter(journal::action.eq_any(KEPT))
        .select(VersionRow::as_select())
        .first(tx.conn())
        .optional()?;
    let row = row.ok_or(Error::NotFound)?;
    let keys = tx.person_keys(row.person_id.into_iter().collect())?;
    row.read(&keys, tx.caller().scopes)
}
