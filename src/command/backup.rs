//! `tuquan backup` and `tuquan restore`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use crate::access::{Caller, Door, Noun, ROOT_UNIT};
use crate::archive::{self, Manifest};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::journal::{Deed, Entry};
use crate::vault::Vault;
use crate::vault::stream::StreamKey;

#[derive(Args)]
pub struct Backup {
    /// Where to write it; a file that is not there yet.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct Restore {
    /// The backup.
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

fn key(config: &Config, made: bool) -> Result<StreamKey> {
    match &config.backup_key_file {
        Some(file) => StreamKey::in_file(file),
        None => StreamKey::in_directory(&config.keys_dir, made),
    }
}

impl Backup {
    pub fn run(self, config: &Config) -> Result<ExitCode> {
        let (key, door) = (key(config, true)?, super::door_with_vault(config)?);
        let manifest = write(&door, &key, &self.out)?;
        super::say(self.json, &manifest, || {
            format!(
                "{} rows and {} journal entries of {}",
                rows(&manifest),
                manifest.head.tree_size,
                manifest.head.taken_at
            )
        })
    }
}

fn rows(manifest: &Manifest) -> u64 {
    manifest.tail.rows.values().sum()
}

/// Writes what the database holds at one moment; the journal is told before.
pub fn write(door: &Door, key: &StreamKey, out: &Path) -> Result<Manifest> {
    door.write_now(&Caller::system(), "backup", |tx| {
        tx.enter(Entry::event(Deed::Export, Noun::Me, ROOT_UNIT, "success", "a backup of every table".to_owned()));
        Ok(())
    })?;
    door.read_now(&Caller::system(), |tx| archive::write(tx, key, out))
}

impl Restore {
    pub fn run(self, config: &Config) -> Result<ExitCode> {
        let key = key(config, false)?;
        // All of it is looked at before anything is written.
        let manifest = archive::check(archive::open(&key, &self.from)?)?;
        let vault = Vault::open(&config.keys_dir)?;
        manifest.opens_with(&vault)?;
        take(&super::door(config).with_vault(vault), &key, &self.from, &manifest)?;
        super::say(self.json, &manifest, || {
            format!(
                "restored {} rows as of {}; whoever was signed in signs in anew",
                rows(&manifest),
                manifest.head.taken_at
            )
        })
    }
}

fn take(door: &Door, key: &StreamKey, from: &Path, manifest: &Manifest) -> Result<()> {
    if !door.read_now(&Caller::system(), archive::is_empty)? {
        return Err(Error::internal("the database is not empty; a backup is restored into an empty one alone"));
    }
    if !door.migrate_to(&manifest.head.schema_version)? {
        return Err(Error::internal("the backup was made by a newer program; restore it with that"));
    }
    door.write_now(&Caller::system(), "restore", |tx| archive::load(tx, archive::open(key, from)?, manifest))?;
    super::migrate(door)?;
    Ok(())
}
