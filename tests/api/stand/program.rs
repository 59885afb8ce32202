//! The program's commands, run as an operator runs them.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use super::Database;

/// `tuquan …` on a database with its keys.
pub fn tuquan(database: &Database, arguments: &[&str]) -> Output {
    with_keys(database, &database.keys_dir(), arguments)
}

/// The same with keys that lie elsewhere.
pub fn with_keys(database: &Database, keys: &Path, arguments: &[&str]) -> Output {
    command(database, keys, arguments).output().expect("the program runs")
}

/// The command, about to be run.
pub fn command(database: &Database, keys: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tuquan"));
    command.args(arguments).env_clear().env("TUQUAN_DATABASE_URL", &database.url);
    command.env("TUQUAN_KEYS_DIR", keys).env("TUQUAN_LOG", "error");
    command
}

/// What a command that must succeed printed as JSON.
#[track_caller]
pub fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", said(output));
    serde_json::from_slice(&output.stdout).expect("the command prints JSON")
}

/// What a command that must fail said of it.
#[track_caller]
pub fn refusal(output: &Output) -> String {
    assert!(!output.status.success(), "{}", said(output));
    said(output)
}

/// All that a command said.
pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}
