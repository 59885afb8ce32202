//! The gate: finds out who asks, counts the request, keeps refusals. It lets everybody through;
//! permits decide.

use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, web};

use super::issuers::Issuers;
use super::limits::{Limits, Standing};
use super::rights::{Bearer, Rights};
use super::token::Tokens;
use crate::access::{Asking, Caller, Door, Noun};
use crate::error::{Error, Result};
use crate::http::{RequestId, Wire, preferred, unfit};
use crate::journal::{Deed, Entry};

/// Passes every request to the API.
pub async fn gate(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let request_id = request.extensions().get::<RequestId>().map_or_else(|| Arc::from(""), |id| id.0.clone());
    let caller = known(&request).await?;
    let wire = state::<Wire>(&request)?;
    let mut stray = wire.routes.stray(request.method().as_str(), request.path(), request.query_string());
    stray.extend(unfit(request.headers()));
    request.extensions_mut().insert(Asking { caller: caller.clone(), request_id: request_id.clone(), stray });
    let Some(caller) = caller else {
        return next.call(request).await.map(ServiceResponse::map_into_boxed_body);
    };
    let standing = state::<Limits>(&request)?.count(&caller);
    let door = state::<Door>(&request)?;
    let mut response = match admitted(&request, standing) {
        Ok(()) => next.call(request).await?.map_into_boxed_body(),
        Err(error) => request.error_response(error).map_into_boxed_body(),
    };
    if let Some(needed) = refused(&response) {
        keep_refusal(&door, caller, request_id, needed).await?;
    }
    tell(response.headers_mut(), standing);
    Ok(response)
}

fn state<T: 'static>(request: &ServiceRequest) -> Result<web::Data<T>> {
    let state = request.app_data::<web::Data<T>>();
    state.cloned().ok_or_else(|| Error::internal("a part of the service is missing"))
}

/// The caller behind the request's token; none where there is no valid one.
async fn known(request: &ServiceRequest) -> Result<Option<Arc<Caller>>> {
    let Some(token) = bearer(request.headers()) else {
        return Ok(None);
    };
    let (door, rights) = (state::<Door>(request)?, state::<Rights>(request)?);
    let found = match state::<Tokens>(request)?.verify(token) {
        Ok(verified) => {
            request.extensions_mut().insert(verified);
            rights.of(&door, Bearer::Own(verified)).await
        }
        Err(_) => match state::<Issuers>(request)?.verify(token) {
            Some(foreign) => rights.of(&door, Bearer::Foreign(foreign)).await,
            None => return Ok(None),
        },
    };
    match found {
        Ok(caller) => Ok(Some(caller)),
        Err(Error::Unauthenticated) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The one bearer token of a request (RFC 6750, section 2.1); never one in the URL.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(AUTHORIZATION);
    let (one, None) = (all.next()?, all.next()) else {
        return None;
    };
    let (scheme, token) = one.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// 429 for callers that have used up their limit, then 406.
fn admitted(request: &ServiceRequest, standing: Standing) -> Result<()> {
    match standing.wait {
        Some(retry_after) => Err(Error::TooManyRequests { retry_after }),
        None => acceptable(request),
    }
}

/// 406 for clients that take nothing the API gives. Statistics offer more and ask for themselves; pages
/// outside the API are what they are.
fn acceptable(request: &ServiceRequest) -> Result<()> {
    const OFFERED: &str = "application/json";
    let other = |path: &str| !path.starts_with("/v1/") || path.starts_with("/v1/statistics/");
    match other(request.path()) || preferred(request.headers(), &[OFFERED]).is_some() {
        true => Ok(()),
        false => Err(Error::NotAcceptable { offered: OFFERED }),
    }
}

fn refused(response: &ServiceResponse<impl MessageBody>) -> Option<String> {
    match response.response().error()?.as_error::<Error>()? {
        Error::InsufficientScope { needed } => Some(needed.clone()),
        _ => None,
    }
}

async fn keep_refusal(door: &Door, caller: Arc<Caller>, request_id: Arc<str>, needed: String) -> Result<()> {
    let unit = caller.unit;
    let enter = move |tx: &mut crate::access::WriteTx<'_>| {
        tx.enter(Entry::event(Deed::Refusal, Noun::Me, unit, "refused", format!("needs {needed}")));
        Ok(())
    };
    door.write(caller, request_id, enter).await
}

fn tell(headers: &mut HeaderMap, standing: Standing) {
    let numbers = [
        ("ratelimit-limit", u64::from(standing.limit)),
        ("ratelimit-remaining", u64::from(standing.remaining)),
        ("ratelimit-reset", standing.reset),
    ];
    for (name, number) in numbers {
        headers.insert(HeaderName::from_static(name), HeaderValue::from(number));
    }
}
