//! `tuquan generate`.

use std::process::ExitCode;

use clap::Args;

use crate::bundled::generate::{self, Wanted};
use crate::config::Config;
use crate::error::Result;

/// Fills an empty registry with made-up records, for load tests: models with teams, reviews and
/// activities, a few members and commendations, and incidents from 2021 to 2025 with how they were
/// handled. The same seed makes the same records with the same identifiers; only createdAt and updatedAt
/// differ. Codes begin with GEN and names say that they are made up; no person exists. A registry that
/// holds any other model types, models, incidents, members or activities is refused, and so is one in
/// which a generation was cut short.
#[derive(Args)]
pub struct Generate {
    /// The units in which it all happens: `national`, or the code of a unit in force today. The national
    /// lists are loaded first where the unit is not there.
    #[arg(long, value_name = "national|CODE")]
    units: String,
    /// Models to make.
    #[arg(long, value_parser = clap::value_parser!(u64).range(0..=10_000_000))]
    models: u64,
    /// Incidents to make.
    #[arg(long, value_parser = clap::value_parser!(u64).range(0..=1_000_000_000))]
    incidents: u64,
    /// Settles every choice.
    #[arg(long)]
    seed: u64,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

impl Generate {
    pub fn run(self, config: &Config) -> Result<ExitCode> {
        let Self { units, models, incidents, seed, json } = self;
        let door = super::door_with_vault(config)?;
        super::migrate(&door)?;
        let done = generate::generate(&door, &Wanted { units, models, incidents, seed })?;
        super::say(json, &done, || match done.already_generated {
            true => "the same was generated already".to_owned(),
            false => format!(
                "generated in {} communes: {} models with {} teams, {} reviews and {} activities; {} members; {} \
                 commendations; {} incidents with {} status changes",
                done.communes,
                done.models,
                done.teams,
                done.reviews,
                done.activities,
                done.members,
                done.commendations,
                done.incidents,
                done.incident_status_changes
            ),
        })
    }
}
