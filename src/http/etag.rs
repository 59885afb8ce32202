//! Conditional requests (RFC 9110, section 13). A record's ETag is its version: strong.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{HeaderMap, HeaderValue, IF_MATCH, IF_NONE_MATCH};
use actix_web::{FromRequest, HttpRequest};

use crate::error::{Error, Fault, Result, Words};
use crate::journal::Meta;

/// The ETag of a record.
pub fn etag(meta: &Meta) -> String {
    format!("\"{}\"", meta.version)
}

/// What the client says it has seen.
pub struct IfMatch(Option<Vec<String>>);

impl IfMatch {
    /// 428 without the header, 412 when the record has changed since.
    pub fn check(&self, meta: &Meta) -> Result<()> {
        let seen = self.0.as_ref().ok_or(Error::PreconditionRequired)?;
        let current = etag(meta);
        match seen.iter().any(|tag| tag == "*" || *tag == current) {
            true => Ok(()),
            false => Err(Error::Stale),
        }
    }
}

impl FromRequest for IfMatch {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let given = request.headers().contains_key(IF_MATCH);
        ready(Ok(Self(given.then(|| tags(request.headers(), IF_MATCH)))))
    }
}

/// Whether the client has this version already. Weak comparison: `W/` is looked through.
pub fn known(headers: &HeaderMap, current: &str) -> bool {
    let bare = |tag: &String| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == current;
    tags(headers, IF_NONE_MATCH).iter().any(bare)
}

/// The longest that a client says it has.
pub const LONGEST: usize = 1000;

/// What is wrong with `If-None-Match`, as the document has it.
pub fn unfit(headers: &HeaderMap) -> Option<Fault> {
    let lines: Vec<&HeaderValue> = headers.get_all(IF_NONE_MATCH).collect();
    let length: usize = lines.iter().map(|line| line.len()).sum();
    let plain = lines.iter().all(|line| line.to_str().is_ok_and(|text| !text.contains('\t')));
    let fits = lines.is_empty() || ((1..=LONGEST).contains(&length) && plain);
    let detail = Words::new("This is not a list of ETags.", "Không phải danh sách ETag.");
    (!fits).then(|| Fault::parameter("If-None-Match", "format", detail))
}

fn tags(headers: &HeaderMap, name: actix_web::http::header::HeaderName) -> Vec<String> {
    let lines = headers.get_all(name).filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(|tag| tag.trim().to_owned()).collect()
}
