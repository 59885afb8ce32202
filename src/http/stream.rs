//! Streams: lists that grow at their end and are read for ever. Every page says where to go on, the
//! last one too. A cursor is a place in the journal, so it outlives restarts; it is bound to its
//! caller and query, and expires when the caller's rights change: what it skipped was another stream.

use actix_web::body::BoxBody;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder};
use aws_lc_rs::digest::{SHA256, digest};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::list::{self, Cursor};
use super::page::{Page, PageInfo};
use super::query::RawQuery;
use crate::access::Tx;
use crate::error::{Error, Result};
use crate::types::hex;

/// A stream as one caller reads it, and how far it has been read.
pub struct Stream {
    binding: String,
    rights: String,
    /// How many entries of the journal lie behind the reader.
    pub begin: i64,
    /// How many entries there were when the reader was last told that its stream is still the same.
    pub known: i64,
    query: RawQuery,
}

impl Stream {
    /// 400 for a foreign or damaged cursor, 410 for one whose stream is not there any more.
    pub fn read(tx: &Tx<'_>, query: &RawQuery, cursor: Option<&str>, end: i64) -> Result<Self> {
        let (binding, rights) = (list::binding(tx, query, "")?, rights(tx));
        let (begin, known) = match cursor.filter(|text| !text.is_empty()) {
            None => (0, end),
            Some(text) => {
                let (place, under, known): (i64, String, i64) = list::open(text, &binding)?.value()?;
                if under != rights || !(0..=known).contains(&place) || known > end {
                    return Err(Error::CursorExpired);
                }
                (place, known)
            }
        };
        Ok(Self { binding, rights, begin, known, query: query.clone() })
    }

    /// The cursor of this caller's stream at `path`, without filters, at a place in the journal.
    pub fn cursor_at(tx: &Tx<'_>, path: &str, place: i64) -> Result<String> {
        let binding = list::binding(tx, &RawQuery::bare(path), "")?;
        Cursor::new(&binding, json!([place, rights(tx), place]), None)?.text()
    }

    /// The answer: what was found up to `place` in a journal of `end` entries.
    pub fn streamed<T: ToSchema>(&self, items: Vec<T>, place: i64, end: i64) -> Result<Streamed<T>> {
        let next = Cursor::new(&self.binding, json!([place, self.rights, end]), None)?.text()?;
        let more = place < end;
        let link = more.then(|| list::link(&self.query, &next)).transpose()?;
        let page = PageInfo { has_more: more, next_cursor: Some(next), total_count: None };
        Ok(Streamed { page: Page { items, page }, link })
    }
}

/// What a caller may see, in short.
pub fn rights(tx: &Tx<'_>) -> String {
    let scopes: Vec<&str> = tx.caller().scopes.iter().map(|scope| scope.as_str()).collect();
    let hash = digest(&SHA256, format!("{} {scopes:?}", tx.caller().unit).as_bytes());
    hex(&hash.as_ref()[..6])
}

/// A page of a stream as an answer.
pub struct Streamed<T: ToSchema> {
    page: Page<T>,
    link: Option<String>,
}

impl<T: ToSchema> Streamed<T> {
    pub fn is_empty(&self) -> bool {
        self.page.items.is_empty() && !self.page.page.has_more
    }
}

impl<T: Serialize + ToSchema> Responder for Streamed<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        if let Some(link) = self.link {
            response.insert_header((header::LINK, link));
        }
        response.json(self.page)
    }
}
