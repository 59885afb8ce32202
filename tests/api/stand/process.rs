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
        Self::start_telling(database, public, "error", None)
    }

    /// The same with everything it has to say in a file.
    #[track_caller]
    pub fn start_tracing(database: &Database, public: &str, log: &Path) -> Self {
        Self::start_telling(database, public, "trace", Some(log))
    }

    fn start_telling(database: &Database, public: &str, filter: &str, log: Option<&Path>) -> Self {
        let to = || log.map_or_else(Stdio::inherit, |log| append(log).into());
        let (listen, ops) = (free_address(), free_address());
        let child = Command::new(env!("CARGO_BIN_EXE_tuquan"))
            .arg("serve")
            .env_clear()
            .env("TUQUAN_DATABASE_URL", &database.url)
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

    /// SIGTERM, and waits until it is gone.
    pub fn terminate(mut self) {
        let told = Command::new("kill").arg(self.child.id().to_string()).status().expect("kill is there");
        assert!(told.success());
        self.child.wait().expect("the program ends");
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
    let door = Door::new(place(&database.url), 1, Clock::default());
    create_client(&door, "Máy khách thử", Scope::ALL, "VN", Some(10_000_000)).expect("a client can be made")
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
