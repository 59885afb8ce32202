//! Configuration: `TUQUAN_…` in the environment or a TOML file; secrets only by file. What is
//! unknown, contradictory or weak stops the start and is named, never shown.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use self::place::{ELSEWHERE, place};
use crate::access::Place;

mod place;
#[cfg(test)]
mod tests;

/// How the variables begin.
const PREFIX: &str = "TUQUAN_";

/// What can be set, in the spelling of a file; `TUQUAN_` and capitals in the environment.
const KEYS: &[&str] = &[
    "database_url",
    "database_url_file",
    "listen",
    "ops_listen",
    "keys_dir",
    "checkpoints_file",
    "public_url",
    "audience",
    "log",
    "log_format",
    "connections",
    "workers",
    "oidc_file",
    "backup_key_file",
    "otlp_endpoint",
];

/// How the service runs.
#[derive(Clone)]
pub struct Config {
    pub place: Place,
    pub listen: SocketAddr,
    pub ops_listen: SocketAddr,
    pub keys_dir: PathBuf,
    /// Where the signed checkpoints of the journal are kept; beside the keys where it is not said.
    checkpoints_file: Option<PathBuf>,
    /// The address under which clients reach the service; issuer of its tokens.
    pub public_url: String,
    pub audience: String,
    pub log: String,
    pub log_json: bool,
    pub connections: u32,
    pub workers: usize,
    /// Names the trusted issuers.
    pub oidc_file: Option<PathBuf>,
    /// The key of backups; without it one beside the other keys.
    pub backup_key_file: Option<PathBuf>,
    /// Where a collector takes traces; without it none are made.
    pub otlp_endpoint: Option<String>,
}

/// Why the service does not start: the setting and what is wrong with it.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{setting}: {fault}")]
pub struct Refused {
    pub setting: String,
    pub fault: String,
}

fn refused(setting: &str, fault: impl Into<String>) -> Refused {
    Refused { setting: format!("{PREFIX}{}", setting.to_uppercase()), fault: fault.into() }
}

type Settings = BTreeMap<String, String>;

impl Config {
    /// Out of the process's environment and the file that `TUQUAN_CONFIG` names.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn from_environment() -> Result<Self, Refused> {
        let mut variables = Vec::new();
        for (name, value) in std::env::vars_os() {
            match (name.into_string(), value.into_string()) {
                (Ok(name), Ok(value)) => variables.push((name, value)),
                (Ok(name), Err(_)) if name.starts_with(PREFIX) => {
                    return Err(refused(&name[PREFIX.len()..], "is not UTF-8"));
                }
                _ => {}
            }
        }
        Self::read(variables)
    }

    /// Out of the variables given; those that do not begin with `TUQUAN_` are not looked at.
    pub fn read(variables: impl IntoIterator<Item = (String, String)>) -> Result<Self, Refused> {
        let mut settings = Settings::new();
        let (mut file, mut foreign) = (None, Vec::new());
        for (name, value) in variables {
            match name.strip_prefix(PREFIX).map(str::to_lowercase) {
                Some(key) if key == "config" => file = Some(PathBuf::from(value)),
                Some(key) => put(&mut settings, &key, value)?,
                None if ELSEWHERE.contains(&name.as_str()) => foreign.push(name),
                None => {}
            }
        }
        if let Some(path) = file {
            for (key, value) in in_file(&path)? {
                put(&mut settings, &key, value)?;
            }
        }
        settled(&settings, &foreign)
    }
}

impl Config {
    /// Where the signed checkpoints of the journal are kept, one a line.
    pub fn checkpoints_file(&self) -> PathBuf {
        self.checkpoints_file.clone().unwrap_or_else(|| self.keys_dir.join("checkpoints.ndjson"))
    }
}

/// A setting is known and given once.
fn put(settings: &mut Settings, key: &str, value: String) -> Result<(), Refused> {
    if !KEYS.contains(&key) {
        return Err(refused(key, "there is no such setting"));
    }
    match settings.insert(key.to_owned(), value) {
        None => Ok(()),
        Some(_) => Err(refused(key, "is set in the environment and in the file; set it once")),
    }
}

fn in_file(path: &Path) -> Result<Settings, Refused> {
    let fault = |what: &str| refused("config", what);
    own(path, "config")?;
    let text = fs::read_to_string(path).map_err(|e| fault(&e.kind().to_string()))?;
    let table: toml::Table = text.parse().map_err(|_| fault("is not well-formed TOML"))?;
    table
        .into_iter()
        .map(|(key, value)| match value {
            toml::Value::String(text) => Ok((key, text)),
            toml::Value::Integer(number) => Ok((key, number.to_string())),
            _ => Err(refused(&key, "must be a text or a whole number")),
        })
        .collect()
}

