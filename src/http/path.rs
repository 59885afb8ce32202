//! Path parameters. What is not an identifier names nothing: 404, never 400.

use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use crate::error::{Error, Result};

/// The path's parameters, in order of appearance.
pub struct At<T>(pub T);

/// What can be read from a path.
pub trait FromPath: Sized {
    fn read(segments: &[&str]) -> Option<Self>;
}

fn one<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

impl<A: FromStr> FromPath for (A,) {
    fn read(segments: &[&str]) -> Option<Self> {
        match segments {
            [a] => Some((one(a)?,)),
            _ => None,
        }
    }
}

impl<A: FromStr, B: FromStr> FromPath for (A, B) {
    fn read(segments: &[&str]) -> Option<Self> {
        match segments {
            [a, b] => Some((one(a)?, one(b)?)),
            _ => None,
        }
    }
}

impl<T: FromPath> FromRequest for At<T> {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let segments: Vec<&str> = request.match_info().iter().map(|(_, value)| value).collect();
        ready(T::read(&segments).map(Self).ok_or(Error::NotFound))
    }
}
