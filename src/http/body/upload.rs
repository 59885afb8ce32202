//! Uploads: files as bodies, larger than records and of several media types. Read within bounds of size,
//! time and number; what is in them is the business of the room that asked.

use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpRequest};
use aws_lc_rs::digest::{SHA256, digest};
use futures_util::StreamExt;
use tokio::sync::{Semaphore, SemaphorePermit};
use zeroize::Zeroizing;

use crate::access::{Once, WriteTx};
use crate::error::{Error, Fault, Result, Words};
use crate::http::idempotency;
use crate::http::query::RawQuery;
use crate::types::Id;

/// The largest file taken, in bytes.
pub const LARGEST_UPLOAD: usize = 32 << 20;
/// How long a file may take to arrive, and each part of it.
const ARRIVAL: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_secs(15);
/// What is too large is read on for so long: a client that is still sending hears no answer.
const DRAINED: usize = 16 << 20;

/// Files that arrive at the same time, over all workers.
static ARRIVING: Semaphore = Semaphore::const_new(4);

/// A file with its media type, and its idempotency key if it has one.
pub struct Upload {
    media_type: String,
    charset: Option<String>,
    bytes: Zeroizing<Vec<u8>>,
    once: Result<Once>,
    fingerprint: Vec<u8>,
    _turn: SemaphorePermit<'static>,
}

impl Upload {
    /// The media type without parameters, in lower case.
    pub fn media_type(&self) -> &str {
        &self.media_type
    }

    /// The `charset` parameter of the media type, in lower case.
    pub fn charset(&self) -> Option<&str> {
        self.charset.as_deref()
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The faults of the request's headers.
    pub fn faults(&self) -> Vec<Fault> {
        match &self.once {
            Err(Error::Invalid(faults)) => faults.clone(),
            Ok(_) | Err(_) => Vec::new(),
        }
    }

    /// Has the effect at most once for one idempotency key; gives the id of what it made, then or now. The
    /// same key with another file, media type or query is another request.
    pub fn once<R>(
        &self,
        tx: &mut WriteTx<'_>,
        effect: impl FnOnce(&mut WriteTx<'_>) -> Result<Id<R>>,
    ) -> Result<Id<R>> {
        match &self.once {
            Ok(once) => once.run(tx, &self.fingerprint, effect),
            Err(_) => effect(tx),
        }
    }
}

impl FromRequest for Upload {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let kind = request.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        let once = idempotency::asked(request);
        let query = RawQuery::from_request(request, payload).into_inner();
        let payload = payload.take();
        Box::pin(async move {
            let busy = |_| Error::Unavailable("too many files arrive at once".to_owned());
            let turn = ARRIVING.try_acquire().map_err(busy)?;
            let bytes = tokio::time::timeout(ARRIVAL, collect(payload)).await.map_err(|_| Error::RequestTimeout)??;
            let mut said = query?.target().into_bytes();
            said.extend_from_slice(kind.as_bytes());
            said.extend_from_slice(digest(&SHA256, &bytes).as_ref());
            let (media_type, charset) = parts(&kind);
            Ok(Self { media_type, charset, bytes, once, fingerprint: said, _turn: turn })
        })
    }
}

/// The media type and its charset.
fn parts(kind: &str) -> (String, Option<String>) {
    let lower = kind.to_ascii_lowercase();
    let mut parts = lower.split(';').map(str::trim);
    let media_type = parts.next().unwrap_or_default().to_owned();
    let charset = parts.find_map(|part| part.strip_prefix("charset="));
    (media_type, charset.map(|name| name.trim_matches('"').to_owned()))
}

async fn collect(mut payload: Payload) -> Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::new());
    let mut excess = 0;
    while let Some(chunk) = tokio::time::timeout(PAUSE, payload.next()).await.map_err(|_| Error::RequestTimeout)? {
        let chunk = chunk.map_err(|_| {
            let detail = Words::new("The body did not arrive whole.", "Nội dung không được gửi đầy đủ.");
            Error::Invalid(vec![Fault::body("", "malformed", detail)])
        })?;
        if excess > 0 || bytes.len() + chunk.len() > LARGEST_UPLOAD {
            excess += chunk.len();
            if excess > DRAINED {
                break;
            }
        } else {
            bytes.extend_from_slice(&chunk);
        }
    }
    if excess > 0 { Err(Error::TooLarge) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_media_type_is_read_with_its_charset() {
        assert_eq!(parts("Text/CSV; header=present; charset=\"UTF-16\""), ("text/csv".into(), Some("utf-16".into())));
        assert_eq!(parts("text/csv"), ("text/csv".into(), None));
        assert_eq!(parts(""), (String::new(), None));
    }
}
