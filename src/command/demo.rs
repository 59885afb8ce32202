//! `tuquan demo`.

use std::process::ExitCode;

use clap::Subcommand;

use crate::bundled::demo;
use crate::config::Config;
use crate::error::Result;

#[derive(Subcommand)]
pub enum DemoCommand {
    /// Loads the Hội An demo, once.
    Load {
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
}

impl DemoCommand {
    pub fn run(self, config: &Config) -> Result<ExitCode> {
        let Self::Load { json } = self;
        let door = super::door_with_vault(config)?;
        super::migrate(&door)?;
        let done = demo::load(&door)?;
        super::say(json, &done, || match done.already_loaded {
            true => "the demo is loaded already".to_owned(),
            false => format!(
                "loaded the demo: {} units, {} model types, {} models, {} members, {} events",
                done.units_created,
                done.model_types_created,
                done.models_created,
                done.members_created,
                done.events_created
            ),
        })
    }
}
