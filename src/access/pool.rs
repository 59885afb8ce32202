//! Connections: which database, how it is set up, how many, and when one is thrown away.
//! The only room that opens a connection; nobody outside the door sees one without a transaction.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel::backend::Backend;
use diesel::connection::SimpleConnection;
use diesel::migration::MigrationSource;
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::joint::HASTE;
use super::memory::Memory;
use crate::database::Database;
use crate::error::{self, Error, Result};

const POSTGRESQL: EmbeddedMigrations = embed_migrations!("migrations/postgresql");
const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// How long a connection is kept that nobody needs, and how long one is kept at all.
const UNUSED: Duration = Duration::from_secs(300);
const OLDEST: Duration = Duration::from_secs(1800);

/// Where the records are kept.
#[derive(Clone)]
pub enum Place {
    /// Path of a SQLite file.
    File(String),
    /// A `postgres://` URL; it may hold a password and is never shown.
    Server(String),
}

impl Place {
    /// Chooses by the URL's scheme, since a SQLite driver accepts any text as a path.
    pub fn parse(url: &str) -> Option<Self> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return (!path.is_empty()).then(|| Self::File(path.to_owned()));
        }
        let server = url.starts_with("postgres://") || url.starts_with("postgresql://");
        server.then(|| Self::Server(url.to_owned()))
    }

    fn connect(&self, writes: bool) -> ConnectionResult<Database> {
        match self {
            Self::File(path) => {
                private(path)?;
                let mut file = SqliteConnection::establish(path)?;
                file.batch_execute(SQLITE_SETTINGS).map_err(ConnectionError::CouldntSetupConfiguration)?;
                if !writes {
                    file.batch_execute("PRAGMA query_only = ON").map_err(ConnectionError::CouldntSetupConfiguration)?;
                }
                Ok(Database::Sqlite(file))
            }
            Self::Server(url) => {
                let mut server = PgConnection::establish(&with_deadlines(url))?;
                server.batch_execute(POSTGRESQL_SETTINGS).map_err(ConnectionError::CouldntSetupConfiguration)?;
                Ok(Database::Postgresql(server))
            }
        }
    }
}

/// Makes a database's file for its owner alone; what SQLite puts beside it takes after it.
fn private(path: &str) -> ConnectionResult<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let made = std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(path);
    made.map(drop).map_err(|error| ConnectionError::BadConnection(format!("{path}: {error}")))
}

/// `synchronous = FULL`: what was acknowledged survives a power cut. `secure_delete`: what was
/// erased is overwritten. The mapping is small on purpose: a large one shows up as resident memory.
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 3000; PRAGMA journal_mode = WAL; \
    PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; \
    PRAGMA cache_size = -8000; PRAGMA mmap_size = 33554432; PRAGMA temp_store = MEMORY; \
    PRAGMA trusted_schema = OFF";

/// A statement ends before its request is answered without it; a lock is waited for half as long.
/// Whoever writes says so.
const POSTGRESQL_SETTINGS: &str = "SET default_transaction_read_only = on; SET statement_timeout = '3s'; SET lock_timeout = '1500ms'; \
    SET idle_in_transaction_session_timeout = '5s'; SET synchronous_commit = on; \
    SET client_min_messages = warning; SET timezone = 'UTC'; SET bytea_output = 'hex'";

/// libpq waits for ever on a silent network unless told otherwise.
fn with_deadlines(url: &str) -> String {
    let mark = if url.contains('?') { '&' } else { '?' };
    format!(
        "{url}{mark}connect_timeout=2&tcp_user_timeout=4000&keepalives_idle=5&keepalives_interval=2&keepalives_count=2"
    )
}

/// What a transaction is begun for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Begin {
    Reading,
    Writing,
    /// Writing in haste, where others wait.
    Hastily,
}

/// A connection; `broken` once a transaction on it did not end as it should.
pub(super) struct Link {
    pub(super) database: Database,
    pub(super) memory: Memory,
    pub(super) broken: bool,
    made: Instant,
    used: Instant,
    _open: Open,
}

