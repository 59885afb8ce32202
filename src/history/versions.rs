//! What a record looked like: versions read back from the journal.

use crate::types::PrincipalId;
use std::marker::PhantomData;

use diesel::prelude::*;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::access::{ScopeSet, Tx, policy};
use crate::error::{Error, Result};
use crate::http::{Ask, Listed, NoFilter, VersionSort, page_by};
use crate::journal::{Deed, Record};
use crate::schema::journal;
use crate::types::Moment;

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
    occurred_at: Moment,
    actor_id: PrincipalId,
    record: Option<String>,
}

impl VersionRow {
    fn read<R: Record + ToSchema>(self, scopes: ScopeSet) -> Result<Version<R>> {
        let (Some(version), Some(record)) = (self.version, self.record) else {
            return Err(Error::internal("a version without a record"));
        };
        Ok(Version {
            version,
            changed_at: self.occurred_at,
            changed_by: self.actor_id,
            record: seen(record, policy::hidden(R::NOUN, scopes))?,
            of: PhantomData,
        })
    }
}

/// The record as it was, without what is hidden from the caller.
fn seen(record: String, hidden: &[&str]) -> Result<Box<RawValue>> {
    if hidden.is_empty() {
        return RawValue::from_string(record).map_err(Error::internal);
    }
    let mut fields: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&record).map_err(Error::internal)?;
    fields.retain(|name, _| !hidden.contains(&name.as_str()));
    serde_json::value::to_raw_value(&fields).map_err(Error::internal)
}

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
            .filter(journal::action.eq_any([Deed::Create, Deed::Update]))
    };
    let rows = page_by!(tx, ask, entered().select(VersionRow::as_select()).into_boxed(), unique journal.sequence: i64);
    let total = ask.total(|| Ok(entered().count().get_result(tx.conn())?))?;
    ask.listed(rows.try_map(|row| row.read(scopes))?, total)
}

/// Version `n` of a record.
pub fn version<R: Record + ToSchema>(tx: &mut Tx<'_>, record: &R, n: i32) -> Result<Version<R>> {
    let row = journal::table
        .filter(journal::resource_type.eq(R::NOUN))
        .filter(journal::resource_id.eq(record.meta().id))
        .filter(journal::version.eq(n))
        .filter(journal::action.eq_any([Deed::Create, Deed::Update]))
        .select(VersionRow::as_select())
        .first(tx.conn())
        .optional()?;
    row.ok_or(Error::NotFound)?.read(tx.caller().scopes)
}
