//! What the authorization server says of itself (RFC 8414) and its public keys (RFC 7517).

use actix_web::{HttpResponse, web};
use serde_json::json;

use super::token::Tokens;
use crate::access::Scope;
use crate::history::Notary;
use crate::resources::client::KeyAlgorithm;

/// `/.well-known/jwks.json`
pub async fn jwks(tokens: web::Data<Tokens>, notary: web::Data<Notary>) -> HttpResponse {
    let keys = [tokens.keys().jwks(), notary.jwks()].concat();
    HttpResponse::Ok().insert_header(("Cache-Control", "public, max-age=300")).json(json!({"keys": keys}))
}

/// How a client proves itself; `none` is for sessions, which belong to people.
const METHODS: [&str; 4] = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"];

/// `/.well-known/oauth-authorization-server`
pub async fn server(tokens: web::Data<Tokens>) -> HttpResponse {
    let issuer = tokens.issuer();
    let algorithms: Vec<&str> = KeyAlgorithm::ALL.iter().map(|algorithm| algorithm.as_str()).collect();
    let scopes: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
    HttpResponse::Ok().insert_header(("Cache-Control", "public, max-age=300")).json(json!({
        "issuer": issuer,
        "token_endpoint": format!("{issuer}/oauth/token"),
        "revocation_endpoint": format!("{issuer}/oauth/revoke"),
        "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
        "grant_types_supported": ["client_credentials", "refresh_token"],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": METHODS,
        "token_endpoint_auth_signing_alg_values_supported": algorithms,
        "revocation_endpoint_auth_methods_supported": METHODS,
        "revocation_endpoint_auth_signing_alg_values_supported": algorithms,
        "scopes_supported": scopes,
    }))
}
