//! Pages: the document itself, a browser for it that needs no other server, and what problems mean.

use std::sync::Arc;

use actix_web::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL};
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa_swagger_ui::Config;

use super::Document;
use crate::error::{Error, Result};
use crate::http::problem::Kind;
use crate::http::query::RawQuery;
use crate::types::text_enum;

/// The routes of this room.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/v1/openapi.json")
                .route(web::get().to(openapi))
                .default_service(web::to(crate::http::unrouted)),
        )
        .service(web::resource("/docs").route(web::get().to(docs)).default_service(web::to(crate::http::unrouted)))
        .service(
            web::resource("/docs/{file}")
                .route(web::get().to(docs_file))
                .default_service(web::to(crate::http::unrouted)),
        )
        .service(
            web::resource("/problems/{code}")
                .route(web::get().to(problem))
                .default_service(web::to(crate::http::unrouted)),
        );
}

text_enum! {
    /// A version of OpenAPI.
    enum Edition {
        V30 = "3.0",
        V31 = "3.1",
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
struct WhichEdition {
    #[param(inline)]
    version: Option<Edition>,
}

async fn openapi(document: web::Data<Document>, query: RawQuery) -> Result<HttpResponse> {
    let bytes = match query.read::<WhichEdition>()?.version {
        Some(Edition::V30) => &document.v30,
        Some(Edition::V31) | None => &document.v31,
    };
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header((CACHE_CONTROL, "public, max-age=300"))
        .body(bytes.clone()))
}

/// The start page of the browser; its parts lie under `/docs/`.
async fn docs() -> Result<HttpResponse> {
    let page = file("index.html")?;
    let page =
        String::from_utf8_lossy(&page.bytes).replace("\"./", "\"/docs/").replace("\"index.css", "\"/docs/index.css");
    Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page))
}

async fn docs_file(name: web::Path<String>) -> Result<HttpResponse> {
    let file = file(&name)?;
    Ok(HttpResponse::Ok()
        .content_type(file.content_type)
        .insert_header((CACHE_CONTROL, "public, max-age=3600"))
        .body(file.bytes.into_owned()))
}

fn file(name: &str) -> Result<utoipa_swagger_ui::SwaggerFile<'static>> {
    let config = Arc::new(Config::from("/v1/openapi.json").persist_authorization(false).validator_url("none"));
    let found = utoipa_swagger_ui::serve(name, config).map_err(Error::internal)?;
    found.ok_or(Error::NotFound)
}

/// What a kind of problem means, in both languages.
async fn problem(code: web::Path<String>) -> Result<HttpResponse> {
    let kind = Kind::by_code(&code).ok_or(Error::NotFound)?;
    let (title, status) = (kind.title(), kind.status());
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{code}</title>\
         <h1>{code}</h1><p>HTTP {status}</p><p lang=\"en\">{}.</p><p lang=\"vi\">{}.</p></html>",
        title.en,
        title.vi,
        code = kind.code(),
    );
    Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page))
}
