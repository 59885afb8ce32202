//! The whole service put together: what is served, in which layers, on which address.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_http::HttpService;
use actix_http::error::DispatchError;
use actix_server::Server;
use actix_service::{IntoServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::dev::AppConfig;
use actix_web::middleware::from_fn;
use actix_web::rt::net::TcpStream;
use actix_web::rt::time::sleep;
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
use crate::http::document::{self, Document, Farewell};
use crate::http::{Line, Methods, PATIENCE, Route, RouteTable, Wire, envelope, unrouted};
use crate::identity::{self, Issuers, Keys, Limits, Rights, Strangers, Tokens};
use crate::statistics::Recalled;
use crate::vault::{Passwords, Vault};
use crate::{exchange, ops, resources, statistics};

/// How long the first head may take on a connection, and how long one that is left lingers.
const FIRST_HEAD: Duration = Duration::from_secs(5);
const FAREWELL: Duration = Duration::from_secs(2);
/// How long connections go on when the service is told to stop: each is told so with its next answer,
/// so that nobody finds it closed with a request on the way.
const WIND_UP: Duration = Duration::from_millis(2000);
/// How many seconds the service takes to stop at most.
const STOPPING: u64 = 8;

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
    described(base, document::FAREWELLS)
}

fn described(base: &str, farewells: &[Farewell]) -> Value {
    let (_, declared) = App::new().into_utoipa_app().configure(rooms).split_for_parts();
    document::assemble(declared, base, farewells)
}

/// What all workers share.
#[derive(Clone)]
pub struct Parts {
    door: web::Data<Door>,
    tokens: web::Data<Tokens>,
    issuers: web::Data<Issuers>,
    rights: web::Data<Rights>,
    limits: web::Data<Limits>,
    strangers: web::Data<Strangers>,
    passwords: web::Data<Passwords>,
    wire: web::Data<Wire>,
    document: web::Data<Document>,
    notary: web::Data<Notary>,
    recalled: web::Data<Recalled>,
}

impl Parts {
    /// Opens the keys and prepares the rest; the database is not asked yet.
    pub fn new(config: &Config, clock: Clock) -> Result<Self> {
        Self::bidding(config, clock, document::FAREWELLS)
    }

    /// The same with these operations to go.
    pub fn bidding(config: &Config, clock: Clock, farewells: &'static [Farewell]) -> Result<Self> {
        let vault = Vault::open(&config.keys_dir)?;
        let door = Door::new(config.place.clone(), config.connections, clock.clone()).with_vault(vault);
        let keys = Keys::open(&config.keys_dir)?;
        let base = config.public_url.clone();
        let notary = Notary::open(&config.keys_dir, &base)?;
        let (document, routes) = drawn(&base, farewells)?;
        // People wait for it: it rests for as long as it worked, a third of what else is heavy does.
        let resting = door.clone();
        Ok(Self {
            door: web::Data::new(door),
            issuers: web::Data::new(Issuers::open(config.oidc_file.as_deref(), &base, clock.clone())?),
            tokens: web::Data::new(Tokens::new(keys, base.clone(), config.audience.clone(), clock)),
            rights: web::Data::new(Rights::default()),
            limits: web::Data::new(Limits::default()),
            strangers: web::Data::new(Strangers::default()),
            passwords: web::Data::new(Passwords::new(move |worked| resting.make_way(worked / 3))),
            wire: web::Data::new(Wire::new(base, routes)),
            document: web::Data::new(document),
            notary: web::Data::new(notary),
            recalled: web::Data::new(Recalled::default()),
        })
    }

    pub fn door(&self) -> &Door {
        &self.door
    }

    /// A worker for the jobs of imports and exports.
    pub fn worker(&self) -> Worker {
        Worker::new((**self.door).clone(), identity::standing)
    }

    pub fn notary(&self) -> Arc<Notary> {
        self.notary.clone().into_inner()
    }

    pub fn strangers(&self) -> Arc<Strangers> {
        self.strangers.clone().into_inner()
    }

