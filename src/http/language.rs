//! The language of titles and details: English unless Vietnamese is preferred.

use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap};

use crate::error::Words;
use crate::types::text_enum;

text_enum! {
    /// A language of the service.
    pub enum Language {
        En = "en",
        Vi = "vi",
    }
}

impl Language {
    /// Picks by `Accept-Language` (RFC 9110, section 12.5.4).
    pub fn asked(headers: &HeaderMap) -> Self {
        let wanted = headers.get_all(ACCEPT_LANGUAGE).filter_map(|v| v.to_str().ok());
        let ranges = wanted.flat_map(|v| v.split(','));
        let (mut vi, mut en) = (0.0, 0.0);
        for range in ranges {
            let mut parts = range.split(';').map(str::trim);
            let tag = parts.next().unwrap_or_default().to_ascii_lowercase();
            let weight = parts.find_map(|p| p.strip_prefix("q=")).map_or(1.0, |q| q.parse().unwrap_or(0.0));
            match tag.split('-').next() {
                Some("vi") => vi = f32::max(vi, weight),
                Some("en" | "*") => en = f32::max(en, weight),
                _ => {}
            }
        }
        if vi > en { Self::Vi } else { Self::En }
    }

    pub fn of(self, words: &Words) -> String {
        match self {
            Self::En => words.en.to_string(),
            Self::Vi => words.vi.to_string(),
        }
    }
}
