//! The pulse: waits for news in the journal. However many wait, the database is asked for the
//! journal's size a few times a second by each process, and by none when nobody waits.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, watch};

use super::caller::Caller;
use super::door::Door;
use crate::error::Result;
use crate::journal;
use crate::noun::Noun;

/// How old the size that waiters are told may be.
const BEAT: Duration = Duration::from_millis(150);

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

/// The size of the journal of late, and whether the service goes on.
pub(super) struct Pulse {
    size: Mutex<Option<(Instant, i64)>>,
    stopping: watch::Sender<bool>,
}

impl Default for Pulse {
    fn default() -> Self {
        Self { size: Mutex::new(None), stopping: watch::Sender::new(false) }
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
            if self.size(door).await? != seen {
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

    /// The size of the journal, asked for by one waiter for all.
    async fn size(&self, door: &Door) -> Result<i64> {
        let mut known = self.size.lock().await;
        if let Some((at, size)) = *known
            && at.elapsed() < BEAT
        {
            return Ok(size);
        }
        let asked = Instant::now();
        let size = door.read_of(Noun::Change, Arc::new(Caller::system()), |tx| journal::size(tx.conn())).await?;
        *known = Some((asked, size));
        Ok(size)
    }
}
