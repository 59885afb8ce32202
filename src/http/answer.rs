//! Answers: a record with its ETag, a record just made, nothing.

use actix_web::body::BoxBody;
use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Serialize;

use super::etag::{etag, known};
use crate::journal::Record;

/// 200 with the record and its ETag, or 304 when the client has it.
pub struct Tagged<R>(pub R);

impl<R: Record> Responder for Tagged<R> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let tag = etag(self.0.meta());
        let unchanged = request.method() == Method::GET && known(request.headers(), &tag);
        match unchanged {
            true => HttpResponse::NotModified().insert_header((header::ETAG, tag)).finish(),
            false => HttpResponse::Ok().insert_header((header::ETAG, tag)).json(&self.0),
        }
    }
}

/// 201 with the record, its place and its ETag.
pub struct Created<R>(pub R);

impl<R: Record> Responder for Created<R> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Created()
            .insert_header((header::LOCATION, self.0.location()))
            .insert_header((header::ETAG, etag(self.0.meta())))
            .json(&self.0)
    }
}

/// 200 with something that is no record.
pub struct Plain<T>(pub T);

impl<T: Serialize> Responder for Plain<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok().json(&self.0)
    }
}

/// 204.
pub struct NoContent;

impl Responder for NoContent {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::NoContent().finish()
    }
}
