//! Trace context (W3C): a request that belongs to a trace keeps its id in the log, in the journal and
//! in what is answered, since the id of the request begins with it.

use actix_web::http::header::{HeaderMap, HeaderName};

use crate::spans::Parent;

/// The trace that a request belongs to, and the span there that it is part of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    id: String,
    parent: Option<Parent>,
}

impl Trace {
    /// Out of `traceparent`; none where there is none or it is not well-formed.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
        let mut all = headers.get_all(TRACEPARENT);
        let (one, None) = (all.next()?, all.next()) else {
            return None;
        };
        let mut parts = one.to_str().ok()?.split('-');
        let (version, id, parent, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let more = parts.next().is_some();
        let known = hex(version, 2) && version != "ff" && !(version == "00" && more);
        (known && some(id, 32) && some(parent, 16) && hex(flags, 2))
            .then(|| Self { id: id.to_owned(), parent: numbers(id, parent, flags) })
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    pub fn parent(&self) -> Option<Parent> {
        self.parent
    }

    /// The id of one request of the trace, out of an id that no other request has.
    pub fn request(&self, own: &str) -> String {
        format!("{}-{}", self.id, own.rsplit('-').next().unwrap_or(own))
    }
}

fn numbers(trace: &str, span: &str, flags: &str) -> Option<Parent> {
    let (trace, span) = (u128::from_str_radix(trace, 16).ok()?, u64::from_str_radix(span, 16).ok()?);
    Some(Parent { trace, span, flags: u8::from_str_radix(flags, 16).ok()? })
}

fn hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// Not all zeros.
fn some(text: &str, length: usize) -> bool {
    hex(text, length) && text.bytes().any(|b| b != b'0')
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    const ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    fn read(text: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.append(HeaderName::from_static("traceparent"), HeaderValue::from_str(text).expect("visible"));
        Trace::of(&headers).map(|trace| trace.id)
    }

    #[test]
    fn a_well_formed_parent_names_its_trace() {
        assert_eq!(read(&format!("00-{ID}-00f067aa0ba902b7-01")).as_deref(), Some(ID));
        assert_eq!(read(&format!("cc-{ID}-00f067aa0ba902b7-01-what-else")).as_deref(), Some(ID));
    }

    #[test]
    fn a_malformed_parent_names_none() {
        let zeros = "0".repeat(32);
        for text in [
            "",
            "00",
            &format!("ff-{ID}-00f067aa0ba902b7-01"),
            &format!("00-{ID}-00f067aa0ba902b7-01-more"),
            &format!("00-{zeros}-00f067aa0ba902b7-01"),
            &format!("00-{ID}-0000000000000000-01"),
            &format!("00-{}-00f067aa0ba902b7-01", ID.to_uppercase()),
            &format!("00-{ID}/../x-00f067aa0ba902b7-01"),
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        let mut headers = HeaderMap::new();
        for _ in 0..2 {
            let value = HeaderValue::from_static("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
            headers.append(HeaderName::from_static("traceparent"), value);
        }
        assert_eq!(Trace::of(&headers), None, "two parents are none");
    }
}
