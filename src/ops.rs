//! The operators' listener: is the process alive, can it serve. Never reachable through the API.

use actix_web::{HttpResponse, web};
use serde_json::json;

use crate::access::Door;

/// The routes of the operators' listener.
pub fn routes(config: &mut web::ServiceConfig) {
    config.route("/livez", web::get().to(livez)).route("/readyz", web::get().to(readyz));
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

fn unready(reason: &str) -> HttpResponse {
    HttpResponse::ServiceUnavailable()
        .insert_header(("Retry-After", "2"))
        .json(json!({"status": "unready", "reason": reason}))
}