fn settled(settings: &Settings, foreign: &[String]) -> Result<Config, Refused> {
    if let Some((key, _)) = settings.iter().find(|(_, value)| value.trim().is_empty()) {
        return Err(refused(key, "is set to nothing"));
    }
    let text = |key: &str, default: &str| settings.get(key).map_or(default, String::as_str).to_owned();
    let listen: SocketAddr = parsed(settings, "listen", "127.0.0.1:8080")?;
    let ops_listen: SocketAddr = parsed(settings, "ops_listen", "127.0.0.1:8081")?;
    if listen == ops_listen && listen.port() != 0 {
        return Err(refused("ops_listen", "is the address of the API; give it another"));
    }
    let public_url = text("public_url", &format!("http://{listen}"));
    let log_format = text("log_format", "text");
    if !matches!(log_format.as_str(), "text" | "json") {
        return Err(refused("log_format", "is text or json"));
    }
    let log = text("log", "info");
    if tracing_subscriber::EnvFilter::try_new(&log).is_err() {
        return Err(refused("log", "is no filter of tracing"));
    }
    let [oidc_file, backup_key_file] = ["oidc_file", "backup_key_file"].map(|key| settings.get(key).map(PathBuf::from));
    oidc_file.as_deref().map_or(Ok(()), |file| own(file, "oidc_file"))?;
    backup_key_file.as_deref().map_or(Ok(()), |file| private(file, "backup_key_file"))?;
    Ok(Config {
        place: place(settings, foreign)?,
        listen,
        ops_listen,
        keys_dir: PathBuf::from(text("keys_dir", "./tuquan-keys")),
        checkpoints_file: settings.get("checkpoints_file").map(PathBuf::from),
        public_url: absolute(&public_url, "public_url")?,
        audience: text("audience", "tuquan"),
        log,
        log_json: log_format == "json",
        connections: bounded(parsed(settings, "connections", "8")?, 1, 100, "connections")?,
        oidc_file,
        backup_key_file,
        otlp_endpoint: settings.get("otlp_endpoint").map(|url| absolute(url, "otlp_endpoint")).transpose()?,
        workers: bounded(parsed(settings, "workers", "2")?, 1, 256, "workers")?,
    })
}

fn parsed<T: std::str::FromStr>(settings: &Settings, key: &str, default: &str) -> Result<T, Refused> {
    let text = settings.get(key).map_or(default, String::as_str);
    text.parse().map_err(|_| refused(key, "cannot be read"))
}

fn bounded<T: PartialOrd + std::fmt::Display + Copy>(value: T, least: T, most: T, key: &str) -> Result<T, Refused> {
    match (least..=most).contains(&value) {
        true => Ok(value),
        false => Err(refused(key, format!("must be from {least} to {most}"))),
    }
}

fn absolute(url: &str, key: &str) -> Result<String, Refused> {
    let plain = |u: &url::Url| u.query().or(u.fragment()).or(u.password()).is_none() && u.username().is_empty();
    let fits = url::Url::parse(url).is_ok_and(|u| matches!(u.scheme(), "http" | "https") && plain(&u));
    match fits {
        true => Ok(url.trim_end_matches('/').to_owned()),
        false => Err(refused(key, "must be an absolute http or https URL")),
    }
}

/// The contents of a file that only its owner can read.
fn secret(path: &Path, key: &str) -> Result<String, Refused> {
    private(path, key)?;
    let text = fs::read_to_string(path).map_err(|e| refused(key, e.kind().to_string()))?;
    Ok(text.trim().to_owned())
}

/// A file that nobody but its owner can read.
fn private(path: &Path, key: &str) -> Result<(), Refused> {
    match mode(path, key)? & 0o077 {
        0 => Ok(()),
        _ => Err(refused(key, "names a file that others can read; set its mode to 0600")),
    }
}

/// A file that nobody but its owner can change.
fn own(path: &Path, key: &str) -> Result<(), Refused> {
    match mode(path, key)? & 0o022 {
        0 => Ok(()),
        _ => Err(refused(key, "names a file that others can change; set its mode to 0644 or less")),
    }
}

fn mode(path: &Path, key: &str) -> Result<u32, Refused> {
    let metadata = fs::metadata(path).map_err(|e| refused(key, e.kind().to_string()))?;
    Ok(metadata.permissions().mode())
}
