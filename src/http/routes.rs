//! What is served where, for 405 with `Allow` and for 404.

use std::collections::BTreeMap;

use actix_web::dev::ResourceDef;
use actix_web::{HttpRequest, web};

use super::shape::did_you_mean;
use crate::error::{Error, Fault, Result};

/// What the wire knows of itself.
pub struct Wire {
    /// The address under which clients reach the service, without a slash at the end.
    pub base: String,
    pub routes: RouteTable,
}

/// What is served at one path: its methods, each with whether it takes a query.
pub type Methods = BTreeMap<String, bool>;

/// Every path with its methods.
#[derive(Default)]
pub struct RouteTable(Vec<(ResourceDef, Methods)>);

impl RouteTable {
    /// Out of path templates and the methods each has.
    pub fn new(routes: BTreeMap<String, Methods>) -> Self {
        let defined = routes.into_iter().map(|(path, methods)| (ResourceDef::new(path), methods));
        Self(defined.collect())
    }

    fn at(&self, path: &str) -> Option<&Methods> {
        self.0.iter().find(|(resource, _)| resource.is_match(path)).map(|(_, methods)| methods)
    }

    fn allowed(&self, path: &str) -> Option<String> {
        let methods = self.at(path)?.keys().map(String::as_str);
        Some(methods.collect::<Vec<_>>().join(", "))
    }

    /// The parameters of a query where none is taken; those of lists are looked at by the list.
    pub fn stray(&self, method: &str, path: &str, query: &str) -> Vec<Fault> {
        let takes = self.at(path).and_then(|methods| methods.get(method)).copied();
        if query.is_empty() || takes != Some(false) {
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
