//! What is entered: the deed, the record it left behind and the fields it changed.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::error::{Error, Result};
use crate::noun::{Named, Noun};
use crate::types::{AnyId, Id, Moment, PersonId, PrincipalId, UnitId, text_enum};
use crate::vault::{PersonKey, Spot};
use zeroize::Zeroizing;

text_enum! {
    /// What was done.
    pub enum Deed {
        Create = "create",
        Update = "update",
        Delete = "delete",
        Erase = "erase",
        Disclose = "disclose",
        Lookup = "lookup",
        Export = "export",
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

/// The path of a collection that lies in no other.
fn noun_collection(noun: Noun) -> String {
    format!("/v1/{noun}")
}

/// A record as it is served and remembered.
pub trait Record: Named + Serialize + Sized {
    fn meta(&self) -> &Meta;

    /// The unit whose territory the record belongs to; `None` for what everybody may see.
    fn territory(&self) -> Option<UnitId>;

    /// The person whose key seals the record's personal properties in the journal.
    fn person(&self) -> Option<PersonId> {
        None
    }

    /// The path of the record's collection.
    fn collection(&self) -> String {
        noun_collection(Self::NOUN)
    }

    /// The path of the record.
    fn location(&self) -> String {
        format!("{}/{}", self.collection(), self.meta().id)
    }
}

/// One entry of the journal, before it has its place in it. It may hold a personal value still in the
/// clear, so it is not `Debug`.
#[derive(Clone)]
pub struct Entry {
    pub(super) deed: Deed,
    pub(super) noun: Noun,
    pub(super) id: Option<AnyId>,
    /// The path of a record in another's collection; none where it follows from noun and id.
    pub(super) subject: Option<String>,
    pub(super) version: Option<i32>,
    pub(super) unit: Option<UnitId>,
    /// Where the record belonged before, when this change moved it.
    pub(super) left_unit: Option<UnitId>,
    pub(super) outcome: &'static str,
    pub(super) reason: Option<String>,
    pub(super) changed: Vec<String>,
    pub(super) record: Option<String>,
    pub(super) person: Option<PersonId>,
    personal: Option<Zeroizing<String>>,
    pub(super) sealed: Option<Vec<u8>>,
}

impl Entry {
    /// What it speaks of.
    pub fn noun(&self) -> Noun {
        self.noun
    }

    fn of<R: Record>(deed: Deed, record: &R) -> Self {
        Self {
            deed,
            noun: R::NOUN,
            id: Some(record.meta().id),
            subject: (record.collection() != noun_collection(R::NOUN)).then(|| record.location()),
            version: Some(record.meta().version),
            unit: record.territory(),
            left_unit: None,
            outcome: "success",
            reason: None,
            changed: Vec::new(),
            record: None,
            person: record.person(),
            personal: None,
            sealed: None,
        }
    }

    /// Keeps what the record is: the personal properties apart, to be sealed before they are appended.
    fn keep<R: Record>(&mut self, mut value: Value) {
        let mut personal = serde_json::Map::new();
        if let Some(properties) = value.as_object_mut().filter(|_| self.person.is_some()) {
            for name in R::NOUN.personal() {
                personal.extend(properties.shift_remove(*name).map(|told| ((*name).to_owned(), told)));
            }
        }
        self.record = Some(value.to_string());
        self.personal = self.person.map(|_| Zeroizing::new(Value::Object(personal).to_string()));
    }

    /// The person whose key is needed before the entry can be appended.
    pub(crate) fn unsealed(&self) -> Option<PersonId> {
        self.person.filter(|_| self.personal.is_some())
    }

    /// Seals the personal properties with the person's key; without one they are gone.
    pub(crate) fn seal(&mut self, key: Option<&PersonKey>) -> Result<()> {
        let Some(clear) = self.personal.take() else {
            return Ok(());
        };
        let (Some(key), Some(id), Some(version)) = (key, self.id, self.version) else {
            return Ok(());
        };
        self.sealed = Some(key.seal(sealed_at(&row(id, version)), clear.as_bytes())?);
        Ok(())
    }

    /// The creation of `record`.
    pub fn created<R: Record>(record: &R) -> Result<Self> {
        let value = snapshot(record)?;
        let mut entry = Self { changed: names(&value), ..Self::of(Deed::Create, record) };
        entry.keep::<R>(value);
        Ok(entry)
    }

    /// The change from `before` to `after`.
    pub fn updated<R: Record>(before: &R, after: &R) -> Result<Self> {
        let (was, is) = (snapshot(before)?, snapshot(after)?);
        let left = before.territory().filter(|_| before.territory() != after.territory());
        let mut entry = Self { changed: differences(&was, &is), left_unit: left, ..Self::of(Deed::Update, after) };
        entry.keep::<R>(is);
        Ok(entry)
    }

    /// The erasure of the person in `before`, of which `after` is left.
    pub fn erased<R: Record>(before: &R, after: &R) -> Result<Self> {
        Ok(Self { deed: Deed::Erase, ..Self::updated(before, after)? })
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
            subject: None,
            version: None,
            unit: Some(unit),
            left_unit: None,
            outcome,
            reason: Some(reason),
            changed: Vec::new(),
            record: None,
            person: None,
            personal: None,
            sealed: None,
        }
    }

    /// The same with why it was done, in the words of whoever did it.
    pub fn because(self, reason: &str) -> Self {
        Self { reason: Some(reason.to_owned()), ..self }
    }

    /// The same with the names of the fields it is about.
    pub fn of_fields(self, names: impl IntoIterator<Item = String>) -> Self {
        Self { changed: names.into_iter().collect(), ..self }
    }
}

/// The row under which an entry's personal part is sealed.
fn row(id: AnyId, version: i32) -> String {
    format!("{id}.{version}")
}

fn sealed_at<'a>(row: &'a dyn std::fmt::Display) -> Spot<'a> {
    Spot { table: "journal", column: "sealed", row }
}

/// The personal properties of a version of a record, as one JSON object.
pub(crate) fn unsealed(key: &PersonKey, id: AnyId, version: i32, sealed: &[u8]) -> Result<Value> {
    let clear = key.open(sealed_at(&row(id, version)), sealed)?;
    serde_json::from_slice(&clear).map_err(Error::internal)
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
