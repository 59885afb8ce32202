//! What `tuquan serve` does beside answering: it signs the journal, tells it of those who were turned
//! away, works on jobs, forgets what is over, and has those who wait go home when it is told to stop.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::signal::unix::{SignalKind, signal};

use crate::access::{Caller, Door};
use crate::error::{Error, Result};
use crate::exchange::worker::Worker;
use crate::history::{KeptCheckpoint, Notary};
use crate::identity::Strangers;
use crate::turns;

/// Connections at once, whatever the system grants: each takes some memory.
const MOST_CONNECTIONS: usize = 8192;

/// How often the journal is signed while it grows.
const EVERY: Duration = Duration::from_secs(20);

/// Signs the journal for ever, into a file outside the database, whenever it has grown.
pub async fn checkpoints(door: Door, notary: Arc<Notary>, file: PathBuf) {
    loop {
        match checkpoint(&door, notary.clone(), file.clone()).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "the journal was not signed"),
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Adds a line to the file; whether there is more to tell at once.
async fn checkpoint(door: &Door, notary: Arc<Notary>, file: PathBuf) -> Result<bool> {
    let work = move |tx: &mut crate::access::Tx<'_>| {
        let last = KeptCheckpoint::last(&file)?;
        let Some((next, more)) = KeptCheckpoint::next(tx, &notary, last.as_ref())? else {
            return Ok(false);
        };
        next.keep(&file)?;
        Ok(more)
    };
    door.look(work).await
}

/// How many connections there may be at once: what the system grants, less what else needs a descriptor.
pub fn connections() -> usize {
    let granted = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: granted.maximum, ..granted };
    // Where it cannot be raised there are fewer.
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::debug!(%error, "as many descriptors as before");
    }
    let files = getrlimit(Resource::Nofile).current.map_or(MOST_CONNECTIONS, |files| files as usize);
    (files.saturating_sub(files.min(1024) / 2)).min(MOST_CONNECTIONS)
}

/// How often it is looked whether somebody was turned away.
const LOOKED: Duration = Duration::from_secs(5);

/// Tells the journal for ever of those who were turned away.
pub async fn refusals(door: Door, strangers: Arc<Strangers>) {
    loop {
        tokio::time::sleep(LOOKED).await;
        tell(&door, &strangers, false).await;
    }
}

/// Tells the journal of those who were turned away, where it is time to.
pub async fn tell(door: &Door, strangers: &Strangers, end: bool) {
    let Some(entry) = strangers.entry(door.clock().now(), end) else {
        return;
    };
    let work = move |tx: &mut crate::access::WriteTx<'_>| {
        tx.enter(entry.clone());
        Ok(())
    };
    if let Err(error) = door.write(Arc::new(Caller::system()), Arc::from("sign-ins"), work).await {
        tracing::warn!(%error, "the journal was not told of refused sign-ins");
    }
}

/// How often old idempotency keys are forgotten, and how many in one transaction.
const FORGOTTEN: Duration = Duration::from_secs(3600);
const AT_ONCE: i64 = 2_000;

/// Forgets old idempotency keys, for ever.
pub async fn forgetting(door: Door) {
    loop {
        let work = |tx: &mut crate::access::WriteTx<'_>| crate::access::forget(tx, AT_ONCE);
        match door.write(Arc::new(Caller::system()), Arc::from("keys"), work).await {
            Ok(0) => tokio::time::sleep(FORGOTTEN).await,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "old idempotency keys were not forgotten");
                tokio::time::sleep(EVERY).await;
            }
        }
    }
}

/// Has the worker work on a thread of its own: its transactions may be long, and block.
pub fn working(worker: Worker) -> Result<std::thread::JoinHandle<()>> {
    turns::aside("exchange", move || worker.work())
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
