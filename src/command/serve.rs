//! `tuquan serve`.

use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;

use clap::Args;

use super::keep;
use crate::access::Door;
use crate::app::Parts;
use crate::bundled::demo;
use crate::bundled::guest::Guest;
use crate::clock::Clock;
use crate::config::Config;
use crate::error::{Error, Result};

#[derive(Args)]
pub struct Serve {
    /// Loads the Hội An demo and prints how to look at it.
    #[arg(long)]
    demo: bool,
}

impl Serve {
    pub fn run(self, config: &Config) -> Result<ExitCode> {
        let parts = Parts::new(config, Clock::default())?;
        super::migrate(parts.door())?;
        let guest = if self.demo { Some(demonstrate(parts.door())?) } else { None };
        let (api, ops) = (bind(config.listen)?, bind(config.ops_listen)?);
        let (config, parts) = (config.clone(), parts);
        actix_web::rt::System::new().block_on(async move {
            let ops = parts.serve_ops(ops)?;
            let handle = ops.handle();
            actix_web::rt::spawn(ops);
            actix_web::rt::spawn(keep::checkpoints(parts.door().clone(), parts.notary(), config.checkpoints_file()));
            let (door, worker) = (parts.door().clone(), parts.worker()?);
            let (works, ending) = (keep::working(worker.clone())?, worker.clone());
            actix_web::rt::spawn(async move {
                match keep::told_to_stop().await {
                    Ok(()) => {
                        worker.stop();
                        door.wind_up();
                    }
                    Err(error) => tracing::warn!(%error, "signals are not heard"),
                }
            });
            let address = api.local_addr().map_err(Error::internal)?;
            let api = parts.serve(api, config.workers)?;
            tracing::info!(listen = %config.listen, ops = %config.ops_listen, "serving");
            if let Some(guest) = guest {
                invite(&guest, address)?;
            }
            let ended = api.await;
            handle.stop(true).await;
            ending.stop();
            works.join().map_err(|_| Error::internal("the worker panicked"))?;
            ended.map_err(Error::internal)
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

fn demonstrate(door: &Door) -> Result<Guest> {
    demo::load(door)?;
    Guest::welcome(door)
}

/// Said once the listener is there, so that the line can be pasted at once.
fn invite(guest: &Guest, address: SocketAddr) -> Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(guest.invitation(address).as_bytes()).and_then(|()| out.flush()).map_err(Error::internal)
}

fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).map_err(|error| Error::internal(format!("cannot listen on {address}: {error}")))
}
