//! What was withdrawn is gone within a second, on every process and for whoever waits too.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tuquan::access::{Role, Scope};
use tuquan::clock::Clock;
use tuquan::types::Moment;

use crate::stand::person::{login, revoke};
use crate::stand::process::{self, Process};
use crate::stand::{Caller, Database, Stand, World, text, world};

const PUBLIC: &str = "http://tuquan.test";
const NOW: i64 = 1_790_000_000;
const SECOND: Duration = Duration::from_secs(1);

/// Has `caller` wait for changes, does something meanwhile, and tells what the wait came to and how long
/// after the deed was done.
fn while_waiting(caller: &Caller, deed: impl FnOnce()) -> (u16, Duration) {
    let end = text(&caller.get("/v1/changes?resourceTypes=teams").is(200).json()["page"]["nextCursor"]);
    thread::scope(|scope| {
        let path = format!("/v1/changes?cursor={end}&resourceTypes=teams&waitSeconds=20");
        let waiting = scope.spawn(move || (caller.get(&path), Instant::now()));
        thread::sleep(Duration::from_millis(600));
        assert!(!waiting.is_finished(), "there is nothing to be told of");
        deed();
        let done = Instant::now();
        let (answer, ended) = waiting.join().expect("the reader is answered");
        (answer.status, ended.saturating_duration_since(done))
    })
}

/// How long after now a plain request is refused so.
fn until(status: u16, caller: &Caller, path: &str) -> Duration {
    let began = Instant::now();
    while caller.get(path).status != status {
        assert!(began.elapsed() < Duration::from_secs(5), "{path} is not refused with {status}");
        thread::sleep(Duration::from_millis(10));
    }
    began.elapsed()
}

/// A service of two processes on one database, and whoever may change rights, at the first.
struct Twins {
    database: Database,
    first: Process,
    second: Process,
    chief: Caller,
}

impl Twins {
    fn new() -> Self {
        let database = Database::new();
        let made = process::chief(&database);
        let (first, second) = (Process::start(&database, PUBLIC), Process::start(&database, PUBLIC));
        let chief = Caller::sign_in(&first.base, &made);
        Self { database, first, second, chief }
    }

    /// A client of the country, which asks at the second process.
    fn client(&self) -> Caller {
        let made = process::client(&self.database, &[Scope::ChangesRead, Scope::TeamsRead]);
        Caller::sign_in(&self.second.base, &made)
    }

    /// An officer who asks at the second process, with its refresh token.
    fn officer(&self, name: &str) -> (Caller, String) {
        let made = process::user(&self.database, name, Role::Officer);
        let nobody = Caller::nobody(&self.second.base);
        let tokens = login(&nobody, name, &text(&made["password"])).is(200).json();
        let id = text(&made["user"]["id"]);
        (Caller { id, token: text(&tokens["access_token"]), ..nobody }, text(&tokens["refresh_token"]))
    }

    fn change(&self, path: &str, body: &Value) {
        self.chief.change(path, body).is(200);
    }
}

#[test]
fn a_right_that_was_withdrawn_at_one_process_is_gone_at_the_other_within_a_second() {
    let twins = Twins::new();
    let province =
        text(&twins.chief.create("/v1/units", &world::unit("48", "Thành phố", "province", world::COUNTRY))["id"]);
    let there = Caller { base: twins.first.base.clone(), ..twins.chief.clone() };
    let mut worst = Duration::ZERO;
    let mut check = |what: &str, caller: &Caller, status: u16, deed: &dyn Fn(&Caller)| {
        let (told, took) = while_waiting(caller, || deed(caller));
        println!("{what}: a wait ended after {took:?} with {told}");
        assert_eq!(told, status, "{what}");
        assert!(took < SECOND, "{what}: {took:?}");
        worst = worst.max(took);
    };
    check("a token is revoked", &twins.client(), 401, &|caller| {
        let own = [("token", caller.token.as_str()), ("client_id", &caller.id), ("client_secret", &caller.secret)];
        revoke(&there, &own).is(200);
    });
    check("a client is disabled", &twins.client(), 401, &|caller| {
        twins.change(&format!("/v1/clients/{}", caller.id), &json!({"state": "disabled"}));
    });
    check("a scope is withdrawn", &twins.client(), 403, &|caller| {
        twins.change(&format!("/v1/clients/{}", caller.id), &json!({"scopes": ["teams:read"]}));
    });
    check("a client is moved", &twins.client(), 410, &|caller| {
        twins.change(&format!("/v1/clients/{}", caller.id), &json!({"unitId": province}));
    });
    let (officer, _) = twins.officer("can-bo-1");
    check("a role is changed", &officer, 403, &|caller| {
        twins.change(&format!("/v1/users/{}", caller.id), &json!({"role": "clerk"}));
    });
    let (officer, refresh) = twins.officer("can-bo-2");
    check("a session is ended", &officer, 401, &|_| drop(revoke(&there, &[("token", refresh.as_str())]).is(200)));
    let (officer, _) = twins.officer("can-bo-3");
    check("a user is disabled", &officer, 401, &|caller| {
        twins.change(&format!("/v1/users/{}", caller.id), &json!({"state": "disabled"}));
    });
    println!("the longest wait took {worst:?}");
    // And for requests that do not wait.
    let caller = twins.client();
    caller.get("/v1/teams").is(200);
    twins.change(&format!("/v1/clients/{}", caller.id), &json!({"scopes": ["changes:read"]}));
    let took = until(403, &caller, "/v1/teams");
    println!("a plain request was refused after {took:?}");
    assert!(took < SECOND, "{took:?}");
}

#[test]
fn who_waits_does_so_no_longer_than_the_token_lasts() {
    let stand = Stand::with(Clock::standing_at(Moment::from_micros(NOW * 1_000_000)));
    let caller = stand.client(&[Scope::ChangesRead, Scope::TeamsRead]).in_unit("VN");
    let (status, took) = while_waiting(&caller, || stand.clock.move_to(Moment::from_micros((NOW + 600) * 1_000_000)));
    assert_eq!(status, 401);
    assert!(took < SECOND, "{took:?}");
}

#[test]
fn what_is_told_after_a_wait_is_told_with_the_rights_of_then() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let caller = stand.client(&[Scope::ChangesRead, Scope::IncidentsRead, Scope::IncidentsDetail]).in_unit(&world.ward);
    let told = thread::scope(|scope| {
        let waiting = scope.spawn(|| caller.get("/v1/changes?resourceTypes=incidents&waitSeconds=20").is(200));
        thread::sleep(Duration::from_millis(500));
        let scopes = json!({"scopes": ["changes:read", "incidents:read"]});
        world.chief.change(&format!("/v1/clients/{}", caller.id), &scopes).is(200);
        thread::sleep(SECOND);
        world.path_of("/v1/incidents", &world.incident("Chi tiết kín"));
        waiting.join().expect("the reader is answered")
    });
    assert_eq!(told.items().len(), 1, "{told:?}");
    assert!(!told.text().contains("Chi tiết kín"), "{told:?}");
}
