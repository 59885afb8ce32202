//! Doing an export: one view of the records, as its maker may list them now, written page by page into
//! sealed pieces.

use aws_lc_rs::digest::{Context, SHA256};

use super::catalogue::{ResourceType, Told};
use super::job::{ExportTold, Failure, KeptFile, NewExport};
use super::lease::{Lease, lost};
use super::pieces::{self, PIECE};
use super::read::Format;
use super::run_import::request;
use super::worker::Worker;
use super::write::{MOST_IN_A_BOOK, Writer};
use crate::access::{Action, Caller, Scope, Tx};
use crate::error::{Error, Result};
use crate::http::{Stream, rights};
use crate::journal;
use crate::types::{PersonId, hex};
use crate::vault::PersonKey;

/// Records read at once.
const PAGE: i64 = 500;
/// How long files can be read.
const KEPT_SECONDS: i64 = 24 * 3600;
/// How often an export is begun again because somebody of whom it tells was erased meanwhile.
const TRIES: usize = 5;

/// Does an export from its beginning.
pub fn run(worker: &Worker, lease: &Lease) -> Result<()> {
    let asked: NewExport = lease.job.asked()?;
    let Some(caller) = worker.standing(&lease.job)? else {
        return fail(worker, lease, Failure::Rights);
    };
    let may = worker.door().read_now(&caller, |tx| {
        let may = |resource: &ResourceType| tx.must_may(resource.resource().noun, Action::Read).is_ok();
        Ok(tx.caller().scopes.has(Scope::ExportsCreate) && asked.resource_types.iter().all(may))
    })?;
    if !may {
        return fail(worker, lease, Failure::Rights);
    }
    for _ in 0..TRIES {
        let told = match written(worker, lease, &caller, &asked) {
            Err(Error::TooLarge) => return fail(worker, lease, Failure::TooLarge),
            other => other?,
        };
        if kept(worker, lease, &caller, told)? {
            return Ok(());
        }
    }
    Err(Error::Unavailable("persons were erased again and again while they were exported".to_owned()))
}

/// Ends an export that failed; what was written of it goes.
pub fn fail(worker: &Worker, lease: &Lease, failure: Failure) -> Result<()> {
    worker.door().write_now(&Caller::system(), &request(lease), |tx| {
        lease.end_export(tx, ExportTold { failure: Some(failure), ..ExportTold::default() }, None)
    })
}

/// The files as they were written, and of whom they tell.
struct Done {
    told: ExportTold,
    persons: Vec<PersonId>,
}

/// Ends the export, unless somebody of whom it tells was erased since it was begun.
fn kept(worker: &Worker, lease: &Lease, caller: &Caller, done: Done) -> Result<bool> {
    let (door, key) = (worker.door(), lease.job.id.cast());
    for some in done.persons.chunks(5_000) {
        door.write_now(&Caller::system(), "lease", |tx| {
            tx.note_copies(key, some)?;
            lease.advance(tx, &done.told)
        })?;
    }
    door.write_now(caller, &request(lease), |tx| {
        if !tx.copies_stand(key, done.persons.len())? {
            return Ok(false);
        }
        let now = worker.standing_in(tx, &lease.job)?;
        if now.is_none_or(|now| now.unit != caller.unit || now.scopes != caller.scopes) {
            return Err(Error::Unauthenticated);
        }
        let until = tx.now().plus_seconds(KEPT_SECONDS);
        lease.end_export(tx, done.told.clone(), Some((rights(tx), until)))?;
        Ok(true)
    })
}

