//! The stand a test works on: the real server in this process, on loopback, over a database of the
//! test's own. What must not come in: any way to the records that the service does not offer.

pub mod answer;
pub mod caller;
pub mod database;
pub mod forge;
pub mod journal;
pub mod life;
pub mod person;
pub mod process;
pub mod program;
pub mod replica;
pub mod world;

use std::net::TcpListener;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use actix_web::dev::ServerHandle;
use serde_json::{Value, json};
use tuquan::access::{Door, Role, Scope};
use tuquan::app::Parts;
use tuquan::clock::Clock;
use tuquan::command::create_client;
use tuquan::config::Config;
use tuquan::http::document::{FAREWELLS, Farewell};

pub use self::answer::{Answer, text};
pub use self::caller::{Caller, nothing};
pub use self::database::Database;
pub use self::person::Person;
pub use self::world::World;

/// A running service with its database.
pub struct Stand {
    pub base: String,
    pub clock: Clock,
    parts: Option<Parts>,
    server: Option<(ServerHandle, JoinHandle<()>)>,
    // Last: it goes when nobody uses it any more.
    pub database: Database,
}

/// A client to be made: which scopes, and where.
pub struct Wanted<'s> {
    stand: &'s Stand,
    scopes: Vec<Scope>,
}

impl Stand {
    pub fn new() -> Self {
        Self::with(Clock::default())
    }

    /// A stand whose service reads this clock.
    pub fn with(clock: Clock) -> Self {
        Self::trusting(clock, None)
    }

    /// As `with`, trusting the issuers that `issuers` names, which may lay files into the folder it gets.
    pub fn trusting(clock: Clock, issuers: Option<&dyn Fn(&std::path::Path) -> Value>) -> Self {
        Self::furnished(clock, issuers, FAREWELLS)
    }

    /// A stand some of whose operations will go.
    pub fn bidding(farewells: &'static [Farewell]) -> Self {
        Self::furnished(Clock::default(), None, farewells)
    }

    fn furnished(
        clock: Clock,
        issuers: Option<&dyn Fn(&std::path::Path) -> Value>,
        farewells: &'static [Farewell],
    ) -> Self {
        let database = Database::new();
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        let base = format!("http://{address}");
        let mut config = config(&database, &base);
        config.oidc_file = issuers.map(|issuers| {
            let file = database.dir.path().join("issuers.json");
            std::fs::write(&file, issuers(database.dir.path()).to_string()).expect("the file can be written");
            file
        });
        let parts = Parts::bidding(&config, clock.clone(), farewells).expect("the service can be put together");
        let server = Some(serve(parts.clone(), listener));
        Self { base, clock, parts: Some(parts), server, database }
    }

    pub fn door(&self) -> &Door {
        self.parts.as_ref().expect("the stand stands").door()
    }

    /// Does the jobs that wait, as the program does beside its requests.
    #[track_caller]
    pub fn work(&self) {
        let worker = self.parts.as_ref().expect("the stand stands").worker();
        while worker.work_once(None).expect("the worker works") {}
    }

    /// A client with these scopes.
    pub fn client(&self, scopes: &[Scope]) -> Wanted<'_> {
        Wanted { stand: self, scopes: scopes.to_vec() }
    }

    /// A client with the scopes of this role.
    pub fn role(&self, role: Role) -> Wanted<'_> {
        Wanted { stand: self, scopes: role.scopes().iter().collect() }
    }

    /// A user of this role in a unit (an id, or a code in force today), who has signed in.
    #[track_caller]
    pub fn user(&self, role: Role, unit: &str) -> Person {
        Person::new(self, role, unit)
    }

    /// A client with every scope in the whole country.
    #[track_caller]
    pub fn chief(&self) -> Caller {
        self.client(Scope::ALL).in_unit("VN")
    }

    pub fn nobody(&self) -> Caller {
        Caller::nobody(&self.base)
    }
}

impl Wanted<'_> {
    /// Makes the client in a unit (an id, or a code in force today) and signs it in.
    #[track_caller]
    pub fn in_unit(self, unit: &str) -> Caller {
        let Self { stand, scopes } = self;
        let made = create_client(stand.door(), "Máy khách thử", &scopes, unit, Some(10_000_000));
        Caller::sign_in(&stand.base, &made.expect("a client can be made"))
    }
}

impl Drop for Stand {
    fn drop(&mut self) {
        if let Some((handle, thread)) = self.server.take() {
            // The command is sent at once; what it gives back is only the news of the end.
            drop(handle.stop(false));
            thread.join().expect("the server ends");
        }
        self.parts = None;
    }
}

/// How the service is configured on a stand.
pub fn config(database: &Database, base: &str) -> Config {
    let variables = [
        ("TUQUAN_DATABASE_URL", database.url.clone()),
        ("TUQUAN_KEYS_DIR", database.keys_dir().display().to_string()),
        ("TUQUAN_PUBLIC_URL", base.to_owned()),
        ("TUQUAN_CONNECTIONS", "4".to_owned()),
    ];
    let variables = variables.into_iter().map(|(name, value)| (name.to_owned(), value));
    Config::read(variables).expect("the harness configures the service as it should be")
}

fn serve(parts: Parts, listener: TcpListener) -> (ServerHandle, JoinHandle<()>) {
    let (tell, told) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = parts.serve(listener, 1, 1000).expect("the service can be served");
            tell.send(server.handle()).expect("the stand waits for its server");
            server.await.expect("the server ends as it should");
        });
    });
    (told.recv().expect("the server starts"), thread)
}

/// A UUIDv7 that no other has.
pub fn v7() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    let n = NUMBER.fetch_add(1, Ordering::SeqCst);
    format!("019aa000-{:04x}-7000-8000-{:012x}", std::process::id() & 0xffff, n)
}

/// An id of no record.
pub fn nowhere() -> String {
    "019aa000-0000-7000-9000-000000000000".to_owned()
}

/// Asks again until it is so, for what the service may do in its own time.
#[track_caller]
pub fn eventually(what: &str, within: Duration, mut so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !so() {
        assert!(began.elapsed() < within, "not within {within:?}: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// `base` with the members of `more` put over it.
pub fn with(base: &Value, more: Value) -> Value {
    let mut value = base.clone();
    if let (Value::Object(into), Value::Object(more)) = (&mut value, more) {
        into.extend(more);
    }
    value
}

/// `base` without a member.
pub fn without(base: &Value, name: &str) -> Value {
    let mut value = base.clone();
    if let Value::Object(object) = &mut value {
        object.shift_remove(name);
    }
    value
}

/// The paper an act rests on.
pub fn decision() -> Value {
    json!({"number": "12/QĐ-UBND", "issuedOn": "2023-01-02", "issuer": "Ủy ban nhân dân phường"})
}
