//! The door itself: holds the pools and the clock, lets work in while there is room, and answers
//! "unavailable" in time when there is none.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::caller::Caller;
use super::pool::{self, Place, Pool, Pools};
use super::pulse::Pulse;
use super::tx::{self, Tx, WriteTx};
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::vault::Vault;

/// How long a request waits for its turn, and how long its turn may take.
const TURN: Duration = Duration::from_millis(1000);
const DEADLINE: Duration = Duration::from_millis(3800);
/// How often work is run again after another writer was faster.
const TRIES: u32 = 8;

/// The way in to the records. Cheap to clone.
#[derive(Clone)]
pub struct Door {
    place: Place,
    pools: Pools,
    clock: Clock,
    vault: Option<Vault>,
    readers: Arc<Semaphore>,
    writers: Arc<Semaphore>,
    pulse: Arc<Pulse>,
}

impl Door {
    /// A door to `place` with at most `size` connections a pool. Connects only when asked.
    pub fn new(place: Place, size: u32, clock: Clock) -> Self {
        let pools = Pools::new(&place, size);
        let readers = Arc::new(Semaphore::new(size as usize));
        let writers = match &place {
            Place::File(_) => Arc::new(Semaphore::new(1)),
            Place::Server(_) => readers.clone(),
        };
        Self { place, pools, clock, vault: None, readers, writers, pulse: Arc::default() }
    }

    /// The same door with the safe behind it.
    pub fn with_vault(self, vault: Vault) -> Self {
        Self { vault: Some(vault), ..self }
    }

    /// Brings the schema up to date and names the migrations applied.
    pub fn migrate(&self) -> Result<Vec<String>> {
        pool::migrate(&self.place)
    }

    /// Has those who wait for news go home: the service is about to stop.
    pub fn wind_up(&self) {
        self.pulse.stop();
    }

    /// Waits until the journal has another size than `seen`, until the service winds up, or until then.
    pub(crate) async fn news(&self, seen: i64, until: Instant) -> Result<()> {
        self.pulse.news(self, seen, until).await
    }

    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Reads on this thread. For commands; requests use a permit.
    pub(crate) fn read_now<T>(&self, caller: &Caller, work: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<T> {
        let mut link = link(&self.pools.readers)?;
        tx::read(&mut link, caller, self.clock.now(), self.vault.as_ref(), work)
    }

    /// Writes on this thread. For commands; requests use a permit.
    pub(crate) fn write_now<T>(
        &self,
        caller: &Caller,
        request_id: &str,
        work: impl FnMut(&mut WriteTx<'_>) -> Result<T>,
    ) -> Result<T> {
        self.repeat(caller, request_id, false, work)
    }

    /// As `write_now`, and nothing of it is kept.
    pub(crate) fn rehearse_now<T>(
        &self,
        caller: &Caller,
        request_id: &str,
        work: impl FnMut(&mut WriteTx<'_>) -> Result<T>,
    ) -> Result<T> {
        self.repeat(caller, request_id, true, work)
    }

    fn repeat<T>(
        &self,
        caller: &Caller,
        request_id: &str,
        rehearses: bool,
        mut work: impl FnMut(&mut WriteTx<'_>) -> Result<T>,
    ) -> Result<T> {
        let mut tries = 1;
        loop {
            let mut link = link(&self.pools.writers)?;
            let now = self.clock.now();
            match tx::write(&mut link, caller, now, request_id, (self.vault.as_ref(), rehearses), &mut work) {
                Err(Error::Raced) if tries < TRIES => tries += 1,
                Err(Error::Raced) => return Err(Error::Unavailable("contended".to_owned())),
                outcome => return outcome,
            }
        }
    }

    pub(crate) async fn read<T: Send + 'static>(
        &self,
        caller: Arc<Caller>,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let slot = turn(&self.readers).await?;
        let door = self.clone();
        within_deadline(slot, move || door.read_now(&caller, work)).await
    }

    pub(crate) async fn write<T: Send + 'static>(
        &self,
        caller: Arc<Caller>,
        request_id: Arc<str>,
        work: impl FnMut(&mut WriteTx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let slot = turn(&self.writers).await?;
        let door = self.clone();
        within_deadline(slot, move || door.write_now(&caller, &request_id, work)).await
    }
}

fn link(pool: &Pool) -> Result<diesel::r2d2::PooledConnection<pool::Manager>> {
    pool.get().map_err(|e| Error::Unavailable(e.to_string()))
}

async fn turn(slots: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit> {
    match tokio::time::timeout(TURN, slots.clone().acquire_owned()).await {
        Ok(Ok(slot)) => Ok(slot),
        Ok(Err(closed)) => Err(Error::internal(closed)),
        Err(_) => Err(Error::Unavailable("no connection free in time".to_owned())),
    }
}

/// Runs blocking work off the async threads. The slot stays taken until the work really ends, even
/// when the client has had its 503 long before.
#[expect(clippy::disallowed_methods, reason = "the one place that blocks, with a deadline around it")]
async fn within_deadline<T: Send + 'static>(
    slot: OwnedSemaphorePermit,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let task = tokio::task::spawn_blocking(move || {
        let done = work();
        drop(slot);
        done
    });
    match tokio::time::timeout(DEADLINE, task).await {
        Ok(Ok(done)) => done,
        Ok(Err(panicked)) => Err(Error::internal(panicked)),
        Err(_) => Err(Error::Unavailable("the database did not answer in time".to_owned())),
    }
}
