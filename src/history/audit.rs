//! The audit trail: who did what, when, to which record; what it held is not in it.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::{MultiBackend, Named, Noun, Tx};
use crate::error::Result;
use crate::http::{Ask, Listed, page_by, sort_by};
use crate::journal::{Deed, names};
use crate::schema::{journal, unit_closure};
use crate::territory;
use crate::types::{AnyId, Moment, Name, PrincipalId, UnitId};

/// One thing that was done, or refused.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditEvent {
    /// Its place in the journal, from 0.
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    pub sequence: i64,
    pub occurred_at: Moment,
    /// The principal that did it.
    pub actor_id: PrincipalId,
    /// The unit of that principal, at the time.
    pub actor_unit_id: UnitId,
    #[schema(inline)]
    pub action: Deed,
    /// The kind of record it was done to.
    pub resource_type: Noun,
    /// The record it was done to; left out where there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub resource_id: Option<AnyId>,
    /// The request in answer to which it was done; of a command, its name.
    #[schema(max_length = 100)]
    pub request_id: String,
    /// `success` or `refused`.
    #[schema(max_length = 20)]
    pub outcome: String,
    /// Why, where that was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 2000)]
    pub reason: Option<String>,
    /// The properties it was about, by name.
    #[schema(max_items = 100, value_type = Vec<Name>)]
    pub changed_fields: Vec<String>,
}

impl Named for AuditEvent {
    const NOUN: Noun = Noun::AuditEvent;
}

/// Which entries to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct AuditFilter {
    /// Done by one of these principals.
    #[param(inline, style = Form, explode = false, max_items = 100)]
    pub actor_id: Option<Vec<PrincipalId>>,
    /// One of these.
    #[param(inline, style = Form, explode = false, max_items = 20)]
    pub action: Option<Vec<Deed>>,
    /// Done to one of these kinds of record.
    #[param(inline, style = Form, explode = false, max_items = 50)]
    pub resource_type: Option<Vec<Noun>>,
    /// Done to one of these records.
    #[param(inline, style = Form, explode = false, max_items = 100)]
    pub resource_id: Option<Vec<AnyId>>,
    /// At this moment or later.
    #[param(inline)]
    pub from: Option<Moment>,
    /// At this moment or earlier.
    #[param(inline)]
    pub to: Option<Moment>,
}

sort_by!(AuditSort, "-createdAt", {
    CreatedAt = "createdAt", OccurredAt = "occurredAt", Sequence = "sequence",
});

#[derive(Queryable, Selectable)]
#[diesel(table_name = journal)]
struct Row {
    sequence: i64,
    occurred_at: Moment,
    actor_id: PrincipalId,
    actor_unit_id: UnitId,
    action: Deed,
    resource_type: Noun,
    resource_id: Option<AnyId>,
    request_id: String,
    outcome: String,
    reason: Option<String>,
    changed_fields: String,
}

impl Row {
    fn event(self) -> AuditEvent {
        AuditEvent {
            sequence: self.sequence,
            occurred_at: self.occurred_at,
            actor_id: self.actor_id,
            actor_unit_id: self.actor_unit_id,
            action: self.action,
            resource_type: self.resource_type,
            resource_id: self.resource_id,
            request_id: self.request_id,
            outcome: self.outcome,
            reason: self.reason,
            changed_fields: names(&self.changed_fields).map(str::to_owned).collect(),
        }
    }
}

type Entries<'a> = journal::BoxedQuery<'a, MultiBackend>;

/// What was done in the caller's territory, or by principals of it.
fn visible(tx: &Tx<'_>) -> Entries<'static> {
    let near = || territory::of_caller(tx);
    let about = journal::unit_id.eq_any(near().select(unit_closure::descendant_id.nullable()));
    let left = journal::left_unit_id.eq_any(near().select(unit_closure::descendant_id.nullable()));
    journal::table.filter(journal::actor_unit_id.eq_any(near()).or(about).or(left)).into_boxed()
}

fn filtered(tx: &Tx<'_>, filter: &AuditFilter) -> Entries<'static> {
    let mut query = visible(tx);
    if let Some(actors) = &filter.actor_id {
        query = query.filter(journal::actor_id.eq_any(actors.clone()));
    }
    if let Some(actions) = &filter.action {
        query = query.filter(journal::action.eq_any(actions.clone()));
    }
    if let Some(nouns) = &filter.resource_type {
        query = query.filter(journal::resource_type.eq_any(nouns.clone()));
    }
    if let Some(ids) = &filter.resource_id {
        query = query.filter(journal::resource_id.eq_any(ids.clone()));
    }
    if let Some(from) = filter.from {
        query = query.filter(journal::occurred_at.ge(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(journal::occurred_at.le(to));
    }
    query
}

/// One page of the audit trail, in the order of the journal whatever it is called.
pub fn list(tx: &mut Tx<'_>, ask: &Ask<AuditFilter, AuditSort>) -> Result<Listed<AuditEvent>> {
    let query = filtered(tx, &ask.filter).select(Row::as_select());
    let cut = page_by!(tx, ask, query, unique journal.sequence: i64);
    let total = ask.total(|| Ok(filtered(tx, &ask.filter).count().get_result(tx.conn())?))?;
    ask.listed(cut.map(Row::event), total)
}
