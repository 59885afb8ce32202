//! What can befall a file: no room is left for it, or somebody else holds it. Reads go on, writes are
//! refused in time, and both are well again without a restart.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use rustix::process::{Pid, Resource, Rlimit, prlimit};

use crate::stand::database::setting;
use crate::stand::process::Process;
use crate::stand::{Caller, Database, eventually, journal};
use crate::{Ground, alone};

/// Writes until a write is refused, and reads meanwhile. Gives how many writes were taken.
fn write_until_refused(ground: &Ground, chief: &Caller) -> usize {
    let began = Instant::now();
    let mut taken = 0;
    loop {
        let answer = chief.post("/v1/models", &ground.model());
        chief.get("/v1/models?pageSize=1").is(200);
        if answer.status != 201 {
            let answer = answer.problem(503, "unavailable");
            assert!(answer.header("retry-after").is_some());
            return taken;
        }
        taken += 1;
        assert!(began.elapsed() < Duration::from_secs(60), "there is room for {taken} records");
    }
}

/// Full, then not: twice, since the first time something may have been left undone.
fn fills_and_heals(ground: &Ground, process: &Process, fill: impl Fn(), free: impl Fn()) {
    let chief = ground.sign_in(process);
    ground.fill(&chief, 5);
    let mut records = chief.list("/v1/models?pageSize=500", "id").len();
    for _ in 0..2 {
        fill();
        let taken = write_until_refused(ground, &chief);
        records += taken;
        println!("{taken} more records, then refused");
        for _ in 0..10 {
            chief.post("/v1/models", &ground.model()).problem(503, "unavailable");
            chief.get("/v1/models").is(200);
            chief.get("/v1/statistics/observations?indicator=models_active&period=2024").is(200);
        }
        free();
        eventually("writes are taken again", Duration::from_secs(5), || {
            chief.post("/v1/models", &ground.model()).status == 201
        });
        records += 1;
        assert_eq!(chief.list("/v1/models?pageSize=500", "id").len(), records, "what was refused is not there");
    }
    journal::assert_gapless(&ground.database);
    assert!(ground.verified());
}

#[test]
fn a_file_that_may_not_grow_refuses_writes_and_heals() {
    let _alone = alone();
    if let Some(disk) = setting("TUQUAN_TEST_SMALL_DISK") {
        on_a_small_disk(Path::new(&disk));
    }
    let ground = Ground::fresh();
    let process = ground.start();
    let pid = Pid::from_raw(process.id().cast_signed());
    let limit = |bytes: Option<u64>| {
        prlimit(pid, Resource::Fsize, Rlimit { current: bytes, maximum: None }).expect("a child can be limited");
    };
    let log = format!("{}-wal", ground.database.url.trim_start_matches("sqlite:"));
    let grown = || fs::metadata(&log).map_or(0, |meta| meta.len());
    fills_and_heals(&ground, &process, || limit(Some(grown() + 100_000)), || limit(None));
}

/// On a disk of its own, which the caller of the suite makes small: `mount -t tmpfs -o size=8m tmpfs DIR`.
fn on_a_small_disk(disk: &Path) {
    let ground = Ground::on(Database::file_in(disk));
    let process = ground.start();
    let ballast = disk.join("ballast");
    let fill = || {
        let block = vec![1_u8; 4096];
        let mut file = fs::File::create(&ballast).expect("the disk takes a file");
        while std::io::Write::write_all(&mut file, &block).is_ok() {}
    };
    fills_and_heals(&ground, &process, fill, || fs::remove_file(&ballast).expect("the ballast can go"));
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
