//! Problems (RFC 9457): the one shape of every refusal. Status, code and title of an error are
//! decided here; its detail comes with it.

use std::collections::BTreeMap;

use actix_web::body::BoxBody;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use super::language::Language;
use crate::error::{Error, Fault, Place, Words};

/// The media type of problems.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// A refusal, as RFC 9457 has it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// Where this kind of problem is described.
    #[serde(rename = "type")]
    #[schema(max_length = 300, format = "uri")]
    pub kind: String,
    /// What kind of problem it is, in the language asked for.
    #[schema(max_length = 200)]
    pub title: String,
    /// The HTTP status code.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What went wrong this time, in the language asked for.
    #[schema(max_length = 2000)]
    pub detail: String,
    /// The kind of problem, for programs.
    #[schema(max_length = 60, pattern = "^[a-z0-9-]+$")]
    pub code: String,
    /// The request this answers.
    #[schema(max_length = 64, pattern = "^[0-9A-Za-z-]+$")]
    pub request_id: String,
    /// Every fault of a request that does not fit its schema.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 1000)]
    pub errors: Vec<ProblemFault>,
}

/// One fault of a request; names a place in the body or a parameter.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProblemFault {
    /// JSON pointer (RFC 6901) into the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 1000)]
    pub pointer: Option<String>,
    /// Name of the parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 200)]
    pub parameter: Option<String>,
    /// The kind of fault, for programs.
    #[schema(max_length = 60, pattern = "^[a-z0-9-]+$")]
    pub code: String,
    /// What is wrong, in the language asked for.
    #[schema(max_length = 1000)]
    pub detail: String,
}

impl ProblemFault {
    fn of(fault: &Fault, language: Language) -> Self {
        let (pointer, parameter) = match &fault.place {
            Place::Body(pointer) => (Some(pointer.clone()), None),
            Place::Parameter(name) => (None, Some(name.clone())),
        };
        Self { pointer, parameter, code: fault.code.to_owned(), detail: language.of(&fault.detail) }
    }
}

/// Declares the kinds of problem: code, status, title in both languages.
macro_rules! kinds {
    ($($kind:ident = $code:literal, $status:ident, $en:literal, $vi:literal;)+) => {
        /// A kind of problem.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind { $($kind),+ }
        impl Kind {
            /// Every kind, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];
            pub const fn code(self) -> &'static str { match self { $(Self::$kind => $code),+ } }
            pub const fn status(self) -> StatusCode { match self { $(Self::$kind => StatusCode::$status),+ } }
            pub const fn title(self) -> Words {
                use std::borrow::Cow::Borrowed;
                match self { $(Self::$kind => Words { en: Borrowed($en), vi: Borrowed($vi) }),+ }
            }
        }
    };
}

