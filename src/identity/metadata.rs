//! What the authorization server says of itself (RFC 8414) and its public keys (RFC 7517).

use actix_web::{HttpResponse, web};
use serde_json::json;

use super::token::Tokens;
use crate::access::Scope;
use crate::history::Notary;

/// `/.well-known/jwks.json`
pub async fn jwks(tokens: web::Data<Tokens>, notary: web::Data<Notary>) -> HttpResponse {
    let keys = [tokens.keys().jwks(), notary.jwks()].concat();
    HttpResponse::Ok().insert_header(("Cache-Control", "public, max-age=300")).json(json!({"keys": keys}))
}

/// `/.well-known/oauth-authorization-server`
pub async fn server(tokens: web::Data<Tokens>) -> HttpResponse {
    let issuer = tokens.issuer();
    let scopes: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
    HttpResponse::Ok().insert_header(("Cache-Control", "public, max-age=300")).json(json!({
        "issuer": issuer,
        "token_endpoint": format!("{issuer}/oauth/token"),
        "revocation_endpoint": format!("{issuer}/oauth/revoke"),
        "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
        "grant_types_supported": ["client_credentials", "refresh_token"],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "revocation_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "scopes_supported": scopes,
    }))
}
