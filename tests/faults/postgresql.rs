//! What can befall a server and the way to it: it is restarted, connections are reset, the network falls
//! silent, the answer to a COMMIT is lost, it is not there yet, or somebody holds a table locked.

use std::net::TcpListener;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, QueryableByName};
use serde_json::json;

use crate::load::{Outcomes, Requests, always, load, runtime};
use crate::proxy::Proxy;
use crate::stand::process::Process;
use crate::stand::{Caller, Database, eventually, v7, with};
use crate::wire::{get, request};
use crate::{Ground, alone, bar, count, disk, spread};

/// The longest that anybody waits for whatever answer.
const LONGEST: Duration = Duration::from_secs(5);

/// The server's address and a URL in which another one stands in its place.
fn upstream(database: &Database) -> (String, impl Fn(&str) -> String + use<>) {
    let url = url::Url::parse(&database.url).expect("the harness makes URLs");
    let upstream = format!("{}:{}", url.host_str().expect("a host"), url.port().unwrap_or(5432));
    let (whole, at) = (database.url.clone(), upstream.clone());
    (upstream, move |other: &str| whole.replace(&at, other))
}

/// A process that reaches its database through a proxy.
pub fn behind(ground: &Ground) -> (Proxy, Process) {
    let (upstream, at) = upstream(&ground.database);
    let proxy = Proxy::before(&upstream);
    let process = ground.launch(&[("TUQUAN_DATABASE_URL", &at(&proxy.address.to_string()))]).ready();
    (proxy, process)
}

/// Reads and writes by turns.
fn mixed(ground: &Ground, chief: &Caller) -> Requests {
    let (chief, model) = (chief.clone(), ground.model());
    Arc::new(move |n| match n % 3 {
        0 => {
            let (body, key) = (with(&model, json!({"id": v7()})).to_string(), v7());
            request(&chief, "POST", "/v1/models", &[("Idempotency-Key", &key)], &body)
        }
        _ => get(&chief, "/v1/models?pageSize=5"),
    })
}

/// Nothing but successes and refusals that say when to come back, and none too late.
fn assert_orderly(what: &str, outcomes: &Outcomes) {
    println!("{what}: {} asked, {:.0} a second answered", outcomes.all.len(), outcomes.goodput());
    println!("  refusals: {}", spread(outcomes.refusals()));
    assert_eq!(outcomes.bad(), Vec::<String>::new(), "{what}");
    assert!(outcomes.slowest() <= LONGEST, "{what}: one took {:?}", outcomes.slowest());
    assert!(outcomes.goodput() > 0.0, "{what}");
}

/// How long until the service reads and writes again.
fn well_again(ground: &Ground, chief: &Caller) -> Duration {
    let began = Instant::now();
    eventually("it reads and writes", Duration::from_secs(30), || {
        chief.get("/v1/models?pageSize=1").status == 200 && chief.post("/v1/models", &ground.model()).status == 201
    });
    began.elapsed()
}

/// `pg_ctl -m immediate restart` of the cluster that the suite runs on: every backend is killed.
fn restart(database: &Database) {
    #[derive(QueryableByName)]
    struct Setting {
        #[diesel(sql_type = diesel::sql_types::Text)]
        value: String,
    }
    const FOLDER: &str = "SELECT current_setting('data_directory') AS value";
    let folder = database.load::<Setting>(FOLDER, FOLDER).remove(0).value;
    let version = std::fs::read_to_string(format!("{folder}/PG_VERSION")).expect("a cluster has a version");
    let installed = format!("/usr/lib/postgresql/{}/bin/pg_ctl", version.trim());
    let pg_ctl = if std::path::Path::new(&installed).exists() { installed } else { "pg_ctl".to_owned() };
    let root = rustix::process::geteuid().is_root();
    let mut command = if root { Command::new("runuser") } else { Command::new(&pg_ctl) };
    if root {
        command.args(["-u", "postgres", "--", &pg_ctl]);
    }
    command.args(["restart", "-D", &folder, "-m", "immediate", "-w", "-s", "-l", "/dev/null"]).current_dir("/");
    assert!(command.status().expect("pg_ctl runs").success(), "the cluster restarts");
}