kinds! {
    InvalidRequest = "invalid-request", BAD_REQUEST, "The request does not fit its schema", "Yêu cầu không đúng cấu trúc quy định";
    Unauthenticated = "unauthenticated", UNAUTHORIZED, "A valid access token is needed", "Cần mã truy cập hợp lệ";
    InsufficientScope = "insufficient-scope", FORBIDDEN, "The caller lacks the right for this operation", "Không có quyền thực hiện thao tác này";
    NotFound = "not-found", NOT_FOUND, "There is no such resource", "Không tìm thấy";
    MethodNotAllowed = "method-not-allowed", METHOD_NOT_ALLOWED, "The resource has no such operation", "Tài nguyên không có thao tác này";
    NotAcceptable = "not-acceptable", NOT_ACCEPTABLE, "None of the accepted media types can be produced", "Không tạo được định dạng được yêu cầu";
    CursorExpired = "cursor-expired", GONE, "The cursor has expired: begin anew with an empty one", "Con trỏ đã hết hạn: hãy bắt đầu lại với con trỏ rỗng";
    RequestTimeout = "request-timeout", REQUEST_TIMEOUT, "The request took too long to arrive", "Yêu cầu đến quá chậm";
    Duplicate = "duplicate", CONFLICT, "There is such a record already", "Bản ghi đã tồn tại";
    ReferenceMissing = "reference-missing", CONFLICT, "A record that the request names does not exist", "Bản ghi được dẫn chiếu không tồn tại";
    InUse = "in-use", CONFLICT, "Other records point to this one", "Bản ghi đang được bản ghi khác dẫn chiếu";
    InvalidTransition = "invalid-transition", CONFLICT, "The status cannot change in this way", "Không thể chuyển trạng thái như vậy";
    UnitNotInForce = "unit-not-in-force", CONFLICT, "The unit is not in force on that day", "Đơn vị hành chính không có hiệu lực vào ngày đó";
    CategoryNotInForce = "category-not-in-force", CONFLICT, "The category is not in force on that day", "Mã phân loại không có hiệu lực vào ngày đó";
    RuleViolated = "rule-violated", CONFLICT, "The request breaks a rule about stored records", "Yêu cầu vi phạm quy tắc dữ liệu";
    IdempotencyInProgress = "idempotency-in-progress", CONFLICT, "The first request with this idempotency key is still running", "Yêu cầu trước với khóa này đang được xử lý";
    Stale = "stale", PRECONDITION_FAILED, "The record has changed since it was read", "Bản ghi đã thay đổi từ lần đọc trước";
    TooLarge = "too-large", PAYLOAD_TOO_LARGE, "The request is too large", "Yêu cầu quá lớn";
    UnsupportedMediaType = "unsupported-media-type", UNSUPPORTED_MEDIA_TYPE, "The body's media type is not supported here", "Định dạng nội dung không được hỗ trợ";
    IdempotencyKeyReused = "idempotency-key-reused", UNPROCESSABLE_ENTITY, "The idempotency key was used for another request", "Khóa chống lặp đã dùng cho yêu cầu khác";
    PreconditionRequired = "precondition-required", PRECONDITION_REQUIRED, "An If-Match header is needed", "Cần tiêu đề If-Match";
    TooManyRequests = "too-many-requests", TOO_MANY_REQUESTS, "The rate limit is used up", "Vượt quá giới hạn số yêu cầu";
    Internal = "internal", INTERNAL_SERVER_ERROR, "The service failed", "Lỗi hệ thống";
    Unavailable = "unavailable", SERVICE_UNAVAILABLE, "The service cannot answer right now", "Hệ thống tạm thời không phục vụ được";
}

impl Kind {
    pub fn by_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.code() == code)
    }

    pub const fn of(error: &Error) -> Self {
        match error {
            Error::Unauthenticated => Self::Unauthenticated,
            Error::InsufficientScope { .. } => Self::InsufficientScope,
            Error::NotFound => Self::NotFound,
            Error::MethodNotAllowed { .. } => Self::MethodNotAllowed,
            Error::NotAcceptable { .. } => Self::NotAcceptable,
            Error::CursorExpired => Self::CursorExpired,
            Error::RequestTimeout => Self::RequestTimeout,
            Error::TooLarge => Self::TooLarge,
            Error::UnsupportedMediaType { .. } => Self::UnsupportedMediaType,
            Error::PreconditionRequired => Self::PreconditionRequired,
            Error::Stale => Self::Stale,
            Error::Invalid(_) => Self::InvalidRequest,
            Error::Duplicate(_) => Self::Duplicate,
            Error::ReferenceMissing { .. } => Self::ReferenceMissing,
            Error::InUse => Self::InUse,
            Error::InvalidTransition { .. } => Self::InvalidTransition,
            Error::UnitNotInForce => Self::UnitNotInForce,
            Error::CategoryNotInForce { .. } => Self::CategoryNotInForce,
            Error::RuleViolated(_) => Self::RuleViolated,
            Error::IdempotencyKeyReused => Self::IdempotencyKeyReused,
            Error::IdempotencyInProgress => Self::IdempotencyInProgress,
            Error::TooManyRequests { .. } => Self::TooManyRequests,
            Error::Unavailable(_) | Error::Busy | Error::Unknown(_) | Error::Raced => Self::Unavailable,
            Error::Internal(_) => Self::Internal,
        }
    }
}

