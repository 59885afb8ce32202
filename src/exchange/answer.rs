//! Answers of the exchange: jobs, whose ETag is of what is shown, since a job changes while it runs; and
//! files.

use actix_web::body::BoxBody;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, Responder};
use aws_lc_rs::digest::{SHA256, digest};
use serde::Serialize;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::error::{Error, Result};
use crate::http::{LARGEST_UPLOAD, known};
use crate::types::hex;

/// A job: 201 with its place where it was just made, else 200 or 304.
pub struct Shown {
    body: Vec<u8>,
    place: Option<String>,
}

impl Shown {
    pub fn new<J: Serialize>(job: &J) -> Result<Self> {
        Ok(Self { body: serde_json::to_vec(job).map_err(Error::internal)?, place: None })
    }

    pub fn made_at(self, place: String) -> Self {
        Self { place: Some(place), ..self }
    }
}

impl Responder for Shown {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let hash = digest(&SHA256, &self.body);
        let tag = hex(&hash.as_ref()[..12]);
        let tag = format!("\"{tag}\"");
        let mut response = match &self.place {
            Some(_) => HttpResponse::build(StatusCode::CREATED),
            None if known(request.headers(), &tag) => {
                return HttpResponse::NotModified().insert_header((header::ETAG, tag)).finish();
            }
            None => HttpResponse::Ok(),
        };
        if let Some(place) = self.place {
            response.insert_header((header::LOCATION, place));
        }
        response.insert_header((header::ETAG, tag)).content_type("application/json").body(self.body)
    }
}

macro_rules! file_schema {
    ($(#[$meta:meta])* $name:ident, $format:expr, $smallest:expr, $largest:expr) => {
        $(#[$meta])*
        pub enum $name {}
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let text = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
                text.format($format).min_length($smallest).max_length(Some($largest)).into()
            }
        }
        impl ToSchema for $name {}
    };
}
file_schema!(
    /// Separated values (RFC 4180) with comma, semicolon or tab; UTF-8, UTF-16 with its mark, or the charset named.
    CsvFile, None, Some(1), LARGEST_UPLOAD
);
file_schema!(
    /// One JSON object a line, in UTF-8.
    NdjsonFile, None, Some(1), LARGEST_UPLOAD
);
file_schema!(
    /// A workbook (Office Open XML).
    XlsxFile, Some(SchemaFormat::KnownFormat(KnownFormat::Binary)), Some(1), LARGEST_UPLOAD
);
file_schema!(
    /// Separated values (RFC 4180) in UTF-8 with byte order mark; no cell is a formula.
    ExportedCsv, None, None, LARGEST_EXPORT
);
file_schema!(
    /// One JSON object a line, in UTF-8.
    ExportedNdjson, None, None, LARGEST_EXPORT
);
file_schema!(
    /// A workbook (Office Open XML); no cell is a formula.
    ExportedXlsx, Some(SchemaFormat::KnownFormat(KnownFormat::Binary)), None, LARGEST_EXPORT
);

/// What a reader should be ready for.
const LARGEST_EXPORT: usize = i32::MAX as usize;
