//! Commands: what an operator does at the machine itself. Each is a reading of its words and a call
//! into the room that does the work.

mod audit;
mod backup;
mod client;
mod demo;
mod exchange;
mod generate;
mod keep;
mod keys;
mod public_keys;
mod serve;
mod statistics;
mod traces;
mod units;
mod user;

use std::process::ExitCode;

pub use self::client::create_client;
pub use self::statistics::{compared, rebuilt};
pub use self::user::{create_user, disable_user};
pub use crate::resources::incident::recount::Compared;

use clap::{Parser, Subcommand};
use serde::Serialize;
use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

use self::traces::Traces;
use crate::access::{Caller, Door};
use crate::clock::Clock;
use crate::config::Config;
use crate::error::Result;
use crate::spans;
use crate::vault::Vault;

/// Registry of self-managed security-and-order models.
#[derive(Parser)]
#[command(name = "tuquan", version, about)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the API; brings the schema up to date first.
    Serve(serve::Serve),
    /// Brings the schema up to date.
    Migrate,
    /// The Hội An demo.
    #[command(subcommand)]
    Demo(demo::DemoCommand),
    /// Administrative units.
    #[command(subcommand)]
    Units(units::UnitsCommand),
    /// Fills an empty registry with made-up records, for load tests.
    Generate(generate::Generate),
    /// Service accounts.
    #[command(subcommand)]
    Client(client::ClientCommand),
    /// The journal: export and proof.
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// People who sign in.
    #[command(subcommand)]
    User(user::UserCommand),
    /// The sums from which statistics are answered.
    #[command(subcommand)]
    Statistics(statistics::StatisticsCommand),
    /// Writes all that the database holds into one sealed file, while the service runs.
    Backup(backup::Backup),
    /// Fills an empty database from a backup.
    Restore(backup::Restore),
    /// Keys of tokens and of personal data.
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Imports a file.
    Import(exchange::ImportCommand),
    /// Exports records into files.
    Export(exchange::ExportCommand),
    /// Prints the OpenAPI document.
    Openapi {
        /// Compares with openapi/openapi.json instead: exit 1 where they differ.
        #[arg(long)]
        check: bool,
    },
}

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    let line = Line::parse();
    let outcome = match Config::from_environment() {
        Ok(config) => {
            let collector = config.otlp_endpoint.as_deref().filter(|_| matches!(line.command, Command::Serve(_)));
            watch(&config, collector).and_then(|traces| {
                let outcome = line.command.run(&config);
                drop(traces);
                outcome
            })
        }
        Err(refused) => {
            eprintln!("tuquan: {refused}");
            return ExitCode::from(2);
        }
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("tuquan: {error}");
        ExitCode::FAILURE
    })
}

impl Command {
    fn run(self, config: &Config) -> Result<ExitCode> {
        match self {
            Self::Serve(serve) => serve.run(config),
            Self::Migrate => {
                for migration in migrate(&door(config))? {
                    println!("applied {migration}");
                }
                Ok(ExitCode::SUCCESS)
            }
            Self::Demo(command) => command.run(config),
            Self::Generate(generate) => generate.run(config),
            Self::Units(command) => command.run(config),
            Self::Client(command) => command.run(config),
            Self::Audit(command) => command.run(config),
            Self::User(command) => command.run(config),
            Self::Statistics(command) => command.run(config),
            Self::Backup(backup) => backup.run(config),
            Self::Restore(restore) => restore.run(config),
            Self::Keys(command) => command.run(config),
            Self::Import(command) => command.run(config),
            Self::Export(command) => command.run(config),
            Self::Openapi { check } => openapi(check),
        }
    }
}

fn door(config: &Config) -> Door {
    Door::new(config.place.clone(), config.connections, Clock::default())
}

/// A door for commands that touch persons.
fn door_with_vault(config: &Config) -> Result<Door> {
    Ok(door(config).with_vault(Vault::open(&config.keys_dir)?))
}

/// Prints what was done: as JSON, or in words.
fn say(json: bool, done: &impl Serialize, words: impl FnOnce() -> String) -> Result<ExitCode> {
    match json {
        true => println!("{}", serde_json::to_string_pretty(done).map_err(crate::error::Error::internal)?),
        false => println!("{}", words()),
    }
    Ok(ExitCode::SUCCESS)
}

/// Brings the schema up to date and plants what a fresh registry holds.
pub fn migrate(door: &Door) -> Result<Vec<String>> {
    let applied = door.migrate()?;
    door.write_now(&Caller::system(), "migrate", |tx| {
        crate::resources::unit::store::found(tx)?;
        crate::resources::code_list::store::found_lists(tx)
    })?;
    Ok(applied)
}

/// Where the checked-in document lies.
const DOCUMENT: &str = "openapi/openapi.json";

fn openapi(check: bool) -> Result<ExitCode> {
    let document = crate::app::document("http://127.0.0.1:8080");
    let text = serde_json::to_string_pretty(&document).map_err(crate::error::Error::internal)? + "\n";
    if !check {
        print!("{text}");
        return Ok(ExitCode::SUCCESS);
    }
    let kept = std::fs::read_to_string(DOCUMENT).map_err(crate::error::Error::internal)?;
    match kept == text {
        true => Ok(ExitCode::SUCCESS),
        false => {
            let line = kept.lines().zip(text.lines()).position(|(a, b)| a != b);
            let line = line.unwrap_or_else(|| kept.lines().count().min(text.lines().count())) + 1;
            eprintln!("{DOCUMENT} differs from the routes, first at line {line}: run `tuquan openapi > {DOCUMENT}`");
            Ok(ExitCode::FAILURE)
        }
    }
}

/// Has the log written, and traces sent to a collector where there is one.
fn watch(config: &Config, collector: Option<&str>) -> Result<Option<Traces>> {
    // Spans are for the collector alone: a line of the log is whole without them.
    let filter = EnvFilter::new(&config.log).and(filter_fn(|metadata| !metadata.is_span()));
    let lines = fmt::layer().with_writer(std::io::stderr);
    let lines = match config.log_json {
        true => lines.json().with_filter(filter).boxed(),
        false => lines.compact().with_filter(filter).boxed(),
    };
    let traces = collector.map(Traces::to).transpose()?;
    let sent = traces.as_ref().map(|traces| {
        let layer = tracing_opentelemetry::layer().with_tracer(traces.tracer());
        let layer = layer.with_location(false).with_threads(false).with_level(false).with_target(false);
        layer.with_tracked_inactivity(false).with_filter(filter_fn(|metadata| metadata.target() == spans::TARGET))
    });
    tracing_subscriber::registry().with(lines).with(sent).init();
    // What a panic says may be a piece of a record; where it was tells enough.
    std::panic::set_hook(Box::new(|panic| {
        let at = panic.location().map(ToString::to_string);
        tracing::error!(at, "panicked");
    }));
    Ok(traces)
}
