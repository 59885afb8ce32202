//! `tuquan client`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use serde_json::{Value, json};

use crate::access::{Caller, Door, Scope, Tx, WriteTx};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::http::checked;
use crate::resources::client::{Client, NewClient, Secret, store};
use crate::resources::unit::{self};
use crate::types::UnitId;

#[derive(Subcommand)]
pub enum ClientCommand {
    /// Creates a service account and prints its secret, this once; with public keys it has no secret.
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
        /// A file with a public key that it signs its assertions with (private_key_jwt), as JWK, JWK Set or PEM;
        /// as often as there are files.
        #[arg(long, value_name = "FILE")]
        public_key: Vec<PathBuf>,
        /// Prints JSON; the output is JSON in any case.
        #[arg(long)]
        json: bool,
    },
}

impl ClientCommand {
    pub fn run(self, config: &Config) -> Result<ExitCode> {
        let Self::Create { name, scopes, unit, rate_limit, public_key, json: _ } = self;
        let files = public_key.iter().map(|file| super::public_keys::of_file(file));
        let keys = files.collect::<Result<Vec<_>>>()?.concat();
        let said = said(&name, &scopes, rate_limit);
        let door = super::door(config);
        let made = match keys.is_empty() {
            true => create(&door, said, &unit)?,
            false => create_keyed(&door, said, &unit, &keys)?,
        };
        println!("{made:#}");
        Ok(ExitCode::SUCCESS)
    }
}

/// Creates a service account with one credential: `{clientId, clientSecret, client}`. `unit` is an
/// id or a code in force today.
pub fn create_client(door: &Door, name: &str, scopes: &[Scope], unit: &str, rate_limit: Option<i64>) -> Result<Value> {
    create(door, said(name, scopes, rate_limit), unit)
}

fn said(name: &str, scopes: &[Scope], rate_limit: Option<i64>) -> Value {
    let mut said = json!({"name": name, "scopes": scopes});
    if let Some(limit) = rate_limit {
        said["rateLimitPerMinute"] = json!(limit);
    }
    said
}

fn create(door: &Door, said: Value, unit: &str) -> Result<Value> {
    door.write_now(&Caller::system(), "client create", |tx| {
        let client = created(tx, said.clone(), unit)?;
        let secret = Secret::new()?;
        store::create_credential(tx, &client, None, secret.hash())?;
        Ok(json!({"clientId": client.meta.id, "clientSecret": secret.reveal(), "client": client}))
    })
}

/// Creates a service account that proves itself by keys of its own: `{clientId, client}`.
fn create_keyed(door: &Door, mut said: Value, unit: &str, keys: &[Value]) -> Result<Value> {
    said["publicKeys"] = json!(keys);
    door.write_now(&Caller::system(), "client create", |tx| {
        let client = created(tx, said.clone(), unit)?;
        Ok(json!({"clientId": client.meta.id, "client": client}))
    })
}

fn created(tx: &mut WriteTx<'_>, mut said: Value, unit: &str) -> Result<Client> {
    said["unitId"] = json!(named_unit(tx, unit)?);
    let id = store::create(tx, checked::<NewClient>(said)?)?;
    store::find(tx, id)
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
