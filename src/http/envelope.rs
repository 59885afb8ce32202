//! The envelope around every answer: request id, version, language, problems for whatever went
//! wrong, one line in the log. It decides nothing.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::ConnectionType;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, HeaderMap, HeaderName, HeaderValue, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpResponse, web};
use futures_util::FutureExt;

use super::language::Language;
use super::patience::{Watch, came_too_late, hurried};
use super::problem;
use super::routes::Wire;
use crate::access::{Door, Tx};
use crate::error::Error;

/// The version of the API, on every answer.
pub const API_VERSION: &str = env!("CARGO_PKG_VERSION");

/// The identifier of a request.
#[derive(Clone)]
pub struct RequestId(pub Arc<str>);

/// What is known of a request before it is passed on; nothing else may hold on to it meanwhile.
struct Sender {
    id: Arc<str>,
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
    let sender = Sender {
        id: Tx::request_id().into(),
        language: Language::asked(request.headers()),
        wire: request.app_data::<web::Data<Wire>>().cloned(),
        door: request.app_data::<web::Data<Door>>().cloned(),
    };
    let watch = request.conn_data::<Watch>().cloned();
    watch.iter().for_each(Watch::work);
    let body = hurried(request.take_payload());
    request.set_payload(body);
    request.extensions_mut().insert(RequestId(sender.id.clone()));
    let method = request.method().clone();
    let outcome = AssertUnwindSafe(next.call(request)).catch_unwind().await;
    watch.iter().for_each(Watch::rest);
    let mut answer = match outcome {
        Ok(Ok(response)) => Ok(sender.settled(response)),
        Ok(Err(error)) => Err(sender.refusal(&error)),
        Err(_) => Err(sender.refusal(&Error::internal("a handler panicked").into())),
    };
    if sender.door.as_ref().is_some_and(|door| door.winding_up()) {
        let head = match &mut answer {
            Ok(response) => response.response_mut().head_mut(),
            Err(response) => response.head_mut(),
        };
        head.set_connection_type(ConnectionType::Close);
    }
    let (route, status) = match &answer {
        Ok(response) => (response.request().match_pattern(), response.status()),
        Err(response) => (None, response.status()),
    };
    tracing::info!(
        request_id = %sender.id,
        %method,
        route = route.as_deref().unwrap_or("(none)"),
        status = status.as_u16(),
        micros = started.elapsed().as_micros() as u64,
        "answered"
    );
    answer.map_err(|response| actix_web::error::InternalError::from_response("refused", response).into())
}

impl Sender {
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
        if !headers.contains_key(CACHE_CONTROL) {
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
    }
}

/// What the framework refuses by itself.
fn of_framework(error: &actix_web::Error) -> Error {
    use actix_web::http::StatusCode;
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