/// What went wrong this time, where the kind's title does not say it all.
pub fn detail(error: &Error) -> Words {
    match error {
        Error::InsufficientScope { needed } => {
            Words::new(format!("This operation needs: {needed}."), format!("Thao tác này cần quyền: {needed}."))
        }
        Error::MethodNotAllowed { allow } => {
            Words::new(format!("Allowed here: {allow}."), format!("Thao tác được phép: {allow}."))
        }
        Error::NotAcceptable { offered } => {
            Words::new(format!("Offered here: {offered}."), format!("Định dạng có thể tạo: {offered}."))
        }
        Error::UnsupportedMediaType { expected } => {
            Words::new(format!("Send the body as {expected}."), format!("Gửi nội dung theo định dạng {expected}."))
        }
        Error::Invalid(faults) => Words::new(
            format!("{} fault(s); each is listed under errors.", faults.len()),
            format!("Có {} lỗi; xem danh sách tại errors.", faults.len()),
        ),
        Error::ReferenceMissing { pointer } => Words::new(
            format!("{pointer} names a record that does not exist or lies outside your territory."),
            format!("{pointer} dẫn chiếu bản ghi không tồn tại hoặc ngoài địa bàn của bạn."),
        ),
        Error::CategoryNotInForce { pointer } => Words::new(
            format!("{pointer} is not a code in force on the record's date."),
            format!("{pointer} không phải mã có hiệu lực vào ngày của bản ghi."),
        ),
        Error::InvalidTransition { from, to } => Words::new(
            format!("There is no transition from {from} to {to}."),
            format!("Không thể chuyển từ {from} sang {to}."),
        ),
        Error::Duplicate(words) | Error::RuleViolated(words) => words.clone(),
        Error::TooManyRequests { retry_after } => {
            Words::new(format!("Try again in {retry_after} s."), format!("Thử lại sau {retry_after} giây."))
        }
        Error::Unknown(_) => Words::new(
            "It is not known whether the change was made. Send it again with the same Idempotency-Key, or look.",
            "Chưa rõ thay đổi đã được ghi hay chưa. Hãy gửi lại với cùng Idempotency-Key, hoặc kiểm tra lại.",
        ),
        Error::Unavailable(_) | Error::Busy | Error::Raced => {
            Words::new("Nothing was changed. Try again shortly.", "Chưa có gì thay đổi. Vui lòng thử lại sau.")
        }
        other => Kind::of(other).title(),
    }
}

/// Seconds after which a client may try again, where that helps.
fn retry_after(error: &Error) -> Option<u64> {
    match error {
        Error::TooManyRequests { retry_after } => Some(*retry_after),
        Error::Busy => Some(1),
        Error::Unavailable(_) | Error::Unknown(_) | Error::Raced => Some(2),
        _ => None,
    }
}

/// Renders an error for one request.
pub fn render(error: &Error, base: &str, language: Language, request_id: &str) -> HttpResponse {
    let kind = Kind::of(error);
    let errors = match error {
        Error::Invalid(faults) => faults.iter().map(|f| ProblemFault::of(f, language)).collect(),
        _ => Vec::new(),
    };
    let problem = Problem {
        kind: format!("{base}/problems/{}", kind.code()),
        title: language.of(&kind.title()),
        status: kind.status().as_u16(),
        detail: language.of(&detail(error)),
        code: kind.code().to_owned(),
        request_id: request_id.to_owned(),
        errors,
    };
    let mut response = HttpResponse::build(kind.status());
    for (name, value) in headers(error) {
        response.insert_header((name, value));
    }
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    response.content_type(PROBLEM_JSON).body(body)
}

fn headers(error: &Error) -> BTreeMap<&'static str, String> {
    let mut headers = BTreeMap::new();
    match error {
        Error::Unauthenticated => {
            headers.insert("WWW-Authenticate", "Bearer realm=\"tuquan\", error=\"invalid_token\"".to_owned());
        }
        Error::InsufficientScope { needed } => {
            let challenge = format!("Bearer realm=\"tuquan\", error=\"insufficient_scope\", scope=\"{needed}\"");
            headers.insert("WWW-Authenticate", challenge);
        }
        Error::MethodNotAllowed { allow } => {
            headers.insert("Allow", allow.clone());
        }
        _ => {}
    }
    if let Some(seconds) = retry_after(error) {
        headers.insert("Retry-After", seconds.to_string());
    }
    headers
}

/// The wire's outermost layer renders errors, since only it knows the request; here they just pass.
impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        Kind::of(self).status()
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        HttpResponse::build(self.status_code()).insert_header((header::CONTENT_TYPE, PROBLEM_JSON)).finish()
    }
}
