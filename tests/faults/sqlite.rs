//! What can befall a file: no room is left for it, or somebody else holds it. Reads go on, writes are
//! refused in time, and both are well again without a restart.

use std::fs;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use rustix::process::{Pid, Resource, Rlimit, prlimit};

use crate::stand::eventually;
use crate::{Ground, alone, disk};

#[test]
fn a_file_that_may_not_grow_refuses_writes_and_heals() {
    let _alone = alone();
    if let Some(disk) = disk::small() {
        disk::fills_and_heals_there(&disk);
    }
    let ground = Ground::fresh();
    let process = ground.start();
    let pid = Pid::from_raw(process.id().cast_signed());
    let limit = |bytes: Option<u64>| {
        prlimit(pid, Resource::Fsize, Rlimit { current: bytes, maximum: None }).expect("a child can be limited");
    };
    let log = format!("{}-wal", ground.database.url.trim_start_matches("sqlite:"));
    let grown = || fs::metadata(&log).map_or(0, |meta| meta.len());
    disk::fills_and_heals(&ground, &process, || limit(Some(grown() + 100_000)), || limit(None));
}

#[test]
fn a_file_that_somebody_else_holds_refuses_writes_in_time_and_heals() {
    let _alone = alone();
    let ground = Ground::fresh();
    let process = ground.start();
    let chief = ground.sign_in(&process);
    let mut other = SqliteConnection::establish(ground.database.url.trim_start_matches("sqlite:")).expect("it opens");
    other.batch_execute("BEGIN IMMEDIATE").expect("it can be held");
    let held = Instant::now();
    let mut slowest = Duration::ZERO;
    while held.elapsed() < Duration::from_secs(7) {
        let began = Instant::now();
        let refused = chief.post("/v1/models", &ground.model()).problem(503, "unavailable");
        slowest = slowest.max(began.elapsed());
        assert!(refused.header("retry-after").is_some());
        let began = Instant::now();
        chief.get("/v1/models").is(200);
        assert!(began.elapsed() < Duration::from_secs(1), "a read took {:?}", began.elapsed());
    }
    assert!(slowest < Duration::from_secs(5), "refused after {slowest:?}");
    other.batch_execute("ROLLBACK").expect("it can be let go");
    eventually("writes are taken again", Duration::from_secs(5), || {
        chief.post("/v1/models", &ground.model()).status == 201
    });
}
