//! Pages: what a list gives back, and how one is cut out of a table.

use std::marker::PhantomData;

use actix_web::body::BoxBody;
use actix_web::http::header::{self, ContentType};
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::{Error, Result};

/// One page of rows and where the next begins.
pub struct Cut<T> {
    pub rows: Vec<T>,
    pub(super) next: Option<String>,
}

impl<T> Cut<T> {
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Cut<U> {
        Cut { rows: self.rows.into_iter().map(f).collect(), next: self.next }
    }

    pub fn try_map<U>(self, f: impl FnMut(T) -> Result<U>) -> Result<Cut<U>> {
        Ok(Cut { rows: self.rows.into_iter().map(f).collect::<Result<_>>()?, next: self.next })
    }

    /// The rows replaced as a whole, in the same order.
    pub fn with<U>(self, f: impl FnOnce(Vec<T>) -> Result<Vec<U>>) -> Result<Cut<U>> {
        Ok(Cut { rows: f(self.rows)?, next: self.next })
    }
}

/// A page of records.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T: ToSchema> {
    /// The records, in the order asked for.
    #[schema(max_items = 500)]
    pub items: Vec<T>,
    /// Where this page stands in the list.
    pub page: PageInfo,
}

/// Where a page stands in its list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PageInfo {
    /// The `cursor` of the next page; null on the last.
    #[schema(required = true, max_length = 2000)]
    pub next_cursor: Option<String>,
    /// Whether there is a next page.
    pub has_more: bool,
    /// The number of records in all, with `count=exact`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 9007199254740991i64)]
    pub total_count: Option<i64>,
}

/// How many bytes a record mostly takes: whoever knows need not make room again and again.
const A_RECORD: usize = 640;

/// A page as an answer, with its `Link` to the next. It is written where it is read, in the request's
/// turn: what takes the processor's time is counted by the turns and keeps no refusal waiting.
pub struct Listed<T> {
    body: Vec<u8>,
    link: Option<String>,
    of: PhantomData<fn() -> T>,
}

impl<T: Serialize + ToSchema> Listed<T> {
    pub(super) fn new(page: &Page<T>, link: Option<String>) -> Result<Self> {
        let mut body = Vec::with_capacity(A_RECORD * (page.items.len() + 1));
        serde_json::to_writer(&mut body, page).map_err(Error::internal)?;
        Ok(Self { body, link, of: PhantomData })
    }
}

impl<T> Responder for Listed<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        if let Some(link) = self.link {
            response.insert_header((header::LINK, link));
        }
        response.content_type(ContentType::json()).body(self.body)
    }
}

/// Loads one page in the order of a column, ties broken by `id`; with `unique` there are none.
macro_rules! page_by {
    ($tx:expr, $ask:expr, $query:expr, $table:ident . $column:ident : $type:ty) => {{
        let (ask, mut query) = ($ask, $query);
        if let Some((value, id)) = ask.after::<$type>()? {
            let (at, id) = ($table::$column, $crate::types::Id::<()>::new(id));
            query = match ask.descending {
                // The bound says nothing new, but an index begins there.
                true => query
                    .filter(at.le(value.clone()))
                    .filter(at.lt(value.clone()).or(at.eq(value).and($table::id.lt(id)))),
                false => query
                    .filter(at.ge(value.clone()))
                    .filter(at.gt(value.clone()).or(at.eq(value).and($table::id.gt(id)))),
            };
        }
        let query = match ask.descending {
            true => query.order(($table::$column.desc(), $table::id.desc())),
            false => query.order(($table::$column.asc(), $table::id.asc())),
        };
        let rows = query.limit(ask.limit()).load($tx.conn())?;
        ask.cut(rows, |row| (row.$column.clone(), row.id.uuid()))?
    }};
    ($tx:expr, $ask:expr, $query:expr, unique $table:ident . $column:ident : $type:ty) => {{
        let (ask, mut query) = ($ask, $query);
        if let Some((value, _)) = ask.after::<$type>()? {
            query = match ask.descending {
                true => query.filter($table::$column.lt(value)),
                false => query.filter($table::$column.gt(value)),
            };
        }
        let query = match ask.descending {
            true => query.order($table::$column.desc()),
            false => query.order($table::$column.asc()),
        };
        let rows = query.limit(ask.limit()).load($tx.conn())?;
        ask.cut(rows, |row| (row.$column.clone(), uuid::Uuid::nil()))?
    }};
}
pub(crate) use page_by;

/// Loads the next rows of a table behind an id, in the order of ids; for whoever goes through all of them.
macro_rules! load_behind {
    ($tx:expr, $query:expr, $table:ident, $after:expr, $most:expr) => {{
        let mut query = $query;
        if let Some(after) = $after {
            query = query.filter($table::id.gt(after));
        }
        query.order($table::id.asc()).limit($most).load($tx.conn())?
    }};
}
pub(crate) use load_behind;
