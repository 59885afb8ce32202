//! `tuquan audit`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use serde_json::{Value, json};

use crate::access::Caller;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::history::{AuditCheckpoint, KeptCheckpoint, Leaves, Notary, Verdict, export, narrowed, verify};

#[derive(Subcommand)]
pub enum AuditCommand {
    /// Looks whether the journal is what was written: exit 0 if it is, 1 if it is not, 2 if that cannot be told.
    Verify {
        /// Checkpoints to compare with: JSON, one or one a line.
        #[arg(long, value_name = "FILE")]
        checkpoint: Option<PathBuf>,
        /// The public keys of the checkpoints, a JWK or a JWKS; without it those of TUQUAN_KEYS_DIR.
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
    /// Prints the lines of the journal, the leaves of its tree.
    Export {
        /// Prints JSON; the lines are JSON in any case.
        #[arg(long)]
        json: bool,
    },
}

impl AuditCommand {
    pub fn run(self, config: &Config) -> Result<ExitCode> {
        match self {
            Self::Verify { checkpoint, key, json } => match verdict(config, checkpoint, key) {
                Ok(verdict) => told(&verdict, json),
                Err(error) => {
                    eprintln!("tuquan: it cannot be told: {error}");
                    Ok(ExitCode::from(2))
                }
            },
            Self::Export { json: _ } => {
                let mut out = std::io::BufWriter::new(std::io::stdout().lock());
                super::door(config).read_now(&Caller::system(), |tx| {
                    export(tx, |line| writeln!(out, "{line}").map_err(Error::internal))
                })?;
                out.flush().map_err(Error::internal)?;
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

fn verdict(config: &Config, checkpoint: Option<PathBuf>, key: Option<PathBuf>) -> Result<Verdict> {
    let lines = match &checkpoint {
        Some(file) => genuine(&read(file)?, &public(config, key.as_deref())?)?,
        None => Vec::new(),
    };
    let (mut signed, leaves): (Vec<AuditCheckpoint>, Vec<Option<Leaves>>) =
        lines.into_iter().map(|line| (line.checkpoint, line.leaves)).unzip();
    signed.sort_by_key(|checkpoint| checkpoint.tree_size);
    let door = super::door(config);
    let verdict = door.read_now(&Caller::system(), |tx| verify(tx, &signed))?;
    if !matches!(verdict, Verdict::Tampered { until: Some(_), .. }) {
        return Ok(verdict);
    }
    // The service's own file is no judge, but it may tell which of some entries it is.
    let own = own(config, key.as_deref()).unwrap_or_else(|error| {
        eprintln!("tuquan: single entries are not held against the service's own file: {error}");
        Vec::new()
    });
    let kept: Vec<Leaves> = own.into_iter().map(|line| line.leaves).chain(leaves).flatten().collect();
    door.read_now(&Caller::system(), |tx| narrowed(tx, verdict, &kept))
}

/// What the service itself kept, if there is a file of it.
fn own(config: &Config, key: Option<&Path>) -> Result<Vec<KeptCheckpoint>> {
    let file = config.checkpoints_file();
    if file.exists() { genuine(&read(&file)?, &public(config, key)?) } else { Ok(Vec::new()) }
}

fn read(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).map_err(|error| Error::internal(format!("{}: {error}", file.display())))
}

/// The public keys in a file, or those of the service.
fn public(config: &Config, file: Option<&Path>) -> Result<Vec<Value>> {
    let Some(file) = file else {
        return Ok(Notary::open(&config.keys_dir, &config.public_url)?.jwks());
    };
    let found: Value = serde_json::from_str(&read(file)?).map_err(Error::internal)?;
    Ok(found["keys"].as_array().cloned().unwrap_or_else(|| vec![found]))
}

/// The checkpoints in a text, if each was signed by one of the keys.
fn genuine(text: &str, keys: &[Value]) -> Result<Vec<KeptCheckpoint>> {
    let (all, cut) = KeptCheckpoint::all_in(text)?;
    if cut > 0 {
        eprintln!("tuquan: passed over {cut} checkpoints that were cut short");
    }
    if let Some(fault) = all.iter().find_map(|line| line.fault(keys)) {
        return Err(Error::internal(format!("a checkpoint is not genuine: {fault}")));
    }
    if all.is_empty() {
        return Err(Error::internal("there is no checkpoint in the file"));
    }
    Ok(all)
}

fn told(verdict: &Verdict, as_json: bool) -> Result<ExitCode> {
    match verdict {
        Verdict::Clean { size, root } => {
            super::say(as_json, &json!({"clean": true, "treeSize": size, "rootHash": root}), || {
                format!("{size} entries, as they were written; root {root}")
            })
        }
        Verdict::Tampered { sequence, what, .. } => {
            super::say(as_json, &json!({"clean": false, "sequence": sequence, "what": what}), || {
                format!("tampered with, first at {sequence}: {what}")
            })?;
            Ok(ExitCode::FAILURE)
        }
    }
}
