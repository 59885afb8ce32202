//! Overload: ten times as much as can be answered is asked. What can be answered still is, the rest is
//! refused at once, and nobody who asks for little notices that others ask for much.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tuquan::access::{Role, Scope};

use crate::load::{Outcomes, always, load, runtime};
use crate::stand::process::{self, Process};
use crate::stand::{text, with};
use crate::wire::{Heard, get, request};
use crate::{Ground, alone, bar, count, spread};

/// Resident memory of the program, in MiB, at its most.
fn most_memory(process: &Process) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).expect("the program runs");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("Linux tells the most there was");
    let kib: String = line.chars().filter(char::is_ascii_digit).collect();
    kib.parse::<u64>().expect("a number of KiB") / 1024
}

fn seconds(few: usize, all: usize) -> Duration {
    Duration::from_secs(count(few, all) as u64)
}

fn tell(what: &str, outcomes: &Outcomes) {
    println!("{what}: {:.0} a second asked, {:.0} answered", outcomes.rate(), outcomes.goodput());
    println!("  answers: {}", spread(outcomes.answers()));
    println!("  refusals: {}", spread(outcomes.refusals()));
}

fn percentile(mut waits: Vec<Duration>, percent: usize) -> Duration {
    waits.sort_unstable();
    waits.get(waits.len() * percent / 100).copied().unwrap_or_default()
}

/// A model of which everything is told that can be.
fn whole(ground: &Ground) -> Value {
    let notes = "Tổ họp mỗi tháng một lần, tuần tra theo lịch và báo tin cho công an phường. ".repeat(6);
    let more = json!({
        "partnerBodies": ["Mặt trận Tổ quốc phường", "Hội Cựu chiến binh phường", "Đoàn Thanh niên phường"],
        "setting": "residential", "householdCount": 120, "participantCount": 300, "notes": notes.trim(),
        "decision": {"number": "12/QĐ-UBND", "issuedOn": "2023-02-20", "issuer": "Ủy ban nhân dân phường"},
        "location": {"lat": 15.88, "lng": 108.33},
    });
    with(&ground.model(), more)
}

#[test]
fn ten_times_the_peak_leaves_the_peak_and_refuses_the_rest_at_once() {
    let _alone = alone();
    let ground = Ground::fresh();
    let process = ground.start();
    let chief = ground.sign_in(&process);
    let model = whole(&ground);
    (0..count(100, 600)).for_each(|_| drop(chief.create("/v1/models", &model)));
    // As dear as a request of a list can be: what is refused costs the least beside what is not.
    let asked = always(get(&chief, "/v1/models?pageSize=500"));
    let runtime = runtime();
    let lasting = seconds(3, 10);
    let run = |clients, pause| runtime.block_on(load(&process.base, asked.clone(), clients, lasting, pause));
    run(4, None);
    let peaks = [4, 16].map(|clients| (clients, run(clients, None))).into_iter();
    let (best, peak) = peaks.max_by(|(_, a), (_, b)| a.goodput().total_cmp(&b.goodput())).expect("two were run");
    // So many clients, each so often, that together they ask for ten times the peak; more than are
    // answered in the time that anybody is let wait.
    let clients = (2.0 * peak.goodput()).max(200.0);
    let pause = Duration::from_secs_f64(clients / (10.0 * peak.goodput()));
    let (mut before, mut left, mut refusals) = (0.0, 0.0, Vec::new());
    // By turns, since a machine is not as fast all the time.
    let rounds = count(1, 3);
    for _ in 0..rounds {
        let peak = run(best, None);
        tell("at the peak", &peak);
        let over = run(clients as usize, Some(pause));
        tell("at ten times the peak", &over);
        assert_eq!(over.bad(), Vec::<String>::new());
        assert!(!over.refusals().is_empty(), "there was no overload");
        let times = over.rate() / peak.goodput();
        assert!(times >= bar(1.5, 8.0), "{times:.1} times the peak were asked");
        (before, left) = (before + peak.goodput(), left + over.goodput());
        refusals.extend(over.refusals());
        std::thread::sleep(Duration::from_secs(bar(3, 2)));
    }
    let after = run(best, None);
    tell("afterwards", &after);
    let (usual, left, refused) = (before / rounds as f64, left / before, percentile(refusals, 99));
    println!("{:.0} % of the peak left, refusals within {refused:?}", left * 100.0);
    let memory = most_memory(&process);
    println!("{memory} MiB at most");

    assert!(left >= bar(0.2, 0.9), "{left:.2} of the peak are left");
    assert!(refused <= bar(Duration::from_secs(3), Duration::from_millis(50)), "refused after {refused:?}");
    assert!(memory <= 512, "{memory} MiB");
    assert!(after.goodput() >= bar(0.4, 0.8) * usual, "{:.0} a second afterwards", after.goodput());
}

