//! Bodies: read whole within bounds, then checked against their schema inside the transaction, so
//! that 404 and 412 come before 415 and 400.

mod upload;

use std::marker::PhantomData;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_TYPE, HeaderMap};
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::StreamExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::ToSchema;

pub use self::upload::{LARGEST_UPLOAD, Upload};
use super::patience::came_too_late;
use super::schema;
use super::shape::Shape;
use crate::access::{Once, Tx, WriteTx};
use crate::error::{Error, Fault, Place, Result, Words};
use crate::journal::Record;
use crate::types::Id;

/// The largest body read, in bytes.
pub const LARGEST_BODY: usize = 1 << 20;

struct Raw {
    media_type: String,
    bytes: web::Bytes,
}

impl Raw {
    async fn collect(headers: HeaderMap, payload: Payload) -> Result<Self> {
        Ok(Self { media_type: media_type(&headers), bytes: drain(payload).await? })
    }

    fn json(&self, expected: &'static str) -> Result<Value> {
        if self.media_type != expected {
            return Err(Error::UnsupportedMediaType { expected });
        }
        serde_json::from_slice(&self.bytes).map(whole).map_err(|_| {
            let detail = Words::new("The body is not well-formed JSON.", "Nội dung không phải JSON hợp lệ.");
            Error::Invalid(vec![Fault::body("", "malformed", detail)])
        })
    }
}

fn media_type(headers: &HeaderMap) -> String {
    let text = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

async fn drain(mut payload: Payload) -> Result<web::Bytes> {
    let mut bytes = web::BytesMut::new();
    let mut too_large = false;
    while let Some(chunk) = payload.next().await {
        let broken = |error| {
            if came_too_late(&error) {
                return Error::RequestTimeout;
            }
            let detail = Words::new("The body did not arrive whole.", "Nội dung không được gửi đầy đủ.");
            Error::Invalid(vec![Fault::body("", "malformed", detail)])
        };
        let chunk = chunk.map_err(broken)?;
        // What is too large is read on for a while: a client that is still sending hears no answer.
        too_large |= bytes.len() + chunk.len() > LARGEST_BODY;
        match too_large {
            false => bytes.extend_from_slice(&chunk),
            true if bytes.len() > 8 * LARGEST_BODY => break,
            true => bytes.resize(bytes.len() + chunk.len(), 0),
        }
    }
    if too_large { Err(Error::TooLarge) } else { Ok(bytes.freeze()) }
}

/// What a value from elsewhere than a request's body is as `T`; 400 with every fault.
pub fn checked<T: DeserializeOwned + ToSchema + 'static>(value: Value) -> Result<T> {
    let value = whole(value);
    let faults = Shape::of::<T>(schema::standalone::<T>)?.check(&value, in_body);
    if faults.is_empty() { typed(value) } else { Err(Error::Invalid(faults)) }
}

/// JSON has one kind of number: `1.0` and `1e2` are whole ones, as JSON Schema reads them too.
fn whole(value: Value) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Number(n) => match n.as_f64().filter(|f| n.is_f64() && f.fract() == 0.0 && f.abs() <= EXACT) {
            Some(f) => Value::from(f as i64),
            None => Value::Number(n),
        },
        Value::Array(items) => items.into_iter().map(whole).collect(),
        Value::Object(members) => members.into_iter().map(|(name, value)| (name, whole(value))).collect(),
        other => other,
    }
}

/// Turns a value that fits its schema into `T`.
fn typed<T: DeserializeOwned>(value: Value) -> Result<T> {
    serde_json::from_value(value).map_err(|error| {
        tracing::debug!(%error, "a body fits its schema but not its type");
        let detail = Words::new("This does not fit its schema.", "Không đúng cấu trúc quy định.");
        Error::Invalid(vec![Fault::body("", "invalid", detail)])
    })
}

fn in_body(pointer: &str) -> Place {
    Place::Body(pointer.to_owned())
}

/// The JSON body of a POST, with its idempotency key if it has one.
pub struct Body<T> {
    raw: Raw,
    once: Result<Once>,
    of: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned + ToSchema + 'static> Body<T> {
    /// 415 and 400.
    pub fn read(&self) -> Result<T> {
        self.fitting(self.raw.json("application/json")?)
    }

    /// As `read`, for operations that need to be told nothing: no body is an empty object.
    pub fn read_or_empty(&self) -> Result<T> {
        match self.raw.bytes.is_empty() {
            true => self.fitting(Value::Object(serde_json::Map::new())),
            false => self.read(),
        }
    }

