//! A disk that is full, and then is not: reads go on, writes are refused in time, and all is well again without
//! a restart.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::Ground;
use crate::stand::database::setting;
use crate::stand::process::Process;
use crate::stand::{Caller, Database, eventually, journal};

/// A disk of its own, which the caller of the suite makes small: `mount -t tmpfs -o size=8m tmpfs DIR`, for a server
/// `size=40m,uid=postgres,mode=700`.
pub fn small() -> Option<PathBuf> {
    setting("TUQUAN_TEST_SMALL_DISK").map(PathBuf::from)
}

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
pub fn fills_and_heals(ground: &Ground, process: &Process, fill: impl Fn(), free: impl Fn()) {
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

/// With the database's files on that disk.
pub fn fills_and_heals_there(disk: &Path) {
    let ground = Ground::on(Database::kept_in(Some(disk)));
    let process = ground.start();
    let ballast = disk.join("ballast");
    let fill = || {
        let block = vec![1_u8; 4096];
        let mut file = fs::File::create(&ballast).expect("the disk takes a file");
        while std::io::Write::write_all(&mut file, &block).is_ok() {}
    };
    fills_and_heals(&ground, &process, fill, || fs::remove_file(&ballast).expect("the ballast can go"));
}
