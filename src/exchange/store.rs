//! Rows of jobs. A job is its maker's alone, and only while its unit lies in the maker's territory. What is
//! written here without a journal entry is the course of a job, which is no record.

use diesel::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::catalogue::ResourceType;
use super::job::{
    Export, ExportFilter, ExportId, ExportTold, ExportedFile, Import, ImportAsked, ImportFilter, ImportId, ImportTold,
    JobSort, JobState, NewExport,
};
use super::{pieces, progress};
use crate::access::{MultiBackend, Tx, WriteTx};
use crate::error::{Error, Result};
use crate::http::{Ask, Listed, page_by};
use crate::journal::{Deed, Entry, Meta, Record};
use crate::schema::exchange_jobs as jobs;
use crate::territory;
use crate::types::{AnyId, Moment, PrincipalId, UnitId, text_enum};

/// How many jobs of one caller may wait or run, and after how many seconds it is worth asking again.
const MOST_OPEN: i64 = 100;
const LATER: u64 = 5;

text_enum! {
    /// What a job does.
    pub enum JobKind {
        Import = "import",
        Export = "export",
    }
}

/// A job as it is kept.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = jobs)]
pub struct JobRow {
    pub id: AnyId,
    pub version: i32,
    pub created_at: Moment,
    pub created_by: PrincipalId,
    pub updated_at: Moment,
    pub updated_by: PrincipalId,
    pub unit_id: UnitId,
    pub kind: JobKind,
    pub state: JobState,
    pub resource: Option<ResourceType>,
    pub asked: String,
    pub told: String,
    pub rights: Option<String>,
    pub expires_at: Option<Moment>,
    pub leased_by: Option<AnyId>,
    pub leased_until: Option<Moment>,
    pub attempts: i32,
}

fn json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(Error::internal)
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(Error::internal)
}

impl JobRow {
    fn new(tx: &WriteTx<'_>, kind: JobKind, resource: Option<ResourceType>, asked: String, told: String) -> Self {
        let caller = tx.caller();
        Self {
            id: tx.new_id(),
            version: 1,
            created_at: tx.now(),
            created_by: caller.id,
            updated_at: tx.now(),
            updated_by: caller.id,
            unit_id: caller.unit,
            kind,
            state: JobState::Queued,
            resource,
            asked,
            told,
            rights: None,
            expires_at: None,
            leased_by: None,
            leased_until: None,
            attempts: 0,
        }
    }

    fn meta(&self) -> Meta {
        Meta::new(self.id, self.version, (self.created_at, self.created_by), (self.updated_at, self.updated_by))
    }

    pub fn asked<T: DeserializeOwned>(&self) -> Result<T> {
        read(&self.asked)
    }

    pub fn told<T: DeserializeOwned>(&self) -> Result<T> {
        read(&self.told)
    }

    /// The import as it is shown; what this process has done of it and not yet kept is told too.
    pub fn import(&self) -> Result<Import> {
        let (asked, told): (ImportAsked, ImportTold) = (self.asked()?, self.told()?);
        let running = self.state == JobState::Running;
        Ok(Import {
            meta: self.meta(),
            unit_id: self.unit_id,
            resource: asked.resource,
            mode: asked.mode,
            atomic: asked.atomic,
            format: asked.format,
            state: self.state,
            counts: progress::of(self.id).filter(|_| running).unwrap_or(told.counts),
            failure: told.failure,
            finished_at: told.finished_at,
        })
    }

    /// The export as it is shown; `stands` says whether its files can still be read.
    pub fn export(&self, stands: bool) -> Result<Export> {
        let (asked, told): (NewExport, ExportTold) = (self.asked()?, self.told()?);
        let path = format!("/v1/exports/{}/files", self.id);
        let files = told.files.into_iter().filter(|_| stands).map(|file| ExportedFile {
            name: format!("{}.{}", file.resource_type, asked.format),
            url: format!("{path}/{}", file.resource_type),
            resource_type: file.resource_type,
            row_count: file.row_count,
            sha256: file.sha256,
        });
        Ok(Export {
            meta: self.meta(),
            unit_id: self.unit_id,
            files: files.collect(),
            resource_types: asked.resource_types,
            format: asked.format,
            state: self.state,
            rows_written: told.rows_written,
            cursor: told.cursor,
            expires_at: self.expires_at,
            failure: told.failure,
            finished_at: told.finished_at,
        })
    }
}

