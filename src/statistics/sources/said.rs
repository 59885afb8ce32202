//! SQL written out that leaves its statement fit to be kept prepared, which the library's own literal does not.
//! For texts of which there are few: each makes a statement of its own, kept as long as the connection.

use std::marker::PhantomData;

use diesel::backend::Backend;
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, TypedExpressionType, ValidGrouping, is_aggregate,
};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};

/// A piece of SQL of a type.
#[derive(Clone, Copy, Debug)]
pub struct Said<T>(&'static str, PhantomData<T>);

pub const fn said<T>(text: &'static str) -> Said<T> {
    Said(text, PhantomData)
}

impl<T: TypedExpressionType> Expression for Said<T> {
    type SqlType = T;
}

impl<T, G> ValidGrouping<G> for Said<T> {
    type IsAggregate = is_aggregate::Never;
}

impl<T, From> SelectableExpression<From> for Said<T> where Self: Expression {}
impl<T, From> AppearsOnTable<From> for Said<T> where Self: Expression {}

impl<T> QueryId for Said<T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T, DB: Backend> QueryFragment<DB> for Said<T> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        pass.push_sql(self.0);
        Ok(())
    }
}
