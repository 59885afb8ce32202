//! The worker: takes jobs, one after the other, beside the requests. It goes through the door as whoever made
//! the job, with the rights that they have when it runs.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::job::Failure;
use super::lease::{self, Lease};
use super::store::{JobKind, JobRow};
use super::{run_export, run_import};
use crate::access::{Caller, Door, Tx};
use crate::error::{Error, Result};
use crate::types::{AnyId, PrincipalId};

/// The rights of a principal as they are now; none where it may not sign in any more.
pub type Standing = fn(&mut Tx<'_>, PrincipalId) -> Result<Option<Caller>>;

/// How often a worker with nothing to do looks for a job, and for files that are over.
const LOOKS: Duration = Duration::from_millis(250);
const SWEEPS: Duration = Duration::from_secs(60);
/// For how much of its work at most it makes way for requests before the next job.
const RESTS: Duration = Duration::from_millis(500);

/// Takes jobs and does them.
#[derive(Clone)]
pub struct Worker {
    door: Door,
    holder: AnyId,
    standing: Standing,
    stopped: Arc<AtomicBool>,
}

impl Worker {
    pub fn new(door: Door, standing: Standing) -> Self {
        Self { door, holder: Tx::worker_id(), standing, stopped: Arc::default() }
    }

    /// Takes no further job, and ends `work` soon. What runs is put off, for whoever comes next.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
    }

    /// Refuses to go on once it was stopped.
    pub(super) fn go_on(&self) -> Result<()> {
        match self.stopped.load(Ordering::SeqCst) {
            false => Ok(()),
            true => Err(Error::Unavailable("the service stops".to_owned())),
        }
    }

    /// Works until it is stopped.
    pub fn work(&self) {
        let mut swept = None::<Instant>;
        while !self.stopped.load(Ordering::SeqCst) {
            if swept.is_none_or(|at| at.elapsed() > SWEEPS) {
                report(self.door.write_now(&Caller::system(), "sweep", lease::sweep));
                swept = Some(Instant::now());
            }
            let began = Instant::now();
            match self.work_once(None) {
                Ok(true) => self.door.make_way(began.elapsed().min(RESTS)),
                Ok(false) => std::thread::sleep(LOOKS),
                Err(error) => {
                    report(Err(error));
                    std::thread::sleep(4 * LOOKS);
                }
            }
        }
    }

    /// Takes a job, or the one that is named, and does it; false where there is none to take.
    pub fn work_once(&self, named: Option<AnyId>) -> Result<bool> {
        let system = Caller::system();
        if !self.door.read_now(&system, lease::waiting)? {
            return Ok(false);
        }
        let claimed = self.door.write_now(&system, "lease", |tx| lease::claim(tx, self.holder, named))?;
        let Some(lease) = claimed else {
            return Ok(false);
        };
        let done = match lease.worn_out() {
            true => self.give_up(&lease, Failure::Abandoned),
            false => self.run(&lease),
        };
        match done {
            Ok(()) => {}
            // Another has taken it over, and it is theirs to end.
            Err(Error::Stale) => tracing::warn!(job = %lease.job.id, "the lease was lost"),
            Err(Error::Unauthenticated) => self.give_up(&lease, Failure::Rights)?,
            Err(Error::Unavailable(why)) => {
                tracing::warn!(job = %lease.job.id, why, "put off");
                self.door.write_now(&system, "lease", |tx| lease.release(tx))?;
            }
            Err(error) => {
                tracing::error!(job = %lease.job.id, %error, "failed");
                self.give_up(&lease, Failure::Internal)?;
            }
        }
        Ok(true)
    }

    fn run(&self, lease: &Lease) -> Result<()> {
        let run = || match lease.job.kind {
            JobKind::Import => run_import::run(self, lease),
            JobKind::Export => run_export::run(self, lease),
        };
        std::panic::catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| Err(Error::internal("a job panicked")))
    }

    fn give_up(&self, lease: &Lease, failure: Failure) -> Result<()> {
        match lease.job.kind {
            JobKind::Import => run_import::fail(self, lease, failure, &()),
            JobKind::Export => run_export::fail(self, lease, failure),
        }
    }

    pub(super) const fn door(&self) -> &Door {
        &self.door
    }

    /// Whoever made the job, as they stand now.
    pub(super) fn standing(&self, job: &JobRow) -> Result<Option<Caller>> {
        self.door.read_now(&Caller::system(), |tx| self.standing_in(tx, job))
    }

    pub(super) fn standing_in(&self, tx: &mut Tx<'_>, job: &JobRow) -> Result<Option<Caller>> {
        let system = Caller::system();
        if job.created_by == system.id {
            return Ok(Some(system));
        }
        (self.standing)(tx, job.created_by)
    }
}

fn report(done: Result<()>) {
    if let Err(error) = done {
        tracing::warn!(%error, "the worker cannot work");
    }
}
