//! `tuquan import` and `tuquan export`: the same jobs as over HTTP, done here and watched.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::access::{Action, Caller, Door, PrincipalId};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::exchange::catalogue::ResourceType;
use crate::exchange::job::{Export, Format, Import, ImportAsked, ImportMode, JobState, NewExport, RowError};
use crate::exchange::store::{self, JobRow};
use crate::exchange::worker::Worker;
use crate::exchange::{kept_errors, open_piece};
use crate::http::LARGEST_UPLOAD;
use crate::identity;
use crate::types::AnyId;

/// How often a job is looked at.
const LOOKS: Duration = Duration::from_millis(150);

#[derive(Args)]
pub struct ImportCommand {
    /// What the rows are, e.g. `models`.
    #[arg(long)]
    resource: ResourceType,
    /// The file: .csv, .xlsx or .ndjson.
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
    /// `validate` tells what `commit` would do and changes nothing.
    #[arg(long, default_value = "validate")]
    mode: ImportMode,
    /// All rows or none.
    #[arg(long, default_value_t = true, action = clap::ArgAction::Set)]
    atomic: bool,
    /// The encoding of a file that is not UTF-8, e.g. windows-1258.
    #[arg(long)]
    charset: Option<String>,
    /// The client or user in whose name and territory; the registry itself where it is not said.
    #[arg(long = "as", value_name = "ID")]
    principal: Option<PrincipalId>,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct ExportCommand {
    /// The folder for the files; they must not be there yet.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// How they are written.
    #[arg(long, default_value = "csv")]
    format: Format,
    /// What to export; everything where it is not said.
    #[arg(long)]
    resource: Vec<ResourceType>,
    /// The client or user as who; the registry itself where it is not said.
    #[arg(long = "as", value_name = "ID")]
    principal: Option<PrincipalId>,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// Whoever the command acts as.
fn caller(door: &Door, principal: Option<PrincipalId>) -> Result<Caller> {
    let system = Caller::system();
    match principal {
        None => Ok(system),
        Some(id) => {
            let found = door.read_now(&system, |tx| identity::standing(tx, id))?;
            found.ok_or_else(|| Error::internal("there is no such client or user, or it is disabled"))
        }
    }
}

fn about(path: &Path) -> impl Fn(std::io::Error) -> Error {
    let path = path.display().to_string();
    move |error| Error::internal(format!("{path}: {error}"))
}

/// Does a job, or waits for whoever does it already, and shows how far it is.
fn done(door: &Door, job: AnyId, far: impl Fn(&JobRow) -> Result<(u64, Option<u64>)>) -> Result<JobRow> {
    let worker = Worker::new(door.clone(), identity::standing);
    let bar = ProgressBar::no_length();
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {human_pos}/{human_len} {elapsed}") {
        bar.set_style(style);
    }
    let look = || door.read_now(&Caller::system(), |tx| store::any(tx, job));
    let row = thread::scope(|scope| {
        let working = scope.spawn(|| {
            // Another process may have taken it, and may die.
            while !ended(&look()?) {
                if !worker.work_once(Some(job))? {
                    thread::sleep(4 * LOOKS);
                }
            }
            Ok(())
        });
        while !working.is_finished() {
            let (read, total) = far(&look()?)?;
            if let Some(total) = total {
                bar.set_length(total);
            }
            bar.set_position(read);
            thread::sleep(LOOKS);
        }
        let worked: Result<()> = working.join().map_err(|_| Error::internal("the worker panicked"))?;
        worked?;
        look()
    });
    bar.finish_and_clear();
    row
}

fn ended(row: &JobRow) -> bool {
    matches!(row.state, JobState::Succeeded | JobState::Failed)
}

impl ImportCommand {
    pub fn run(self, config: &Config) -> Result<ExitCode> {
        let door = super::door_with_vault(config)?;
        let caller = caller(&door, self.principal)?;
        let (import, errors) = self.import(&door, &caller)?;
        let failed = import.state == JobState::Failed;
        super::say(self.json, &json!({"import": import, "rowErrors": errors}), || told(&import, &errors))?;
        Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    fn import(&self, door: &Door, caller: &Caller) -> Result<(Import, Vec<RowError>)> {
        let asked = ImportAsked {
            resource: self.resource,
            mode: self.mode,
            atomic: self.atomic,
            format: format_of(&self.file)?,
            charset: self.charset.as_ref().map(|name| name.to_lowercase()),
        };
        let bytes = zeroize::Zeroizing::new(read(&self.file)?);
        let id = door.write_now(caller, "import", |tx| {
            tx.must_may(self.resource.resource().noun, Action::Create)?;
            store::create_import(tx, &asked, &bytes)
        })?;
        let row = done(door, id.cast(), |row| {
            let counts = row.import()?.counts;
            Ok((counts.rows_read.unsigned_abs(), counts.rows_total.map(i64::unsigned_abs)))
        })?;
        let errors = door.read_now(caller, |tx| kept_errors(tx, id))?;
        Ok((row.import()?, errors))
    }
}

fn read(file: &Path) -> Result<Vec<u8>> {
    let length = fs::metadata(file).map_err(about(file))?.len();
    match length > LARGEST_UPLOAD as u64 {
        true => Err(Error::internal(format!("{}: a file has at most {LARGEST_UPLOAD} bytes", file.display()))),
        false => fs::read(file).map_err(about(file)),
    }
}

fn format_of(file: &Path) -> Result<Format> {
    let ending = file.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("csv" | "tsv" | "txt") => Ok(Format::Csv),
        Some("xlsx") => Ok(Format::Xlsx),
        Some("ndjson" | "jsonl") => Ok(Format::Ndjson),
        _ => Err(Error::internal(format!("{}: its name must end in .csv, .xlsx or .ndjson", file.display()))),
    }
}

fn told(import: &Import, errors: &[RowError]) -> String {
    let counts = import.counts;
    let mut text = format!(
        "{} {}: {} rows read, {} created, {} wrong",
        import.mode, import.state, counts.rows_read, counts.rows_created, counts.rows_failed
    );
    for error in errors {
        let column = error.column.as_deref().unwrap_or("-");
        text.push_str(&format!(
            "\n{}\t{column}\t{}\t{} / {}",
            error.row, error.code, error.message_en, error.message_vi
        ));
    }
    text
}

impl ExportCommand {
    pub fn run(self, config: &Config) -> Result<ExitCode> {
        let door = super::door_with_vault(config)?;
        let caller = caller(&door, self.principal)?;
        let export = self.export(&door, &caller)?;
        let failed = export.state == JobState::Failed;
        super::say(self.json, &json!({"export": export}), || {
            let files = export.files.iter().map(|file| format!("\n{}\t{} rows", file.name, file.row_count));
            format!("{}: {} rows{}", export.state, export.rows_written, files.collect::<String>())
        })?;
        Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    fn export(&self, door: &Door, caller: &Caller) -> Result<Export> {
        let resource_types = match self.resource.is_empty() {
            true => ResourceType::ALL.to_vec(),
            false => self.resource.clone(),
        };
        let asked = NewExport { resource_types, format: self.format };
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.out).map_err(about(&self.out))?;
        let id = door.write_now(caller, "export", |tx| {
            for resource in &asked.resource_types {
                tx.must_may(resource.resource().noun, Action::Read)?;
            }
            store::create_export(tx, &asked)
        })?;
        done(door, id.cast(), |row| Ok((row.export(false)?.rows_written.unsigned_abs(), None)))?;
        let (export, _) = door.read_now(caller, |tx| store::find_export(tx, id))?;
        for file in &export.files {
            self.copy(door, caller, id.cast(), &file.name, file.resource_type)?;
        }
        Ok(export)
    }

    /// Writes a file for its owner alone.
    fn copy(&self, door: &Door, caller: &Caller, job: AnyId, name: &str, resource: ResourceType) -> Result<()> {
        let path = self.out.join(name);
        let mut file =
            fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).map_err(about(&path))?;
        for number in 0.. {
            match door.read_now(caller, |tx| open_piece(tx, job, resource, number))? {
                Some(piece) => file.write_all(&piece).map_err(about(&path))?,
                None => break,
            }
        }
        file.sync_all().map_err(about(&path))
    }
}