/// Who asks for much, and for how much of the readers' goodput that may cost.
fn beside(what: &str, flood: impl Fn(&Ground, &Process) -> Vec<u8>) {
    let _alone = alone();
    let ground = Ground::fresh();
    let process = ground.start();
    let chief = ground.sign_in(&process);
    ground.fill(&chief, 100);
    let flood = always(flood(&ground, &process));
    let reads = always(get(&chief, "/v1/models?pageSize=20"));
    let runtime = runtime();
    let lasting = seconds(3, 10);
    let read = || load(&process.base, reads.clone(), 8, lasting, None);
    runtime.block_on(read());
    let (mut alone, mut beside) = (Vec::new(), Vec::new());
    let peak = runtime.block_on(load(&process.base, flood.clone(), 8, lasting, None));
    tell(&format!("{what} alone"), &peak);
    let pause = Duration::from_secs_f64(100.0 / (10.0 * peak.goodput().max(1.0)));
    for _ in 0..count(1, 3) {
        alone.push(runtime.block_on(read()).goodput());
        let (reads, flooded) = runtime.block_on(async {
            let flood = load(&process.base, flood.clone(), 100, lasting, Some(pause));
            tokio::join!(read(), flood)
        });
        tell(&format!("{what} at ten times that"), &flooded);
        tell("reads beside it", &reads);
        assert_eq!((reads.bad(), flooded.bad()), (Vec::new(), Vec::new()));
        assert!(flooded.goodput() > 0.0, "{what} is shut out");
        beside.push(reads.goodput());
    }
    let sum = |rates: &[f64]| rates.iter().sum::<f64>();
    let left = sum(&beside) / sum(&alone);
    println!("{:.0} % of the reads left beside {what}", left * 100.0);
    assert!(left >= bar(0.45, 0.8), "{left:.2} of the reads are left beside {what}");
}

#[test]
fn statistics_at_ten_times_leave_reads_alone() {
    beside("statistics", |ground, process| {
        let path = "/v1/statistics/observations?indicator=models_active,models_established&by=unit,month&from=2015-01-01&to=2024-12-31";
        get(&ground.sign_in(process), path)
    });
}

#[test]
fn exports_at_ten_times_leave_reads_alone() {
    beside("exports", |ground, process| {
        let body = json!({"resourceTypes": ["models", "teams"], "format": "csv"}).to_string();
        request(&ground.sign_in(process), "POST", "/v1/exports", &[], &body)
    });
}

#[test]
fn sign_ins_at_ten_times_leave_reads_alone() {
    beside("sign-ins", |ground, process| {
        let user = process::user(&ground.database, "can-bo-bao", Role::Viewer);
        let body = json!({"username": "can-bo-bao", "password": text(&user["password"])}).to_string();
        request(&crate::stand::Caller::nobody(&process.base), "POST", "/oauth/login", &[], &body)
    });
}

#[test]
fn a_callers_limit_is_one_for_all_workers_connections_and_paths() {
    let _alone = alone();
    let ground = Ground::fresh();
    let limited = process::limited(&ground.database, Scope::ALL, 60);
    let process = ground.launch(&[("TUQUAN_WORKERS", "4")]).ready();
    let caller = crate::stand::Caller::sign_in(&process.base, &limited);
    let paths =
        ["/v1/models", "/v1/models?pageSize=3", "/v1/me", "/v1//models", "/v1/models/", "/v1/%6Dodels", "/nowhere"];
    let asked = Arc::new(move |n: usize| {
        let from = format!("10.0.0.{}", n % 250);
        let more =
            [("X-Forwarded-For", from.as_str()), ("Forwarded", &from), ("X-Real-IP", &from), ("Connection", "close")];
        request(&caller, "GET", paths[n % paths.len()], &more, "")
    });
    let began = std::time::Instant::now();
    let all = runtime().block_on(load(&process.base, asked, 10, Duration::from_secs(4), None));
    let heard: Vec<&Heard> = all.all.iter().filter_map(|outcome| outcome.heard.as_ref()).collect();
    let (refused, let_in): (Vec<&Heard>, Vec<&Heard>) = heard.iter().partition(|heard| heard.status == 429);
    println!("{} let in, {} told to come back", let_in.len(), refused.len());
    // Sixty at once, and one more each second.
    let most = 60 + began.elapsed().as_secs() as usize + 1;
    assert!((60..=most).contains(&let_in.len()), "{} let in", let_in.len());
    assert!(refused.len() > 60 && refused.iter().all(|heard| heard.refused()));
    let number = |heard: &Heard, name: &str| heard.header(name).and_then(|text| text.parse::<u64>().ok());
    for heard in &heard {
        assert_eq!(number(heard, "ratelimit-limit"), Some(60), "{heard:?}");
        let remaining = number(heard, "ratelimit-remaining").expect("it is told");
        let reset = number(heard, "ratelimit-reset").expect("it is told");
        assert!(remaining < 60 && (60 - remaining..=61 - remaining).contains(&reset), "{heard:?}");
        assert!(heard.status != 429 || remaining == 0, "{heard:?}");
    }
}
