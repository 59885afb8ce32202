//! `tuquan user`.

use std::process::ExitCode;

use clap::Subcommand;
use serde_json::{Value, json};

use super::client::named_unit;
use crate::access::{Caller, Door, Role};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::http::checked;
use crate::resources::client::State;
use crate::resources::user::{NewUser, UserFields, credential_store, store};
use crate::types::Username;
use crate::vault::{Passwords, passwords};

#[derive(Subcommand)]
pub enum UserCommand {
    /// Creates a user and prints a one-time password, this once.
    Create {
        /// The name to sign in with.
        #[arg(long)]
        username: String,
        /// What the user is called.
        #[arg(long)]
        display_name: String,
        /// The office.
        #[arg(long)]
        role: Role,
        /// The root of the user's territory: an id, or a code in force today.
        #[arg(long)]
        unit: String,
        /// Prints JSON; the output is JSON in any case.
        #[arg(long)]
        json: bool,
    },
    /// Disables a user: signed out within a second, and not let in again.
    Disable {
        /// The name to sign in with.
        #[arg(long)]
        username: String,
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
}

impl UserCommand {
    pub fn run(self, config: &Config) -> Result<ExitCode> {
        let door = super::door_with_vault(config)?;
        match self {
            Self::Create { username, display_name, role, unit, json: _ } => {
                println!("{:#}", create_user(&door, &username, &display_name, role, &unit)?);
                Ok(ExitCode::SUCCESS)
            }
            Self::Disable { username, json } => {
                let done = disable_user(&door, &username)?;
                super::say(json, &done, || format!("{username} is disabled"))
            }
        }
    }
}

/// Creates a user with a one-time password: `{user, password}`. `unit` is an id or a code in force today.
pub fn create_user(door: &Door, username: &str, display_name: &str, role: Role, unit: &str) -> Result<Value> {
    let password = passwords::one_time()?;
    let hashed = Passwords::new(|_| ()).hash_now(&password)?;
    door.write_now(&Caller::system(), "user create", |tx| {
        let unit = named_unit(tx, unit)?;
        let said = json!({"username": username, "displayName": display_name, "role": role, "unitId": unit});
        let id = store::create(tx, checked::<NewUser>(said)?)?;
        let user = store::find(tx, id)?;
        credential_store::replace(tx, &user, None, &hashed)?;
        Ok(json!({"user": user, "password": password.reveal()}))
    })
}

/// Disables a user and gives it back.
pub fn disable_user(door: &Door, username: &str) -> Result<Value> {
    door.write_now(&Caller::system(), "user disable", |tx| {
        let found = if Username::fits(username) { store::by_username(tx, username)? } else { None };
        let before = found.ok_or_else(|| Error::internal(format!("there is no user {username}")))?;
        if before.active() {
            store::update(tx, &before, UserFields { state: Some(State::Disabled), ..before.fields.clone() })?;
        }
        Ok(json!({"user": store::find(tx, before.id())?}))
    })
}
