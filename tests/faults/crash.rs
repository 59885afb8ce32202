//! Kills: sixteen writers go on writing while the program is killed again and again. What was
//! acknowledged is there, what was not is there once after a retry, and the journal is whole each time.

use std::collections::HashMap;
use std::sync::RwLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::stand::answer::Answer;
use crate::stand::database::on_postgresql;
use crate::stand::{Caller, eventually, journal, text, v7, with, world};
use crate::{Ground, alone, bar, count, spread};

const WRITERS: usize = 16;

/// What the writers share: where the service is now, and how far they are.
struct Scene {
    caller: RwLock<Caller>,
    over: AtomicBool,
    acknowledged: AtomicUsize,
    retried: AtomicUsize,
}

impl Scene {
    fn caller(&self) -> Caller {
        self.caller.read().expect("nobody panics with it").clone()
    }

    /// Sends until there is an answer that is not "come back"; tells whether it had to be sent again.
    fn insist(&self, send: impl Fn(&Caller) -> Option<Answer>) -> (Answer, bool) {
        let (mut again, began) = (false, Instant::now());
        loop {
            match send(&self.caller()) {
                // Tokens do not last as long as a hundred kills: the next caller has a new one.
                Some(answer) if !passing(&answer) => {
                    self.acknowledged.fetch_add(1, Ordering::SeqCst);
                    self.retried.fetch_add(usize::from(again), Ordering::SeqCst);
                    return (answer, again);
                }
                answer => again |= answer.is_none_or(|answer| answer.status != 401),
            }
            assert!(began.elapsed() < Duration::from_secs(60), "no answer to a request for a minute");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let key = v7();
        let post = |caller: &Caller| {
            let request = caller.request(Method::POST, path).header("Idempotency-Key", &key);
            request.json(body).try_send()
        };
        self.insist(post).0.is(201).json()
    }
}

/// Whether it is to be sent again: the service is busy, the token is old, or the server has not noticed
/// yet that whoever sent it first is dead.
fn passing(answer: &Answer) -> bool {
    matches!(answer.status, 503 | 401) || answer.status == 409 && answer.json()["code"] == "idempotency-in-progress"
}

/// What a writer knows to have been done.
#[derive(Default)]
struct Ledger {
    created: Vec<String>,
    /// Versions of records that were changed, with what they say.
    changed: HashMap<String, (i64, String)>,
    deleted: Vec<String>,
    changes_of_status: Vec<String>,
    disclosures: usize,
}

/// One record lives through everything that a record can; a second one is removed.
fn life(scene: &Scene, body: &Value, member: &str, ledger: &mut Ledger) {
    let id = v7();
    let path = format!("/v1/models/{id}");
    assert_eq!(text(&scene.post("/v1/models", &with(body, json!({"id": id})))["id"]), id);
    ledger.created.push(id.clone());

    let notes = v7();
    let (answer, again) = scene.insist(|caller| {
        let patch = caller.request(Method::PATCH, &path).header("If-Match", "\"1\"");
        patch.patch_body(&json!({"notes": notes})).try_send()
    });
    match answer.status {
        // It had been done before the kill.
        412 => assert!(again, "{answer:?}"),
        _ => assert_eq!(answer.is(200).json()["notes"], notes),
    }

    let status = json!({"to": "suspended", "effectiveOn": "2024-01-01", "reason": "Tạm dừng"});
    let made = scene.post(&format!("{path}/status-changes"), &status);
    ledger.changes_of_status.push(text(&made["id"]));
    ledger.changed.insert(id, (3, notes));

    scene.post(&format!("/v1/members/{member}/disclosures"), &json!({"reason": "Kiểm tra", "fields": ["phone"]}));
    ledger.disclosures += 1;

    let doomed = v7();
    scene.post("/v1/models", &with(body, json!({"id": doomed})));
    let path = format!("/v1/models/{doomed}");
    let (answer, again) =
        scene.insist(|caller| caller.request(Method::DELETE, &path).header("If-Match", "\"1\"").try_send());
    match answer.status {
        404 => assert!(again, "{answer:?}"),
        _ => drop(answer.is(204)),
    }
    ledger.deleted.push(doomed);
}

/// Everything in the ledgers is in the records and once in the journal, and nothing else is.
fn settle(ground: &Ground, chief: &Caller, ledgers: &[(String, Ledger)], before: usize) {
    let entries = journal::entries(&ground.database);
    let mut counted: HashMap<(&str, &str), usize> = HashMap::new();
    for entry in &entries {
        *counted.entry((entry.action.as_str(), entry.id.as_str())).or_default() += 1;
    }
    let times = |action: &str, id: &str| counted.get(&(action, id.replace('-', "").as_str())).copied().unwrap_or(0);
    for (member, ledger) in ledgers {
        for id in ledger.created.iter().chain(&ledger.deleted).chain(&ledger.changes_of_status) {
            assert_eq!(times("create", id), 1, "{id}");
        }
        for (id, (version, notes)) in &ledger.changed {
            let record = chief.get(&format!("/v1/models/{id}")).is(200).json();
            assert_eq!((record["version"].as_i64(), text(&record["notes"])), (Some(*version), notes.clone()), "{id}");
        }
        for id in &ledger.deleted {
            assert_eq!(times("delete", id), 1, "{id}");
            chief.get(&format!("/v1/models/{id}")).is(404);
        }
        let told = entries.iter().filter(|entry| entry.action == "disclose" && entry.id == member.replace('-', ""));
        assert_eq!(told.count(), ledger.disclosures);
    }
    let models = ledgers.iter().map(|(_, ledger)| ledger.created.len()).sum::<usize>() + before;
    assert_eq!(chief.list("/v1/models?pageSize=500", "id").len(), models, "a record that nobody was told of");
    journal::assert_gapless(&ground.database);
}

#[test]
fn what_was_acknowledged_survives_any_number_of_kills_once() {
    let _alone = alone();
    let ground = Ground::fresh();
    let process = ground.start();
    let first = ground.sign_in(&process);
    let member = |n: usize| {
        let person = json!({"kind": "person", "name": format!("Người {n}"), "unitId": world::COUNTRY,
            "phone": "0000123456"});
        text(&first.create("/v1/members", &person)["id"])
    };
    let members: Vec<String> = (0..WRITERS).map(member).collect();
    let scene = Scene {
        caller: RwLock::new(first.clone()),
        over: AtomicBool::new(false),
        acknowledged: AtomicUsize::new(0),
        retried: AtomicUsize::new(0),
    };
    let (body, kills) = (ground.model(), count(5, 100));
    let mut starts = Vec::new();
    let (ledgers, process) = std::thread::scope(|scope| {
        let mut process = process;
        let writers: Vec<_> = members
            .iter()
            .map(|member| {
                let (scene, body) = (&scene, &body);
                scope.spawn(move || {
                    let mut ledger = Ledger::default();
                    while !scene.over.load(Ordering::SeqCst) {
                        life(scene, body, member, &mut ledger);
                    }
                    (member.clone(), ledger)
                })
            })
            .collect();
        for round in 0..kills {
            let before = scene.acknowledged.load(Ordering::SeqCst);
            let enough = || scene.acknowledged.load(Ordering::SeqCst) >= before + 3 * WRITERS + round % 7;
            eventually("enough is written", Duration::from_secs(60), enough);
            process.kill();
            let began = Instant::now();
            process = ground.start();
            starts.push(began.elapsed());
            *scene.caller.write().expect("nobody panics with it") = ground.sign_in(&process);
            assert!(ground.verified(), "the journal after kill {round}");
        }
        scene.over.store(true, Ordering::SeqCst);
        let home = writers.into_iter().map(|writer| writer.join().expect("a writer comes home"));
        (home.collect::<Vec<_>>(), process)
    });
    let (acknowledged, retried) = (scene.acknowledged.into_inner(), scene.retried.into_inner());
    println!(
        "{kills} kills, {acknowledged} acknowledged, {retried} of them after a retry; ready {}",
        spread(starts.clone())
    );
    assert!(retried > 0, "no kill came between a request and its answer");
    settle(&ground, &ground.sign_in(&process), &ledgers, 0);
    let full = Duration::from_secs(if on_postgresql() { 3 } else { 2 });
    let slowest = starts.iter().max().copied().unwrap_or_default();
    assert!(slowest <= bar(Duration::from_secs(20), full), "ready after {slowest:?}");
}
