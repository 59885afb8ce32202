//! Slow commits: sixteen writers wait long and unequally for theirs, while a copy is made of the feed
//! alone. Whatever order they end in, the copy is the registry.

use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::proxy::Proxy;
use crate::stand::database::on_postgresql;
use crate::stand::life::Writer;
use crate::stand::process::{Process, chief};
use crate::stand::replica::{Replica, registry};
use crate::stand::{Caller, Database, World, text, with, world};
use crate::{Ground, alone, count, postgresql};

const WRITERS: usize = 16;
/// How long a commit is held up at least; now and then it is ten times as long.
const SHORTEST: Duration = Duration::from_millis(4);

/// Put before the C library's: a sync takes its time.
const SLOW_SYNC: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>
static int slowly(const char *name, int file) {
    int (*sync)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    usleep((4 + rand() % 12) * (rand() % 8 ? 1000 : 4000));
    return sync(file);
}
int fsync(int file) { return slowly("fsync", file); }
int fdatasync(int file) { return slowly("fdatasync", file); }
"#;

/// The service with commits that take their time: on PostgreSQL on the way there, on SQLite at the disk.
fn slow(ground: &Ground) -> (Option<Proxy>, Process) {
    if on_postgresql() {
        let (proxy, process) = postgresql::behind(ground);
        proxy.hold_up_commits(SHORTEST);
        return (Some(proxy), process);
    }
    let (source, library) = ["slow.c", "slow.so"].map(|name| ground.database.dir.path().join(name)).into();
    std::fs::write(&source, SLOW_SYNC).expect("the file can be written");
    let compiled = Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&library, &source]).arg("-ldl").status();
    assert!(compiled.expect("there is a C compiler").success());
    (None, ground.launch(&[("LD_PRELOAD", &library.display().to_string())]).ready())
}

/// A client that may do everything, in the ward.
fn in_ward(world: &World) -> Caller {
    let scopes = world.chief.get("/v1/me").is(200).json()["scopes"].clone();
    let client =
        with(&world::client("Phường", &world.ward), json!({"scopes": scopes, "rateLimitPerMinute": 1_000_000}));
    let id = text(&world.chief.create("/v1/clients", &client)["id"]);
    let credential = world.chief.create(&format!("/v1/clients/{id}/credentials"), &json!({}));
    Caller::sign_in(&world.chief.base, &json!({"clientId": id, "clientSecret": credential["clientSecret"]}))
}

#[test]
fn a_replica_of_the_feed_equals_the_registry_however_slow_commits_are() {
    let _alone = alone();
    let database = Database::new();
    // The world makes its own model type.
    let ground = Ground { client: chief(&database), database, model_type: String::new() };
    let (_proxy, process) = slow(&ground);
    let world = World::under(ground.sign_in(&process));
    let began = Instant::now();
    world.a_model("Chậm");
    assert!(began.elapsed() >= SHORTEST, "nothing is held up: {:?}", began.elapsed());
    let readers = [world.chief.clone(), in_ward(&world)];
    let (rounds, over, done) = (count(1, 12), AtomicBool::new(false), AtomicUsize::new(0));
    let replicas: Vec<Replica> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (writes, done) = (Writer { world: &world, caller: world.chief.clone() }, &done);
                scope.spawn(move || {
                    for round in 0..rounds {
                        writes.live(round * WRITERS + writer);
                        done.fetch_add(1, Ordering::SeqCst);
                    }
                })
            })
            .collect();
        let followers = readers.each_ref().map(|reader| {
            let over = &over;
            scope.spawn(move || {
                let mut replica = Replica::default();
                while !over.load(Ordering::SeqCst) {
                    replica.follow(reader, "&pageSize=7&waitSeconds=1");
                }
                replica
            })
        });
        let home: Vec<_> = writers.into_iter().map(|writer| writer.join()).collect();
        over.store(true, Ordering::SeqCst);
        let replicas = followers.map(|follower| follower.join().expect("a reader reads on"));
        assert!(home.iter().all(Result::is_ok), "{} rounds of {}", done.load(Ordering::SeqCst), rounds * WRITERS);
        replicas.into()
    });
    for (mut replica, reader) in replicas.into_iter().zip(&readers) {
        replica.follow(reader, "");
        let records = registry(reader);
        println!("{} events, {} records, in {:?}", replica.events, records.len(), began.elapsed());
        replica.assert_equals(&records);
    }
    assert!(ground.verified());
}
