//! The envelope around every answer: request id, version, language, problems for whatever went
//! wrong, one line in the log. It decides nothing.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_LANGUAGE, HeaderMap, HeaderName, HeaderValue,
    X_CONTENT_TYPE_OPTIONS,
};
use actix_web::http::{ConnectionType, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpResponse, web};
use futures_util::FutureExt;
use tracing::Instrument;

use super::language::Language;
use super::patience::{Watch, came_too_late, hurried};
use super::problem::{self, Kind};
use super::routes::Wire;
use super::trace::Trace;
use crate::access::{Door, Tx};
use crate::error::Error;
use crate::spans;

/// The version of the API, on every answer.
pub const API_VERSION: &str = env!("CARGO_PKG_VERSION");

/// The identifier of a request.
#[derive(Clone)]
pub struct RequestId(pub Arc<str>);

/// What is known of a request before it is passed on; nothing else may hold on to it meanwhile.
struct Sender {
    id: Arc<str>,
    trace: Option<Trace>,
    language: Language,
    wire: Option<web::Data<Wire>>,
    door: Option<web::Data<Door>>,
}

/// Wraps every request.
pub async fn envelope(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let started = Instant::now();
    let sender = Sender::of(&request);
    let watch = request.conn_data::<Watch>().cloned();
    watch.iter().for_each(Watch::work);
    let body = hurried(request.take_payload());
    request.set_payload(body);
    request.extensions_mut().insert(RequestId(sender.id.clone()));
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let running = sender.wire.as_ref().map(|wire| wire.meter.begin());
    let span = spans::request(method.as_str(), &sender.id, sender.trace.as_ref().and_then(Trace::parent));
    let outcome = AssertUnwindSafe(next.call(request)).catch_unwind().instrument(span.clone()).await;
    watch.iter().for_each(Watch::rest);
    let mut answer = match outcome {
        Ok(Ok(response)) => Ok(sender.settled(response)),
        Ok(Err(error)) => Err(sender.refusal(&error)),
        Err(_) => Err(sender.refusal(&Error::internal("a handler panicked").into())),
    };
    let stopping = sender.door.as_ref().is_some_and(|door| door.winding_up());
    let head = match &mut answer {
        Ok(response) => response.response_mut().head_mut(),
        Err(response) => response.head_mut(),
    };
    if stopping || head.status == StatusCode::REQUEST_TIMEOUT {
        head.set_connection_type(ConnectionType::Close);
    }
    let (template, status) = match &answer {
        Ok(response) => (response.request().match_pattern(), response.status()),
        Err(response) => (None, response.status()),
    };
    let routes = sender.wire.as_ref().map(|wire| &wire.routes);
    let asked = routes.and_then(|routes| routes.asked(method.as_str(), template.as_deref(), uri.path()));
    if let Some(farewell) = asked.and_then(|route| route.farewell) {
        farewell.tell(answer.as_mut().map_or_else(HttpResponse::headers_mut, ServiceResponse::headers_mut));
    }
    let (operation, took) = (asked.map_or("(none)", |route| &route.operation), started.elapsed());
    if let Some(wire) = &sender.wire {
        wire.meter.answered(operation, status, took);
    }
    drop(running);
    spans::answered(&span, template.as_deref(), operation, status.as_u16());
    tracing::info!(
        request_id = %sender.id,
        trace_id = sender.trace.as_ref().map(Trace::id),
        %method,
        route = template.as_deref().unwrap_or("(none)"),
        operation,
        status = status.as_u16(),
        micros = took.as_micros() as u64,
        "answered"
    );
    answer.map_err(|response| actix_web::error::InternalError::from_response("refused", response).into())
}

impl Sender {
    fn of(request: &ServiceRequest) -> Self {
        let (own, trace) = (Tx::request_id(), Trace::of(request.headers()));
        Self {
            id: trace.as_ref().map_or_else(|| own.clone(), |trace| trace.request(&own)).into(),
            trace,
            language: Language::asked(request.headers()),
            wire: request.app_data::<web::Data<Wire>>().cloned(),
            door: request.app_data::<web::Data<Door>>().cloned(),
        }
    }

    /// A response that a handler gave as an error gets its problem; others pass as they are.
    fn settled(&self, response: ServiceResponse<impl MessageBody + 'static>) -> ServiceResponse<BoxBody> {
        let Some(error) = response.response().error() else {
            let mut response = response.map_into_boxed_body();
            self.seal(response.headers_mut());
            return response;
        };
        let mut problem = self.refusal(error);
        let (request, was) = response.into_parts();
        for (name, value) in was.headers() {
            if name.as_str().starts_with("ratelimit") {
                problem.headers_mut().insert(name.clone(), value.clone());
            }
        }
        ServiceResponse::new(request, problem)
    }

    fn refusal(&self, error: &actix_web::Error) -> HttpResponse {
        let base = self.wire.as_ref().map_or("", |wire| &wire.base);
        let foreign;
        let error = match error.as_error::<Error>() {
            Some(error) => error,
            None => {
                foreign = of_framework(error);
                &foreign
            }
        };
        report(error, &self.id);
        if let Some(wire) = &self.wire {
            wire.meter.refused(Kind::of(error));
        }
        let mut problem = problem::render(error, base, self.language, &self.id);
        self.seal(problem.headers_mut());
        problem
    }

    /// The headers that every answer has.
    fn seal(&self, headers: &mut HeaderMap) {
        const API_VERSION_NAME: HeaderName = HeaderName::from_static("api-version");
        const REQUEST_ID_NAME: HeaderName = HeaderName::from_static("x-request-id");
        headers.insert(API_VERSION_NAME, HeaderValue::from_static(API_VERSION));
        if let Ok(id) = HeaderValue::from_str(&self.id) {
            headers.insert(REQUEST_ID_NAME, id);
        }
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(self.language.as_str()));
        let origin = self.wire.as_ref().and_then(|wire| HeaderValue::from_str(&wire.origin).ok());
        if let (Some(origin), false) = (origin, headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN)) {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        }
        if !headers.contains_key(CACHE_CONTROL) {
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
    }
}

/// What the framework refuses by itself.
fn of_framework(error: &actix_web::Error) -> Error {
    if error.as_error::<PayloadError>().is_some_and(came_too_late) {
        return Error::RequestTimeout;
    }
    match error.as_response_error().status_code() {
        StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge,
        StatusCode::REQUEST_TIMEOUT => Error::RequestTimeout,
        status if status.is_client_error() => Error::Invalid(Vec::new()),
        _ => Error::internal(error),
    }
}

/// The whole chain of an error that is ours, once.
fn report(error: &Error, id: &str) {
    match error {
        Error::Internal(_) => tracing::error!(request_id = id, %error, "failed"),
        Error::Unavailable(_) | Error::Unknown(_) => tracing::warn!(request_id = id, %error, "unavailable"),
        other => tracing::debug!(request_id = id, error = %other, "refused"),
    }
}
