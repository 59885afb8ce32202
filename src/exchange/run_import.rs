//! Doing an import. Each row is created by the same store, in the same territory and under the same rules as
//! if whoever imports had posted it. All or nothing is one transaction, with the end of the job in it;
//! otherwise rows and the place in the file are kept together, some at a time.

use std::time::Instant;

use serde_json::{Map, Value};

use super::catalogue::Resource;
use super::fault::{Halt, RowFault, of_refusal};
use super::header::Layout;
use super::job::{Failure, ImportAsked, ImportCounts, ImportMode, ImportTold};
use super::lease::{Lease, RENEWED, lost};
use super::progress::Progress;
use super::read::{File, Row, each};
use super::row_errors::{self, MOST_ERRORS};
use super::survey::survey;
use super::worker::Worker;
use super::{pieces, refer, understand};
use crate::access::{Action, Caller, WriteTx};
use crate::database::Database;
use crate::error::{Error, Result};

/// Rows of one transaction where each row is by itself.
const ROWS_AT_ONCE: usize = 100;

/// What is done with a file.
struct Import<'w> {
    worker: &'w Worker,
    lease: &'w Lease,
    caller: Caller,
    resource: &'static Resource,
    file: File<'w>,
    layout: Option<Layout>,
    total: i64,
    progress: Progress,
}

/// What was found so far.
#[derive(Default)]
struct Found {
    counts: ImportCounts,
    faults: Vec<RowFault>,
}

impl Found {
    fn row(&mut self, faults: Vec<RowFault>) {
        self.counts.rows_read += 1;
        match faults.is_empty() {
            true => self.counts.rows_created += 1,
            false => self.counts.rows_failed += 1,
        }
        let room = MOST_ERRORS.saturating_sub(self.faults.len());
        self.faults.extend(faults.into_iter().take(room));
    }

    fn told(&self, failure: Option<Failure>) -> ImportTold {
        ImportTold { counts: self.counts, failure, ..ImportTold::default() }
    }
}

/// Does what is left of an import.
pub fn run(worker: &Worker, lease: &Lease) -> Result<()> {
    let asked: ImportAsked = lease.job.asked()?;
    let resource = asked.resource.resource();
    let Some(caller) = worker.standing(&lease.job)? else {
        return fail(worker, lease, Failure::Rights, &Found::default());
    };
    let may = worker.door().read_now(&caller, |tx| {
        let may = tx.must_may(resource.noun, Action::Create).is_ok();
        Ok(may && tx.caller().scopes.has(crate::access::Scope::ImportsWrite))
    })?;
    if !may {
        return fail(worker, lease, Failure::Rights, &Found::default());
    }
    let bytes = worker.door().read_now(&caller, |tx| pieces::open_all(tx, lease.job.id))?;
    let file =
        File { format: asked.format, charset: asked.charset.as_deref(), bytes: &bytes, columns: resource.columns };
    let (layout, total) = match survey(&file) {
        Ok(surveyed) => surveyed,
        Err(faults) => {
            return fail(worker, lease, Failure::File, &Found { faults: faults?, ..Found::default() });
        }
    };
    let progress = Progress::of(lease.job.id);
    let import = Import { worker, lease, caller, resource, file, layout, total, progress };
    match (asked.mode, asked.atomic) {
        (ImportMode::Validate, atomic) => import.rehearse(atomic),
        (ImportMode::Commit, true) => import.all_or_nothing(),
        (ImportMode::Commit, false) => import.row_by_row(),
    }
}

/// Ends an import that failed; what it found is kept.
pub fn fail(worker: &Worker, lease: &Lease, failure: Failure, found: &impl Told) -> Result<()> {
    let (counts, faults) = found.told();
    let system = Caller::system();
    worker.door().write_now(&system, &request(lease), |tx| {
        let before: ImportTold = lease.job.told()?;
        let counts = counts.unwrap_or(before.counts);
        let errors = row_errors::keep(tx, lease.job.id.cast(), before.errors, faults)?;
        lease.end_import(tx, ImportTold { counts, errors, failure: Some(failure), finished_at: None })
    })
}

/// What can be told at the end of an import.
pub trait Told {
    fn told(&self) -> (Option<ImportCounts>, &[RowFault]);
}

impl Told for Found {
    fn told(&self) -> (Option<ImportCounts>, &[RowFault]) {
        (Some(self.counts), &self.faults)
    }
}

/// Nothing but what was kept already.
impl Told for () {
    fn told(&self) -> (Option<ImportCounts>, &[RowFault]) {
        (None, &[])
    }
}

/// By what the journal knows the acts of a job.
pub fn request(lease: &Lease) -> String {
    format!("{} {}", lease.job.kind, lease.job.id)
}

