//! Databases of the suite: one for each test, cloned from one migrated template per process. Which
//! backend is decided by `TUQUAN_TEST_DATABASE`; a backend that is missing is a failure, never a skip.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use tempfile::TempDir;
use tuquan::access::{Door, Place};
use tuquan::clock::Clock;
use tuquan::command::migrate;

/// A database of one test, gone when dropped.
pub struct Database {
    pub url: String,
    /// Holds the file on SQLite and the keys on both.
    pub dir: TempDir,
    name: Option<String>,
}

#[expect(clippy::disallowed_methods, reason = "the one place where the suite reads its environment")]
pub fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Whether the suite runs on PostgreSQL.
pub fn on_postgresql() -> bool {
    static CHOSEN: LazyLock<bool> = LazyLock::new(|| match setting("TUQUAN_TEST_DATABASE").as_deref() {
        None | Some("sqlite") => false,
        Some("postgresql") => true,
        Some(_) => fail("TUQUAN_TEST_DATABASE is sqlite or postgresql"),
    });
    *CHOSEN
}

/// Ends the whole run: what is wrong is not the service.
#[expect(clippy::panic, reason = "a harness that cannot work must fail its tests")]
pub fn fail(why: &str) -> ! {
    panic!("{why}")
}

/// The cluster's address up to the database's name.
fn server() -> &'static str {
    static SERVER: LazyLock<String> = LazyLock::new(|| match setting("TUQUAN_TEST_POSTGRESQL_URL") {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None => fail("no TUQUAN_TEST_POSTGRESQL_URL (postgres://user@127.0.0.1:port): run the suite by tests/run"),
    });
    &SERVER
}

pub fn place(url: &str) -> Place {
    Place::parse(url).expect("the harness makes URLs that the service reads")
}

impl Database {
    /// A migrated database that nobody else uses.
    pub fn new() -> Self {
        Self::kept_in(None)
    }

    /// The same with its files in a folder of the caller's choice. A server must be able to write there; its log of
    /// changes stays where it is.
    pub fn kept_in(folder: Option<&std::path::Path>) -> Self {
        let here = std::env::temp_dir();
        match on_postgresql() {
            true => Self::on_server(folder, temporary(&here)),
            false => Self::file_in(folder.unwrap_or(&here)),
        }
    }

    fn file_in(folder: &std::path::Path) -> Self {
        static TEMPLATE: LazyLock<Vec<u8>> = LazyLock::new(sqlite_template);
        let dir = temporary(folder);
        let path = dir.path().join("tuquan.db");
        std::fs::write(&path, TEMPLATE.as_slice()).expect("the template can be cloned");
        std::fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("a mode can be set");
        Self { url: format!("sqlite:{}", path.display()), dir, name: None }
    }

    fn on_server(folder: Option<&std::path::Path>, dir: TempDir) -> Self {
        static TEMPLATE: LazyLock<String> = LazyLock::new(postgresql_template);
        let name = Self::next_name();
        let space = folder.map_or_else(|| "pg_default".to_owned(), |_| name.clone());
        if let Some(folder) = folder {
            create(&format!("CREATE TABLESPACE {space} LOCATION '{}'", folder.display()));
        }
        create(&format!("CREATE DATABASE {name} TEMPLATE {} TABLESPACE {space}", *TEMPLATE));
        Self { url: format!("{}/{name}", server()), dir, name: Some(name) }
    }

    /// A database by another URL: as somebody else, with keys of its own. It does not go when this is dropped.
    pub fn borrowed(url: &str) -> Self {
        let dir = tempfile::Builder::new().prefix("tuquan-test-").tempdir().expect("a temporary directory can be made");
        Self { url: url.to_owned(), dir, name: None }
    }

    /// A database with nothing in it, not even tables.
    pub fn bare() -> Self {
        let dir = tempfile::Builder::new().prefix("tuquan-test-").tempdir().expect("a temporary directory can be made");
        if !on_postgresql() {
            return Self::in_new_file();
        }
        let name = Self::next_name();
        create(&format!("CREATE DATABASE {name}"));
        Self { url: format!("{}/{name}", server()), dir, name: Some(name) }
    }

    /// A SQLite file that is not there yet, wherever the suite runs.
    pub fn in_new_file() -> Self {
        let dir = tempfile::Builder::new().prefix("tuquan-test-").tempdir().expect("a temporary directory can be made");
        Self { url: format!("sqlite:{}", dir.path().join("tuquan.db").display()), dir, name: None }
    }

    fn next_name() -> String {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        format!("tuquan_{}_{}", process::id(), NUMBER.fetch_add(1, Ordering::SeqCst))
    }

    pub fn keys_dir(&self) -> PathBuf {
        self.dir.path().join("keys")
    }

