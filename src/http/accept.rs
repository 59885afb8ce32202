//! Which of the offered media types the client takes (RFC 9110, section 12.5.1).

use actix_web::http::header::{ACCEPT, HeaderMap};

/// The offered type that the client prefers; the first where it has no preference.
pub fn preferred(headers: &HeaderMap, offered: &[&'static str]) -> Option<&'static str> {
    let lines: Vec<&str> = headers.get_all(ACCEPT).filter_map(|v| v.to_str().ok()).collect();
    if lines.iter().all(|line| line.trim().is_empty()) {
        return offered.first().copied();
    }
    let ranges: Vec<Range<'_>> = lines.iter().flat_map(|line| line.split(',')).map(Range::read).collect();
    let mut best: Option<(&'static str, f32)> = None;
    for kind in offered {
        let weight = weight(&ranges, kind);
        if weight > 0.0 && best.is_none_or(|(_, most)| weight > most) {
            best = Some((kind, weight));
        }
    }
    best.map(|(kind, _)| kind)
}

struct Range<'a> {
    range: &'a str,
    weight: f32,
}

impl<'a> Range<'a> {
    fn read(text: &'a str) -> Self {
        let mut parts = text.split(';').map(str::trim);
        let range = parts.next().unwrap_or_default();
        let weight = parts.find_map(|p| p.strip_prefix("q="));
        Self { range, weight: weight.map_or(1.0, |q| q.parse().unwrap_or(0.0)) }
    }

    /// How closely the range fits: exactly, by its first half, or as everything does.
    fn closeness(&self, kind: &str) -> Option<u8> {
        if self.range.eq_ignore_ascii_case(kind) {
            return Some(2);
        }
        if self.range == "*/*" {
            return Some(0);
        }
        let half = self.range.strip_suffix("/*")?;
        let fits = kind.split('/').next().is_some_and(|first| first.eq_ignore_ascii_case(half));
        fits.then_some(1)
    }
}

/// The weight of the range that fits most closely.
fn weight(ranges: &[Range<'_>], kind: &str) -> f32 {
    let fitting = ranges.iter().filter_map(|r| r.closeness(kind).map(|close| (close, r.weight)));
    fitting.max_by_key(|(close, _)| *close).map_or(0.0, |(_, weight)| weight)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn pick(accept: &'static str) -> Option<&'static str> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(accept));
        preferred(&headers, &["application/json", "text/csv"])
    }

    #[test]
    fn the_closest_range_decides() {
        assert_eq!(preferred(&HeaderMap::new(), &["application/json"]), Some("application/json"));
        assert_eq!(pick("*/*"), Some("application/json"));
        assert_eq!(pick("text/csv"), Some("text/csv"));
        assert_eq!(pick("text/*;q=0.5, application/json;q=0.4"), Some("text/csv"));
        assert_eq!(pick("application/json;q=0, */*"), Some("text/csv"));
        assert_eq!(pick("application/xml"), None);
    }
}
