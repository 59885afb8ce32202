//! The change feed: what happened to the records that a caller may see, in the order of commits, as
//! CloudEvents 1.0. Whoever begins at the beginning and reads on holds a copy of them.

use std::collections::HashMap;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::openapi::Schema;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, SchemaType, Type};
use utoipa::{IntoParams, ToSchema};

use super::moves;
use super::told::{Keys, Told};
use super::versions::KEPT;
use crate::access::policy::{Action, Rule, rule};
use crate::access::{MultiBackend, Named, Noun, ScopeSet, Tx};
use crate::error::{Error, Result};
use crate::http::{RawQuery, Stream, Streamed};
use crate::journal::{self, Deed};
use crate::schema::journal as entries;
use crate::territory;
use crate::types::{AnyId, Moment, PersonId, UnitId, text_enum};

/// Which changes to read, and for how long to wait for them.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ChangeParams {
    /// Where to go on: `nextCursor` of the page before. Empty or absent is the beginning.
    #[param(inline, max_length = 2000)]
    pub cursor: Option<String>,
    /// Of one of these kinds of record.
    #[param(inline, style = Form, explode = false, max_items = 50)]
    pub resource_types: Option<Vec<Noun>>,
    /// At most so many events.
    #[param(minimum = 1, maximum = 500, default = 50)]
    pub page_size: Option<i64>,
    /// Waits so many seconds for a first event where there is none yet.
    #[param(minimum = 0, maximum = 30, default = 0)]
    pub wait_seconds: Option<u64>,
}

text_enum! {
    /// How a record came into the caller's sight, or out of it, without being made or removed.
    pub enum ScopeChange {
        Entered = "entered_scope",
        Left = "left_scope",
    }
}

/// One change of one record: a CloudEvent (CloudEvents 1.0, JSON format).
#[derive(Serialize, ToSchema)]
pub struct Change {
    /// The event's place in the journal; unique within its source.
    #[schema(max_length = 20, pattern = "^[0-9]+$")]
    pub id: String,
    /// The registry that tells of it.
    #[schema(format = "uri", max_length = 300)]
    pub source: String,
    #[schema(max_length = 3, pattern = r"^1\.0$")]
    pub specversion: String,
    /// `vn.tuquan.{resource}.created`, `.updated`, `.deleted` or `.erased`.
    #[serde(rename = "type")]
    #[schema(max_length = 80, pattern = r"^vn\.tuquan\.[a-z-]+\.(created|updated|deleted|erased)$")]
    pub kind: String,
    /// The path of the record.
    #[schema(max_length = 300)]
    pub subject: String,
    /// When it happened.
    pub time: Moment,
    #[schema(max_length = 16, pattern = "^application/json$")]
    pub datacontenttype: String,
    /// The version of the record that this made; of a removed record, the last it had.
    #[schema(minimum = 1, maximum = 2147483647)]
    pub recordversion: i32,
    /// Told where the record moved into the caller's territory, or out of it: then it is to be kept as
    /// if created, or dropped as if deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub scopechange: Option<ScopeChange>,
    /// The record as this caller would have read it then; null where it is gone.
    #[schema(schema_with = any_record, required = true)]
    pub data: Option<Box<RawValue>>,
}

/// A record of whichever kind the event's `type` names, or null.
fn any_record() -> Schema {
    let record = ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::Object, Type::Null]));
    let record = record.description(Some("The record as this caller would have read it then; null where it is gone."));
    record.additional_properties(Some(AdditionalProperties::FreeForm(true))).max_properties(Some(100)).into()
}

impl Named for Change {
    const NOUN: Noun = Noun::Change;
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = entries)]
struct Row {
    sequence: i64,
    occurred_at: Moment,
    action: Deed,
    resource_type: Noun,
    resource_id: Option<AnyId>,
    version: Option<i32>,
    unit_id: Option<UnitId>,
    left_unit_id: Option<UnitId>,
    record: Option<String>,
    person_id: Option<PersonId>,
    sealed: Option<Vec<u8>>,
    subject: Option<String>,
}

/// Entries looked at in one query: a territory of which the journal seldom tells costs no more.
const WINDOW: i64 = 20_000;
/// Windows looked at for one page.
const WINDOWS: usize = 10;

/// One page of the feed, how much of the journal there was when it was read, and how many seconds the
/// caller would wait for more.
pub fn page(tx: &mut Tx<'_>, query: &RawQuery, source: &str) -> Result<(Streamed<Change>, i64, u64)> {
    let params: ChangeParams = query.read()?;
    let end = journal::size(tx.conn())?;
    let stream = Stream::read(tx, query, params.cursor.as_deref(), end)?;
    if moves::changed_territory(tx, (stream.known, end))? {
        return Err(Error::CursorExpired);
    }
    let nouns = readable(tx.caller().scopes, params.resource_types.as_deref());
    let size = params.page_size.unwrap_or(50) as usize;
    let (mut rows, mut place) = (Vec::new(), stream.begin);
    for _ in 0..WINDOWS {
        let wanted = size - rows.len();
        if wanted == 0 || place == end {
            break;
        }
        let beyond = end.min(place + WINDOW);
        let found = window(tx, &nouns, (place, beyond), wanted)?;
        place = match found.last() {
            Some(last) if found.len() == wanted => last.sequence + 1,
            _ => beyond,
        };
        rows.extend(found);
    }
    let items = events(tx, rows, source)?;
    Ok((stream.streamed(items, place, end)?, end, params.wait_seconds.unwrap_or(0)))
}

