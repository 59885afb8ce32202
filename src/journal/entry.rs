//! What is entered: the deed, the record it left behind and the fields it changed.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::error::{Error, Result};
use crate::noun::{Named, Noun};
use crate::types::{AnyId, Id, Moment, PrincipalId, UnitId, text_enum};

text_enum! {
    /// What was done.
    pub enum Deed {
        Create = "create",
        Update = "update",
        Delete = "delete",
        Login = "login",
        Refusal = "refusal",
        Grant = "grant",
    }
}

/// What every record carries.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Meta {
    /// The record's identifier, a UUIDv7.
    #[schema(read_only)]
    pub id: AnyId,
    /// Counts the changes of the record, from 1.
    #[schema(read_only, minimum = 1, maximum = 2147483647)]
    pub version: i32,
    /// When the record was created.
    #[schema(read_only)]
    pub created_at: Moment,
    /// When the record was last changed.
    #[schema(read_only)]
    pub updated_at: Moment,
    /// The principal that created the record.
    #[schema(read_only)]
    pub created_by: PrincipalId,
    /// The principal that last changed the record.
    #[schema(read_only)]
    pub updated_by: PrincipalId,
}

impl Meta {
    /// The common fields out of a row's columns: id, version, (created at, by), (updated at, by).
    pub fn new<R>(id: Id<R>, version: i32, created: (Moment, PrincipalId), updated: (Moment, PrincipalId)) -> Self {
        Self {
            id: id.cast(),
            version,
            created_at: created.0,
            updated_at: updated.0,
            created_by: created.1,
            updated_by: updated.1,
        }
    }

    /// The bookkeeping of the next version.
    pub fn next(&self, at: Moment, by: PrincipalId) -> Self {
        Self { version: self.version + 1, updated_at: at, updated_by: by, ..self.clone() }
    }
}

/// A record as it is served and remembered.
pub trait Record: Named + Serialize + Sized {
    fn meta(&self) -> &Meta;

    /// The unit whose territory the record belongs to; `None` for what everybody may see.
    fn territory(&self) -> Option<UnitId>;

    /// The path of the record's collection.
    fn collection(&self) -> String {
        format!("/v1/{}", Self::NOUN)
    }

    /// The path of the record.
    fn location(&self) -> String {
        format!("{}/{}", self.collection(), self.meta().id)
    }
}

/// One entry of the journal, before it has its place in it.
#[derive(Clone, Debug)]
pub struct Entry {
    pub(super) deed: Deed,
    pub(super) noun: Noun,
    pub(super) id: Option<AnyId>,
    pub(super) version: Option<i32>,
    pub(super) unit: Option<UnitId>,
    /// Where the record belonged before, when this change moved it.
    pub(super) left_unit: Option<UnitId>,
    pub(super) outcome: &'static str,
    pub(super) reason: Option<String>,
    pub(super) changed: Vec<String>,
    pub(super) record: Option<String>,
}

impl Entry {
    fn of<R: Record>(deed: Deed, record: &R) -> Self {
        Self {
            deed,
            noun: R::NOUN,
            id: Some(record.meta().id),
            version: Some(record.meta().version),
            unit: record.territory(),
            left_unit: None,
            outcome: "success",
            reason: None,
            changed: Vec::new(),
            record: None,
        }
    }

    /// The creation of `record`.
    pub fn created<R: Record>(record: &R) -> Result<Self> {
        let value = snapshot(record)?;
        Ok(Self { changed: names(&value), record: Some(value.to_string()), ..Self::of(Deed::Create, record) })
    }

    /// The change from `before` to `after`.
    pub fn updated<R: Record>(before: &R, after: &R) -> Result<Self> {
        let (was, is) = (snapshot(before)?, snapshot(after)?);
        let left = before.territory().filter(|_| before.territory() != after.territory());
        Ok(Self {
            changed: differences(&was, &is),
            record: Some(is.to_string()),
            left_unit: left,
            ..Self::of(Deed::Update, after)
        })
    }

    /// The removal of `record`: a tombstone.
    pub fn deleted<R: Record>(record: &R) -> Self {
        Self::of(Deed::Delete, record)
    }

    /// Something that was done about a record without changing it: a grant, a sign-in.
    pub fn about<R: Record>(deed: Deed, record: &R) -> Self {
        Self::of(deed, record)
    }

    /// Something that was done to no record: a refusal.
    pub fn event(deed: Deed, noun: Noun, unit: UnitId, outcome: &'static str, reason: String) -> Self {
        Self {
            deed,
            noun,
            id: None,
            version: None,
            unit: Some(unit),
            left_unit: None,
            outcome,
            reason: Some(reason),
            changed: Vec::new(),
            record: None,
        }
    }
}

fn snapshot<R: Record>(record: &R) -> Result<Value> {
    serde_json::to_value(record).map_err(Error::internal)
}

fn names(value: &Value) -> Vec<String> {
    value.as_object().map_or_else(Vec::new, |o| o.keys().cloned().collect())
}

/// The names of the fields that differ, the bookkeeping ones apart.
fn differences(was: &Value, is: &Value) -> Vec<String> {
    let mut all = names(was);
    all.extend(names(is));
    all.sort_unstable();
    all.dedup();
    all.retain(|name| was.get(name) != is.get(name) && !matches!(name.as_str(), "version" | "updatedAt" | "updatedBy"));
    all
}
