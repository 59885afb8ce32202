//! Revocation (RFC 7009): a refresh token ends its session, an access token ends itself. Whoever holds
//! a token of a session may end it; a client's token is ended by that client.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};

use super::oauth::{Form, INVALID_CLIENT, Proof, Refusal, part, request_id, unless_spent};
use super::token::{Tokens, Verified};
use crate::access::{Caller, Door};
use crate::error::Result;
use crate::resources::client::Client;
use crate::resources::user::{session_store, store};

/// `POST /oauth/revoke`
pub async fn revoke(request: HttpRequest, body: web::Bytes) -> Result<HttpResponse> {
    let (token, proof) = match asked(&request, &body) {
        Ok(asked) => asked,
        Err(refusal) => return Ok(refusal.answer()),
    };
    let door = part::<Door>(&request)?;
    let tokens = part::<Tokens>(&request)?.clone();
    let proven = match proof {
        None => None,
        Some(proof) => match proof.client(door, tokens.issuer()).await? {
            Some(proven) => Some(proven),
            None => return Ok(INVALID_CLIENT.answer()),
        },
    };
    let ended = door
        .write(Arc::new(Caller::system()), request_id(&request), move |tx| {
            proven.as_ref().map_or(Ok(()), |proven| proven.spend(tx))?;
            let client = proven.as_ref().map(|proven| &proven.client);
            if let Some(session) = session_store::of_refresh_token(tx, &token)? {
                session_store::end(tx, session)?;
                return Ok(Ended::Yes);
            }
            // A token that is none of ours, or is over already, is over (RFC 7009, section 2.2).
            let Ok(verified) = tokens.verify(&token) else {
                return Ok(Ended::Yes);
            };
            let of_user = store::by_id(tx, verified.principal.cast())?.is_some();
            match allowed(of_user, client, verified) {
                Ended::Yes => session_store::revoke(tx, verified.jti).map(|()| Ended::Yes),
                refused => Ok(refused),
            }
        })
        .await;
    Ok(match unless_spent(ended)?.unwrap_or(Ended::Unproven) {
        Ended::Yes => HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).finish(),
        Ended::Unproven => INVALID_CLIENT.answer(),
        Ended::Foreign => Refusal("unauthorized_client", "The token was not issued to this client.").answer(),
    })
}

/// Whether a token is over now. One that nobody knows is over too.
enum Ended {
    Yes,
    Unproven,
    Foreign,
}

fn allowed(of_user: bool, client: Option<&Client>, token: Verified) -> Ended {
    match client {
        _ if of_user => Ended::Yes,
        None => Ended::Unproven,
        Some(client) if client.meta.id.cast() == token.principal => Ended::Yes,
        Some(_) => Ended::Foreign,
    }
}

fn asked(request: &HttpRequest, body: &[u8]) -> Result<(String, Option<Proof>), Refusal> {
    let form = Form::read(request, body)?;
    let proof = Proof::read(request, &form)?;
    match form.get("token") {
        Some(token) => Ok((token.to_owned(), proof)),
        None => Err(Refusal("invalid_request", "token is missing.")),
    }
}
