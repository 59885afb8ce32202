//! `/v1/me`: what the service knows of its caller.

use crate::types::PrincipalId;
use crate::types::UnitId;
use actix_web::get;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::access::{CallerKind, Named, Noun, Permit, Read, Scope};
use crate::error::Result;
use crate::http::Plain;

/// The caller itself.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Me {
    pub id: PrincipalId,
    pub kind: CallerKind,
    /// The root of the caller's territory.
    pub unit_id: UnitId,
    /// What the caller may do.
    #[schema(max_items = 64)]
    pub scopes: Vec<Scope>,
    /// Requests a minute.
    #[schema(minimum = 1, maximum = 10000000)]
    pub rate_limit_per_minute: u32,
}

impl Named for Me {
    const NOUN: Noun = Noun::Me;
}

/// Every route of this room.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(show_me);
}

/// Shows who the token belongs to and what it may do.
#[utoipa::path(tag = "identity", responses((status = 200, body = Me)))]
#[get("/v1/me")]
async fn show_me(permit: Permit<Me, Read>) -> Result<Plain<Me>> {
    let caller = permit.caller();
    Ok(Plain(Me {
        id: caller.id,
        kind: caller.kind,
        unit_id: caller.unit,
        scopes: caller.scopes.iter().collect(),
        rate_limit_per_minute: caller.rate_limit_per_minute,
    }))
}
