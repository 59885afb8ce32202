//! The `Idempotency-Key` header: 1 to 255 visible ASCII characters.

use actix_web::HttpRequest;

use crate::access::Once;
use crate::error::{Error, Fault, Result, Words};

pub const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// The key of a request, if any; a malformed one is a fault of the request.
pub fn asked(request: &HttpRequest) -> Result<Once> {
    let mut keys = request.headers().get_all(IDEMPOTENCY_KEY);
    let target = format!("{} {}", request.method(), request.path());
    let Some(key) = keys.next() else {
        return Ok(Once::unkeyed());
    };
    let key = key.as_bytes();
    let fits = (1..=255).contains(&key.len()) && key.iter().all(|b| (0x21..=0x7e).contains(b));
    match std::str::from_utf8(key) {
        Ok(key) if fits && keys.next().is_none() => Ok(Once::keyed(key, &target)),
        Ok(_) | Err(_) => {
            let detail = Words::new(
                "One key of 1 to 255 visible ASCII characters.",
                "Một khóa gồm 1 đến 255 ký tự ASCII nhìn thấy được.",
            );
            Err(Error::Invalid(vec![Fault::parameter(IDEMPOTENCY_KEY, "pattern", detail)]))
        }
    }
}
