//! A storm of sign-ins against the program itself: it keeps within its memory, and readers are answered.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tuquan::access::Role;

use crate::stand::person::login;
use crate::stand::process::{self, Process};
use crate::stand::{Caller, Database, text};

const SIGN_INS: usize = 200;

/// Resident memory of the program, in MiB.
fn resident(process: &Process) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).expect("the program runs");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("Linux tells the most there was");
    let kib: String = line.chars().filter(char::is_ascii_digit).collect();
    kib.parse::<u64>().expect("a number of KiB") / 1024
}

#[test]
fn two_hundred_sign_ins_at_once_leave_memory_and_readers_alone() {
    let database = Database::new();
    let made = process::chief(&database);
    let user = process::user(&database, "can-bo-bao", Role::Viewer);
    let service = Process::start(&database, "http://tuquan.test");
    let reader = Caller::sign_in(&service.base, &made);
    let password = text(&user["password"]);
    login(&reader, "can-bo-bao", &password).is(200);
    let before = resident(&service);
    let (over, let_in, busy) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    let mut waits = thread::scope(|scope| {
        let reads = scope.spawn(|| {
            let mut waits = Vec::new();
            while !over.load(Ordering::SeqCst) {
                let began = Instant::now();
                reader.get("/v1/units").is(200);
                waits.push(began.elapsed());
            }
            waits
        });
        let storm: Vec<_> = (0..SIGN_INS)
            .map(|_| {
                scope.spawn(|| match login(&reader, "can-bo-bao", &password) {
                    answer if answer.status == 503 => {
                        assert!(answer.header("retry-after").is_some(), "{answer:?}");
                        busy.fetch_add(1, Ordering::SeqCst)
                    }
                    answer => {
                        answer.is(200);
                        let_in.fetch_add(1, Ordering::SeqCst)
                    }
                })
            })
            .collect();
        for one in storm {
            one.join().expect("a sign-in is answered");
        }
        over.store(true, Ordering::SeqCst);
        reads.join().expect("the reader reads")
    });
    waits.sort_unstable();
    let p99 = waits[waits.len() * 99 / 100];
    let grown = resident(&service).saturating_sub(before);
    let (let_in, busy) = (let_in.into_inner(), busy.into_inner());
    println!("{let_in} let in, {busy} told to come back; {} reads, p99 {p99:?}; {grown} MiB more", waits.len());
    assert_eq!(let_in + busy, SIGN_INS as u64);
    assert!(let_in > 0);
    assert!(grown < 200, "{grown} MiB more than before");
    assert!(waits.len() > 10 && p99 < Duration::from_secs(2), "{p99:?} of {}", waits.len());
    login(&reader, "can-bo-bao", &password).is(200);
}
