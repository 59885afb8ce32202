//! The yardstick: the bare SQL of four requests behind actix and sqlx, written by hand. No token, no
//! rights beyond a unit named in the query, no journal, no sums, no limits: what remains of a service
//! when everything that makes it one is taken away.
//!
//! `DATABASE_URL` names the database of the service; incidents are written to a table beside its own.

use actix_web::error::{ErrorInternalServerError, ErrorNotFound};
use actix_web::{App, HttpResponse, HttpServer, Result, get, post, web};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::types::JsonValue;
use uuid::Uuid;

#[derive(Serialize, sqlx::FromRow)]
#[serde(rename_all = "camelCase")]
struct Model {
    id: Uuid,
    version: i32,
    created_at: DateTime<Utc>,
    created_by: Uuid,
    updated_at: DateTime<Utc>,
    updated_by: Uuid,
    code: String,
    name: String,
    model_type_id: Uuid,
    unit_id: Uuid,
    established_on: NaiveDate,
    lead_body: String,
    partner_bodies: Option<String>,
    setting: Option<String>,
    household_count: Option<i64>,
    participant_count: Option<i64>,
    replicated_from_id: Option<Uuid>,
    decision: Option<String>,
    location: Option<String>,
    notes: Option<String>,
    status: String,
    ended_on: Option<NaiveDate>,
    exemplar: bool,
}

#[derive(Serialize, sqlx::FromRow)]
#[serde(rename_all = "camelCase")]
struct Incident {
    id: Uuid,
    version: i32,
    created_at: DateTime<Utc>,
    created_by: Uuid,
    updated_at: DateTime<Utc>,
    updated_by: Uuid,
    code: String,
    category: String,
    severity: String,
    occurred_at: DateTime<Utc>,
    occurred_until: Option<DateTime<Utc>>,
    reported_at: DateTime<Utc>,
    unit_id: Uuid,
    lat: Option<f64>,
    lng: Option<f64>,
    source: String,
    injured: i64,
    deaths: i64,
    property_damage_vnd: i64,
    status: String,
    status_since: DateTime<Utc>,
    resolved_at: Option<DateTime<Utc>>,
    contributions: Option<JsonValue>,
}

#[derive(Deserialize)]
struct Of {
    unit: Uuid,
}

#[derive(Deserialize)]
struct Listing {
    unit: Uuid,
    category: String,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    before: Option<DateTime<Utc>>,
    id: Option<Uuid>,
}

#[derive(Serialize)]
struct Page {
    items: Vec<Incident>,
    next: Option<(DateTime<Utc>, Uuid)>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewIncident {
    category: String,
    severity: String,
    occurred_at: DateTime<Utc>,
    unit_id: Uuid,
    source: String,
}

/// W1: a model by its id, in a territory.
#[get("/models/{id}")]
async fn model(pool: web::Data<PgPool>, id: web::Path<Uuid>, of: web::Query<Of>) -> Result<HttpResponse> {
    let found: Option<Model> = sqlx::query_as(
        "SELECT * FROM models WHERE id = $1 AND unit_id IN (SELECT descendant_id FROM unit_closure WHERE ancestor_id = $2)",
    )
    .bind(*id)
    .bind(of.unit)
    .fetch_optional(pool.get_ref())
    .await
    .map_err(ErrorInternalServerError)?;
    found.map(|model| HttpResponse::Ok().json(model)).ok_or_else(|| ErrorNotFound("absent"))
}

const INCIDENTS: &str = "SELECT i.*, (SELECT json_agg(json_build_object('modelId', c.model_id, 'kind', c.kind)) \
    FROM incident_contributions c WHERE c.incident_id = i.id) AS contributions \
    FROM yardstick_incidents i JOIN unit_closure u ON u.descendant_id = i.unit_id \
    WHERE u.ancestor_id = $1 AND i.category = $2 AND i.occurred_at >= $3 AND i.occurred_at <= $4";

/// W2: fifty incidents of a territory, newest first.
#[get("/incidents")]
async fn incidents(pool: web::Data<PgPool>, asked: web::Query<Listing>) -> Result<HttpResponse> {
    const ORDER: &str = "ORDER BY i.occurred_at DESC, i.id DESC LIMIT 51";
    let text = match asked.before {
        Some(_) => format!("{INCIDENTS} AND (i.occurred_at, i.id) < ($5, $6) {ORDER}"),
        None => format!("{INCIDENTS} {ORDER}"),
    };
    let mut query = sqlx::query_as(sqlx::AssertSqlSafe(text)).bind(asked.unit).bind(&asked.category).bind(asked.from).bind(asked.to);
    if let (Some(before), Some(id)) = (asked.before, asked.id) {
        query = query.bind(before).bind(id);
    }
    let mut items: Vec<Incident> = query.fetch_all(pool.get_ref()).await.map_err(ErrorInternalServerError)?;
    let more = items.len() > 50;
    items.truncate(50);
    let next = items.last().filter(|_| more).map(|last| (last.occurred_at, last.id));
    Ok(HttpResponse::Ok().json(Page { items, next }))
}

/// W3: incidents of a territory and a year by category.
#[get("/statistics")]
async fn statistics(pool: web::Data<PgPool>, asked: web::Query<Listing>) -> Result<HttpResponse> {
    let found: Vec<(String, i64)> = sqlx::query_as(
        "SELECT i.category, count(*) FROM yardstick_incidents i JOIN unit_closure u ON u.descendant_id = i.unit_id \
         WHERE u.ancestor_id = $1 AND i.status <> 'rejected' AND i.reported_at >= $2 AND i.reported_at <= $3 GROUP BY 1",
    )
    .bind(asked.unit)
    .bind(asked.from)
    .bind(asked.to)
    .fetch_all(pool.get_ref())
    .await
    .map_err(ErrorInternalServerError)?;
    Ok(HttpResponse::Ok().json(found))
}

/// W4: one more incident.
#[post("/incidents")]
async fn create(pool: web::Data<PgPool>, new: web::Json<NewIncident>) -> Result<HttpResponse> {
    let (id, now) = (Uuid::now_v7(), Utc::now());
    sqlx::query(
        "INSERT INTO yardstick_incidents (id, version, created_at, created_by, updated_at, updated_by, code, category, severity, \
         occurred_at, reported_at, unit_id, source, injured, deaths, property_damage_vnd, status, status_since, reported_on, contributed, branch_id) \
         VALUES ($1, 1, $2, $1, $2, $1, $3, $4, $5, $6, $2, $7, $8, 0, 0, 0, 'received', $6, $9, false, $7)",
    )
    .bind(id)
    .bind(now)
    .bind(id.simple().to_string())
    .bind(&new.category)
    .bind(&new.severity)
    .bind(new.occurred_at)
    .bind(new.unit_id)
    .bind(&new.source)
    .bind(now.date_naive())
    .execute(pool.get_ref())
    .await
    .map_err(ErrorInternalServerError)?;
    Ok(HttpResponse::Created().json(serde_json::json!({ "id": id, "createdAt": now })))
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let setting = |name: &str| std::env::var(name).map_err(|_| std::io::Error::other(format!("{name} is not set")));
    let pool = PgPoolOptions::new().max_connections(8).connect_lazy(&setting("DATABASE_URL")?);
    let pool = web::Data::new(pool.map_err(std::io::Error::other)?);
    let app = move || {
        App::new().app_data(pool.clone()).service(model).service(incidents).service(statistics).service(create)
    };
    HttpServer::new(app).workers(2).bind(setting("LISTEN")?)?.run().await
}