/// One that is open, as long as it is.
struct Open(Arc<AtomicUsize>);

impl Open {
    fn one(of: &Arc<AtomicUsize>) -> Self {
        of.fetch_add(1, Ordering::Relaxed);
        Self(of.clone())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Connections that nobody uses right now. How many are in use is for the turns of the door to say:
/// here nobody waits, and a connection is made by whoever needs it, on a thread that may be given up.
#[derive(Clone)]
pub(super) struct Pool {
    place: Arc<Place>,
    writes: bool,
    most: usize,
    idle: Arc<Mutex<Vec<Link>>>,
    open: Arc<AtomicUsize>,
}

impl Pool {
    fn new(place: &Place, writes: bool, most: usize) -> Self {
        Self { place: Arc::new(place.clone()), writes, most, idle: Arc::default(), open: Arc::default() }
    }

    /// Runs `work` on a connection with a transaction begun, which `work` ends.
    pub(super) fn begun<T>(&self, how: Begin, work: impl FnOnce(&mut Link) -> Result<T>) -> Result<T> {
        let mut link = self.begin(how)?;
        let done = work(&mut link);
        self.put_back(link);
        done
    }

    /// Runs `work` on a connection that is open already, without a transaction; none where no connection
    /// rests or the one that did had died.
    pub(super) fn idly<T>(&self, work: impl FnOnce(&mut Link) -> Result<T>) -> Result<Option<T>> {
        let Some(mut link) = self.unused() else {
            return Ok(None);
        };
        let done = work(&mut link);
        match &done {
            Err(error) if error.is_disconnection() => {
                self.idle().clear();
                return Ok(None);
            }
            _ => self.put_back(link),
        }
        done.map(Some)
    }

    fn put_back(&self, mut link: Link) {
        link.used = Instant::now();
        let mut idle = self.idle();
        if !link.broken && idle.len() < self.most {
            idle.push(link);
        }
    }

    /// A connection that died while nobody used it is replaced and not seen.
    fn begin(&self, how: Begin) -> Result<Link> {
        if let Some(mut link) = self.unused() {
            match link.begin(how) {
                Ok(()) => return Ok(link),
                Err(error) if matches!(*self.place, Place::File(_)) => return Err(unavailable(error)),
                // Its fellows are of the same age and most likely met the same end.
                Err(_) => self.idle().clear(),
            }
        }
        let database = self.place.connect(self.writes).map_err(unavailable)?;
        let (made, used) = (Instant::now(), Instant::now());
        let mut link =
            Link { database, memory: Memory::default(), broken: false, made, used, _open: Open::one(&self.open) };
        link.begin(how).map_err(unavailable)?;
        Ok(link)
    }

    /// How many may rest here, how many are open, and how many of those rest.
    pub(super) fn state(&self) -> (usize, usize, usize) {
        (self.most, self.open.load(Ordering::Relaxed), self.idle().len())
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Link>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The one used last, so that those too many grow old.
    fn unused(&self) -> Option<Link> {
        let mut idle = self.idle();
        idle.retain(|link| link.used.elapsed() < UNUSED && link.made.elapsed() < OLDEST);
        idle.pop()
    }
}

fn unavailable(error: impl std::fmt::Display) -> Error {
    Error::Unavailable(error.to_string())
}

impl Link {
    fn begin(&mut self, how: Begin) -> QueryResult<()> {
        self.memory.doubt();
        const WRITING: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
        match (&mut self.database, how) {
            (Database::Postgresql(server), Begin::Writing) => server.batch_execute(WRITING),
            (Database::Postgresql(server), Begin::Hastily) => server.batch_execute(&format!("{WRITING}; {HASTE}")),
            (Database::Postgresql(server), Begin::Reading) => {
                server.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            }
            (Database::Sqlite(file), Begin::Writing | Begin::Hastily) => file.batch_execute("BEGIN IMMEDIATE"),
            (Database::Sqlite(file), Begin::Reading) => file.batch_execute("BEGIN"),
        }
    }

    /// Ends the transaction that changes records as not done, and begins another.
    pub(super) fn begin_anew(&mut self) -> QueryResult<()> {
        self.database.batch_execute("ROLLBACK")?;
        self.begin(Begin::Writing)
    }
}

/// The pools behind the door: SQLite has one writer beside its readers, PostgreSQL one pool for both.
#[derive(Clone)]
pub(super) struct Pools {
    pub(super) readers: Pool,
    pub(super) writers: Pool,
}

impl Pools {
    /// Opens no connection yet: a database that is away when the service starts is a 503, not an end.
    pub(super) fn new(place: &Place, size: u32) -> Self {
        let readers = Pool::new(place, matches!(place, Place::Server(_)), size as usize);
        match place {
            Place::File(_) => Self { readers, writers: Pool::new(place, true, 1) },
            Place::Server(_) => Self { writers: readers.clone(), readers },
        }
    }
}

impl Pools {
    /// The pools by name with the connections each may have, has, and has at rest.
    pub(super) fn told(&self, place: &Place) -> Vec<(&'static str, u32, u32, u32)> {
        let of = |name, pool: &Pool| {
            let (most, open, idle) = pool.state();
            (name, most as u32, open as u32, idle as u32)
        };
        match place {
            Place::File(_) => vec![of("readers", &self.readers), of("writers", &self.writers)],
            Place::Server(_) => vec![of("both", &self.readers)],
        }
    }
}

/// Brings the schema up to date, or as far as the version `last`; several processes may do so at once.
pub(super) fn migrate(place: &Place, last: Option<&str>) -> Result<Vec<String>> {
    match &mut place.connect(true).map_err(unavailable)? {
        Database::Postgresql(server) => {
            // A role that owns nothing serves a schema that is up to date; it could not even look for more.
            if pending_of(server).is_ok_and(|pending| !pending) {
                return Ok(Vec::new());
            }
            // One process migrates, the others wait for it and then find nothing to do.
            server.batch_execute(
                "SET default_transaction_read_only = off; SET lock_timeout = 0; SET statement_timeout = 0; SELECT pg_advisory_lock(7305804402)",
            )?;
            run(server, POSTGRESQL, last)
        }
        Database::Sqlite(file) => run(file, SQLITE, last),
    }
}

fn run<B: Backend>(
    database: &mut impl MigrationHarness<B>,
    all: EmbeddedMigrations,
    last: Option<&str>,
) -> Result<Vec<String>> {
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| match error::passes(&error.to_string()) {
        true => Error::Unavailable(error.to_string()),
        false => Error::internal(error),
    };
    let mut applied = Vec::new();
    for migration in database.pending_migrations(all).map_err(failed)? {
        let version = migration.name().version().to_string();
        if last.is_none_or(|last| version.as_str() <= last) {
            database.run_migration(&migration).map_err(failed)?;
            applied.push(version);
        }
    }
    Ok(applied)
}

/// Whether a migration is missing, asked without a right to make tables.
fn pending_of(server: &mut PgConnection) -> Result<bool> {
    #[derive(QueryableByName)]
    struct Applied {
        #[diesel(sql_type = diesel::sql_types::Text)]
        version: String,
    }
    let applied: Vec<Applied> = diesel::sql_query("SELECT version FROM __diesel_schema_migrations").load(server)?;
    let all = MigrationSource::<diesel::pg::Pg>::migrations(&POSTGRESQL).map_err(Error::internal)?;
    let is_applied = |version: String| applied.iter().any(|row| row.version == version);
    Ok(all.iter().any(|migration| !is_applied(migration.name().version().to_string())))
}

/// Whether this program knows a schema of this version.
pub(super) fn knows(version: &str) -> Result<bool> {
    let all = MigrationSource::<diesel::sqlite::Sqlite>::migrations(&SQLITE).map_err(Error::internal)?;
    Ok(all.iter().any(|migration| migration.name().version().to_string() == version))
}