/// The kinds of record that a caller may read, of those asked for.
fn readable(scopes: ScopeSet, asked: Option<&[Noun]>) -> Vec<Noun> {
    // A job is its maker's alone and no record: of what it did, the records tell.
    let may = |noun: Noun| match rule(noun, Action::Read) {
        _ if matches!(noun, Noun::Import | Noun::Export) => false,
        Rule::Needs(needed) => scopes.covers(needed),
        Rule::SignedIn | Rule::Absent => false,
    };
    let all = Noun::ALL.iter().copied().filter(|noun| may(*noun));
    all.filter(|noun| asked.is_none_or(|asked| asked.contains(noun))).collect()
}

fn window(tx: &mut Tx<'_>, nouns: &[Noun], (begin, end): (i64, i64), most: usize) -> Result<Vec<Row>> {
    let deeds: Vec<Deed> = KEPT.into_iter().chain([Deed::Delete]).collect();
    let near = entries::unit_id.is_null();
    let seen = near
        .or(entries::unit_id.eq_any(territory::of_caller(tx).select(ids())))
        .or(entries::left_unit_id.eq_any(territory::of_caller(tx).select(ids())));
    let found: entries::BoxedQuery<'_, MultiBackend, _> = entries::table
        .filter(entries::sequence.ge(begin).and(entries::sequence.lt(end)))
        .filter(entries::action.eq_any(deeds))
        .filter(entries::resource_type.eq_any(nouns.to_vec()))
        .filter(seen)
        .select(Row::as_select())
        .order(entries::sequence)
        .limit(most as i64)
        .into_boxed();
    Ok(found.load(tx.conn())?)
}

fn ids() -> diesel::dsl::Nullable<crate::schema::unit_closure::descendant_id> {
    crate::schema::unit_closure::descendant_id.nullable()
}

fn events(tx: &mut Tx<'_>, rows: Vec<Row>, source: &str) -> Result<Vec<Change>> {
    let keys = tx.person_keys(rows.iter().filter_map(|row| row.person_id).collect())?;
    let mut sight = Sight { units: HashMap::new() };
    rows.into_iter()
        .map(|row| {
            let moved = sight.moved(tx, &row)?;
            row.event(moved, &keys, tx.caller().scopes, source)
        })
        .collect()
}

/// Which units the caller sees, as far as it was asked.
struct Sight {
    units: HashMap<UnitId, bool>,
}

impl Sight {
    fn holds(&mut self, tx: &mut Tx<'_>, unit: UnitId) -> Result<bool> {
        if let Some(known) = self.units.get(&unit) {
            return Ok(*known);
        }
        let holds = territory::holds(tx, unit)?;
        self.units.insert(unit, holds);
        Ok(holds)
    }

    /// Whether a record that moved came into sight, or went out of it.
    fn moved(&mut self, tx: &mut Tx<'_>, row: &Row) -> Result<Option<ScopeChange>> {
        let (Some(unit), Some(left)) = (row.unit_id, row.left_unit_id) else {
            return Ok(None);
        };
        Ok(match (self.holds(tx, left)?, self.holds(tx, unit)?) {
            (true, false) => Some(ScopeChange::Left),
            (false, true) => Some(ScopeChange::Entered),
            _ => None,
        })
    }
}

impl Row {
    fn event(self, moved: Option<ScopeChange>, keys: &Keys, scopes: ScopeSet, source: &str) -> Result<Change> {
        let (Some(id), Some(version)) = (self.resource_id, self.version) else {
            return Err(Error::internal("a change of no record"));
        };
        let noun = self.resource_type;
        let done = match (self.action, moved) {
            (_, Some(ScopeChange::Left)) | (Deed::Delete, _) => "deleted",
            (Deed::Create, _) => "created",
            (Deed::Erase, _) => "erased",
            _ => "updated",
        };
        let told = |record| Told { noun, id, version, record, person: self.person_id, sealed: self.sealed };
        let data = match (done, self.record) {
            ("deleted", _) => None,
            (_, Some(record)) => Some(told(record).seen(keys, scopes)?),
            (_, None) => return Err(Error::internal("a change without its record")),
        };
        Ok(Change {
            id: self.sequence.to_string(),
            source: source.to_owned(),
            specversion: "1.0".to_owned(),
            kind: format!("vn.tuquan.{noun}.{done}"),
            subject: self.subject.unwrap_or_else(|| format!("/v1/{noun}/{id}")),
            time: self.occurred_at,
            datacontenttype: "application/json".to_owned(),
            recordversion: version,
            scopechange: moved,
            data,
        })
    }
}
