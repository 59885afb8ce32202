//! The token endpoint (RFC 6749) and the routes around it. Errors keep that document's shapes, outside
//! the API's own.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};

use super::oauth::{Form, INVALID_CLIENT, Proof, Refusal, part, request_id, tokens, unless_spent};
use super::token::Tokens;
use super::{login, metadata, revoke, standing};
use crate::access::{Caller, CallerKind, Door, Scope};
use crate::error::Result;
use crate::journal::{Deed, Entry};
use crate::resources::user::session_store;

/// The paths served here with their methods.
pub const SCOPE_OF_TOKENS: &[(&str, &str)] = &[
    ("/oauth/token", "POST"),
    ("/oauth/login", "POST"),
    ("/oauth/revoke", "POST"),
    ("/.well-known/jwks.json", "GET"),
    ("/.well-known/oauth-authorization-server", "GET"),
];

/// Every route of this room.
pub fn oauth(config: &mut web::ServiceConfig) {
    let at = |path: &str, route: actix_web::Route| {
        web::resource(path).route(route).default_service(web::to(crate::http::unrouted))
    };
    config
        .service(at("/oauth/token", web::post().to(token)))
        .service(at("/oauth/login", web::post().to(login::login)))
        .service(at("/oauth/revoke", web::post().to(revoke::revoke)))
        .service(at("/.well-known/jwks.json", web::get().to(metadata::jwks)))
        .service(at("/.well-known/oauth-authorization-server", web::get().to(metadata::server)));
}

async fn token(request: HttpRequest, body: web::Bytes) -> Result<HttpResponse> {
    match asked(&request, &body) {
        Ok(Asked::ForClient(proof, scope)) => for_client(&request, &proof, scope.as_deref()).await,
        Ok(Asked::ForSession(refresh, scope)) => for_session(&request, refresh, scope.as_deref()).await,
        Err(refusal) => Ok(refusal.answer()),
    }
}

/// What is asked for: a client's proof or a session's token, and the scopes named.
enum Asked {
    ForClient(Proof, Option<String>),
    ForSession(String, Option<String>),
}

fn asked(request: &HttpRequest, body: &[u8]) -> Result<Asked, Refusal> {
    let form = Form::read(request, body)?;
    let scope = form.get("scope").map(str::to_owned);
    match form.get("grant_type") {
        Some("client_credentials") => match Proof::read(request, &form)? {
            Some(proof) => Ok(Asked::ForClient(proof, scope)),
            None => Err(INVALID_CLIENT),
        },
        // Sessions belong to people; no client has a part in them that it could prove.
        Some("refresh_token") => match (Proof::read(request, &form)?, form.get("refresh_token")) {
            (Some(_), _) => Err(INVALID_CLIENT),
            (None, Some(token)) => Ok(Asked::ForSession(token.to_owned(), scope)),
            (None, None) => Err(Refusal("invalid_request", "refresh_token is missing.")),
        },
        Some(_) => Err(Refusal("unsupported_grant_type", "The grant type is client_credentials or refresh_token.")),
        None => Err(Refusal("invalid_request", "grant_type is missing.")),
    }
}

/// Scopes as RFC 6749 writes them, if they hold all that are named.
fn granted(scopes: impl Iterator<Item = Scope>, wanted: Option<&str>) -> Option<String> {
    let scopes: Vec<&str> = scopes.map(Scope::as_str).collect();
    let holds = wanted.unwrap_or_default().split_whitespace().all(|scope| scopes.contains(&scope));
    holds.then(|| scopes.join(" "))
}

const INVALID_SCOPE: Refusal = Refusal("invalid_scope", "Not every scope asked for is held.");

async fn for_client(request: &HttpRequest, proof: &Proof, wanted: Option<&str>) -> Result<HttpResponse> {
    let (door, issuer) = (part::<Door>(request)?, part::<Tokens>(request)?);
    let Some(proven) = proof.client(door, issuer.issuer()).await? else {
        return Ok(INVALID_CLIENT.answer());
    };
    let client = proven.client.clone();
    let Some(scope) = granted(client.fields.scopes.iter().copied(), wanted) else {
        return Ok(INVALID_SCOPE.answer());
    };
    let principal = client.meta.id.cast();
    let actor = Caller { id: principal, unit: client.fields.unit_id, ..Caller::system() };
    let entered = door
        .write(Arc::new(actor), request_id(request), move |tx| {
            proven.spend(tx)?;
            tx.enter(Entry::about(Deed::Login, &client));
            Ok(tx.new_id())
        })
        .await;
    let Some(jti) = unless_spent(entered)? else {
        return Ok(INVALID_CLIENT.answer());
    };
    Ok(tokens(&issuer.issue(principal, jti)?, None, &scope))
}

/// Why a refresh token opens nothing; what exactly is wrong with it is nobody's business.
const SPENT: Refusal = Refusal("invalid_grant", "The refresh token is not valid, or its session has ended.");

async fn for_session(request: &HttpRequest, refresh: String, wanted: Option<&str>) -> Result<HttpResponse> {
    let (door, issuer) = (part::<Door>(request)?, part::<Tokens>(request)?);
    let renewed = door
        .write(Arc::new(Caller::system()), request_id(request), move |tx| {
            let Some((user, issued)) = session_store::renew(tx, &refresh)? else {
                return Ok(None);
            };
            Ok(standing(tx, user.cast())?.map(|caller| (user, caller.scopes, Arc::new(issued))))
        })
        .await?;
    let Some((user, scopes, issued)) = renewed else {
        return Ok(SPENT.answer());
    };
    match granted(scopes.iter(), wanted) {
        Some(scope) => {
            let access = issuer.issue(user.cast(), issued.jti)?;
            Ok(tokens(&access, Some(&issued.refresh.reveal()), &scope))
        }
        None => Ok(INVALID_SCOPE.answer()),
    }
}

/// The caller that a user who signs in is, for the journal.
pub fn actor(user: &crate::resources::user::User) -> Caller {
    Caller { id: user.meta.id.cast(), kind: CallerKind::User, unit: user.fields.unit_id, ..Caller::system() }
}