#[test]
fn a_server_that_is_restarted_under_load_costs_refusals_and_no_more() {
    let _alone = alone();
    let ground = Ground::fresh();
    let process = ground.start();
    let chief = ground.sign_in(&process);
    let runtime = runtime();
    let mut again = Vec::new();
    for _ in 0..count(3, 20) {
        let outcomes = runtime.block_on(async {
            let crowd = tokio::spawn({
                let (base, asked) = (process.base.clone(), mixed(&ground, &chief));
                async move { load(&base, asked, 8, Duration::from_secs(4), None).await }
            });
            tokio::time::sleep(Duration::from_millis(700)).await;
            tokio::task::block_in_place(|| {
                restart(&ground.database);
                again.push(well_again(&ground, &chief));
            });
            crowd.await.expect("the crowd comes home")
        });
        assert_orderly("restarted", &outcomes);
    }
    println!("well again {}", spread(again.clone()));
    assert!(again.iter().max().is_some_and(|longest| *longest <= Duration::from_secs(2)), "{again:?}");
    assert!(ground.verified());
}

#[test]
fn connections_that_are_reset_cost_refusals_and_no_more() {
    let _alone = alone();
    let ground = Ground::fresh();
    let (proxy, process) = behind(&ground);
    let chief = ground.sign_in(&process);
    let outcomes = runtime().block_on(async {
        let resets = async {
            for _ in 0..count(5, 50) {
                tokio::time::sleep(Duration::from_millis(400)).await;
                proxy.reset();
            }
        };
        let lasting = Duration::from_millis(400) * count(6, 52) as u32;
        tokio::join!(load(&process.base, mixed(&ground, &chief), 8, lasting, None), resets).0
    });
    assert_orderly("reset", &outcomes);
    assert!(well_again(&ground, &chief) <= Duration::from_secs(2));
    assert!(ground.verified());
}

#[test]
fn silence_is_answered_in_time_and_ends_with_its_cause() {
    let _alone = alone();
    let ground = Ground::fresh();
    let (proxy, mut process) = behind(&ground);
    let chief = ground.sign_in(&process);
    let (quiet, runtime) = (Duration::from_secs(count(8, 30) as u64), runtime());
    let base = process.base.clone();
    let (outcomes, lives) = runtime.block_on(async {
        let crowd = tokio::spawn({
            let asked = mixed(&ground, &chief);
            // A refusal comes at once: whoever would only ask again at once waits a little.
            let pause = Some(Duration::from_millis(50));
            async move { load(&base, asked, 24, quiet + Duration::from_secs(1), pause).await }
        });
        tokio::time::sleep(Duration::from_secs(1)).await;
        let lives = tokio::task::block_in_place(|| {
            proxy.fall_silent(true);
            let (began, mut lives) = (Instant::now(), Vec::new());
            while began.elapsed() < quiet {
                let asked = Instant::now();
                assert_eq!(process.asked("/livez"), Some(200));
                lives.push(asked.elapsed());
                std::thread::sleep(Duration::from_millis(100));
            }
            lives
        });
        (crowd.await.expect("the crowd comes home"), lives)
    });
    assert_orderly("silent", &outcomes);
    assert_eq!(process.asked("/readyz"), Some(503));
    println!("  alive within {}", spread(lives.clone()));
    let slowest = lives.iter().max().copied().unwrap_or_default();
    assert!(slowest <= Duration::from_millis(bar(400, 100)), "alive after {slowest:?}");
    proxy.fall_silent(false);
    let again = well_again(&ground, &chief);
    println!("  well again after {again:?}");
    assert!(again <= LONGEST);
    assert!(ground.verified());
}

#[test]
fn a_commit_whose_answer_is_lost_is_one_effect_after_a_retry() {
    let _alone = alone();
    let ground = Ground::fresh();
    let (proxy, process) = behind(&ground);
    let chief = ground.sign_in(&process);
    for round in 0..count(2, 20) {
        let (id, key) = (v7(), v7());
        let body = with(&ground.model(), json!({"id": id}));
        proxy.lose_commits(true);
        let began = Instant::now();
        let refused = chief.post_once("/v1/models", &key, &body).problem(503, "unavailable");
        println!("refused after {:?}", began.elapsed());
        assert!(began.elapsed() <= LONGEST, "after {:?}", began.elapsed());
        assert!(refused.header("retry-after").is_some());
        assert!(refused.text().contains("not known"), "{refused:?}");
        // By turns: the lost connection is still held, or has ended.
        if round % 2 == 0 {
            proxy.lose_commits(false);
        }
        let found = || chief.get(&format!("/v1/models/{id}")).status;
        eventually("it is there", Duration::from_secs(5), || found() == 200);
        proxy.lose_commits(false);
        eventually("a retry is answered", LONGEST, || chief.post_once("/v1/models", &key, &body).status == 201);
        let entries = crate::stand::journal::changes(&ground.database);
        assert_eq!(entries.iter().filter(|entry| entry.is("create", &id)).count(), 1);
    }
    assert!(ground.verified());
}

