//! Pages: the document itself, a browser for it that needs no other server, and what problems mean.

use std::sync::Arc;

use actix_web::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::json;
use utoipa_swagger_ui::Config;

use super::Document;
use super::advice::advice;
use crate::error::{Error, Result, Words};
use crate::http::language::Language;
use crate::http::list::NoFilter;
use crate::http::problem::{Kind, PROBLEM_JSON};
use crate::http::query::RawQuery;
use crate::types::text_enum;

/// The routes of this room.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(page("/v1/openapi.json", web::get().to(openapi)))
        .service(page("/status", web::get().to(status)))
        .service(page("/docs", web::get().to(docs)))
        .service(page("/docs/{file}", web::get().to(docs_file)))
        .service(page("/problems/{code}", web::get().to(problem)))
        .service(page("/terms", web::get().to(terms)));
}

fn page(path: &'static str, route: actix_web::Route) -> actix_web::Resource {
    web::resource(path).route(route).default_service(web::to(crate::http::unrouted))
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

/// The service answers; the database is not asked.
async fn status(request: HttpRequest, query: RawQuery) -> Result<HttpResponse> {
    query.read::<NoFilter>()?;
    let language = Language::asked(request.headers());
    let (title, detail) =
        (Words::new("OK", "Bình thường"), Words::new("The service answers.", "Dịch vụ đang hoạt động."));
    let health = json!({"status": 200, "title": language.of(&title), "detail": language.of(&detail)});
    Ok(HttpResponse::Ok().content_type(PROBLEM_JSON).body(health.to_string()))
}

/// What a kind of problem means, in both languages.
async fn problem(code: web::Path<String>) -> Result<HttpResponse> {
    let kind = Kind::by_code(&code).ok_or(Error::NotFound)?;
    let (title, todo, status) = (kind.title(), advice(kind), kind.status());
    let words = Words::new(format!("{}. {}", title.en, todo.en), format!("{}. {}", title.vi, todo.vi));
    Ok(html(kind.code(), &format!("<p>HTTP {status}</p>"), &words))
}

/// On what terms the registry may be used. They are its operator's; the software sets none.
async fn terms() -> HttpResponse {
    let words = Words::new(
        "Who may use this registry and for what is decided by the authority that runs it: ask whoever gave you your \
         account. The software itself is free under the MIT or the Apache 2.0 licence.",
        "Cơ quan vận hành sổ đăng ký này quyết định ai được dùng và dùng vào việc gì: hãy hỏi nơi cấp tài khoản cho \
         bạn. Phần mềm được cấp phép tự do theo giấy phép MIT hoặc Apache 2.0.",
    );
    html("Terms · Điều khoản", "", &words)
}

/// A page in both languages.
fn html(title: &str, above: &str, words: &Words) -> HttpResponse {
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title>\
         <h1>{title}</h1>{above}<p lang=\"en\">{}</p><p lang=\"vi\">{}</p></html>",
        words.en, words.vi,
    );
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page)
}