fn written(worker: &Worker, lease: &Lease, caller: &Caller, asked: &NewExport) -> Result<Done> {
    let job = lease.job.id;
    // What an earlier attempt left, and a key that an erasure took.
    worker.door().write_now(&Caller::system(), "lease", |tx| {
        pieces::remove(tx, job)?;
        tx.forget_copies(job.cast())?;
        lease.advance(tx, &ExportTold::default())
    })?;
    let mut persons = Vec::new();
    let told = worker.door().read_now(caller, |tx| {
        let key = tx.person_key(job.cast())?.ok_or_else(|| Error::Unavailable("the key of an export".to_owned()))?;
        let place = journal::size(tx.conn())?;
        let cursor = Stream::cursor_at(tx, "/v1/changes", place)?;
        let mut told = ExportTold { cursor: Some(cursor), ..ExportTold::default() };
        for resource in &asked.resource_types {
            let sink = Sink::new(worker, lease, &key, *resource);
            let file = file(tx, sink, asked.format, *resource, &mut told, &mut persons)?;
            told.files.push(file);
        }
        Ok(told)
    })?;
    persons.sort_unstable();
    persons.dedup();
    Ok(Done { told, persons })
}

fn file(
    tx: &mut Tx<'_>,
    mut sink: Sink<'_>,
    format: Format,
    resource: ResourceType,
    told: &mut ExportTold,
    persons: &mut Vec<PersonId>,
) -> Result<KeptFile> {
    let kind = resource.resource();
    let (mut writer, head) = Writer::new(format, resource.as_str(), kind.columns)?;
    sink.take(&head, told)?;
    let (mut after, mut rows) = (None, 0);
    loop {
        sink.worker.go_on()?;
        let page: Vec<Told> = (kind.behind)(tx, after, PAGE)?;
        let Some(last) = page.last() else {
            break;
        };
        after = Some(last.id);
        rows += page.len() as i64;
        told.rows_written += page.len() as i64;
        persons.extend(page.iter().filter_map(|told| told.person));
        if format == Format::Xlsx && rows > MOST_IN_A_BOOK {
            return Err(Error::TooLarge);
        }
        let records: Vec<_> = page.into_iter().map(|told| told.record).collect();
        sink.take(&writer.rows(&records)?, told)?;
    }
    sink.take(&writer.end()?, told)?;
    sink.end(rows, told)
}

/// Where the bytes of a file go: piece by piece into the database, each with the lease for a while longer.
struct Sink<'w> {
    worker: &'w Worker,
    lease: &'w Lease,
    key: &'w PersonKey,
    resource: ResourceType,
    bytes: zeroize::Zeroizing<Vec<u8>>,
    pieces: i32,
    hash: Context,
}

impl<'w> Sink<'w> {
    fn new(worker: &'w Worker, lease: &'w Lease, key: &'w PersonKey, resource: ResourceType) -> Self {
        let bytes = zeroize::Zeroizing::new(Vec::new());
        Self { worker, lease, key, resource, bytes, pieces: 0, hash: Context::new(&SHA256) }
    }

    fn take(&mut self, bytes: &[u8], told: &ExportTold) -> Result<()> {
        self.hash.update(bytes);
        self.bytes.extend_from_slice(bytes);
        while self.bytes.len() >= PIECE {
            let rest = self.bytes.split_off(PIECE);
            let full = std::mem::replace(&mut *self.bytes, rest);
            self.keep(&full, told)?;
        }
        Ok(())
    }

    fn keep(&mut self, piece: &[u8], told: &ExportTold) -> Result<()> {
        let so_far = ExportTold { files: Vec::new(), cursor: None, ..told.clone() };
        self.worker.door().write_now(&Caller::system(), "lease", |tx| {
            pieces::keep(tx, self.key, self.lease.job.id, self.resource.as_str(), self.pieces, piece)?;
            self.lease.advance(tx, &so_far)
        })?;
        self.pieces = self.pieces.checked_add(1).ok_or_else(lost)?;
        Ok(())
    }

    fn end(mut self, rows: i64, told: &ExportTold) -> Result<KeptFile> {
        let last = std::mem::take(&mut *self.bytes);
        if !last.is_empty() {
            self.keep(&last, told)?;
        }
        let sha256 = hex(self.hash.finish().as_ref());
        Ok(KeptFile { resource_type: self.resource, row_count: rows, sha256, pieces: self.pieces })
    }
}
