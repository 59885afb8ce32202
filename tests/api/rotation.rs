//! New keys in place of old ones, under load: no request fails, nothing is lost from sight, and the old
//! ones are not needed afterwards.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use diesel::sql_types::BigInt;
use serde_json::{Value, json};
use tuquan::access::{Role, Scope};

use crate::stand::forge::parts;
use crate::stand::person::login;
use crate::stand::process::{self, Process};
use crate::stand::program::{command, json as printed, tuquan};
use crate::stand::{Caller, Database, eventually, text, with, world};

const PUBLIC: &str = "http://tuquan.test";
const MEMBERS: usize = 240;

fn kid(token: &str) -> String {
    text(&parts(token).0["kid"])
}

fn kids(base: &str) -> Vec<String> {
    let keys = Caller::nobody(base).get("/.well-known/jwks.json").is(200).json();
    let signing = keys["keys"].as_array().expect("keys").iter().filter(|key| key["use"] == "sig");
    signing.map(|key| text(&key["kid"])).collect()
}

#[test]
fn a_new_signing_key_comes_into_use_on_every_process_and_no_request_fails() {
    let database = Database::new();
    let made = process::client(&database, &[Scope::ModelsRead]);
    let processes = [Process::start(&database, PUBLIC), Process::start(&database, PUBLIC)];
    let old = Caller::sign_in(&processes[0].base, &made);
    let (over, asked) = (AtomicBool::new(false), AtomicUsize::new(0));
    let key = thread::scope(|scope| {
        for turn in 0..4 {
            let (processes, made, old, over, asked) = (&processes, &made, &old, &over, &asked);
            scope.spawn(move || {
                // A token of one process is used at the other at once.
                let (here, there) = (&processes[turn % 2].base, &processes[(turn + 1) % 2].base);
                while !over.load(Ordering::SeqCst) {
                    let fresh = Caller::sign_in(here, made);
                    Caller { base: there.clone(), ..fresh }.get("/v1/models").is(200);
                    Caller { base: here.clone(), ..old.clone() }.get("/v1/models").is(200);
                    asked.fetch_add(3, Ordering::SeqCst);
                }
            });
        }
        let rotated = printed(&tuquan(&database, &["keys", "rotate", "--signing", "--json"]));
        let key = text(&rotated["signing"]["keyId"]);
        let signs = |base: &str| kid(&Caller::sign_in(base, &made).token) == key;
        for process in &processes {
            eventually("the new key signs", Duration::from_secs(10), || signs(&process.base));
        }
        thread::sleep(Duration::from_secs(1));
        over.store(true, Ordering::SeqCst);
        key
    });
    println!("{} requests while the key changed", asked.load(Ordering::SeqCst));
    assert!(asked.load(Ordering::SeqCst) > 20);
    for process in &processes {
        assert_eq!(kids(&process.base), [key.clone(), kid(&old.token)], "the old key verifies still");
        Caller { base: process.base.clone(), ..old.clone() }.get("/v1/models").is(200);
    }
}

/// The number of the `n`th person; no province has the code 000.
fn number(n: usize) -> String {
    format!("000{n:09}")
}

fn member(n: usize) -> Value {
    json!({"kind": "person", "name": format!("Thành viên {n}"), "unitId": world::COUNTRY, "nationalId": number(n),
        "phone": format!("0000{n:06}")})
}

/// The members who have a number, by name.
#[track_caller]
fn found(caller: &Caller, n: usize) -> Vec<String> {
    let answer = caller.post("/v1/member-lookups", &json!({"nationalId": number(n)})).is(200);
    answer.json()["items"].as_array().expect("items").iter().map(|item| text(&item["name"])).collect()
}

fn master_keys(database: &Database) -> Vec<PathBuf> {
    let files = fs::read_dir(database.keys_dir()).expect("the keys lie there").map(|file| file.expect("a file").path());
    let mut files: Vec<_> =
        files.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("data-"))).collect();
    files.sort();
    files
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// How many keys a master key wraps that is not the first.
fn wrapped_anew(database: &Database) -> i64 {
    const COUNT: &str = "SELECT count(*) AS count FROM person_keys WHERE master <> 'data-0000000000000000'";
    database.load::<Count>(COUNT, COUNT).iter().map(|row| row.count).sum()
}

