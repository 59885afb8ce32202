//! Examples: one for every body and answer, made from its schema and the words below, so that none
//! can go stale. A test holds each against its schema.

use serde_json::{Map, Value, json};

use crate::http::problem::{Kind, PROBLEM_JSON};

/// Adds an example to every media type of every operation and refusal.
pub fn add(document: &mut Value, base: &str) {
    let schemas = document["components"]["schemas"].take();
    let book = Book { schemas: &schemas };
    for operations in document["paths"].as_object_mut().into_iter().flatten() {
        for (_, operation) in operations.1.as_object_mut().into_iter().flatten() {
            for (kind, media) in content(operation.get_mut("requestBody")) {
                put(media, |schema| book.sent(kind, schema));
            }
            for (_, answer) in operation["responses"].as_object_mut().into_iter().flatten() {
                content(Some(answer)).for_each(|(kind, media)| put(media, |schema| book.told(kind, schema)));
            }
        }
    }
    document["components"]["schemas"] = schemas;
    for kind in Kind::ALL.iter().rev() {
        let status = kind.status().as_u16();
        let answer = document.pointer_mut(&format!("/components/responses/Problem{status}"));
        content(answer).for_each(|(_, media)| media["example"] = problem(*kind, base));
    }
}

/// The media types of a body or an answer.
fn content(of: Option<&mut Value>) -> impl Iterator<Item = (&String, &mut Value)> {
    of.and_then(|of| of.get_mut("content")).and_then(Value::as_object_mut).into_iter().flatten()
}

fn put(media: &mut Value, example: impl Fn(&Value) -> Option<Value>) {
    if let Some(example) = example(&media["schema"]) {
        media["example"] = example;
    }
}

fn problem(kind: Kind, base: &str) -> Value {
    let title = kind.title().en;
    let mut problem = json!({
        "type": format!("{base}/problems/{}", kind.code()),
        "title": title,
        "status": kind.status().as_u16(),
        "detail": format!("{title}."),
        "code": kind.code(),
        "requestId": ID,
    });
    if matches!(kind, Kind::InvalidRequest) {
        problem["detail"] = json!("1 fault(s); each is listed under errors.");
        problem["errors"] = json!([{"pointer": "/name", "code": "required", "detail": "This is required."}]);
    }
    problem
}

