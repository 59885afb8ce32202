//! The front matter of the document: what the registry is, where it is, how one signs in, what its
//! parts are called, and the one operation that is open to all.

use serde_json::{Map, Value, json};

use super::headers;
use crate::http::problem::PROBLEM_JSON;

/// What the document says of the registry as a whole.
pub fn info(base: &str) -> Value {
    json!({
        "title": "Tự Quản",
        "version": env!("CARGO_PKG_VERSION"),
        "summary": SUMMARY,
        "description": ABOUT,
        "termsOfService": format!("{base}/terms"),
        "contact": {"name": "Tự Quản", "url": format!("{base}/docs"), "email": "registry@tuquan.example"},
        "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        "x-summary": SUMMARY,
        "x-api-id": "urn:uuid:0193568a-5c00-7d3e-9b1f-7c6d4f2a9e10",
    })
}

const SUMMARY: &str = "Registry of Vietnam's self-managed security-and-order models";

const ABOUT: &str = "Models, teams, members, incidents, commendations and their statistics.\n\n\
    Sign in at `/oauth/token` with a client's id and secret (OAuth 2.0 client credentials), or with an assertion \
    under one of its `publicKeys`, and send the token as `Authorization: Bearer …`. Lists come in pages: follow `page.nextCursor`. A record is changed with \
    `If-Match` and its ETag; 412 means that somebody else was faster: read it again. A POST with an \
    `Idempotency-Key` can be repeated. Refusals are problems (RFC 9457) with a stable `code`. \
    `/v1/changes` tells everything that happens, in order, to whoever keeps a copy.";

/// Where the registry is.
pub fn servers(base: &str) -> Value {
    // Without TLS it can only be a machine of one's own.
    let sandbox = base.starts_with("http:");
    let about = if sandbox { "This registry (local)." } else { "This registry (production)." };
    json!([{"url": base, "description": about, "x-internal": false, "x-sandbox": sandbox}])
}

/// How one signs in.
pub fn security_schemes(base: &str) -> Value {
    json!({
        "oauth": {
            "type": "oauth2",
            "description": "OAuth 2.0 client credentials (RFC6749): a secret, or a JWT of the client's own \
                (`private_key_jwt`, RFC7523) signed with EdDSA, ES256 or RS256, good once and for five minutes. The token is a JWT for access (RFC9068), handled \
                as RFC8725 asks, and lives ten minutes at most.",
            "flows": {"clientCredentials": {
                "tokenUrl": format!("{base}/oauth/token"),
                "refreshUrl": format!("{base}/oauth/token"),
                "scopes": scopes(),
            }},
        },
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "The token itself, wherever it was got: here, or from a trusted issuer. Handled as RFC8725 asks.",
        },
    })
}

fn scopes() -> Map<String, Value> {
    let all = crate::access::Scope::ALL.iter();
    all.map(|scope| (scope.as_str().to_owned(), json!(meaning(scope.as_str())))).collect()
}

/// What a scope lets one do, in words.
fn meaning(scope: &str) -> String {
    let (what, does) = scope.split_once(':').unwrap_or((scope, ""));
    let what = what.replace('-', " ");
    match does {
        "read" => format!("See {what}."),
        "write" if matches!(what.as_str(), "users" | "clients") => format!("See, create and change {what}."),
        "write" if what == "imports" => "Import files.".to_owned(),
        "write" => format!("Create and change {what}."),
        "create" => "Export records into files.".to_owned(),
        "delete" => "Delete records of the kinds one may change.".to_owned(),
        "detail" => format!("See and write the summaries of {what}."),
        "disclose" => format!("See the numbers of {what} in the clear, each time with a reason."),
        "erase" => format!("Erase the personal data of {what}."),
        _ => format!("`{scope}`"),
    }
}

/// The parts of the API, in the order in which a newcomer meets them.
const TAGS: &[(&str, &str)] = &[
    ("identity", "Who is asking, and with what rights. Danh tính người gọi."),
    ("units", "Administrative units over time, old and new. Đơn vị hành chính."),
    ("model types", "Models by name, of which there are sites. Loại mô hình."),
    ("models", "Sites of a model type and what became of them. Điểm mô hình."),
    ("teams", "Teams that run a model. Tổ tự quản."),
    ("reviews", "Reviews of models by period. Đánh giá, phân loại."),
    ("members", "Persons, households and organisations that take part. Thành viên."),
    ("memberships", "Who takes part in what, as what, from when to when. Tham gia."),
    ("activities", "Training, drills, meetings, patrols. Hoạt động."),
    ("incidents", "What happened and what models contributed. Vụ việc."),
    ("commendations", "Praise and awards. Khen thưởng."),
    ("code lists", "Categories with their validity. Danh mục mã."),
    ("statistics", "Indicators, figures and balances. Thống kê."),
    ("journal", "The change feed, the audit trail and its proofs. Nhật ký."),
    ("imports", "Records brought in from files. Nhập dữ liệu."),
    ("exports", "Records taken out as files. Xuất dữ liệu."),
    ("clients", "Accounts of other systems. Tài khoản hệ thống."),
    ("users", "Accounts of people. Tài khoản người dùng."),
    ("service", "Whether the service answers. Tình trạng dịch vụ."),
];

/// The parts of the API that have operations, with what each is about, in English and Vietnamese.
pub fn tags(paths: &Value) -> Value {
    let operations = paths.as_object().into_iter().flatten().flat_map(|(_, all)| all.as_object().into_iter().flatten());
    let used: Vec<&Value> = operations.filter_map(|(_, operation)| operation.pointer("/tags/0")).collect();
    let used = TAGS.iter().filter(|(name, _)| used.iter().any(|tag| *tag == name));
    used.map(|(name, about)| json!({"name": name, "description": about})).collect()
}

/// `GET /status`, which anybody may ask.
pub fn status() -> Value {
    let text = |about: &str, max: u32| json!({"type": "string", "maxLength": max, "description": about});
    json!({"get": {
        "tags": ["service"],
        "summary": "Tells that the service answers.",
        "description": "Tells that the service answers; the database is not asked. Needs no token.",
        "operationId": "showStatus",
        "security": [],
        "responses": {
            "200": {
                "description": "The service answers.",
                "headers": headers::of_open_answer(),
                "content": {PROBLEM_JSON: {"schema": {
                    "type": "object",
                    "description": "In the shape of a problem (RFC 9457), though there is none.",
                    "required": ["status", "title", "detail"],
                    "properties": {
                        "status": {"type": "integer", "minimum": 200, "maximum": 200, "description": "The HTTP status code."},
                        "title": text("That all is well.", 200),
                        "detail": text("The same as a sentence, in the language asked for.", 200),
                    },
                    "additionalProperties": false,
                }}},
            },
            "400": {"$ref": "#/components/responses/Problem400"},
            "500": {"$ref": "#/components/responses/Problem500"},
            "503": {"$ref": "#/components/responses/Problem503"},
        },
    }})
}
