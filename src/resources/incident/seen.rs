//! An incident as it is read: its row and what models did about it, by one statement.

use std::ops::Deref;

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Nullable, Text};
use uuid::Uuid;

use super::row::IncidentRow;
use super::{Contribution, Incident};
use crate::access::MultiBackend;
use crate::error::{Error, Result};
use crate::resources::model::ModelId;
use crate::schema::incidents;

/// A row, and beside it its contributions.
#[derive(Queryable, Selectable)]
#[diesel(table_name = incidents)]
pub(super) struct SeenRow {
    #[diesel(embed)]
    row: IncidentRow,
    #[diesel(select_expression = Made, select_expression_type = Made)]
    made: Option<String>,
}

impl Deref for SeenRow {
    type Target = IncidentRow;

    fn deref(&self) -> &IncidentRow {
        &self.row
    }
}

impl SeenRow {
    pub fn incident(self) -> Result<Incident> {
        let made = self.made.as_deref().map(read).transpose()?;
        Ok(self.row.incident(made))
    }
}

/// Contributions as `Made` writes them, in order.
fn read(text: &str) -> Result<Vec<Contribution>> {
    let one = |text: &str| {
        let (model, kind) = text.split_once(' ')?;
        Some(Contribution { model_id: ModelId::new(Uuid::parse_str(model).ok()?), kind: kind.parse().ok()? })
    };
    let all: Option<Vec<_>> = text.split(',').map(one).collect();
    let mut all = all.ok_or_else(|| Error::internal("contributions that cannot be read"))?;
    all.sort_unstable_by_key(|one| (one.model_id.uuid(), one.kind.as_str()));
    Ok(all)
}

/// What models did about an incident: model and kind of each, in no order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Made;

impl Expression for Made {
    type SqlType = Nullable<Text>;
}

impl ValidGrouping<()> for Made {
    type IsAggregate = is_aggregate::No;
}

impl SelectableExpression<incidents::table> for Made {}
impl AppearsOnTable<incidents::table> for Made {}

impl QueryId for Made {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl QueryFragment<MultiBackend> for Made {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        pass.push_sql("CASE WHEN incidents.contributed THEN (SELECT string_agg(");
        pass.push_sql(match pass.backend() {
            MultiBackend::Postgresql(_) => "CAST(made.model_id AS text)",
            MultiBackend::Sqlite(_) => "hex(made.model_id)",
        });
        pass.push_sql(
            " || ' ' || made.kind, ',') FROM incident_contributions AS made WHERE made.incident_id = incidents.id) END",
        );
        Ok(())
    }
}
