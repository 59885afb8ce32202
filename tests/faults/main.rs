//! Faults: the program itself, as a process, when it is killed, cut off from its database, flooded,
//! kept waiting or told to stop. One at a time, since time is measured. Small counts here;
//! `TUQUAN_TEST_LONG=1` runs the full ones, `TUQUAN_TEST_BINARY` names another build of the program.

#[path = "../api/stand/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the stand is the API suite's; here some of it is used")]
mod stand;

mod crash;
mod disk;
mod load;
mod overload;
mod postgresql;
mod proxy;
mod replica;
mod slow;
mod sqlite;
mod stop;
mod wire;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use stand::database::setting;
use stand::process::{self, Process};
use stand::{Caller, Database, text, world};

/// Under whose address tokens are good, whichever port a process listens on.
pub const PUBLIC: &str = "http://tuquan.test";

/// Nothing else runs meanwhile.
pub fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether the full counts are asked for.
pub fn long() -> bool {
    setting("TUQUAN_TEST_LONG").is_some()
}

/// A small count here, the full one by hand.
pub fn count(few: usize, all: usize) -> usize {
    if long() { all } else { few }
}

/// The bar: that of a release build on a machine that does nothing else, or that of a debug build on one
/// that does.
pub fn bar<T>(everyday: T, full: T) -> T {
    if long() { full } else { everyday }
}

/// A database with a client of every scope, in which a ward's worth of records can be made.
pub struct Ground {
    pub database: Database,
    pub client: Value,
    pub model_type: String,
}

impl Ground {
    /// Prepared through a process that is gone afterwards.
    pub fn fresh() -> Self {
        Self::on(Database::new())
    }

    pub fn on(database: Database) -> Self {
        let client = process::chief(&database);
        let process = Process::start(&database, PUBLIC);
        let chief = Caller::sign_in(&process.base, &client);
        let model_type = text(&chief.create("/v1/model-types", &world::model_type("TLG", "Tổ liên gia"))["id"]);
        Self { database, client, model_type }
    }

    pub fn launch(&self, settings: &[(&str, &str)]) -> Process {
        let settings: Vec<_> = [("TUQUAN_PUBLIC_URL", PUBLIC)].into_iter().chain(settings.iter().copied()).collect();
        Process::launch(&self.database, &settings, None)
    }

    pub fn start(&self) -> Process {
        self.launch(&[]).ready()
    }

    pub fn sign_in(&self, process: &Process) -> Caller {
        Caller::sign_in(&process.base, &self.client)
    }

    pub fn model(&self) -> Value {
        json!({"name": "Tổ liên gia", "modelTypeId": self.model_type, "unitId": world::COUNTRY,
            "establishedOn": "2023-03-01", "leadBody": "Công an phường"})
    }

    pub fn activity(&self) -> Value {
        json!({"kind": "training", "title": "Tập huấn", "unitId": world::COUNTRY,
            "startedAt": "2024-03-01T01:00:00Z", "organiser": "Công an phường"})
    }

    /// Makes that many models.
    pub fn fill(&self, chief: &Caller, models: usize) {
        for _ in 0..models {
            chief.create("/v1/models", &self.model());
        }
    }

    /// Whether `audit verify` finds the journal whole.
    pub fn verified(&self) -> bool {
        let mut verify = std::process::Command::new(process::program());
        verify.args(["audit", "verify"]).env_clear().env("TUQUAN_DATABASE_URL", &self.database.url);
        let verify = verify.env("TUQUAN_KEYS_DIR", self.database.keys_dir()).env("TUQUAN_LOG", "error");
        let done = verify.env("TUQUAN_PUBLIC_URL", PUBLIC).output().expect("the program runs");
        if !done.status.success() {
            println!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
        }
        done.status.success()
    }
}

/// Durations in order of length, said in short.
pub fn spread(mut waits: Vec<Duration>) -> String {
    waits.sort_unstable();
    let at = |percent: usize| waits.get((waits.len() * percent / 100).min(waits.len().saturating_sub(1))).copied();
    format!("{} of them, p50 {:?}, p99 {:?}, max {:?}", waits.len(), at(50), at(99), waits.last())
}
