//! What is served where, for 405 with `Allow` and for 404.

use std::collections::BTreeMap;

use actix_web::dev::ResourceDef;
use actix_web::{HttpRequest, web};

use crate::error::{Error, Result};

/// What the wire knows of itself.
pub struct Wire {
    /// The address under which clients reach the service, without a slash at the end.
    pub base: String,
    pub routes: RouteTable,
}

/// Every path with its methods.
#[derive(Default)]
pub struct RouteTable(Vec<(ResourceDef, Vec<String>)>);

impl RouteTable {
    /// Out of path templates and the methods each has.
    pub fn new(routes: BTreeMap<String, Vec<String>>) -> Self {
        let defined = routes.into_iter().map(|(path, methods)| (ResourceDef::new(path), methods));
        Self(defined.collect())
    }

    fn allowed(&self, path: &str) -> Option<String> {
        let hit = self.0.iter().find(|(resource, _)| resource.is_match(path));
        hit.map(|(_, methods)| methods.join(", "))
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
