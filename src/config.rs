//! Configuration: `TUQUAN_…` in the environment or a TOML file; secrets only by file. What is
//! unknown, contradictory or weak stops the start and is named, never shown.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::access::Place;

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
}

/// Why the service does not start: the setting and what is wrong with it.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{setting}: {fault}")]
pub struct Refused {
    pub setting: String,
    pub fault: String,
}

fn refused(setting: &str, fault: impl Into<String>) -> Refused {
    Refused { setting: format!("TUQUAN_{}", setting.to_uppercase()), fault: fault.into() }
}

type Settings = BTreeMap<String, String>;

impl Config {
    /// Out of the process's environment and the file that `TUQUAN_CONFIG` names.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn from_environment() -> Result<Self, Refused> {
        Self::read(
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))),
        )
    }

    /// Out of the variables given; those that do not begin with `TUQUAN_` are not looked at.
    pub fn read(variables: impl IntoIterator<Item = (String, String)>) -> Result<Self, Refused> {
        let mut settings = Settings::new();
        let mut file = None;
        for (name, value) in variables {
            match name.strip_prefix("TUQUAN_").map(str::to_lowercase) {
                Some(key) if key == "config" => file = Some(PathBuf::from(value)),
                Some(key) => put(&mut settings, &key, value)?,
                None => {}
            }
        }
        if let Some(path) = file {
            for (key, value) in in_file(&path)? {
                put(&mut settings, &key, value)?;
            }
        }
        settled(&settings)
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
    let text = fs::read_to_string(path).map_err(|e| fault(&e.to_string()))?;
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

fn settled(settings: &Settings) -> Result<Config, Refused> {
    let text = |key: &str, default: &str| settings.get(key).map_or(default, String::as_str).to_owned();
    let listen: SocketAddr = parsed(settings, "listen", "127.0.0.1:8080")?;
    let public_url = text("public_url", &format!("http://{listen}"));
    let log_format = text("log_format", "text");
    if !matches!(log_format.as_str(), "text" | "json") {
        return Err(refused("log_format", "is text or json"));
    }
    Ok(Config {
        place: place(settings)?,
        listen,
        ops_listen: parsed(settings, "ops_listen", "127.0.0.1:8081")?,
        keys_dir: PathBuf::from(text("keys_dir", "./tuquan-keys")),
        checkpoints_file: settings.get("checkpoints_file").map(PathBuf::from),
        public_url: absolute(&public_url)?,
        audience: text("audience", "tuquan"),
        log: text("log", "info"),
        log_json: log_format == "json",
        connections: bounded(parsed(settings, "connections", "8")?, 1, 100, "connections")?,
        oidc_file: settings.get("oidc_file").map(PathBuf::from),
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

fn absolute(url: &str) -> Result<String, Refused> {
    let fits = url::Url::parse(url).is_ok_and(|u| matches!(u.scheme(), "http" | "https") && u.query().is_none());
    match fits {
        true => Ok(url.trim_end_matches('/').to_owned()),
        false => Err(refused("public_url", "must be an absolute http or https URL")),
    }
}

/// Where the records are kept. A password comes by file, since an environment is easily shown.
fn place(settings: &Settings) -> Result<Place, Refused> {
    let (url, key) = match (settings.get("database_url"), settings.get("database_url_file")) {
        (Some(_), Some(_)) => return Err(refused("database_url", "is set beside TUQUAN_DATABASE_URL_FILE; set one")),
        (Some(url), None) => (url.clone(), "database_url"),
        (None, Some(path)) => (secret(Path::new(path), "database_url_file")?, "database_url_file"),
        (None, None) => ("sqlite:tuquan.db".to_owned(), "database_url"),
    };
    let place = Place::parse(&url).ok_or_else(|| refused(key, "must begin with sqlite: or postgres://"))?;
    if let Place::Server(_) = &place {
        let server = url::Url::parse(&url).map_err(|_| refused(key, "is not a URL"))?;
        let password = server.password().is_some() || server.query_pairs().any(|(name, _)| name == "password");
        if password && key == "database_url" {
            return Err(refused(key, "holds a password; give it by TUQUAN_DATABASE_URL_FILE"));
        }
        guarded(&server, key)?;
    }
    Ok(place)
}

/// Beyond this machine a connection to PostgreSQL is encrypted and its server known.
fn guarded(server: &url::Url, key: &str) -> Result<(), Refused> {
    let host = server.query_pairs().find(|(name, _)| name == "host").map(|(_, host)| host.into_owned());
    let host = host.or_else(|| server.host_str().map(str::to_owned)).unwrap_or_default();
    let near = host.is_empty()
        || host.starts_with('/')
        || host.starts_with("%2F")
        || host == "localhost"
        || host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    let verified = server.query_pairs().any(|(name, value)| name == "sslmode" && value == "verify-full");
    match (near, verified, cfg!(feature = "postgres-tls")) {
        (true, ..) | (false, true, true) => Ok(()),
        (false, false, _) => Err(refused(key, "names a server beyond this machine; add sslmode=verify-full")),
        (false, true, false) => Err(refused(key, "needs TLS; build with --features postgres-tls")),
    }
}

/// The contents of a file that only its owner can read.
fn secret(path: &Path, key: &str) -> Result<String, Refused> {
    let metadata = fs::metadata(path).map_err(|e| refused(key, e.to_string()))?;
    if metadata.permissions().mode() & 0o077 != 0 {
        return Err(refused(key, "names a file that others can read; set its mode to 0600"));
    }
    let text = fs::read_to_string(path).map_err(|e| refused(key, e.to_string()))?;
    Ok(text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Config, Refused> {
        Config::read(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
    }

    fn refusal(pairs: &[(&str, &str)]) -> String {
        read(pairs).map_or_else(|refused| refused.to_string(), |_| "accepted".to_owned())
    }

    #[test]
    fn nothing_set_is_sqlite_on_loopback() {
        let config = read(&[("PATH", "/bin")]).expect("the defaults are accepted");
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.public_url, "http://127.0.0.1:8080");
        assert!(matches!(config.place, Place::File(path) if path == "tuquan.db"));
    }

    #[test]
    fn a_refusal_names_the_setting_and_never_its_value() {
        assert!(refusal(&[("TUQUAN_LISTEM", "x")]).starts_with("TUQUAN_LISTEM: "));
        assert!(refusal(&[("TUQUAN_LISTEN", "nowhere")]).starts_with("TUQUAN_LISTEN: "));
        assert!(refusal(&[("TUQUAN_DATABASE_URL", "mysql://x")]).starts_with("TUQUAN_DATABASE_URL: "));
        let told = refusal(&[("TUQUAN_DATABASE_URL", "postgres://u:hunter2@localhost/d")]);
        assert!(told.contains("TUQUAN_DATABASE_URL_FILE") && !told.contains("hunter2"), "{told}");
        let both = [("TUQUAN_DATABASE_URL", "sqlite:a"), ("TUQUAN_DATABASE_URL_FILE", "b")];
        assert!(refusal(&both).contains("set one"));
        let far = refusal(&[("TUQUAN_DATABASE_URL", "postgres://db.example/d")]);
        assert!(far.contains("sslmode=verify-full"), "{far}");
        assert_eq!(refusal(&[("TUQUAN_DATABASE_URL", "postgres://u@127.0.0.1:5433/d")]), "accepted");
    }
}
