//! The pulse: how long the journal is, and waiting for news in it. Whoever comes while the database is being
//! asked is told with the others who came meanwhile, by one statement that begins after all of them came; for
//! those who wait for news it is asked a few times a second, and not at all when nobody waits.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, watch};

use super::caller::Caller;
use super::door::Door;
use super::lanes::Purpose;
use crate::error::{Error, Result};
use crate::journal;

/// How old the size may be that those are told who wait for news.
const BEAT: Duration = Duration::from_millis(150);
/// How long anybody waits for others who ask.
const PATIENCE: Duration = Duration::from_secs(1);

/// How much later the database is asked for each who waits, once they are many: answers given before cost little, so
/// there may be very many, and they must not take the processors from the others.
const MANY: u32 = 48;
const EACH: Duration = Duration::from_micros(500);
const LATEST: Duration = Duration::from_millis(100);

/// How a wait for news ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waited {
    /// The journal has another size.
    News,
    /// The time is over.
    InVain,
    /// The service winds up.
    Stopping,
}

/// The size of the journal as it was when it was last asked for; none where no answer came.
#[derive(Clone, Copy)]
struct Told {
    asked: Instant,
    size: Option<i64>,
}

/// The size of the journal of late, and whether the service goes on.
pub(super) struct Pulse {
    told: watch::Sender<Option<Told>>,
    /// One asks for all.
    asking: Semaphore,
    stopping: watch::Sender<bool>,
}

impl Default for Pulse {
    fn default() -> Self {
        Self { told: watch::Sender::new(None), asking: Semaphore::new(1), stopping: watch::Sender::new(false) }
    }
}

impl Pulse {
    pub(super) fn stop(&self) {
        self.stopping.send_replace(true);
    }

    pub(super) fn stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    pub(super) async fn news(&self, door: &Door, seen: i64, until: Instant) -> Result<Waited> {
        let mut stopping = self.stopping.subscribe();
        loop {
            if *stopping.borrow_and_update() {
                return Ok(Waited::Stopping);
            }
            let now = Instant::now();
            if self.size(door, now.checked_sub(BEAT).unwrap_or(now)).await? != seen {
                return Ok(Waited::News);
            }
            if Instant::now() >= until {
                return Ok(Waited::InVain);
            }
            let beat = BEAT.min(until.saturating_duration_since(Instant::now()));
            // Woken by the beat or by the end: either way the loop looks again.
            if let Ok(changed) = tokio::time::timeout(beat, stopping.changed()).await {
                changed.map_err(crate::error::Error::internal)?;
            }
        }
    }

    /// The size of the journal, as asked for no earlier than `since`: with whatever was committed before then.
    pub(super) async fn size(&self, door: &Door, since: Instant) -> Result<i64> {
        let silent = || Error::Unavailable("nobody was told how long the journal is".to_owned());
        let mut told = self.told.subscribe();
        let asking = tokio::select! {
            biased;
            found = told.wait_for(|told| told.is_some_and(|told| told.asked >= since)) => {
                return found.map_err(Error::internal)?.and_then(|told| told.size).ok_or_else(silent);
            }
            one = self.asking.acquire() => one.map_err(Error::internal)?,
            () = tokio::time::sleep(PATIENCE) => return Err(silent()),
        };
        let waiting = self.told.receiver_count() as u32;
        if waiting > MANY {
            tokio::time::sleep((EACH * waiting).min(LATEST)).await;
        }
        let asked = Instant::now();
        let found = door.glancing(Purpose::Recall, Arc::new(Caller::system()), |tx| journal::size(tx.conn())).await;
        self.told.send_replace(Some(Told { asked, size: found.as_ref().ok().copied() }));
        drop(asking);
        found
    }
}