const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// Texts by the name of the property that holds them.
const TEXTS: &[(&str, &str)] = &[
    ("achievement", "Phát hiện và dập tắt đám cháy trước khi lan rộng"),
    ("address", "12 Nguyễn Thái Học"),
    ("category", "fire"),
    ("changedFields", "name"),
    ("clientSecret", "tqs_3mJr7AoUCHxNqd2Lk9PzWv"),
    ("code", "PCCC-01"),
    ("codeSystem", "gso"),
    ("currentPassword", "cu-khong-con-dung-nua"),
    ("datacontenttype", "application/json"),
    ("description", "Các hộ liền kề cùng canh chừng cháy nổ"),
    ("displayName", "Nguyễn Văn A"),
    ("endReason", "Chuyển nơi cư trú"),
    ("form", "certificate"),
    ("gender", "female"),
    ("hashes", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
    ("iss", "https://sso.example"),
    ("issuer", "UBND phường Minh An"),
    ("keyId", "2b8f0c1d4e6a"),
    ("labelEn", "Fire"),
    ("labelVi", "Cháy"),
    ("leadBody", "Công an phường Minh An"),
    ("month", "2023-06"),
    ("name", "Tổ liên gia an toàn PCCC số 1"),
    ("nameEn", "Fire-safety household group no. 1"),
    ("nationalId", "001000000000"),
    ("nationalIdMasked", "*********000"),
    ("newPassword", "bay-con-voi-trang-2023"),
    ("note", "Đã chuyển Công an quận"),
    ("notes", "Sinh hoạt ngày 5 hằng tháng"),
    ("number", "12/QĐ-UBND"),
    ("occupation", "Thợ mộc"),
    ("organisationCode", "H47.12"),
    ("organiser", "Công an phường Minh An"),
    ("parentCode", "order"),
    ("partnerBodies", "Hội Phụ nữ phường Minh An"),
    ("password", "bay-con-voi-trang-2023"),
    ("period", "2023-H1"),
    ("phone", "0900000000"),
    ("phoneMasked", "*******000"),
    ("quarter", "2023-Q2"),
    ("reason", "Xác minh theo đề nghị của phường"),
    ("requestId", ID),
    ("reviewer", "Ban chỉ đạo phường Minh An"),
    ("rootHash", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
    ("sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("signedText", "registry.example\n3\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"),
    ("source", "citizen"),
    ("specversion", "1.0"),
    ("sub", "a5f0c2"),
    ("subject", "/v1/models/01890a5d-ac96-774b-bcce-b302099a8057"),
    ("summary", "Cháy bếp lúc nấu ăn, tổ tự dập tắt"),
    ("title", "Tập huấn chữa cháy ban đầu"),
    ("topic", "Thoát nạn trong nhà ống"),
    ("type", "vn.tuquan.models.created"),
    ("username", "nguyenvana"),
    ("year", "2023"),
];

/// Files that could be imported.
const ROWS: &str = "Tên mô hình;Loại mô hình;Đơn vị;Ngày thành lập;Cơ quan chủ trì\r\n\
    Tổ liên gia số 1;PCCC-01;20413;31/3/2023;Công an phường Minh An\r\n";
const LINE: &str = "{\"name\":\"Tổ liên gia số 1\",\"modelTypeId\":\"PCCC-01\",\"unitId\":\"20413\",\
    \"establishedOn\":\"2023-03-31\",\"leadBody\":\"Công an phường Minh An\"}\n";

/// Makes examples of schemas.
struct Book<'d> {
    schemas: &'d Value,
}

impl Book<'_> {
    /// What a client may send: what is needed, and of the rest what names no other record.
    fn sent(&self, kind: &str, schema: &Value) -> Option<Value> {
        match kind {
            "text/csv" => Some(json!(ROWS)),
            "application/x-ndjson" => Some(json!(LINE)),
            _ => Some(self.of(schema, "", &Side::Sent)),
        }
    }

    /// What the service may answer.
    fn told(&self, kind: &str, schema: &Value) -> Option<Value> {
        match kind {
            "application/json" | PROBLEM_JSON => Some(self.of(schema, "", &Side::Told)),
            "text/csv" => Some(json!("\u{feff}indicator,unit,value\r\nmodels_active,20413,16\r\n")),
            "application/x-ndjson" => Some(json!(LINE)),
            "image/svg+xml" => Some(json!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"800\" height=\"450\"/>")),
            _ => None,
        }
    }

    fn of(&self, schema: &Value, name: &str, side: &Side) -> Value {
        if let Some(named) = schema["$ref"].as_str().and_then(|target| target.rsplit('/').next()) {
            return match named {
                "PublicKey" => key(),
                _ => self.of(&self.schemas[named], name, side),
            };
        }
        if let Some(said) = schema.get("example").or(schema.get("const")).or(schema.pointer("/enum/0")) {
            return said.clone();
        }
        match kind(schema) {
            "object" => self.object(schema, side),
            "array" => json!([self.of(&schema["items"], name, side)]),
            "string" => json!(text(schema, name)),
            "integer" => json!(number(schema, name)),
            "number" => json!(schema["minimum"].as_f64().map_or(1.0, |least| least.max(15.88))),
            "boolean" => json!(false),
            _ => Value::Null,
        }
    }

    fn object(&self, schema: &Value, side: &Side) -> Value {
        let mut object = Map::new();
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let needed = schema["required"].as_array().is_some_and(|all| all.iter().any(|n| n == name));
            if fits(schema, name).unwrap_or(needed || side.shows(name, property)) {
                let value = if name == "nextCursor" { Value::Null } else { self.of(property, name, side) };
                object.insert(name.clone(), value);
            }
        }
        Value::Object(object)
    }
}

/// A key is one thing: its parts belong together (this one is RFC 8037's, appendix A).
fn key() -> Value {
    json!({"kid": "2026-11", "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})
}

/// Who speaks.
enum Side {
    Sent,
    Told,
}

impl Side {
    fn shows(&self, name: &str, property: &Value) -> bool {
        match self {
            Self::Sent => {
                let other = name == "id" || name.ends_with("Id") || name.ends_with("Ids") || name == "identities";
                !other && property["readOnly"] != true
            }
            Self::Told => property["writeOnly"] != true,
        }
    }
}

/// Of properties that exclude each other the first is taken; nothing is said of others.
fn fits(schema: &Value, name: &str) -> Option<bool> {
    let choices = schema["oneOf"].as_array().map_or(&[][..], Vec::as_slice);
    choices.iter().position(|choice| choice["required"][0] == name).map(|at| at == 0)
}

fn kind(schema: &Value) -> &str {
    match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("null"),
        kind => kind.as_str().unwrap_or("null"),
    }
}

fn text<'s>(schema: &'s Value, name: &str) -> &'s str {
    match schema["format"].as_str() {
        Some("uuid") => ID,
        Some("date") => "2023-06-30",
        Some("date-time") => "2023-06-30T01:30:00Z",
        Some("uri") => "https://registry.example/v1",
        _ => match TEXTS.iter().find(|(known, _)| *known == name) {
            Some((_, text)) if schema["maxLength"].as_u64().is_none_or(|most| text.chars().count() as u64 <= most) => {
                text
            }
            _ => "1",
        },
    }
}

fn number(schema: &Value, name: &str) -> i64 {
    let wanted = match name {
        "birthYear" => 1985,
        "propertyDamageVnd" => 25_000_000,
        "householdCount" => 12,
        _ => 1,
    };
    let least = schema["minimum"].as_i64().unwrap_or(i64::MIN);
    wanted.max(least)
}
