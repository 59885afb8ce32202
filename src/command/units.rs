//! `tuquan units`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use crate::bundled::{lists, units};
use crate::config::Config;
use crate::error::{Error, Result};

#[derive(Subcommand)]
pub enum UnitsCommand {
    /// Loads the national lists of units, or other lists; what is there already stays as it is.
    Load {
        /// CSV files to load instead of the bundled national lists. Columns: code, name, parentCode,
        /// validFrom, and where wanted validTo, successorCodes (separated by spaces), codeSystem (gso).
        #[arg(long, num_args = 1.., value_name = "FILE")]
        list: Vec<PathBuf>,
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
}

impl UnitsCommand {
    pub fn run(self, config: &Config) -> Result<ExitCode> {
        let Self::Load { list, json } = self;
        let listed = listed(&list)?;
        let door = super::door(config);
        super::migrate(&door)?;
        let done = units::load_listed(&door, &listed)?;
        super::say(json, &done, || {
            format!(
                "{} units listed: {} created, {} completed, {} left as they were; {} successions created",
                done.units_listed,
                done.units_created,
                done.units_completed,
                done.units_listed.saturating_sub(done.units_created + done.units_completed),
                done.successions_created
            )
        })
    }
}

fn listed(files: &[PathBuf]) -> Result<Vec<lists::ListedUnit>> {
    if files.is_empty() {
        return lists::national();
    }
    let mut listed = Vec::new();
    for file in files {
        let named = file.display().to_string();
        let csv = std::fs::read_to_string(file).map_err(|error| Error::internal(format!("{named}: {error}")))?;
        listed.extend(lists::read(&named, &csv)?);
    }
    Ok(listed)
}