    fn fitting(&self, value: Value) -> Result<T> {
        let shape = Shape::of::<T>(schema::standalone::<T>)?;
        let mut faults = shape.check(&value, in_body);
        if let Err(Error::Invalid(more)) = &self.once {
            faults.extend(more.iter().cloned());
        }
        if faults.is_empty() { typed(value) } else { Err(Error::Invalid(faults)) }
    }

    /// Has the effect at most once for one idempotency key; gives the id of what it made, then or now.
    pub fn once<R>(
        &self,
        tx: &mut WriteTx<'_>,
        effect: impl FnOnce(&mut WriteTx<'_>) -> Result<Id<R>>,
    ) -> Result<Id<R>> {
        match &self.once {
            Ok(once) => once.run(tx, &self.raw.bytes, effect),
            Err(_) => effect(tx),
        }
    }

    /// As `once`, where the effect gives what it made: that is looked up where it was made before.
    pub fn made<R: Record>(
        &self,
        tx: &mut WriteTx<'_>,
        effect: impl FnOnce(&mut WriteTx<'_>) -> Result<R>,
        show: impl FnOnce(&mut Tx<'_>, Id<R>) -> Result<R>,
    ) -> Result<R> {
        let mut made = None;
        let id = self.once(tx, |tx| {
            let record = made.insert(effect(tx)?);
            Ok(record.meta().id.cast())
        })?;
        made.map_or_else(|| show(tx, id), Ok)
    }
}

impl<T: 'static> FromRequest for Body<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let raw = Raw::collect(request.headers().clone(), payload.take());
        let once = super::idempotency::asked(request);
        Box::pin(async move { Ok(Self { raw: raw.await?, once, of: PhantomData }) })
    }
}

/// A merge patch (RFC 7396) of `T`: absent keeps, `null` clears.
pub struct MergePatch<T> {
    raw: Raw,
    of: PhantomData<fn() -> T>,
}

/// The media type of merge patches.
pub const MERGE_PATCH: &str = "application/merge-patch+json";

/// Properties that a patch clears though nobody sees them.
pub type Cleared = Vec<&'static str>;

/// The schema of a merge patch of `T`.
pub struct PatchOf<T>(PhantomData<T>);

impl<T: Serialize + DeserializeOwned + ToSchema + 'static> MergePatch<T> {
    /// What `current` becomes, `None` where it stays as it is; 415 and 400.
    pub fn apply(&self, current: &T) -> Result<Option<T>> {
        Ok(self.apply_over(current, &[])?.map(|(fields, _)| fields))
    }

    /// As `apply` where `current` does not show every property: which of the `unseen` ones are cleared
    /// is told beside it.
    pub fn apply_over(&self, current: &T, unseen: &'static [&'static str]) -> Result<Option<(T, Cleared)>> {
        let patch = self.raw.json(MERGE_PATCH)?;
        let shape = Shape::of::<PatchOf<T>>(|| schema::patch(&schema::standalone::<T>()))?;
        let faults = shape.check(&patch, in_body);
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        let current = serde_json::to_value(current).map_err(Error::internal)?;
        let mut merged = current.clone();
        let cleared: Cleared = unseen.iter().copied().filter(|name| patch.get(*name) == Some(&Value::Null)).collect();
        merge(&mut merged, patch);
        let faults = Shape::of::<T>(schema::standalone::<T>)?.check(&merged, in_body);
        match (faults.is_empty(), merged == current && cleared.is_empty()) {
            (true, true) => Ok(None),
            (true, false) => typed(merged).map(|fields| Some((fields, cleared))),
            (false, _) => Err(Error::Invalid(faults)),
        }
    }
}

/// RFC 7396, section 2.
fn merge(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    if let Value::Object(target) = target {
        for (name, change) in patch {
            match change {
                Value::Null => {
                    target.shift_remove(&name);
                }
                change => merge(target.entry(name).or_insert(Value::Null), change),
            }
        }
    }
}

impl<T: 'static> FromRequest for MergePatch<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let raw = Raw::collect(request.headers().clone(), payload.take());
        Box::pin(async move { Ok(Self { raw: raw.await?, of: PhantomData }) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn merging_follows_the_examples_of_the_rfc() {
        let cases = [
            (json!({"a":"b"}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"b"}), json!({"b":"c"}), json!({"a":"b","b":"c"})),
            (json!({"a":"b"}), json!({"a":null}), json!({})),
            (json!({"a":["b"]}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":{"b":"c"}}), json!({"a":{"b":"d","c":null}}), json!({"a":{"b":"d"}})),
            (json!({"e":null}), json!({"a":1}), json!({"e":null,"a":1})),
            (json!({}), json!({"a":{"bb":{"ccc":null}}}), json!({"a":{"bb":{}}})),
        ];
        for (mut target, patch, expected) in cases {
            merge(&mut target, patch);
            assert_eq!(target, expected);
        }
    }
}
