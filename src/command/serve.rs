//! `tuquan serve`: puts the service together and runs it until it is told to stop. What must not come in:
//! what it does beside answering (`keep`).

use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use super::keep;
use crate::access::{Door, Place};
use crate::app::Parts;
use crate::bundled::demo;
use crate::bundled::guest::Guest;
use crate::clock::Clock;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::exchange::worker::Worker;
use crate::turns;

/// How soon a database that is away is tried again.
const AGAIN: Duration = Duration::from_millis(300);

#[derive(Args)]
pub struct Serve {
    /// Loads the Hội An demo and prints how to look at it.
    #[arg(long)]
    demo: bool,
}

impl Serve {
    pub fn run(self, config: &Config) -> Result<ExitCode> {
        let parts = Parts::new(config, Clock::default())?;
        // A file that cannot be opened stays so; a server that is away comes back.
        let ready = match &config.place {
            Place::File(_) => Some(ready(parts.door(), self.demo)?),
            Place::Server(_) => None,
        };
        let (api, ops) = (bind(config.listen)?, bind(config.ops_listen)?);
        let config = config.clone();
        actix_web::rt::System::new().block_on(async move {
            let ops = parts.serve_ops(ops)?;
            let handle = ops.handle();
            actix_web::rt::spawn(ops);
            actix_web::rt::spawn(keep::refusals(parts.door().clone(), parts.strangers()));
            let (door, worker) = (parts.door().clone(), parts.worker());
            actix_web::rt::spawn(wind_up(door.clone(), worker.clone()));
            let address = api.local_addr().map_err(Error::internal)?;
            if ready.is_none() {
                door.close();
            }
            let api = parts.serve(api, config.workers, keep::connections())?;
            tracing::info!(listen = %config.listen, ops = %config.ops_listen, "serving");
            let open = async {
                let guest = match ready {
                    Some(guest) => guest,
                    None => ready_in_time(&door, self.demo).await?,
                };
                door.open();
                actix_web::rt::spawn(keep::checkpoints(door.clone(), parts.notary(), config.checkpoints_file()));
                actix_web::rt::spawn(keep::forgetting(door.clone()));
                let works = keep::working(worker.clone())?;
                guest.map_or(Ok(()), |guest| invite(&guest, address))?;
                Ok(works)
            };
            let stopped = api.handle();
            let (ended, opened) = tokio::join!(api, async {
                let opened: Result<_> = open.await;
                if opened.is_err() {
                    stopped.stop(false).await;
                }
                opened
            });
            keep::tell(parts.door(), &parts.strangers(), true).await;
            handle.stop(true).await;
            worker.stop();
            opened?.join().map_err(|_| Error::internal("the worker panicked"))?;
            ended.map_err(Error::internal)
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Brings the records up to date, and the demo with them if that is wanted.
fn ready(door: &Door, demo: bool) -> Result<Option<Guest>> {
    super::migrate(door)?;
    if demo {
        demo::load(door)?;
        return Guest::welcome(door).map(Some);
    }
    Ok(None)
}

/// As `ready`, tried until the database is there.
async fn ready_in_time(door: &Door, demo: bool) -> Result<Option<Guest>> {
    let mut told = false;
    loop {
        let trying = door.clone();
        match turns::off(move || ready(&trying, demo)).await? {
            Err(Error::Unavailable(_)) if door.winding_up() => return Ok(None),
            Err(Error::Unavailable(why)) => {
                if !std::mem::replace(&mut told, true) {
                    tracing::warn!(%why, "the database is away; trying on");
                }
                tokio::time::sleep(AGAIN).await;
            }
            done => return done,
        }
    }
}

/// How long the listener may take to close. Clients are told to leave their connections only then: whoever came
/// back before would wait to be let in, and be cut off when it closes.
const SHUT: Duration = Duration::from_millis(500);

async fn wind_up(door: Door, worker: Worker) {
    match keep::told_to_stop().await {
        Ok(()) => {
            worker.stop();
            tokio::time::sleep(SHUT).await;
            door.wind_up();
        }
        Err(error) => tracing::warn!(%error, "signals are not heard"),
    }
}

/// Said once the listener is there, so that the line can be pasted at once.
fn invite(guest: &Guest, address: SocketAddr) -> Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(guest.invitation(address).as_bytes()).and_then(|()| out.flush()).map_err(Error::internal)
}

fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).map_err(|error| Error::internal(format!("cannot listen on {address}: {error}")))
}
