//! `tuquan keys`: new keys in place of old ones, while the service runs.

use std::process::ExitCode;
use std::thread::sleep;
use std::time::{Duration, Instant};

use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::json;

use crate::access::{Caller, Door, Noun, ROOT_UNIT, WriteTx};
use crate::clock::Clock;
use crate::config::Config;
use crate::error::Result;
use crate::identity::Keys;
use crate::journal::{Deed, Entry};
use crate::resources::{member, user};
use crate::types::Id;
use crate::vault::Vault;
use crate::vault::ring::SETTLED;

#[derive(Subcommand)]
pub enum KeysCommand {
    /// Makes new keys. Processes that run take them up by themselves.
    Rotate(Rotate),
}

#[derive(Args)]
#[group(id = "which", required = true, multiple = true)]
pub struct Which {
    /// The key that signs access tokens. Tokens signed before stay good until they end.
    #[arg(long)]
    signing: bool,
    /// The master key of personal data: wraps the keys of persons anew and makes the blind indexes anew.
    /// Where it was interrupted, it goes on.
    #[arg(long)]
    data: bool,
}

#[derive(Args)]
pub struct Rotate {
    #[command(flatten)]
    which: Which,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

impl KeysCommand {
    pub fn run(self, config: &Config) -> Result<ExitCode> {
        let Self::Rotate(Rotate { which, json: as_json }) = self;
        let vault = Vault::open(&config.keys_dir)?;
        let door = super::door(config).with_vault(vault.clone());
        let mut done = json!({});
        let mut words = Vec::new();
        if which.signing {
            let mut key = String::new();
            let removed = Keys::rotate(&config.keys_dir, |id| {
                id.clone_into(&mut key);
                enter(&door, format!("a new signing key: {id}"), |_| Ok(()))
            })?;
            words.push(format!("{key} signs in a few seconds; tokens that others signed stay good until they end"));
            done["signing"] = json!({"keyId": key, "removedFiles": removed});
        }
        if which.data {
            let rotated = rotate_data(&door, &vault)?;
            words.push(rotated.words());
            done["data"] = json!(rotated);
        }
        super::say(as_json, &done, || words.join("\n"))
    }
}

/// Enters that keys were changed.
fn enter(door: &Door, what: String, mut also: impl FnMut(&mut WriteTx<'_>) -> Result<()>) -> Result<()> {
    door.write_now(&Caller::system(), "keys rotate", |tx| {
        tx.enter(Entry::event(Deed::Grant, Noun::Me, ROOT_UNIT, "success", what.clone()));
        also(tx)
    })
}

/// What a change of the master key did.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Rotated {
    /// The master key in use now.
    pub data_key: String,
    pub keys_wrapped: usize,
    pub indexes_made: usize,
    /// The key files that this database needs no longer.
    pub removable_files: Vec<String>,
}

impl Rotated {
    fn words(&self) -> String {
        let files = self.removable_files.join(", ");
        format!(
            "{} wraps all: {} keys wrapped anew, {} indexes made anew. No longer needed and to be removed: {files} (a \
             backup from before needs them still)",
            self.data_key, self.keys_wrapped, self.indexes_made
        )
    }
}

/// How long after a key is in use the last transaction ends that began before, in microseconds.
const LATE: i64 = 6_000_000;
/// How many rows a transaction looks at.
const SOME: i64 = 100;

/// Brings a new master key into use and leaves nothing that needs an older one.
pub fn rotate_data(door: &Door, vault: &Vault) -> Result<Rotated> {
    let (mut names, _) = vault.names()?;
    let newest = names.last().cloned().unwrap_or_default();
    let begun = names.len() > 1 && door.read_now(&Caller::system(), |tx| tx.wrapped_by_others(&newest))? > 0;
    if !begun {
        enter(door, "a new master key is made".to_owned(), |_| Ok(()))?;
        vault.make_master()?;
    }
    let made;
    (names, made) = vault.names()?;
    let mut rotated = Rotated {
        data_key: names.pop().unwrap_or_default(),
        keys_wrapped: 0,
        indexes_made: 0,
        removable_files: Vec::new(),
    };
    wait_until(made + SETTLED + 1_000_000);
    loop {
        let late = now() > made + SETTLED + LATE;
        let (indexes, keys) = (indexes(door)?, wraps(door, &rotated.data_key)?);
        rotated.indexes_made += indexes;
        rotated.keys_wrapped += keys;
        if late && indexes + keys == 0 {
            break;
        }
        wait_until(made + SETTLED + LATE + 1);
    }
    enter(door, format!("the new master key wraps all: {}", rotated.data_key), |tx| {
        tx.scrub();
        Ok(())
    })?;
    rotated.removable_files = names.iter().map(|name| format!("{name}.key")).collect();
    Ok(rotated)
}

fn now() -> i64 {
    Clock::default().now().micros()
}

fn wait_until(moment: i64) {
    sleep(Duration::from_micros(u64::try_from(moment - now()).unwrap_or(0)));
}

/// A transaction on its own, then a rest as long, so that others come between.
fn some<T>(door: &Door, work: impl FnMut(&mut WriteTx<'_>) -> Result<T>) -> Result<T> {
    let began = Instant::now();
    let done = door.write_now(&Caller::system(), "keys rotate", work)?;
    sleep(began.elapsed().max(Duration::from_millis(5)));
    Ok(done)
}

fn indexes(door: &Door) -> Result<usize> {
    let members = all(|after| some(door, |tx| member::blind_store::reblind(tx, after, SOME)))?;
    Ok(members + all(|after| some(door, |tx| user::identity_store::reblind(tx, after, SOME)))?)
}

/// Walks through all records of a kind and counts what was changed.
fn all<R: 'static>(mut step: impl FnMut(Option<Id<R>>) -> Result<(Option<Id<R>>, usize)>) -> Result<usize> {
    let (mut after, mut changed) = (None, 0);
    loop {
        let (last, some) = step(after)?;
        changed += some;
        if last.is_none() {
            return Ok(changed);
        }
        after = last;
    }
}

/// The wraps come last: as long as one is an older key's, it shows that the work is not done.
fn wraps(door: &Door, master: &str) -> Result<usize> {
    let mut wrapped = 0;
    loop {
        match some(door, |tx| tx.rewrap_persons(master, SOME))? {
            0 => return Ok(wrapped),
            found => wrapped += found,
        }
    }
}
