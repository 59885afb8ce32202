//! Query strings: every parameter declared, converted by its schema, checked like a body.

use std::borrow::Cow;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::future::{Ready, ready};
use utoipa::IntoParams;
use utoipa::openapi::path::ParameterIn;

use super::shape::Shape;
use crate::error::{Error, Fault, Place, Result, Words};

/// The query of a request, not yet read: 404 comes before a wrong parameter.
#[derive(Clone, Debug)]
pub struct RawQuery {
    pub(super) path: String,
    text: String,
}

impl RawQuery {
    /// A query that the service asks of itself, whose answer others may ask for.
    pub fn of(path: &str, text: String) -> Self {
        Self { path: path.to_owned(), text }
    }

    /// A request for `path` without a query.
    pub fn bare(path: &str) -> Self {
        Self { path: path.to_owned(), text: String::new() }
    }

    /// Path and query as they came, for telling one request from another.
    pub fn target(&self) -> String {
        format!("{}?{}", self.path, self.text)
    }

    /// The pairs in order of appearance; 400 where they are not UTF-8.
    pub(super) fn pairs(&self) -> Result<Vec<(String, String)>> {
        let pairs = self.text.split('&').filter(|part| !part.is_empty()).map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            Ok((decode(name)?, decode(value)?))
        });
        pairs.collect()
    }

    /// The parameters as `T`; 400 with every fault.
    pub fn read<T: IntoParams + DeserializeOwned + 'static>(&self) -> Result<T> {
        let shape = Shape::of::<T>(|| schema(&parameters::<T>()))?;
        let value = self.value(&shape)?;
        let faults = shape.check(&value, parameter);
        match faults.is_empty() {
            true => serde_json::from_value(value).map_err(unfit),
            false => Err(Error::Invalid(faults)),
        }
    }

    /// The pairs as one object, each value converted as its parameter's schema says.
    fn value(&self, shape: &Shape) -> Result<Value> {
        let mut object = Map::new();
        let mut faults = Vec::new();
        for (name, text) in self.pairs()? {
            let value = convert(&text, shape.property(&name).unwrap_or(&Value::Null));
            if object.insert(name.clone(), value).is_some() {
                let detail = Words::new("This is given more than once.", "Tham số lặp lại.");
                faults.push(Fault::parameter(&name, "repeated", detail));
            }
        }
        if faults.is_empty() { Ok(Value::Object(object)) } else { Err(Error::Invalid(faults)) }
    }
}

fn unfit(error: serde_json::Error) -> Error {
    tracing::debug!(%error, "a query fits its schema but not its type");
    let detail = Words::new("The query does not fit its schema.", "Tham số không đúng quy định.");
    Error::Invalid(vec![Fault::parameter("", "invalid", detail)])
}

fn decode(text: &str) -> Result<String> {
    let spaced = text.replace('+', " ");
    let bytes: Cow<'_, [u8]> = percent_encoding::percent_decode_str(&spaced).into();
    match String::from_utf8(bytes.into_owned()) {
        // No database can look for NUL: one refuses it, the other stops reading there.
        Ok(text) if !text.contains('\0') => Ok(text),
        Ok(_) | Err(_) => {
            let detail =
                Words::new("The query is not UTF-8 without NUL.", "Tham số không phải UTF-8 hoặc có ký tự NUL.");
            Err(Error::Invalid(vec![Fault::parameter("", "malformed", detail)]))
        }
    }
}

fn parameter(pointer: &str) -> Place {
    let name = pointer.split('/').nth(1).unwrap_or_default();
    Place::Parameter(name.replace("~1", "/").replace("~0", "~"))
}

/// The parameters that `T` declares, as values of the document.
pub fn parameters<T: IntoParams>() -> Vec<Value> {
    let declared = T::into_params(|| Some(ParameterIn::Query));
    let values = declared.iter().map(|p| serde_json::to_value(p).unwrap_or(Value::Null));
    values.map(without_null).collect()
}

/// A parameter is there or not there; it is never null.
pub fn without_null(mut parameter: Value) -> Value {
    if let Some(Value::Array(choices)) = parameter.pointer("/schema/oneOf").cloned() {
        let mut choices = choices.into_iter().filter(|choice| choice["type"] != "null");
        if let (Some(only), None) = (choices.next(), choices.next()) {
            parameter["schema"] = only;
        }
    }
    if let Some(Value::Array(kinds)) = parameter.pointer("/schema/type").cloned() {
        let kind = kinds.into_iter().find(|kind| kind != "null");
        parameter["schema"]["type"] = kind.unwrap_or_else(|| json!("string"));
    }
    parameter
}

/// The schema of the object that a query makes.
fn schema(declared: &[Value]) -> Value {
    let name = |p: &Value| p["name"].as_str().unwrap_or_default().to_owned();
    let properties: Map<String, Value> = declared.iter().map(|p| (name(p), p["schema"].clone())).collect();
    let required: Vec<String> = declared.iter().filter(|p| p["required"] == json!(true)).map(name).collect();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

fn convert(text: &str, schema: &Value) -> Value {
    match schema["type"].as_str() {
        Some("integer") => text.parse::<i64>().map_or_else(|_| json!(text), |n| json!(n)),
        Some("number") => text.parse::<f64>().map_or_else(|_| json!(text), |n| json!(n)),
        Some("boolean") => text.parse::<bool>().map_or_else(|_| json!(text), |b| json!(b)),
        Some("array") => text.split(',').map(|item| convert(item, &schema["items"])).collect(),
        _ => json!(text),
    }
}

impl FromRequest for RawQuery {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self { path: request.path().to_owned(), text: request.query_string().to_owned() }))
    }
}
