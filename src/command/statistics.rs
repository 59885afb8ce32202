//! `tuquan statistics`.

use std::process::ExitCode;

use clap::Subcommand;
use serde_json::json;

use crate::access::{Caller, Door};
use crate::config::Config;
use crate::error::Result;
use crate::resources::incident::recount::{self, Compared};
use crate::statistics;

#[derive(Subcommand)]
pub enum StatisticsCommand {
    /// Recounts the incidents and compares with the sums that are kept of them, and what else is kept for
    /// figures with the records: exit 1 at the first difference.
    Verify {
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
    /// Counts the incidents anew and replaces the sums. Changes wait meanwhile.
    Rebuild {
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
}

impl StatisticsCommand {
    pub fn run(self, config: &Config) -> Result<ExitCode> {
        let door = super::door(config);
        match self {
            Self::Verify { json } => match compared(&door)? {
                Compared::Equal { sums } => super::say(json, &json!({"equal": true, "sums": sums}), || {
                    format!("{sums} sums, each what the incidents come to; what else is kept is what the records say")
                }),
                Compared::Differs { what } => {
                    super::say(json, &json!({"equal": false, "what": what}), || {
                        format!("not what the incidents come to: {what}")
                    })?;
                    Ok(ExitCode::FAILURE)
                }
            },
            Self::Rebuild { json } => {
                rebuilt(&door)?;
                super::say(json, &json!({"rebuilt": true}), || "the sums are what the incidents come to".to_owned())
            }
        }
    }
}

/// Compares the sums that are kept with the incidents, and what else is kept for figures with the records,
/// in one transaction.
pub fn compared(door: &Door) -> Result<Compared> {
    door.read_now(&Caller::system(), |tx| match recount::compare(tx)? {
        Compared::Equal { sums } => {
            Ok(statistics::astray(tx)?.map_or(Compared::Equal { sums }, |what| Compared::Differs { what }))
        }
        differs @ Compared::Differs { .. } => Ok(differs),
    })
}

/// Replaces the sums by what the incidents come to.
pub fn rebuilt(door: &Door) -> Result<()> {
    door.write_now(&Caller::system(), "statistics rebuild", recount::rebuild)
}
