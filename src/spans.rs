//! Spans: what a collector of traces is told of a request, when one is configured (`command::traces`).
//! They hold no name, no id of a person and nothing of a path or a query but its template. Without a
//! collector nobody listens, and they cost nothing. What must not come in: where they are sent.

use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use tracing::Span;
use tracing::field::Empty;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// By what these spans are told from those of others.
pub const TARGET: &str = "tuquan::spans";

/// Methods by name; a client may send anything as one.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// The parent that a request names (W3C Trace Context).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parent {
    pub trace: u128,
    pub span: u64,
    pub flags: u8,
}

/// The span of one request; its name and outcome come with its answer.
pub fn request(method: &str, request_id: &str, parent: Option<Parent>) -> Span {
    let span = tracing::info_span!(
        target: TARGET,
        "request",
        otel.name = Empty,
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = METHODS.iter().find(|known| **known == method).unwrap_or(&"_OTHER"),
        http.route = Empty,
        http.response.status_code = Empty,
        tuquan.operation = Empty,
        tuquan.request_id = request_id,
    );
    if let (Some(parent), false) = (parent, span.is_disabled()) {
        let (trace, of) = (TraceId::from(parent.trace), SpanId::from(parent.span));
        let context = SpanContext::new(trace, of, TraceFlags::new(parent.flags & 1), true, TraceState::default());
        let context = opentelemetry::Context::new().with_remote_span_context(context);
        if let Err(error) = span.set_parent(context) {
            tracing::debug!(?error, "a span has no parent");
        }
    }
    span
}

/// Says what became of a request.
pub fn answered(span: &Span, route: Option<&str>, operation: &str, status: u16) {
    span.record("otel.name", operation);
    span.record("tuquan.operation", operation);
    span.record("http.response.status_code", status);
    route.map(|route| span.record("http.route", route));
    if status >= 500 {
        span.record("otel.status_code", "ERROR");
    }
}

/// The span of one transaction, the wait for its turn included.
pub fn transaction(writes: bool) -> Span {
    match writes {
        true => tracing::info_span!(target: TARGET, "write"),
        false => tracing::info_span!(target: TARGET, "read"),
    }
}
