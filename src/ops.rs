//! The operators' listener: is the process alive, can it serve, what does it do. Never reachable
//! through the API.

use actix_web::{HttpResponse, web};
use serde_json::json;

use crate::access::Door;
use crate::http::Wire;

/// The routes of the operators' listener.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/livez", web::get().to(livez))
        .route("/readyz", web::get().to(readyz))
        .route("/metrics", web::get().to(metrics));
}

/// The process runs; the database is not asked.
async fn livez() -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": "live"}))
}

/// The database answers and has the schema; 503 with the reason otherwise.
async fn readyz(door: web::Data<Door>) -> HttpResponse {
    match door.look(crate::resources::unit::store::root_is_there).await {
        Ok(true) => HttpResponse::Ok().json(json!({"status": "ready"})),
        Ok(false) => unready("the registry is not migrated"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            unready("the database does not answer")
        }
    }
}

/// Everything that is counted, as OpenMetrics text: no person, no id. A database that
/// is away is told, not waited for longer than any request would.
async fn metrics(door: web::Data<Door>, wire: web::Data<Wire>) -> HttpResponse {
    let size = door.journal_size().await;
    if let Err(error) = &size {
        tracing::warn!(%error, "the journal is not counted");
    }
    wire.meter.journal(size.ok());
    for (name, most, open, idle) in door.pools() {
        wire.meter.pool(name, most, open, idle);
    }
    match wire.meter.text() {
        Ok(text) => HttpResponse::Ok().content_type(OPEN_METRICS).body(text),
        Err(error) => {
            tracing::error!(%error, "the metrics cannot be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

fn unready(reason: &str) -> HttpResponse {
    HttpResponse::ServiceUnavailable()
        .insert_header(("Retry-After", "2"))
        .json(json!({"status": "unready", "reason": reason}))
}