#[test]
fn a_server_that_is_not_there_yet_is_waited_for() {
    let _alone = alone();
    let ground = Ground::fresh();
    let (upstream, at) = upstream(&ground.database);
    let free = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let address = free.local_addr().expect("a bound listener has an address");
    drop(free);
    let mut process = ground.launch(&[("TUQUAN_DATABASE_URL", &at(&address.to_string())), ("TUQUAN_LOG", "off")]);
    eventually("it lives", Duration::from_secs(10), || process.asked("/livez") == Some(200));
    let nobody = Caller::nobody(&process.base);
    for _ in 0..10 {
        assert_eq!(process.asked("/readyz"), Some(503));
        nobody
            .form(&[("grant_type", "client_credentials"), ("client_id", &v7()), ("client_secret", "x")])
            .send()
            .problem(503, "unavailable");
        std::thread::sleep(Duration::from_millis(200));
    }
    let proxy = Proxy::on(TcpListener::bind(address).expect("the port is still free"), &upstream);
    let began = Instant::now();
    eventually("it is ready", Duration::from_secs(10), || process.asked("/readyz") == Some(200));
    println!("ready after {:?}", began.elapsed());
    assert!(began.elapsed() <= Duration::from_secs(2), "ready after {:?}", began.elapsed());
    ground.sign_in(&process).get("/v1/models").is(200);
    drop(proxy);
}

#[test]
fn a_table_that_somebody_holds_harms_its_own_requests_alone() {
    let _alone = alone();
    let ground = Ground::fresh();
    let process = ground.start();
    let chief = ground.sign_in(&process);
    ground.fill(&chief, 20);
    let locked = always(get(&chief, "/v1/activities"));
    let written = always(request(&chief, "POST", "/v1/activities", &[], &ground.activity().to_string()));
    let others = mixed(&ground, &chief);
    let (runtime, lasting) = (runtime(), Duration::from_secs(count(6, 20) as u64));
    let free = || load(&process.base, others.clone(), 4, lasting, Some(Duration::from_millis(20)));
    runtime.block_on(free());
    let before = runtime.block_on(free());
    let mut holder = PgConnection::establish(&ground.database.url).expect("the test's database opens");
    holder.batch_execute("BEGIN; LOCK TABLE activities IN ACCESS EXCLUSIVE MODE").expect("it can be locked");
    let (crowd, pause) = bar((6, Some(Duration::from_millis(100))), (16, Some(Duration::from_millis(20))));
    let (during, reads, writes) = runtime.block_on(async {
        let (reads, writes) =
            (load(&process.base, locked, crowd, lasting, pause), load(&process.base, written, crowd, lasting, pause));
        tokio::join!(free(), reads, writes)
    });
    println!("others before: {:.0} a second, {}", before.goodput(), spread(before.answers()));
    println!("others meanwhile: {:.0} a second, {}", during.goodput(), spread(during.answers()));
    println!("refused meanwhile: {}", spread(reads.refusals()));
    assert_eq!((reads.bad(), writes.bad(), during.bad()), Default::default());
    assert!(reads.slowest().max(writes.slowest()) <= LONGEST);
    let refused = during.refusals().len();
    assert!(refused <= bar(during.all.len() / 50, 0), "{refused} of {} others were refused", during.all.len());
    assert!(during.goodput() >= bar(0.4, 0.9) * before.goodput(), "{:.0} a second", during.goodput());
    assert!(during.slowest() <= Duration::from_secs(2), "another took {:?}", during.slowest());
    holder.batch_execute("ROLLBACK").expect("it can be let go");
    eventually("the table answers", LONGEST, || chief.get("/v1/activities").status == 200);
    eventually("the table takes", LONGEST, || chief.post("/v1/activities", &ground.activity()).status == 201);
    assert!(ground.verified());
}

#[test]
fn a_disk_that_is_full_refuses_writes_and_heals() {
    let _alone = alone();
    match disk::small() {
        Some(small) => disk::fills_and_heals_there(&small),
        None => println!("no small disk was named"),
    }
}
