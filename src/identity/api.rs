//! The token endpoint (RFC 6749). Its errors keep that document's shapes, outside the API's own.

use crate::resources::client::ClientId;
use std::collections::HashMap;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::token::{LIFETIME, Tokens};
use super::{metadata, secret};
use crate::access::{Caller, Door};
use crate::error::{Error, Result};
use crate::http::RequestId;
use crate::journal::{Deed, Entry};
use crate::resources::client::{Client, State, store};
use crate::types::Id;

/// The paths served here with their methods.
pub const SCOPE_OF_TOKENS: &[(&str, &str)] =
    &[("/oauth/token", "POST"), ("/.well-known/jwks.json", "GET"), ("/.well-known/oauth-authorization-server", "GET")];

/// Every route of this room.
pub fn oauth(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/oauth/token").route(web::post().to(token)).default_service(web::to(crate::http::unrouted)),
        )
        .service(
            web::resource("/.well-known/jwks.json")
                .route(web::get().to(metadata::jwks))
                .default_service(web::to(crate::http::unrouted)),
        )
        .service(
            web::resource("/.well-known/oauth-authorization-server")
                .route(web::get().to(metadata::server))
                .default_service(web::to(crate::http::unrouted)),
        );
}

/// Why no token was given (RFC 6749, section 5.2).
struct Refusal(&'static str, &'static str);

const INVALID_CLIENT: Refusal = Refusal("invalid_client", "Client authentication failed.");

impl Refusal {
    fn answer(&self) -> HttpResponse {
        let body = json!({"error": self.0, "error_description": self.1});
        let mut answer = HttpResponse::build(match self.0 {
            "invalid_client" => StatusCode::UNAUTHORIZED,
            _ => StatusCode::BAD_REQUEST,
        });
        if self.0 == "invalid_client" {
            answer.insert_header((WWW_AUTHENTICATE, "Basic realm=\"tuquan\""));
        }
        answer.insert_header(("Cache-Control", "no-store")).json(body)
    }
}

async fn token(request: HttpRequest, body: web::Bytes) -> Result<HttpResponse> {
    match asked(&request, &body) {
        Ok(asked) => grant(&request, asked).await,
        Err(refusal) => Ok(refusal.answer()),
    }
}

/// A client's proof of who it is, and the scopes it names.
struct Asked {
    client: String,
    secret: String,
    scope: Option<String>,
}

fn asked(request: &HttpRequest, body: &[u8]) -> Result<Asked, Refusal> {
    let form = form(request, body)?;
    match form.get("grant_type").map(String::as_str) {
        Some("client_credentials") => {}
        Some(_) => return Err(Refusal("unsupported_grant_type", "The grant type is client_credentials.")),
        None => return Err(Refusal("invalid_request", "grant_type is missing.")),
    }
    let posted = form.get("client_id").zip(form.get("client_secret"));
    let (client, secret) = match (basic(request)?, posted) {
        (Some(_), Some(_)) => return Err(Refusal("invalid_request", "Authenticate in one way, not two.")),
        (Some(pair), None) => pair,
        (None, Some((id, secret))) => (id.clone(), secret.clone()),
        (None, None) => return Err(INVALID_CLIENT),
    };
    Ok(Asked { client, secret, scope: form.get("scope").cloned() })
}

fn form(request: &HttpRequest, body: &[u8]) -> Result<HashMap<String, String>, Refusal> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if !kind.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded") {
        return Err(Refusal("invalid_request", "Send application/x-www-form-urlencoded."));
    }
    let mut form = HashMap::new();
    for (name, value) in url::form_urlencoded::parse(body) {
        if form.insert(name.into_owned(), value.into_owned()).is_some() {
            return Err(Refusal("invalid_request", "A parameter is repeated."));
        }
    }
    Ok(form)
}

/// `client_secret_basic`: both halves are form-encoded before base64 (RFC 6749, section 2.3.1).
fn basic(request: &HttpRequest) -> Result<Option<(String, String)>, Refusal> {
    let Some(header) = request.headers().get(AUTHORIZATION) else {
        return Ok(None);
    };
    let pair = header.to_str().map_or(None, |text| text.split_once(' '));
    let encoded = match pair {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("basic") => rest.trim(),
        _ => return Err(INVALID_CLIENT),
    };
    let decoded = STANDARD.decode(encoded).map_or(None, |bytes| String::from_utf8(bytes).ok());
    let (id, secret) = decoded.as_deref().and_then(|text| text.split_once(':')).ok_or(INVALID_CLIENT)?;
    let plain = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    Ok(Some((plain(id), plain(secret))))
}

async fn grant(request: &HttpRequest, asked: Asked) -> Result<HttpResponse> {
    let part = || Error::internal("a part of the service is missing");
    let door = request.app_data::<web::Data<Door>>().ok_or_else(part)?;
    let tokens = request.app_data::<web::Data<Tokens>>().ok_or_else(part)?;
    let request_id = request.extensions().get::<RequestId>().map_or_else(|| Arc::from(""), |id| id.0.clone());
    let Some(client) = authenticated(door, &asked).await? else {
        return Ok(INVALID_CLIENT.answer());
    };
    let scopes: Vec<&str> = client.fields.scopes.iter().map(|scope| scope.as_str()).collect();
    let wanted = asked.scope.as_deref().unwrap_or_default();
    if !wanted.split_whitespace().all(|scope| scopes.contains(&scope)) {
        return Ok(Refusal("invalid_scope", "The client does not have every scope it asks for.").answer());
    }
    let scope = scopes.join(" ");
    let principal = client.meta.id.cast();
    let actor = Caller { id: principal, unit: client.fields.unit_id, ..Caller::system() };
    let jti = door
        .write(Arc::new(actor), request_id, move |tx| {
            tx.enter(Entry::about(Deed::Login, &client));
            Ok(tx.new_id())
        })
        .await?;
    let token = tokens.issue(principal, jti)?;
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(json!({
        "access_token": token, "token_type": "Bearer", "expires_in": LIFETIME, "scope": scope,
    })))
}

/// The client, if the secret is one of its own and it may sign in.
async fn authenticated(door: &Door, asked: &Asked) -> Result<Option<Client>> {
    let id: ClientId = asked.client.parse().unwrap_or_else(|_| Id::new(uuid::Uuid::nil()));
    let found = door.read(Arc::new(Caller::system()), move |tx| store::by_id(tx, id)).await?;
    let hashes = found.as_ref().map_or(&[][..], |(_, hashes)| hashes.as_slice());
    let proven = secret::matches(&asked.secret, hashes);
    let active = |client: &Client| client.fields.state != Some(State::Disabled);
    Ok(found.map(|(client, _)| client).filter(|client| proven && active(client)))
}