    /// What `query` gives on a connection of the test's own, beside the service.
    pub fn load<T>(&self, sqlite: &str, postgresql: &str) -> Vec<T>
    where
        T: QueryableByName<diesel::sqlite::Sqlite> + QueryableByName<diesel::pg::Pg> + 'static,
    {
        match self.url.strip_prefix("sqlite:") {
            Some(path) => {
                let mut file = SqliteConnection::establish(path).expect("the test's file opens");
                file.batch_execute("PRAGMA busy_timeout = 5000").expect("the pragma is known");
                diesel::sql_query(sqlite).load(&mut file).expect("the test's query runs on SQLite")
            }
            None => {
                let mut server = PgConnection::establish(&self.url).expect("the test's database opens");
                diesel::sql_query(postgresql).load(&mut server).expect("the test's query runs on PostgreSQL")
            }
        }
    }
}

/// Everything a database keeps, as bytes.
pub struct Contents(Vec<u8>);

impl Contents {
    pub fn of(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// Whether a text is in there, as it is or in hexadecimal.
    pub fn hold(&self, text: &str) -> bool {
        let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        [text.as_bytes(), hex.as_bytes()].iter().any(|bytes| self.0.windows(bytes.len()).any(|part| part == *bytes))
    }
}

impl Database {
    /// The file and its log on SQLite, every row of every table on PostgreSQL.
    pub fn contents(&self) -> Contents {
        let Some(path) = self.url.strip_prefix("sqlite:") else {
            return self.rows();
        };
        let mut bytes = std::fs::read(path).expect("the test's file can be read");
        if let Ok(log) = std::fs::read(format!("{path}-wal")) {
            bytes.extend(log);
        }
        Contents(bytes)
    }

    fn rows(&self) -> Contents {
        #[derive(QueryableByName)]
        struct Line {
            #[diesel(sql_type = diesel::sql_types::Text)]
            line: String,
        }
        const TABLES: &str =
            "SELECT table_name::text AS line FROM information_schema.tables WHERE table_schema = 'public'";
        let mut bytes = Vec::new();
        for table in self.load::<Line>(TABLES, TABLES) {
            let rows = format!("SELECT t::text AS line FROM \"{}\" t", table.line);
            for row in self.load::<Line>(&rows, &rows) {
                bytes.extend(row.line.into_bytes());
            }
        }
        Contents(bytes)
    }
}

/// Tries a statement behind the service's back.
pub fn try_change(database: &Database, statement: &str) -> Result<(), String> {
    let done = match database.url.strip_prefix("sqlite:") {
        Some(path) => SqliteConnection::establish(path).expect("the test's file opens").batch_execute(statement),
        None => PgConnection::establish(&database.url).expect("the test's database opens").batch_execute(statement),
    };
    done.map_err(|error| error.to_string())
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(name) = &self.name {
            administer(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).expect("the test's database can go");
        }
    }
}

fn temporary(folder: &std::path::Path) -> TempDir {
    let dir = tempfile::Builder::new().prefix("tuquan-test-").tempdir_in(folder);
    dir.expect("a temporary directory can be made")
}

fn migrated(url: &str) {
    let door = Door::new(place(url), 1, Clock::default());
    migrate(&door).expect("a fresh database can be migrated");
}

fn sqlite_template() -> Vec<u8> {
    let dir = tempfile::tempdir().expect("a temporary directory can be made");
    let path = dir.path().join("template.db");
    migrated(&format!("sqlite:{}", path.display()));
    let path = path.to_str().expect("temporary paths are UTF-8");
    let mut file = SqliteConnection::establish(path).expect("the template opens");
    file.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA wal_checkpoint(TRUNCATE)").expect("the log is folded in");
    drop(file);
    std::fs::read(path).expect("the template can be read")
}

/// A database of the process's own, so that runs side by side do not meet.
fn postgresql_template() -> String {
    let name = format!("tuquan_{}_template", process::id());
    create(&format!("CREATE DATABASE {name}"));
    migrated(&format!("{}/{name}", server()));
    name
}

fn administer(statement: &str) -> Result<(), String> {
    let mut admin = PgConnection::establish(&format!("{}/postgres", server())).map_err(|e| e.to_string())?;
    admin.batch_execute(statement).map_err(|e| e.to_string())
}

/// A template that somebody is just leaving cannot be cloned yet.
fn create(statement: &str) {
    let began = Instant::now();
    while let Err(error) = administer(statement) {
        if began.elapsed() > Duration::from_secs(20) {
            fail(&format!("PostgreSQL at {}: {statement}: {error}", server()));
        }
        thread::sleep(Duration::from_millis(20));
    }
}
