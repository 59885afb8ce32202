//! The real program as a process of its own, for what only a process can suffer: a kill, a twin.

use std::fs::File;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tuquan::access::{Door, Role, Scope};
use tuquan::clock::Clock;
use tuquan::command::{create_client, create_user};
use tuquan::vault::Vault;

use super::database::{on_postgresql, place, setting};
use super::{Caller, Database, eventually};

/// A `tuquan serve` of its own.
pub struct Process {
    child: Child,
    pub base: String,
    /// The operators' listener.
    pub ops: String,
}

/// The program: the one cargo built for the tests, or another build of it.
pub fn program() -> String {
    setting("TUQUAN_TEST_BINARY").unwrap_or_else(|| env!("CARGO_BIN_EXE_tuquan").to_owned())
}

impl Process {
    /// Starts the program on `database` under `public`, the address its tokens are good for, and
    /// waits until it answers.
    #[track_caller]
    pub fn start(database: &Database, public: &str) -> Self {
        Self::launch(database, &[("TUQUAN_PUBLIC_URL", public)], None).ready()
    }

    /// The same with everything it has to say in a file.
    #[track_caller]
    pub fn start_tracing(database: &Database, public: &str, log: &Path) -> Self {
        Self::launch(database, &[("TUQUAN_PUBLIC_URL", public), ("TUQUAN_LOG", "trace")], Some(log)).ready()
    }

    /// The same with the database's URL in a file.
    #[track_caller]
    pub fn start_by_file(database: &Database, public: &str, url: &Path, log: &Path) -> Self {
        let url = url.display().to_string();
        let settings =
            [("TUQUAN_PUBLIC_URL", public), ("TUQUAN_LOG", "trace"), ("TUQUAN_DATABASE_URL_FILE", url.as_str())];
        Self::launch(database, &settings, Some(log)).ready()
    }

    /// Starts the program with more settings and does not wait.
    #[track_caller]
    pub fn launch(database: &Database, settings: &[(&str, &str)], log: Option<&Path>) -> Self {
        let to = || log.map_or_else(Stdio::inherit, |log| append(log).into());
        let (listen, ops) = (free_address(), free_address());
        // What a shell ignores its child ignores too: a file that may not grow is an error, not an end.
        let mut command = Command::new("sh");
        command
            .args(["-c", "trap '' XFSZ; exec \"$0\" serve", &program()])
            .env_clear()
            .env("TUQUAN_KEYS_DIR", database.keys_dir())
            .env("TUQUAN_LISTEN", &listen)
            .env("TUQUAN_OPS_LISTEN", &ops)
            .env("TUQUAN_LOG", "error")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(to())
            .stderr(to());
        if settings.iter().all(|(name, _)| !name.starts_with("TUQUAN_DATABASE_URL")) {
            command.env("TUQUAN_DATABASE_URL", &database.url);
        }
        let child = command.spawn().expect("the program starts");
        Self { child, base: format!("http://{listen}"), ops: format!("http://{ops}") }
    }

    /// Waits until it can serve.
    #[track_caller]
    pub fn ready(mut self) -> Self {
        eventually("the program is ready", Duration::from_secs(30), || self.asked("/readyz") == Some(200));
        self
    }

    /// What it says to its operators there, if it can be reached.
    #[track_caller]
    pub fn asked(&mut self, path: &str) -> Option<u16> {
        assert!(self.child.try_wait().expect("a child can be asked").is_none(), "the program ended");
        let operator = Caller::nobody(&self.ops);
        operator.request(reqwest::Method::GET, path).try_send().map(|answer| answer.status)
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

    /// SIGTERM, and how it ends, if it does in that time.
    #[track_caller]
    pub fn stop(mut self, within: Duration) -> Option<ExitStatus> {
        kill_process(Pid::from_child(&self.child), Signal::TERM).expect("the program can be told");
        let until = Instant::now() + within;
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait().expect("a child can be asked") {
                return Some(status);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        None
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.child.kill().is_ok() {
            self.child.wait().expect("the program ends");
        }
    }
}

/// A client with every scope at two processes on one database. A file is the database of one process, so there
/// both are the same.
pub struct Pair {
    pub one: Caller,
    pub two: Caller,
    _first: Process,
    _second: Option<Process>,
}

impl Pair {
    #[track_caller]
    pub fn on(database: &Database, public: &str) -> Self {
        let made = chief(database);
        let first = Process::start(database, public);
        let second = on_postgresql().then(|| Process::start(database, public));
        let one = Caller::sign_in(&first.base, &made);
        let two = Caller { base: second.as_ref().unwrap_or(&first).base.clone(), ..one.clone() };
        Self { one, two, _first: first, _second: second }
    }
}

/// A client with every scope, made at the database itself.
pub fn chief(database: &Database) -> Value {
    client(database, Scope::ALL)
}

/// A client of the whole country, made at the database itself.
pub fn client(database: &Database, scopes: &[Scope]) -> Value {
    limited(database, scopes, 10_000_000)
}

/// The same with a limit of so many requests a minute.
pub fn limited(database: &Database, scopes: &[Scope], rate: i64) -> Value {
    let door = Door::new(place(&database.url), 1, Clock::default());
    create_client(&door, "Máy khách thử", scopes, "VN", Some(rate)).expect("a client can be made")
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

/// An address nobody listens on, other than any given before. Not one of those that the system gives to whoever
/// connects: between here and the program's start somebody else would have it.
fn free_address() -> String {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let begin = std::process::id() % 10_000;
    loop {
        let port = 20_000 + (begin + u32::from(NEXT.fetch_add(1, Ordering::SeqCst))) % 12_000;
        let address = format!("127.0.0.1:{port}");
        if TcpListener::bind(&address).is_ok() {
            return address;
        }
    }
}
