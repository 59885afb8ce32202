//! What is served where, for 405 with `Allow` and for 404.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, web};
use matchit::Router;

use super::document::Farewell;
use super::meter::Meter;
use super::shape::did_you_mean;
use crate::error::{Error, Fault, Result};

/// What the wire knows of itself.
pub struct Wire {
    /// The address under which clients reach the service, without a slash at the end.
    pub base: String,
    /// The origin of its pages.
    pub origin: String,
    pub routes: RouteTable,
    pub meter: Meter,
}

impl Wire {
    /// At an absolute address.
    pub fn new(base: String, routes: RouteTable) -> Self {
        let origin =
            url::Url::parse(&base).map_or_else(|_| "null".to_owned(), |url| url.origin().ascii_serialization());
        Self { base, origin, routes, meter: Meter::default() }
    }
}

/// One operation.
#[derive(Clone, Debug)]
pub struct Route {
    /// Its name in the document; method and path where it is not in it.
    pub operation: String,
    /// Whether it takes a query, as lists do.
    pub queried: bool,
    /// That it will go, where it will.
    pub farewell: Option<&'static Farewell>,
}

/// What is served at one path, by method.
pub type Methods = BTreeMap<String, Route>;

/// Every path with its methods.
#[derive(Default)]
pub struct RouteTable(Router<Methods>);

impl RouteTable {
    /// Out of path templates and the methods each has.
    pub fn new(routes: BTreeMap<String, Methods>) -> Result<Self> {
        let mut paths = Router::new();
        for (template, methods) in routes {
            paths.insert(template, methods).map_err(Error::internal)?;
        }
        Ok(Self(paths))
    }

    fn at(&self, path: &str) -> Option<&Methods> {
        self.0.at(path).ok().map(|found| found.value)
    }

    /// What was asked for: by the template that took the request, which is a path to itself, else by its path.
    pub fn asked(&self, method: &str, template: Option<&str>, path: &str) -> Option<&Route> {
        self.at(template.unwrap_or(path))?.get(method)
    }

    fn allowed(&self, path: &str) -> Option<String> {
        let methods = self.at(path)?.keys().map(String::as_str);
        Some(methods.collect::<Vec<_>>().join(", "))
    }
}

impl Route {
    /// The parameters of a query where none is taken; those of lists are looked at by the list.
    pub fn stray(&self, query: &str) -> Vec<Fault> {
        if query.is_empty() || self.queried {
            return Vec::new();
        }
        let names = url::form_urlencoded::parse(query.as_bytes()).take(100);
        names.map(|(name, _)| Fault::parameter(&name, "unknown", did_you_mean(&name, &[]))).collect()
    }
}

/// What no route took: 405 where the path has other methods, 404 otherwise.
pub async fn unrouted(request: HttpRequest) -> Result<&'static str> {
    let wire = request.app_data::<web::Data<Wire>>();
    match wire.and_then(|wire| wire.routes.allowed(request.path())) {
        Some(allow) => Err(Error::MethodNotAllowed { allow }),
        None => Err(Error::NotFound),
    }
}
