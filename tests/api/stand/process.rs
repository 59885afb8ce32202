//! The real program as a process of its own, for what only a process can suffer: a kill, a twin.

use std::fs::File;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tuquan::access::{Door, Role, Scope};
use tuquan::clock::Clock;
use tuquan::command::{create_client, create_user};
use tuquan::vault::Vault;

use super::database::place;
use super::{Caller, Database, eventually};

/// A `tuquan serve` of its own.
pub struct Process {
    child: Child,
    pub base: String,
}

impl Process {
    /// Starts the program on `database` under `public`, the address its tokens are good for, and
    /// waits until it answers.
    #[track_caller]
    pub fn start(database: &Database, public: &str) -> Self {
        Self::start_with(database, public, "error", None, None)
    }

    /// The same with everything it has to say in a file.
    #[track_caller]
    pub fn start_tracing(database: &Database, public: &str, log: &Path) -> Self {
        Self::start_with(database, public, "trace", Some(log), None)
    }

    /// The same with the database's URL in a file.
    #[track_caller]
    pub fn start_by_file(database: &Database, public: &str, url: &Path, log: &Path) -> Self {
        Self::start_with(database, public, "trace", Some(log), Some(url))
    }

    #[track_caller]
    fn start_with(database: &Database, public: &str, filter: &str, log: Option<&Path>, url: Option<&Path>) -> Self {
        let to = || log.map_or_else(Stdio::inherit, |log| append(log).into());
        let (listen, ops) = (free_address(), free_address());
        let place = url.map_or_else(|| database.url.clone(), |url| url.display().to_string());
        let child = Command::new(env!("CARGO_BIN_EXE_tuquan"))
            .arg("serve")
            .env_clear()
            .env(if url.is_some() { "TUQUAN_DATABASE_URL_FILE" } else { "TUQUAN_DATABASE_URL" }, place)
            .env("TUQUAN_KEYS_DIR", database.keys_dir())
            .env("TUQUAN_PUBLIC_URL", public)
            .env("TUQUAN_LISTEN", &listen)
            .env("TUQUAN_OPS_LISTEN", &ops)
            .env("TUQUAN_LOG", filter)
            .stdin(Stdio::null())
            .stdout(to())
            .stderr(to())
            .spawn()
            .expect("the program starts");
        let ready = Caller::nobody(&format!("http://{ops}"));
        let mut process = Self { child, base: format!("http://{listen}") };
        eventually("the program is ready", Duration::from_secs(30), || {
            assert!(process.child.try_wait().expect("a child can be asked").is_none(), "the program ended");
            ready.request(reqwest::Method::GET, "/readyz").try_send().is_some_and(|answer| answer.status == 200)
        });
        process
    }

    /// The process's number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// SIGTERM: it ends as it should.
    #[track_caller]
    pub fn stop(mut self) {
        let told = Command::new("kill").arg(self.child.id().to_string()).status();
        assert!(told.is_ok_and(|status| status.success()), "the program can be told");
        eventually("the program ends", Duration::from_secs(15), || {
            self.child.try_wait().expect("a child can be asked").is_some_and(|status| status.success())
        });
    }

    /// SIGKILL: nothing is told, nothing is flushed.
    pub fn kill(mut self) {
        self.child.kill().expect("the program can be killed");
        self.child.wait().expect("the program ends");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.child.kill().is_ok() {
            self.child.wait().expect("the program ends");
        }
    }
}

/// A client with every scope, made at the database itself.
pub fn chief(database: &Database) -> Value {
    client(database, Scope::ALL)
}

/// A client of the whole country, made at the database itself.
pub fn client(database: &Database, scopes: &[Scope]) -> Value {
    let door = Door::new(place(&database.url), 1, Clock::default());
    create_client(&door, "Máy khách thử", scopes, "VN", Some(10_000_000)).expect("a client can be made")
}

fn append(log: &Path) -> File {
    File::options().create(true).append(true).open(log).expect("the log can be opened")
}

/// A user of the whole country, made at the database itself.
pub fn user(database: &Database, username: &str, role: Role) -> Value {
    let vault = Vault::open(&database.keys_dir()).expect("the keys can be opened");
    let door = Door::new(place(&database.url), 1, Clock::default()).with_vault(vault);
    create_user(&door, username, "Cán bộ thử", role, "VN").expect("a user can be made")
}

fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    listener.local_addr().expect("a bound listener has an address").to_string()
}
