//! What the endpoints outside the API share: forms, proofs of clients, and refusals in the shapes of
//! RFC 6749.

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::assertion::Assertion;
use crate::access::{Caller, Door, WriteTx};
use crate::error::{Error, Result};
use crate::http::RequestId;
use crate::resources::client::assertion_store::{self, Assertion as Kept};
use crate::resources::client::{Client, ClientId, secret_matches, store};
use crate::types::Id;

/// Why no token was given (RFC 6749, section 5.2).
pub struct Refusal(pub &'static str, pub &'static str);

pub const INVALID_CLIENT: Refusal = Refusal("invalid_client", "Client authentication failed.");

impl Refusal {
    pub fn answer(&self) -> HttpResponse {
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

/// A part of the service that all workers share.
pub fn part<T: 'static>(request: &HttpRequest) -> Result<&web::Data<T>> {
    request.app_data::<web::Data<T>>().ok_or_else(|| Error::internal("a part of the service is missing"))
}

/// The request's own id.
pub fn request_id(request: &HttpRequest) -> Arc<str> {
    request.extensions().get::<RequestId>().map_or_else(|| Arc::from(""), |id| id.0.clone())
}

/// A form whose parameters come once each.
pub struct Form(HashMap<String, String>);

impl Form {
    pub fn read(request: &HttpRequest, body: &[u8]) -> Result<Self, Refusal> {
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
        Ok(Self(form))
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

/// A client's proof of who it is.
pub enum Proof {
    Secret { client: String, secret: String },
    Assertion(Assertion),
}

/// A client that proved who it is, once its proof is spent.
pub struct Proven {
    pub client: Client,
    assertion: Option<Kept>,
}

impl Proven {
    /// Uses the proof up, in the transaction of what it is for; `Unauthenticated` where it was used before.
    pub fn spend(&self, tx: &mut WriteTx<'_>) -> Result<()> {
        self.assertion.as_ref().map_or(Ok(()), |assertion| assertion_store::spend(tx, assertion))
    }
}

/// What came of work for a client; its refusal where the proof was spent before.
pub fn unless_spent<T>(done: Result<T>) -> Result<Option<T>> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(Error::Unauthenticated) => Ok(None),
        Err(error) => Err(error),
    }
}

impl Proof {
    /// By header, in the form, or by an assertion; none where there is nothing of the kind.
    pub fn read(request: &HttpRequest, form: &Form) -> Result<Option<Self>, Refusal> {
        let posted = form.get("client_secret").map(|secret| (form.get("client_id").unwrap_or_default(), secret));
        match (basic(request)?, posted, Assertion::read(form)?) {
            (Some((client, secret)), None, None) => Ok(Some(Self::Secret { client, secret })),
            (None, Some((id, secret)), None) => {
                Ok(Some(Self::Secret { client: id.to_owned(), secret: secret.to_owned() }))
            }
            (None, None, Some(assertion)) => Ok(Some(Self::Assertion(assertion))),
            (None, None, None) => Ok(None),
            _ => Err(Refusal("invalid_request", "Authenticate in one way, not two.")),
        }
    }

    /// The client, if the proof is right and it may sign in; `issuer` is this service.
    pub async fn client(&self, door: &Door, issuer: &str) -> Result<Option<Proven>> {
        match self {
            Self::Secret { client, secret } => {
                let client = of_secret(door, client, secret).await?;
                Ok(client.map(|client| Proven { client, assertion: None }))
            }
            Self::Assertion(assertion) => {
                let proven = assertion.client(door, issuer).await?;
                Ok(proven.map(|(client, kept)| Proven { client, assertion: Some(kept) }))
            }
        }
    }
}

/// The client, if the secret is one of its own and it may sign in.
async fn of_secret(door: &Door, client: &str, secret: &str) -> Result<Option<Client>> {
    let id: ClientId = client.parse().unwrap_or_else(|_| Id::new(uuid::Uuid::nil()));
    let found = door.read(Arc::new(Caller::system()), move |tx| store::by_id(tx, id)).await?;
    let hashes = found.as_ref().map_or(&[][..], |(_, hashes)| hashes.as_slice());
    let proven = secret_matches(secret, hashes);
    Ok(found.map(|(client, _)| client).filter(|client| proven && client.active()))
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

/// Tokens as RFC 6749, section 5.1 has them.
pub fn tokens(access: &str, refresh: Option<&str>, scope: &str) -> HttpResponse {
    let mut body = json!({
        "access_token": access, "token_type": "Bearer", "expires_in": super::token::LIFETIME, "scope": scope,
    });
    if let Some(refresh) = refresh {
        body["refresh_token"] = json!(refresh);
    }
    HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(body)
}