fn visible(tx: &Tx<'_>, kind: JobKind) -> jobs::BoxedQuery<'static, MultiBackend> {
    jobs::table
        .filter(jobs::created_by.eq(tx.caller().id))
        .filter(jobs::unit_id.eq_any(territory::of_caller(tx)))
        .filter(jobs::kind.eq(kind))
        .into_boxed()
}

fn find(tx: &mut Tx<'_>, kind: JobKind, id: AnyId) -> Result<JobRow> {
    let found = visible(tx, kind).filter(jobs::id.eq(id)).select(JobRow::as_select());
    found.first(tx.conn()).optional()?.ok_or(Error::NotFound)
}

/// A job whoever made it; for those who work on it.
pub fn any(tx: &mut Tx<'_>, id: AnyId) -> Result<JobRow> {
    jobs::table.find(id).select(JobRow::as_select()).first(tx.conn()).optional()?.ok_or(Error::NotFound)
}

/// One page of the caller's imports.
pub fn list_imports(tx: &mut Tx<'_>, ask: &Ask<ImportFilter, JobSort>) -> Result<Listed<Import>> {
    let filtered = |tx: &Tx<'_>| {
        let mut query = visible(tx, JobKind::Import);
        if let Some(states) = &ask.filter.state {
            query = query.filter(jobs::state.eq_any(states.clone()));
        }
        if let Some(resources) = &ask.filter.resource {
            query = query.filter(jobs::resource.eq_any(resources.iter().copied().map(Some).collect::<Vec<_>>()));
        }
        query
    };
    let query = filtered(tx).select(JobRow::as_select());
    let cut = page_by!(tx, ask, query, jobs.created_at: Moment);
    let total = ask.total(|| Ok(filtered(tx).count().get_result(tx.conn())?))?;
    ask.listed(cut.try_map(|row: JobRow| row.import())?, total)
}

/// One page of the caller's exports.
pub fn list_exports(tx: &mut Tx<'_>, ask: &Ask<ExportFilter, JobSort>) -> Result<Listed<Export>> {
    let filtered = |tx: &Tx<'_>| {
        let query = visible(tx, JobKind::Export);
        match &ask.filter.state {
            Some(states) => query.filter(jobs::state.eq_any(states.clone())),
            None => query,
        }
    };
    let query = filtered(tx).select(JobRow::as_select());
    let cut = page_by!(tx, ask, query, jobs.created_at: Moment);
    let total = ask.total(|| Ok(filtered(tx).count().get_result(tx.conn())?))?;
    ask.listed(
        cut.try_map(|row: JobRow| {
            let stands = stands(tx, &row)?;
            row.export(stands)
        })?,
        total,
    )
}

/// An import of the caller.
pub fn find_import(tx: &mut Tx<'_>, id: ImportId) -> Result<Import> {
    find(tx, JobKind::Import, id.cast())?.import()
}

/// An export of the caller, with how it is kept.
pub fn find_export(tx: &mut Tx<'_>, id: ExportId) -> Result<(Export, JobRow)> {
    let row = find(tx, JobKind::Export, id.cast())?;
    let stands = stands(tx, &row)?;
    Ok((row.export(stands)?, row))
}

/// Whether the files of an export can be read: it is not over, and nobody of whom they tell was erased.
fn stands(tx: &mut Tx<'_>, row: &JobRow) -> Result<bool> {
    let lasts = row.expires_at.is_some_and(|end| end > tx.now());
    Ok(lasts && tx.person_key(row.id.cast())?.is_some())
}

/// Refuses a caller so many of whose jobs are not done yet that others would wait for hours.
pub fn room(tx: &mut Tx<'_>) -> Result<()> {
    let own = jobs::table.filter(jobs::created_by.eq(tx.caller().id));
    let open: i64 =
        own.filter(jobs::state.eq_any([JobState::Queued, JobState::Running])).count().get_result(tx.conn())?;
    if open < MOST_OPEN { Ok(()) } else { Err(Error::TooManyRequests { retry_after: LATER }) }
}

/// Takes a file to be imported, sealed by a key of its own.
pub fn create_import(tx: &mut WriteTx<'_>, asked: &ImportAsked, bytes: &[u8]) -> Result<ImportId> {
    let told = json(&ImportTold::default())?;
    let row = JobRow::new(tx, JobKind::Import, Some(asked.resource), json(asked)?, told);
    let import = row.import()?;
    insert(tx, &row, &import)?;
    let key = tx.new_person(row.id.cast())?;
    pieces::keep_all(tx, &key, row.id, bytes)?;
    Ok(row.id.cast())
}

/// Takes an order for an export.
pub fn create_export(tx: &mut WriteTx<'_>, asked: &NewExport) -> Result<ExportId> {
    let told = json(&ExportTold::default())?;
    let row = JobRow::new(tx, JobKind::Export, None, json(asked)?, told);
    let export = row.export(false)?;
    insert(tx, &row, &export)?;
    tx.new_person(row.id.cast())?;
    Ok(row.id.cast())
}

fn insert<R: Record>(tx: &mut WriteTx<'_>, row: &JobRow, job: &R) -> Result<()> {
    diesel::insert_into(jobs::table).values(row.clone()).execute(tx.write())?;
    tx.enter(Entry::about(Deed::Create, job));
    Ok(())
}
