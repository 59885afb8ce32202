//! The gate: finds out who asks, counts the request, keeps refusals. It lets everybody through;
//! permits decide.

use std::rc::Rc;
use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, web};

use super::issuers::Issuers;
use super::limits::{Limits, Standing};
use super::rights::{Bearer, Rights};
use super::strangers::Strangers;
use super::token::Tokens;
use crate::access::{Asking, Caller, Door, Noun, Renew};
use crate::error::{Error, Result};
use crate::http::{RequestId, Wire, preferred, unfit};
use crate::journal::{Deed, Entry};

/// Passes every request to the API.
pub async fn gate(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let request_id = request.extensions().get::<RequestId>().map_or_else(|| Arc::from(""), |id| id.0.clone());
    let (strangers, identify) = (state::<Strangers>(&request)?, Identify::of(&request)?);
    let caller = known(&request, &identify).await?;
    let wire = state::<Wire>(&request)?;
    let route = wire.routes.asked(request.method().as_str(), None, request.path());
    let mut stray = route.map_or_else(Vec::new, |route| route.stray(request.query_string()));
    stray.extend(unfit(request.headers()));
    request.extensions_mut().insert(Asking {
        caller: caller.clone(),
        renew: renew(&request, identify),
        request_id: request_id.clone(),
        many: route.is_some_and(|route| route.queried),
        stray,
    });
    let Some(caller) = caller else {
        return next.call(request).await.map(|answer| heeded(&strangers, answer.map_into_boxed_body()));
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
    Ok(heeded(&strangers, response))
}

/// The answer; whoever was not let in by it is counted.
fn heeded(strangers: &Strangers, answer: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    if answer.status() == StatusCode::UNAUTHORIZED {
        strangers.count(answer.request().path());
    }
    answer
}

fn state<T: 'static>(request: &ServiceRequest) -> Result<web::Data<T>> {
    let state = request.app_data::<web::Data<T>>();
    state.cloned().ok_or_else(|| Error::internal("a part of the service is missing"))
}

/// What finds out who bears a token.
#[derive(Clone)]
struct Identify {
    door: web::Data<Door>,
    rights: web::Data<Rights>,
    tokens: web::Data<Tokens>,
    issuers: web::Data<Issuers>,
}

impl Identify {
    fn of(request: &ServiceRequest) -> Result<Self> {
        let (door, rights) = (state(request)?, state(request)?);
        Ok(Self { door, rights, tokens: state(request)?, issuers: state(request)? })
    }

    /// Whose token it is, as far as signatures and times tell.
    async fn bearer(&self, token: &str) -> Option<Bearer> {
        match self.tokens.verify(token) {
            Ok(verified) => Some(Bearer::Own(verified)),
            Err(_) => self.issuers.verify(token).await.map(Bearer::Foreign),
        }
    }

    /// The caller with its rights; none where the token is good for nobody.
    async fn caller(&self, bearer: Bearer) -> Result<Option<Arc<Caller>>> {
        match self.rights.of(&self.door, bearer).await {
            Ok(caller) => Ok(Some(caller)),
            Err(Error::Unauthenticated) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The caller behind the request's token; none where there is no valid one.
async fn known(request: &ServiceRequest, identify: &Identify) -> Result<Option<Arc<Caller>>> {
    let Some(token) = bearer(request.headers()) else {
        return Ok(None);
    };
    let Some(bearer) = identify.bearer(token).await else {
        return Ok(None);
    };
    if let Bearer::Own(verified) = &bearer {
        request.extensions_mut().insert(*verified);
    }
    identify.caller(bearer).await
}

/// How a request that lasts finds out whether its token is still good, and for what.
fn renew(request: &ServiceRequest, identify: Identify) -> Renew {
    let token = bearer(request.headers()).map(str::to_owned);
    Rc::new(move || {
        let (identify, token) = (identify.clone(), token.clone());
        Box::pin(async move {
            let Some(token) = token else {
                return Ok(None);
            };
            match identify.bearer(&token).await {
                Some(bearer) => identify.caller(bearer).await,
                None => Ok(None),
            }
        })
    })
}

/// The one bearer token of a request (RFC 6750, section 2.1); never one in the URL.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(AUTHORIZATION);
    let (one, None) = (all.next()?, all.next()) else {
        return None;
    };
    let (scheme, token) = one.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_matches(' '))
}

/// 429 for callers that have used up their limit, then 406.
fn admitted(request: &ServiceRequest, standing: Standing) -> Result<()> {
    match standing.wait {
        Some(retry_after) => Err(Error::TooManyRequests { retry_after }),
        None => acceptable(request),
    }
}

/// 406 for clients that take nothing the API gives. Statistics and files are other than JSON and ask for
/// themselves; pages outside the API are what they are.
fn acceptable(request: &ServiceRequest) -> Result<()> {
    const OFFERED: &str = "application/json";
    let path = request.path();
    let file = path.starts_with("/v1/exports/") && path.contains("/files/");
    let own = ["/v1/statistics/", "/v1/import-templates/"].iter().any(|room| path.starts_with(room));
    match !path.starts_with("/v1/") || file || own || preferred(request.headers(), &[OFFERED]).is_some() {
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
