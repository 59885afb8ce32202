//! Where the records are kept, as it is configured. A password comes by file, and beyond this machine the
//! connection to PostgreSQL is encrypted and its server known.

use std::path::Path;

use super::{Refused, Settings, private, refused, secret};
use crate::access::Place;

/// What libpq would read out of the environment and go elsewhere by.
pub(super) const ELSEWHERE: [&str; 4] = ["PGHOST", "PGHOSTADDR", "PGSERVICE", "PGSERVICEFILE"];

/// The parameters that a URL may have. Others could name another server, or switch off what is asked.
const PARAMETERS: [&str; 12] = [
    "host",
    "port",
    "user",
    "password",
    "dbname",
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "application_name",
    "options",
    "channel_binding",
];

/// `foreign`: which of `ELSEWHERE` are set.
pub(super) fn place(settings: &Settings, foreign: &[String]) -> Result<Place, Refused> {
    let (url, key) = match (settings.get("database_url"), settings.get("database_url_file")) {
        (Some(_), Some(_)) => return Err(refused("database_url", "is set beside TUQUAN_DATABASE_URL_FILE; set one")),
        (Some(url), None) => (url.clone(), "database_url"),
        (None, Some(path)) => (secret(Path::new(path), "database_url_file")?, "database_url_file"),
        (None, None) => ("sqlite:tuquan.db".to_owned(), "database_url"),
    };
    let place = Place::parse(&url).ok_or_else(|| refused(key, "must begin with sqlite: or postgres://"))?;
    // What is not there yet is made for its owner alone.
    if let Place::File(path) = &place
        && Path::new(path).exists()
    {
        private(Path::new(path), key)?;
    }
    if let Place::Server(_) = &place {
        let server = Server::read(&url).ok_or_else(|| refused(key, "is not a URL of PostgreSQL"))?;
        if server.has_password() && key == "database_url" {
            return Err(refused(key, "holds a password; give it by TUQUAN_DATABASE_URL_FILE"));
        }
        if let Some(name) = foreign.first() {
            return Err(refused(key, format!("is contradicted by {name}; unset that")));
        }
        server.guarded(key)?;
    }
    Ok(place)
}

/// What a URL says of a server.
struct Server {
    url: url::Url,
    parameters: Vec<(String, String)>,
}

impl Server {
    fn read(url: &str) -> Option<Self> {
        let url = url::Url::parse(url).ok()?;
        let parameters = url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        url.fragment().is_none().then_some(Self { url, parameters })
    }

    fn given(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    fn has_password(&self) -> bool {
        self.url.password().is_some() || self.given("password").is_some()
    }

    fn guarded(&self, key: &str) -> Result<(), Refused> {
        let known = self.parameters.iter().all(|(name, _)| PARAMETERS.contains(&name.as_str()));
        let once = |name: &str| self.parameters.iter().filter(|(given, _)| given == name).count() <= 1;
        if !known || !PARAMETERS.iter().all(|name| once(name)) {
            return Err(refused(key, "has a parameter that is unknown here or given twice"));
        }
        let verified = self.given("sslmode") == Some("verify-full");
        match (self.is_near(), verified, cfg!(feature = "postgres-tls")) {
            (true, ..) | (false, true, true) => Ok(()),
            (false, false, _) => Err(refused(key, "names a server beyond this machine; add sslmode=verify-full")),
            (false, true, false) => Err(refused(key, "needs TLS; build with --features postgres-tls")),
        }
    }

    /// Whether every host is this machine; none at all is a socket of it.
    fn is_near(&self) -> bool {
        let in_path = self.url.host_str().unwrap_or_default().replace("%2F", "/").replace("%2f", "/");
        let hosts = [in_path.as_str(), self.given("host").unwrap_or_default()];
        hosts.iter().flat_map(|hosts| hosts.split(',')).all(|host| {
            let name = host.trim_matches(['[', ']']);
            host.is_empty()
                || host.starts_with('/')
                || host == "localhost"
                || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
        })
    }
}