impl Import<'_> {
    /// Does everything and keeps nothing of it but what is wrong.
    fn rehearse(&self, atomic: bool) -> Result<()> {
        let door = self.worker.door();
        let found = door.rehearse_now(&self.caller, &request(self.lease), |tx| self.every_row(tx))?;
        let failed = atomic && found.counts.rows_failed > 0;
        door.write_now(&self.caller, &request(self.lease), |tx| self.end(tx, &found, failed.then_some(Failure::Rows)))
    }

    fn all_or_nothing(&self) -> Result<()> {
        let mut wrong = None;
        let done = self.worker.door().write_now(&self.caller, &request(self.lease), |tx| {
            wrong = None;
            let found = self.every_row(tx)?;
            if found.counts.rows_failed > 0 {
                wrong = Some(found);
                return Err(lost());
            }
            self.still_may(tx)?;
            self.end(tx, &found, None)
        });
        match wrong {
            Some(mut found) => {
                found.counts.rows_created = 0;
                fail(self.worker, self.lease, Failure::Rows, &found)
            }
            None => done,
        }
    }

    fn end(&self, tx: &mut WriteTx<'_>, found: &Found, failure: Option<Failure>) -> Result<()> {
        let errors = row_errors::keep(tx, self.lease.job.id.cast(), 0, &found.faults)?;
        self.lease.end_import(tx, ImportTold { errors, ..found.told(failure) })
    }

    /// The rights as they are now must be those that the rows were created with.
    fn still_may(&self, tx: &mut WriteTx<'_>) -> Result<()> {
        let now = self.worker.standing_in(tx, &self.lease.job)?;
        match now.is_some_and(|now| now.unit == self.caller.unit && now.scopes == self.caller.scopes) {
            true => Ok(()),
            false => Err(Error::Unauthenticated),
        }
    }

    /// Creates every row in one transaction, and goes on after those that are wrong.
    fn every_row(&self, tx: &mut WriteTx<'_>) -> Result<Found> {
        let mut found = Found::default();
        found.counts.rows_total = Some(self.total);
        let mut renewed = Instant::now();
        let mut header = self.layout.is_some();
        let gone = each(&self.file, &mut |row| {
            if std::mem::take(&mut header) {
                return Ok(());
            }
            self.worker.go_on()?;
            let (number, understood) = self.understood(row);
            let faults = self.create(tx, number, &understood.record, understood.faults)?;
            found.row(faults);
            self.progress.tell(found.counts);
            if renewed.elapsed() > RENEWED {
                self.renew(tx, found.counts)?;
                renewed = Instant::now();
            }
            Ok(())
        });
        match gone {
            Ok(()) => Ok(found),
            Err(Halt::Error(error)) => Err(error),
            Err(Halt::Fault(_)) => Err(Error::internal("a file that was read before cannot be read again")),
        }
    }

    /// Keeps the lease while a long transaction runs. On SQLite nobody can take it meanwhile: there is one writer.
    fn renew(&self, tx: &mut WriteTx<'_>, counts: ImportCounts) -> Result<()> {
        if matches!(tx.conn(), Database::Sqlite(_)) {
            return Ok(());
        }
        let told = ImportTold { counts: ImportCounts { rows_created: 0, ..counts }, ..ImportTold::default() };
        let kept = self.worker.door().write_now(&Caller::system(), "lease", |tx| self.lease.advance(tx, &told));
        match kept {
            Err(Error::Unavailable(_)) | Ok(()) => Ok(()),
            Err(other) => Err(other),
        }
    }

    fn understood(&self, row: Row) -> (u64, understand::Understood) {
        (row.number, understand::row(self.resource.columns, self.layout.as_ref(), row))
    }

    /// Creates the record of a row; gives what is wrong with it, and then nothing of it is kept.
    fn create(
        &self,
        tx: &mut WriteTx<'_>,
        row: u64,
        record: &Map<String, Value>,
        mut faults: Vec<RowFault>,
    ) -> Result<Vec<RowFault>> {
        let mut record = record.clone();
        faults.extend(refer::resolve(tx, self.resource.columns, row, &mut record)?);
        if !faults.is_empty() {
            return Ok(faults);
        }
        match tx.attempt(|tx| (self.resource.create)(tx, Value::Object(record))) {
            Ok(()) => Ok(faults),
            Err(error) => of_refusal(error, row),
        }
    }

    /// Some rows at a time, each by itself. What was kept of the file before is not done again.
    fn row_by_row(&self) -> Result<()> {
        let mut told: ImportTold = self.lease.job.told()?;
        told.counts.rows_total = Some(self.total);
        let mut left_out = told.counts.rows_read + i64::from(self.layout.is_some());
        let mut some = Vec::with_capacity(ROWS_AT_ONCE);
        let gone = each(&self.file, &mut |row| {
            if left_out > 0 {
                left_out -= 1;
                return Ok(());
            }
            some.push(self.understood(row));
            if some.len() == ROWS_AT_ONCE {
                told = self.keep_some(&told, &std::mem::take(&mut some))?;
            }
            Ok(())
        });
        match gone {
            Ok(()) => {}
            Err(Halt::Error(error)) => return Err(error),
            Err(Halt::Fault(_)) => return Err(Error::internal("a file that was read before cannot be read again")),
        }
        let told = self.keep_some(&told, &some)?;
        self.worker.door().write_now(&self.caller, &request(self.lease), |tx| self.lease.end_import(tx, told.clone()))
    }

    /// One transaction: these rows, what is wrong with them, and how far the import is.
    fn keep_some(&self, told: &ImportTold, some: &[(u64, understand::Understood)]) -> Result<ImportTold> {
        if some.is_empty() {
            return Ok(told.clone());
        }
        self.worker.go_on()?;
        let kept = self.worker.door().write_now(&self.caller, &request(self.lease), |tx| {
            self.still_may(tx)?;
            let mut found = Found { counts: told.counts, ..Found::default() };
            for (number, understood) in some {
                let faults = self.create(tx, *number, &understood.record, understood.faults.clone())?;
                found.row(faults);
            }
            let errors = row_errors::keep(tx, self.lease.job.id.cast(), told.errors, &found.faults)?;
            let after = ImportTold { errors, ..found.told(None) };
            self.lease.advance(tx, &after)?;
            Ok(after)
        })?;
        self.progress.tell(kept.counts);
        Ok(kept)
    }
}
