//! Answers of statistics: which form the client takes, what it has already, and the headers.

use std::future::{Ready, ready};

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderMap, LINK, VARY};
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder};
use aws_lc_rs::digest::{SHA256, digest};
use serde::Serialize;

use crate::access::{Caller, Tx};
use crate::error::{Error, Result};
use crate::http::{Language, RawQuery, known, preferred};
use crate::types::hex;

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Json,
    Csv,
    Xlsx,
    Svg,
}

impl Form {
    const fn media(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Svg => "image/svg+xml",
        }
    }
}

/// What the client takes and has.
pub struct Wanted {
    headers: HeaderMap,
    pub language: Language,
}

impl Wanted {
    /// The form that the client prefers of those offered; 406 where it takes none.
    pub fn form(&self, offered: &[Form]) -> Result<Form> {
        let media: Vec<&'static str> = offered.iter().map(|form| form.media()).collect();
        let preferred = preferred(&self.headers, &media);
        let form = offered.iter().find(|form| Some(form.media()) == preferred);
        form.copied().ok_or(Error::NotAcceptable { offered: told(offered) })
    }

    pub fn has(&self, tag: &str) -> bool {
        known(&self.headers, tag)
    }

    /// Who asks for what, in which form: the same records give the same bytes to it.
    pub fn key(&self, caller: &Caller, query: &RawQuery, form: Form) -> String {
        let scopes: Vec<&str> = caller.scopes.iter().map(|scope| scope.as_str()).collect();
        let asked = (query.target(), form.media(), self.language.as_str());
        format!("{} {} {scopes:?} {asked:?}", caller.id, caller.unit)
    }

    /// The ETag: what an answer depends on, and nothing else. It is strong.
    pub fn tag(&self, tx: &Tx<'_>, query: &RawQuery, version: &str, form: Form) -> String {
        let hash = digest(&SHA256, format!("{version} {}", self.key(tx.caller(), query, form)).as_bytes());
        let hex = hex(&hash.as_ref()[..16]);
        format!("\"{hex}\"")
    }
}

fn told(offered: &[Form]) -> &'static str {
    match offered.len() {
        1 => "application/json",
        2 => "application/json, application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        3 => "application/json, text/csv, application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _ => {
            "application/json, text/csv, application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, image/svg+xml"
        }
    }
}

impl FromRequest for Wanted {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let headers = request.headers();
        ready(Ok(Self { headers: headers.clone(), language: Language::asked(headers) }))
    }
}

pub fn json(page: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(page).map_err(Error::internal)
}

/// Figures with their ETag, or 304 when the client has them.
#[derive(Clone)]
pub struct Answer {
    tag: String,
    form: Form,
    body: Option<Bytes>,
    link: Option<String>,
}

impl Answer {
    pub fn new(tag: String, form: Form, body: Vec<u8>, link: Option<String>) -> Self {
        Self { tag, form, body: Some(body.into()), link }
    }

    /// As `wanted` by somebody who may have it already.
    pub fn to(&self, wanted: &Wanted) -> Self {
        if wanted.has(&self.tag) { Self::unchanged(self.tag.clone()) } else { self.clone() }
    }

    /// How many bytes the figures take; none where none are sent.
    pub fn length(&self) -> Option<usize> {
        self.body.as_ref().map(Bytes::len)
    }

    pub fn unchanged(tag: String) -> Self {
        Self { tag, form: Form::Json, body: None, link: None }
    }
}

impl Responder for Answer {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = match self.body {
            Some(_) => HttpResponse::Ok(),
            None => HttpResponse::NotModified(),
        };
        response.insert_header((ETAG, self.tag));
        response.insert_header((CACHE_CONTROL, "private, no-cache"));
        response.insert_header((VARY, "Accept, Accept-Language, Authorization"));
        if let Some(link) = self.link {
            response.insert_header((LINK, link));
        }
        let Some(body) = self.body else {
            return response.finish();
        };
        let charset = if self.form == Form::Csv { "text/csv; charset=utf-8" } else { self.form.media() };
        response.insert_header((CONTENT_TYPE, charset)).body(body)
    }
}
