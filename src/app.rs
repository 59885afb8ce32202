//! The whole service put together: what is served, in which layers, on which address.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::Arc;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpResponse, HttpServer, web};
use serde_json::Value;
use utoipa_actix_web::AppExt;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::access::Door;
use crate::clock::Clock;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::exchange::worker::Worker;
use crate::history::{self, Notary};
use crate::http::document::{self, Document};
use crate::http::{Methods, RouteTable, Wire, envelope, unrouted};
use crate::identity::{self, Issuers, Keys, Limits, Rights, Tokens};
use crate::vault::{Passwords, Vault};
use crate::{exchange, ops, resources, statistics};

/// Every documented route, room by room.
fn rooms(config: &mut ServiceConfig<'_>) {
    config
        .configure(resources::routes)
        .configure(history::api::routes)
        .configure(statistics::api::routes)
        .configure(exchange::routes)
        .configure(identity::routes);
}

/// The OpenAPI document, out of the same statements as the routes.
pub fn document(base: &str) -> Value {
    let (_, declared) = App::new().into_utoipa_app().configure(rooms).split_for_parts();
    document::assemble(&declared, base)
}

/// What all workers share.
#[derive(Clone)]
pub struct Parts {
    door: web::Data<Door>,
    tokens: web::Data<Tokens>,
    issuers: web::Data<Issuers>,
    rights: web::Data<Rights>,
    limits: web::Data<Limits>,
    passwords: web::Data<Passwords>,
    wire: web::Data<Wire>,
    document: web::Data<Document>,
    notary: web::Data<Notary>,
}

impl Parts {
    /// Opens the keys and prepares the rest; the database is not asked yet.
    pub fn new(config: &Config, clock: Clock) -> Result<Self> {
        let vault = Vault::open(&config.keys_dir)?;
        let door = Door::new(config.place.clone(), config.connections, clock.clone()).with_vault(vault);
        let keys = Keys::open(&config.keys_dir)?;
        let base = config.public_url.clone();
        let notary = Notary::open(&config.keys_dir, &base)?;
        let document = document(&base);
        let routes = RouteTable::new(routes(&document));
        Ok(Self {
            door: web::Data::new(door),
            issuers: web::Data::new(Issuers::open(config.oidc_file.as_deref(), &base, clock.clone())?),
            tokens: web::Data::new(Tokens::new(keys, base.clone(), config.audience.clone(), clock)),
            rights: web::Data::new(Rights::default()),
            limits: web::Data::new(Limits::default()),
            passwords: web::Data::new(Passwords::default()),
            wire: web::Data::new(Wire { base, routes }),
            document: web::Data::new(Document::new(&document)),
            notary: web::Data::new(notary),
        })
    }

    pub fn door(&self) -> &Door {
        &self.door
    }

    /// A worker for the jobs of imports and exports.
    pub fn worker(&self) -> Result<Worker> {
        Worker::new((**self.door).clone(), identity::standing)
    }

    pub fn notary(&self) -> Arc<Notary> {
        self.notary.clone().into_inner()
    }

    /// Serves the API on `listener` until it is told to stop.
    pub fn serve(&self, listener: TcpListener, workers: usize) -> Result<Server> {
        let parts = self.clone();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(parts.door.clone())
                .app_data(parts.tokens.clone())
                .app_data(parts.issuers.clone())
                .app_data(parts.rights.clone())
                .app_data(parts.limits.clone())
                .app_data(parts.passwords.clone())
                .app_data(parts.wire.clone())
                .app_data(parts.document.clone())
                .app_data(parts.notary.clone())
                .app_data(web::PayloadConfig::new(crate::http::LARGEST_BODY))
                .wrap(from_fn(identity::gate))
                .wrap(from_fn(envelope))
                .into_utoipa_app()
                .configure(rooms)
                .into_app()
                .configure(identity::oauth)
                .configure(document::routes)
                .default_service(web::to(unrouted))
        });
        let server = server.workers(workers).shutdown_timeout(8).listen(listener).map_err(Error::internal)?;
        Ok(server.run())
    }

    /// Serves the operators' page on its own listener.
    pub fn serve_ops(&self, listener: TcpListener) -> Result<Server> {
        let door = self.door.clone();
        let server = HttpServer::new(move || {
            App::new().app_data(door.clone()).configure(ops::routes).default_service(web::to(HttpResponse::NotFound))
        });
        let server = server.workers(1).disable_signals().listen(listener).map_err(Error::internal)?;
        Ok(server.run())
    }
}

/// Every path with its methods, documented or not.
fn routes(document: &Value) -> BTreeMap<String, Methods> {
    let mut routes: BTreeMap<String, Methods> = BTreeMap::new();
    let paths = document["paths"].as_object().into_iter().flatten();
    for (path, operations) in paths {
        let queried =
            |operation: &Value| operation["parameters"].as_array().into_iter().flatten().any(|p| p["in"] == "query");
        let operations = operations.as_object().into_iter().flatten();
        let methods = operations.map(|(method, operation)| (method.to_uppercase(), queried(operation)));
        routes.insert(path.clone(), methods.collect());
    }
    for (path, method) in identity::SCOPE_OF_TOKENS.iter().chain(document::PATHS) {
        routes.entry((*path).to_owned()).or_default().insert((*method).to_owned(), true);
    }
    routes
}