    /// Serves the API on `listener` until it is told to stop, over at most `connections` at once.
    pub fn serve(&self, listener: TcpListener, workers: usize, connections: usize) -> Result<Server> {
        let parts = self.clone();
        let builder = Server::build()
            .workers(workers)
            .shutdown_timeout(STOPPING)
            .max_concurrent_connections((connections / workers).max(1));
        let stop = builder.graceful_shutdown_signal();
        // Held by the worker that puts its routes together: one uses the memory that another needed for it.
        let describing = Arc::new(Mutex::new(()));
        let server = builder.listen("api", listener, move || {
            let stop = stop.clone();
            let alone = describing.lock().unwrap_or_else(PoisonError::into_inner);
            let app = App::new()
                .app_data(parts.door.clone())
                .app_data(parts.tokens.clone())
                .app_data(parts.issuers.clone())
                .app_data(parts.rights.clone())
                .app_data(parts.limits.clone())
                .app_data(parts.strangers.clone())
                .app_data(parts.passwords.clone())
                .app_data(parts.wire.clone())
                .app_data(parts.document.clone())
                .app_data(parts.notary.clone())
                .app_data(parts.recalled.clone())
                .app_data(web::PayloadConfig::new(crate::http::LARGEST_BODY))
                .wrap(from_fn(identity::gate))
                .wrap(from_fn(envelope))
                .into_utoipa_app()
                .configure(rooms)
                .into_app()
                .configure(identity::oauth)
                .configure(document::routes)
                .default_service(web::to(unrouted))
                .into_factory()
                .map_err(|error: actix_web::Error| error.error_response());
            drop(alone);
            let http = HttpService::build()
                .keep_alive(PATIENCE)
                .client_request_timeout(FIRST_HEAD)
                .client_disconnect_timeout(FAREWELL)
                .on_connect_ext(|line: &Line, connection| {
                    connection.insert(line.watch());
                })
                .graceful_shutdown_signal(move || {
                    let stop = stop.clone();
                    async move {
                        stop.notified().await;
                        sleep(WIND_UP).await;
                    }
                })
                .h1(map_config(app, |()| AppConfig::default()));
            let connected = |stream: TcpStream| async move {
                stream.set_nodelay(true).map_err(DispatchError::from)?;
                let peer = stream.peer_addr().map_err(DispatchError::from)?;
                Ok::<_, DispatchError>((Line::new(stream), Some(peer)))
            };
            fn_service(connected).and_then(http)
        });
        Ok(server.map_err(Error::internal)?.run())
    }

    /// Serves the operators' page on its own listener.
    pub fn serve_ops(&self, listener: TcpListener) -> Result<Server> {
        let (door, wire) = (self.door.clone(), self.wire.clone());
        let server = HttpServer::new(move || {
            App::new()
                .app_data(door.clone())
                .app_data(wire.clone())
                .configure(ops::routes)
                .default_service(web::to(HttpResponse::NotFound))
        });
        let server = server.workers(1).disable_signals().listen(listener).map_err(Error::internal)?;
        Ok(server.run())
    }
}

/// The document as it is served, and where what is served. Drawn up on a thread of its own: the allocator keeps what it
/// took for that, and gives it to the threads that come after.
fn drawn(base: &str, farewells: &'static [Farewell]) -> Result<(Document, RouteTable)> {
    let draw = || {
        let document = described(base, farewells);
        let routes = RouteTable::new(routes(&document, farewells))?;
        Ok((Document::new(document), routes))
    };
    std::thread::scope(|scope| scope.spawn(draw).join())
        .map_err(|_| Error::internal("the document was not drawn up"))?
}

/// Every path with its methods, documented or not.
fn routes(document: &Value, farewells: &'static [Farewell]) -> BTreeMap<String, Methods> {
    let mut routes: BTreeMap<String, Methods> = BTreeMap::new();
    let paths = document["paths"].as_object().into_iter().flatten();
    for (path, operations) in paths {
        let operations = operations.as_object().into_iter().flatten();
        let methods = operations.map(|(method, operation)| (method.to_uppercase(), documented(operation, farewells)));
        routes.insert(path.clone(), methods.collect());
    }
    for (path, method) in identity::SCOPE_OF_TOKENS.iter().chain(document::PATHS) {
        let route = Route { operation: format!("{method} {path}"), queried: true, farewell: None };
        routes.entry((*path).to_owned()).or_default().insert((*method).to_owned(), route);
    }
    routes
}

fn documented(operation: &Value, farewells: &'static [Farewell]) -> Route {
    let name = operation["operationId"].as_str().unwrap_or_default();
    let mut parameters = operation["parameters"].as_array().into_iter().flatten();
    Route {
        operation: name.to_owned(),
        queried: parameters.any(|p| p["in"] == "query"),
        farewell: document::farewell(name, farewells),
    }
}
