//! Leases: of all processes on one database, one works on a job at a time. What it did counts only as long
//! as it holds the lease; when it dies, the lease runs out and another takes over.

use diesel::prelude::*;
use serde::Serialize;

use super::job::{ExportTold, Failure, ImportTold, JobState};
use super::pieces;
use super::store::{JobKind, JobRow};
use crate::access::{MultiBackend, Tx, WriteTx};
use crate::error::{Error, Result};
use crate::journal::{Deed, Entry};
use crate::schema::exchange_jobs as jobs;
use crate::types::{AnyId, Moment};

/// How long a lease lasts, and how often it is renewed.
pub const LASTS: i64 = 20;
pub const RENEWED: std::time::Duration = std::time::Duration::from_secs(5);
/// A job that was begun so often and never done is given up.
const MOST_ATTEMPTS: i32 = 20;

/// A job and who holds it.
pub struct Lease {
    pub job: JobRow,
    pub holder: AnyId,
}

/// The lease was lost: whatever was done under it is undone.
pub fn lost() -> Error {
    Error::Stale
}

fn open(now: Moment) -> jobs::BoxedQuery<'static, MultiBackend> {
    let left = jobs::state.eq(JobState::Running).and(jobs::leased_until.lt(now));
    jobs::table.filter(jobs::state.eq(JobState::Queued).or(left.assume_not_null())).into_boxed()
}

/// Whether there is a job to take.
pub fn waiting(tx: &mut Tx<'_>) -> Result<bool> {
    let found: Option<AnyId> = open(tx.now()).select(jobs::id).first(tx.conn()).optional()?;
    Ok(found.is_some())
}

/// Takes the oldest job that nobody works on, or the one that is named.
pub fn claim(tx: &mut WriteTx<'_>, holder: AnyId, named: Option<AnyId>) -> Result<Option<Lease>> {
    let now = tx.now();
    let mut query = open(now);
    if let Some(id) = named {
        query = query.filter(jobs::id.eq(id));
    }
    let ids: Vec<AnyId> = query.order((jobs::created_at, jobs::id)).limit(10).select(jobs::id).load(tx.conn())?;
    for id in ids {
        let left = jobs::state.eq(JobState::Running).and(jobs::leased_until.lt(now));
        let free =
            jobs::table.filter(jobs::id.eq(id)).filter(jobs::state.eq(JobState::Queued).or(left.assume_not_null()));
        let taken = diesel::update(free)
            .set((
                jobs::state.eq(JobState::Running),
                jobs::version.eq(jobs::version + 1),
                jobs::updated_at.eq(now),
                jobs::leased_by.eq(Some(holder)),
                jobs::leased_until.eq(Some(now.plus_seconds(LASTS))),
                jobs::attempts.eq(jobs::attempts + 1),
            ))
            .execute(tx.conn())?;
        if taken == 1 {
            let job = super::store::any(tx, id)?;
            return Ok(Some(Lease { job, holder }));
        }
    }
    Ok(None)
}

/// The job, as long as the lease is held.
macro_rules! mine {
    ($lease:expr) => {
        jobs::table
            .filter(jobs::id.eq($lease.job.id))
            .filter(jobs::state.eq(JobState::Running))
            .filter(jobs::leased_by.eq($lease.holder))
    };
}

impl Lease {
    /// Whether it was begun too often.
    pub const fn worn_out(&self) -> bool {
        self.job.attempts > MOST_ATTEMPTS
    }

    /// Keeps what is told of the job so far, and the lease for a while longer.
    pub fn advance<T: Serialize>(&self, tx: &mut WriteTx<'_>, told: &T) -> Result<()> {
        let told = serde_json::to_string(told).map_err(Error::internal)?;
        let until = tx.now().plus_seconds(LASTS);
        let now = tx.now();
        let changed = diesel::update(mine!(self))
            .set((
                jobs::told.eq(told),
                jobs::version.eq(jobs::version + 1),
                jobs::updated_at.eq(now),
                jobs::leased_until.eq(Some(until)),
            ))
            .execute(tx.conn())?;
        if changed == 1 { Ok(()) } else { Err(lost()) }
    }

    /// Lets the job go, to be taken again in a while.
    pub fn release(&self, tx: &mut WriteTx<'_>) -> Result<()> {
        let until = tx.now().plus_seconds(i64::from(self.job.attempts.min(10)));
        diesel::update(mine!(self)).set(jobs::leased_until.eq(Some(until))).execute(tx.conn())?;
        Ok(())
    }

    /// Ends an import: its file goes with its key. In the transaction that made its records, if any.
    pub fn end_import(&self, tx: &mut WriteTx<'_>, told: ImportTold) -> Result<()> {
        let told = ImportTold { finished_at: Some(tx.now()), ..told };
        self.end(tx, told.failure, &told, None)?;
        pieces::remove(tx, self.job.id)?;
        tx.forget_copy(self.job.id.cast())?;
        tx.enter(Entry::about(Deed::Update, &self.job.import()?).of_fields(["state".to_owned()]));
        Ok(())
    }

    /// Ends an export; `kept` is under which rights its files can be read, and until when.
    pub fn end_export(&self, tx: &mut WriteTx<'_>, told: ExportTold, kept: Option<(String, Moment)>) -> Result<()> {
        let told = ExportTold { finished_at: Some(tx.now()), ..told };
        let failed = told.failure.is_some();
        self.end(tx, told.failure, &told, kept)?;
        let export = self.job.export(false)?;
        if failed {
            pieces::remove(tx, self.job.id)?;
            tx.forget_copy(self.job.id.cast())?;
            tx.enter(Entry::about(Deed::Update, &export).of_fields(["state".to_owned()]));
        } else {
            let types = export.resource_types.iter().map(ToString::to_string);
            tx.enter(Entry::about(Deed::Export, &export).of_fields(types));
        }
        Ok(())
    }

    fn end<T: Serialize>(
        &self,
        tx: &mut WriteTx<'_>,
        failure: Option<Failure>,
        told: &T,
        kept: Option<(String, Moment)>,
    ) -> Result<()> {
        let state = if failure.is_some() { JobState::Failed } else { JobState::Succeeded };
        let (rights, expires_at) = kept.unzip();
        let told = serde_json::to_string(told).map_err(Error::internal)?;
        let now = tx.now();
        let changed = diesel::update(mine!(self))
            .set((
                jobs::state.eq(state),
                jobs::told.eq(told),
                jobs::version.eq(jobs::version + 1),
                jobs::updated_at.eq(now),
                jobs::rights.eq(rights),
                jobs::expires_at.eq(expires_at),
                jobs::leased_by.eq(None::<AnyId>),
                jobs::leased_until.eq(None::<Moment>),
            ))
            .execute(tx.write())?;
        if changed == 1 { Ok(()) } else { Err(lost()) }
    }
}

/// Removes the files of exports that are over.
pub fn sweep(tx: &mut WriteTx<'_>) -> Result<()> {
    let over = jobs::table.filter(jobs::expires_at.lt(tx.now())).filter(jobs::kind.eq(JobKind::Export));
    let over: Vec<AnyId> = over.select(jobs::id).limit(20).load(tx.conn())?;
    for id in over {
        pieces::remove(tx, id)?;
        tx.forget_copy(id.cast())?;
        diesel::update(jobs::table.find(id)).set(jobs::expires_at.eq(None::<Moment>)).execute(tx.conn())?;
    }
    Ok(())
}
