//! `/v1/me`: what the service knows of its caller.

use actix_web::get;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::access::{CallerKind, Named, Noun, Permit, Read, Role, Scope};
use crate::error::Result;
use crate::http::Plain;
use crate::resources::user::{credential_store, store};
use crate::types::{Name, PrincipalId, UnitId, Username};

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
    /// Of a user: the name it signs in with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub username: Option<Username>,
    /// Of a user.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub display_name: Option<Name>,
    /// Of a user: the office.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub role: Option<Role>,
    /// Of a user: whether the password was made by somebody else and should be changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub must_change_password: Option<bool>,
}

impl Named for Me {
    const NOUN: Noun = Noun::Me;
}

/// Every route of this room.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(show_me).service(super::password::create_me_password);
}

/// Shows who the token belongs to and what it may do.
#[utoipa::path(tag = "identity", responses((status = 200, body = Me)))]
#[get("/v1/me")]
async fn show_me(permit: Permit<Me, Read>) -> Result<Plain<Me>> {
    permit
        .read(|tx| {
            let caller = tx.caller().clone();
            let (user, must_change) = match caller.kind {
                CallerKind::User => {
                    let user = store::find(tx, caller.id.cast())?;
                    let kept = credential_store::of_user(tx, &user)?;
                    (Some(user), Some(kept.is_some_and(|(credential, _)| credential.temporary)))
                }
                CallerKind::Client | CallerKind::System => (None, None),
            };
            Ok(Plain(Me {
                id: caller.id,
                kind: caller.kind,
                unit_id: caller.unit,
                scopes: caller.scopes.iter().collect(),
                rate_limit_per_minute: caller.rate_limit_per_minute,
                username: user.as_ref().map(|user| user.username.clone()),
                role: user.as_ref().map(|user| user.fields.role),
                display_name: user.map(|user| user.fields.display_name),
                must_change_password: must_change,
            }))
        })
        .await
}
