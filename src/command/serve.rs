//! `tuquan serve`.

use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;

use clap::Args;

use crate::app::Parts;
use crate::clock::Clock;
use crate::config::Config;
use crate::error::{Error, Result};

#[derive(Args)]
pub struct Serve {}

impl Serve {
    pub fn run(self, config: &Config) -> Result<ExitCode> {
        let parts = Parts::new(config, Clock::default())?;
        super::migrate(parts.door())?;
        let (api, ops) = (bind(config.listen)?, bind(config.ops_listen)?);
        let (config, parts) = (config.clone(), parts);
        actix_web::rt::System::new().block_on(async move {
            let ops = parts.serve_ops(ops)?;
            let handle = ops.handle();
            actix_web::rt::spawn(ops);
            let api = parts.serve(api, config.workers)?;
            tracing::info!(listen = %config.listen, ops = %config.ops_listen, "serving");
            let ended = api.await;
            handle.stop(true).await;
            ended.map_err(Error::internal)
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).map_err(|error| Error::internal(format!("cannot listen on {address}: {error}")))
}
