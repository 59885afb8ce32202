//! Trouble: where no answer comes, one at a time may still try, and the others are told at once. What must not
//! come in: what is asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Instant;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{Error, Result};

/// Failures in a row, for want of an answer in time, after which a lane is tried by one at a time.
const TROUBLED: u32 = 2;

/// Whether one after another gets no answer, and then who may try.
pub(super) struct Trouble {
    failures: AtomicU32,
    trying: Arc<Semaphore>,
}

impl Default for Trouble {
    fn default() -> Self {
        Self { failures: AtomicU32::new(0), trying: Arc::new(Semaphore::new(1)) }
    }
}

impl Trouble {
    pub(super) fn pass(&self) -> Result<Option<OwnedSemaphorePermit>> {
        if self.failures.load(Ordering::Relaxed) < TROUBLED {
            return Ok(None);
        }
        let one = self.trying.clone().try_acquire_owned();
        one.map(Some).map_err(|_| Error::Unavailable("these records did not answer of late".to_owned()))
    }

    /// No answer came in time.
    pub(super) fn missed(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn note<T>(&self, outcome: &Result<T>) {
        match outcome {
            Err(error) if error.is_timeout() => self.missed(),
            // Neither an answer nor a wait that was too long.
            Err(Error::Unavailable(_) | Error::Unknown(_)) => {}
            _ => self.failures.store(0, Ordering::Relaxed),
        }
    }
}

/// Whether the database answers anybody at all.
pub(super) struct Silence {
    born: Instant,
    /// When it last did, in microseconds since `born`.
    answered: AtomicU64,
    silent: AtomicBool,
    trying: Arc<Semaphore>,
}

impl Default for Silence {
    fn default() -> Self {
        Self {
            born: Instant::now(),
            answered: AtomicU64::new(0),
            silent: AtomicBool::new(false),
            trying: Arc::new(Semaphore::new(1)),
        }
    }
}

impl Silence {
    pub(super) fn now(&self) -> u64 {
        self.born.elapsed().as_micros() as u64
    }

    pub(super) fn pass(&self) -> Result<Option<OwnedSemaphorePermit>> {
        if !self.silent.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let one = self.trying.clone().try_acquire_owned();
        one.map(Some).map_err(|_| Error::Unavailable("the database is silent".to_owned()))
    }

    pub(super) fn beats(&self) {
        self.answered.store(self.now(), Ordering::Relaxed);
        self.silent.store(false, Ordering::Relaxed);
    }

    /// Nothing came of work that began then: has anything come of other work since?
    pub(super) fn missed(&self, began: Instant) {
        let began = began.saturating_duration_since(self.born).as_micros() as u64;
        if self.answered.load(Ordering::Relaxed) < began {
            self.silent.store(true, Ordering::Relaxed);
        }
    }
}
