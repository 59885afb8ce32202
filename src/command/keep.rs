//! What `tuquan serve` does beside answering: it signs the journal, works on jobs, and has those who wait go home
//! when it is told to stop.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};

use crate::access::{Caller, Door};
use crate::error::{Error, Result};
use crate::exchange::worker::Worker;
use crate::history::Notary;

/// How often the journal is signed while it grows.
const EVERY: Duration = Duration::from_secs(20);

/// Signs the journal for ever, into a file outside the database, whenever it has grown.
pub async fn checkpoints(door: Door, notary: Arc<Notary>, file: PathBuf) {
    let mut known = 0;
    loop {
        match checkpoint(&door, notary.clone(), file.clone(), known).await {
            Ok(size) => known = size,
            Err(error) => tracing::warn!(%error, "the journal was not signed"),
        }
        tokio::time::sleep(EVERY).await;
    }
}

async fn checkpoint(door: &Door, notary: Arc<Notary>, file: PathBuf, known: u64) -> Result<u64> {
    let work = move |tx: &mut crate::access::Tx<'_>| {
        let checkpoint = notary.checkpoint(tx)?;
        if checkpoint.tree_size > known {
            checkpoint.keep(&file)?;
        }
        Ok(checkpoint.tree_size)
    };
    door.read(Arc::new(Caller::system()), work).await
}

/// Has the worker work on a thread of its own: its transactions may be long, and block.
pub fn working(worker: Worker) -> Result<std::thread::JoinHandle<()>> {
    let named = std::thread::Builder::new().name("exchange".to_owned());
    named.spawn(move || worker.work()).map_err(Error::internal)
}

/// Waits for the first signal to stop.
pub async fn told_to_stop() -> Result<()> {
    let listen = |kind| signal(kind).map_err(Error::internal);
    let (mut term, mut int) = (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
    tokio::select! {
        _ = term.recv() => Ok(()),
        _ = int.recv() => Ok(()),
    }
}
