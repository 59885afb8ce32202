//! What is counted of requests, for operators: by operation, never by who asked or for what. Labels
//! are names out of the document and of this code, so their number is known beforehand.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use actix_web::http::StatusCode;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use super::problem::Kind;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Asked {
    operation: String,
    status: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Of {
    operation: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Coded {
    code: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct SignIn {
    way: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Links {
    pool: &'static str,
    state: &'static str,
}

type Seconds = Family<Of, Histogram, fn() -> Histogram>;

/// Counts what the wire does.
pub struct Meter {
    registry: Registry,
    requests: Family<Asked, Counter>,
    seconds: Seconds,
    refusals: Family<Coded, Counter>,
    sign_ins: Family<SignIn, Counter>,
    running: Gauge,
    links: Family<Links, Gauge>,
    journal: Gauge,
    database_up: Gauge<u64, AtomicU64>,
}

/// From half a millisecond to the deadline of the slowest request.
const BUCKETS: [f64; 13] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];

impl Default for Meter {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("tuquan");
        let meter = Self {
            requests: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            refusals: Family::default(),
            sign_ins: Family::default(),
            running: Gauge::default(),
            links: Family::default(),
            journal: Gauge::default(),
            database_up: Gauge::default(),
            registry: Registry::default(),
        };
        registry.register("requests", "Requests answered", meter.requests.clone());
        registry.register("request_duration_seconds", "How long answers took", meter.seconds.clone());
        registry.register("refusals", "Problems answered", meter.refusals.clone());
        registry.register("sign_ins", "Tokens asked for", meter.sign_ins.clone());
        registry.register("requests_running", "Requests being answered", meter.running.clone());
        registry.register("database_connections", "Connections to the database", meter.links.clone());
        registry.register("journal_entries", "Entries of the journal", meter.journal.clone());
        registry.register("database_up", "Whether the database answered just now", meter.database_up.clone());
        registry.register("build", "What is running", Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]));
        Self { registry, ..meter }
    }
}

/// A request being answered; one fewer once it is dropped, however it ends.
pub struct Running(Gauge);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Meter {
    /// One more request is being answered.
    pub fn begin(&self) -> Running {
        self.running.inc();
        Running(self.running.clone())
    }

    /// An operation was answered.
    pub fn answered(&self, operation: &str, status: StatusCode, took: Duration) {
        let class = class(status);
        self.requests.get_or_create(&Asked { operation: operation.to_owned(), status: class }).inc();
        self.seconds.get_or_create(&Of { operation: operation.to_owned() }).observe(took.as_secs_f64());
        if let Some(way) = WAYS.iter().find(|(path, _)| *path == operation).map(|(_, way)| *way) {
            let outcome = if status.is_success() { "let_in" } else { "turned_away" };
            self.sign_ins.get_or_create(&SignIn { way, outcome }).inc();
        }
    }

    /// A request was refused.
    pub fn refused(&self, kind: Kind) {
        self.refusals.get_or_create(&Coded { code: kind.code() }).inc();
    }

    /// How many connections a pool may have, has, and has at rest.
    pub fn pool(&self, pool: &'static str, most: u32, open: u32, idle: u32) {
        for (state, number) in [("most", most), ("open", open), ("idle", idle)] {
            self.links.get_or_create(&Links { pool, state }).set(i64::from(number));
        }
    }

    /// How long the journal is; none where the database does not answer.
    pub fn journal(&self, entries: Option<i64>) {
        self.database_up.set(u64::from(entries.is_some()));
        if let Some(entries) = entries {
            self.journal.set(entries);
        }
    }

    /// Everything, as OpenMetrics text.
    pub fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// The ways to get a token.
const WAYS: [(&str, &str); 2] = [("POST /oauth/token", "client"), ("POST /oauth/login", "password")];

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}
