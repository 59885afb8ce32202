//! `tuquan client`.

use crate::types::UnitId;
use std::process::ExitCode;

use clap::Subcommand;
use serde_json::json;

use crate::access::{Caller, Door, Scope, Tx};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::http::checked;
use crate::resources::client::Secret;
use crate::resources::client::{NewClient, store};
use crate::resources::unit::{self};

#[derive(Subcommand)]
pub enum ClientCommand {
    /// Creates a service account and prints its secret, this once.
    Create {
        /// What it is called.
        #[arg(long)]
        name: String,
        /// What it may do, separated by commas.
        #[arg(long, value_delimiter = ',')]
        scopes: Vec<Scope>,
        /// The root of its territory: an id, or a code in force today.
        #[arg(long)]
        unit: String,
        /// Requests a minute.
        #[arg(long)]
        rate_limit: Option<i64>,
        /// Prints JSON; the output is JSON in any case.
        #[arg(long)]
        json: bool,
    },
}

impl ClientCommand {
    pub fn run(self, config: &Config) -> Result<ExitCode> {
        let Self::Create { name, scopes, unit, rate_limit, json: _ } = self;
        let made = create_client(&super::door(config), &name, &scopes, &unit, rate_limit)?;
        println!("{made:#}");
        Ok(ExitCode::SUCCESS)
    }
}

/// Creates a service account with one credential: `{clientId, clientSecret, client}`. `unit` is an
/// id or a code in force today.
pub fn create_client(
    door: &Door,
    name: &str,
    scopes: &[Scope],
    unit: &str,
    rate_limit: Option<i64>,
) -> Result<serde_json::Value> {
    door.write_now(&Caller::system(), "client create", |tx| {
        let mut said = json!({"name": name, "scopes": scopes, "unitId": named_unit(tx, unit)?});
        if let Some(limit) = rate_limit {
            said["rateLimitPerMinute"] = json!(limit);
        }
        let id = store::create(tx, checked::<NewClient>(said)?)?;
        let client = store::find(tx, id)?;
        let secret = Secret::new()?;
        store::create_credential(tx, &client, None, secret.hash())?;
        Ok(json!({"clientId": id, "clientSecret": secret.reveal(), "client": client}))
    })
}

/// The unit that an operator names: by id, or by a code in force today.
pub fn named_unit(tx: &mut Tx<'_>, named: &str) -> Result<UnitId> {
    if let Ok(id) = named.parse() {
        unit::store::find(tx, id)?;
        return Ok(id);
    }
    let today = tx.today();
    match unit::store::by_code(tx, named, today)?.as_slice() {
        [one] => Ok(*one),
        [] => Err(Error::internal(format!("no unit with the code {named} is in force today"))),
        _ => Err(Error::internal(format!("several units have the code {named} today; give an id"))),
    }
}