#[test]
fn a_new_master_key_takes_over_while_everything_is_found_and_the_old_one_can_go() {
    let database = Database::new();
    let made = process::chief(&database);
    let officer = process::user(&database, "can-bo", Role::Officer);
    let service = [Process::start(&database, PUBLIC), Process::start(&database, PUBLIC)];
    let chief = Caller::sign_in(&service[0].base, &made);
    let other = Caller { base: service[1].base.clone(), ..chief.clone() };
    let identity = json!({"identities": [{"iss": "https://id.example", "sub": "s-1"}]});
    chief.change(&format!("/v1/users/{}", text(&officer["user"]["id"])), &identity).is(200);
    thread::scope(|scope| {
        for turn in 0..4 {
            let chief = &chief;
            scope.spawn(move || (turn..MEMBERS).step_by(4).for_each(|n| drop(chief.create("/v1/members", &member(n)))));
        }
    });
    let once = with(&member(9001), json!({"name": "Một lần"}));
    let first = chief.post_once("/v1/members", "once", &once).is(201);
    let (over, looked) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        for turn in 0..2 {
            let (chief, other, over, looked) = (&chief, &other, &over, &looked);
            scope.spawn(move || {
                let mut n = turn;
                while !over.load(Ordering::SeqCst) {
                    n = (n + 7) % MEMBERS;
                    for caller in [chief, other] {
                        assert_eq!(found(caller, n), [format!("Thành viên {n}")]);
                        looked.fetch_add(1, Ordering::SeqCst);
                    }
                    // Numbers are added and changed meanwhile, at either process.
                    let new = 10_000 + looked.load(Ordering::SeqCst) * 2 + turn;
                    let caller = if new.is_multiple_of(4) { chief } else { other };
                    let made = caller.create("/v1/members", &with(&member(new), json!({"name": format!("Mới {new}")})));
                    assert_eq!(found(chief, new), [format!("Mới {new}")]);
                    let path = format!("/v1/members/{}", text(&made["id"]));
                    other.change(&path, &json!({"nationalId": number(new + 500_000)})).is(200);
                    assert_eq!(found(other, new + 500_000), [format!("Mới {new}")]);
                    assert!(found(chief, new).is_empty());
                }
            });
        }
        // Killed while it is at work, it goes on where it was.
        let rotate = ["keys", "rotate", "--data", "--json"];
        let mut child = command(&database, &database.keys_dir(), &rotate).spawn().expect("the program starts");
        eventually("it has begun", Duration::from_secs(30), || wrapped_anew(&database) > 100);
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
        let began = Instant::now();
        let rotated = printed(&tuquan(&database, &rotate));
        println!("{rotated} in {:?}", began.elapsed());
        assert_eq!(rotated["data"]["removableFiles"].as_array().map(Vec::len), Some(master_keys(&database).len() - 1));
        over.store(true, Ordering::SeqCst);
    });
    println!("{} look-ups while the key changed", looked.load(Ordering::SeqCst));
    let keys = master_keys(&database);
    for key in &keys[..keys.len() - 1] {
        fs::remove_file(key).expect("an old key can go");
    }
    thread::sleep(Duration::from_millis(1200));
    let third = Process::start(&database, PUBLIC);
    for base in [&service[0].base, &service[1].base, &third.base] {
        let caller = Caller { base: base.clone(), ..chief.clone() };
        for n in (0..MEMBERS).step_by(11) {
            assert_eq!(found(&caller, n), [format!("Thành viên {n}")], "{n}");
        }
        let again = caller.post_once("/v1/members", "once", &once).is(201);
        assert_eq!(again.id(), first.id(), "a retry is known by it still");
        assert!(caller.get("/v1/members?pageSize=500").is(200).items().iter().all(|member| member["name"].is_string()));
        login(&caller, "can-bo", &text(&officer["password"])).is(200);
    }
    let taken = with(&world::user("can-bo-khac", world::COUNTRY), identity);
    chief.post("/v1/users", &taken).problem(409, "duplicate");
    let verified = tuquan(&database, &["audit", "verify"]);
    assert!(verified.status.success(), "{verified:?}");
}
