//! The last changes: how far the journal had come with some nouns.

use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Text};

use super::entry::Deed;
use crate::database::{Database, MultiBackend};
use crate::error::Result;
use crate::noun::Noun;
use crate::types::{Moment, sql};

/// The place of the last change of any of these nouns, and when it was.
pub(crate) fn last_of(database: &mut Database, nouns: &[Noun]) -> Result<Option<(i64, Moment)>> {
    let last: Vec<(i64, Moment)> = LastOf(nouns).load(database)?;
    Ok(last.into_iter().max())
}

/// The last change of each, by one statement.
struct LastOf<'n>(&'n [Noun]);

const CHANGES: [Deed; 3] = [Deed::Create, Deed::Update, Deed::Delete];

impl Query for LastOf<'_> {
    type SqlType = (BigInt, sql::Moment);
}

impl QueryId for LastOf<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<MultiBackend> for LastOf<'_> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        every(self.0, &mut pass)
    }
}

/// The last change of each, as rows.
pub(super) fn every<'b>(nouns: &'b [Noun], pass: &mut AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
    for (at, noun) in nouns.iter().enumerate() {
        pass.push_sql(if at == 0 { "" } else { " UNION ALL " });
        // Asked as a range, in the order of the index: a planner who knows one type alone walks the
        // journal backwards instead, however far back the last change of that type is.
        pass.push_sql("SELECT * FROM (SELECT sequence, occurred_at FROM journal WHERE resource_type BETWEEN ");
        pass.push_bind_param::<Text, _>(noun)?;
        pass.push_sql(" AND ");
        pass.push_bind_param::<Text, _>(noun)?;
        for (at, deed) in CHANGES.iter().enumerate() {
            pass.push_sql(if at == 0 { " AND action IN (" } else { ", " });
            pass.push_bind_param::<Text, _>(deed)?;
        }
        pass.push_sql(") ORDER BY resource_type DESC, sequence DESC LIMIT 1) AS last");
    }
    Ok(())
}

impl RunQueryDsl<Database> for LastOf<'_> {}
