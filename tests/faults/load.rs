//! Load: many clients at once, each asking again when it has its answer, and what came of it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::wire::{Heard, Wire};

/// One answer, or the lack of one.
pub struct Outcome {
    /// None where the connection ended without a whole answer.
    pub heard: Option<Heard>,
    pub took: Duration,
}

/// What came of a load.
#[derive(Default)]
pub struct Outcomes {
    pub all: Vec<Outcome>,
    pub lasted: Duration,
}

impl Outcomes {
    fn of(&self, which: impl Fn(&Heard) -> bool) -> impl Iterator<Item = &Outcome> {
        self.all.iter().filter(move |outcome| outcome.heard.as_ref().is_some_and(&which))
    }

    /// Answers a second that did what was asked.
    pub fn goodput(&self) -> f64 {
        self.of(|heard| heard.status < 300).count() as f64 / self.lasted.as_secs_f64()
    }

    /// Requests a second, whatever came of them.
    pub fn rate(&self) -> f64 {
        self.all.len() as f64 / self.lasted.as_secs_f64()
    }

    /// How long refusals took.
    pub fn refusals(&self) -> Vec<Duration> {
        self.of(Heard::refused).map(|outcome| outcome.took).collect()
    }

    pub fn answers(&self) -> Vec<Duration> {
        self.of(|heard| heard.status < 300).map(|outcome| outcome.took).collect()
    }

    /// Those that are neither a success nor a refusal that says when to come back.
    pub fn bad(&self) -> Vec<String> {
        let bad = self.all.iter().filter(|outcome| {
            outcome.heard.as_ref().is_none_or(|heard| !(200..300).contains(&heard.status) && !heard.refused())
        });
        bad.map(|outcome| format!("{:?} after {:?}", outcome.heard, outcome.took)).take(5).collect()
    }

    pub fn slowest(&self) -> Duration {
        self.all.iter().map(|outcome| outcome.took).max().unwrap_or_default()
    }
}

/// Clients that have no processors of their own do not take the service's: elsewhere they run on other machines.
const GIVES_WAY: i32 = 5;

pub fn runtime() -> Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let give_way = || rustix::process::setpriority_process(None, GIVES_WAY).expect("anybody may give way");
    builder.worker_threads(2).on_thread_start(give_way).enable_all().build().expect("a runtime can be made")
}

/// Requests as bytes: the `n`th of a client.
pub type Requests = Arc<dyn Fn(usize) -> Vec<u8> + Send + Sync>;

/// The same request each time.
pub fn always(bytes: Vec<u8>) -> Requests {
    Arc::new(move |_| bytes.clone())
}

/// One client that asks until the time is over, at most once in every `pause`.
async fn client(address: String, requests: Requests, until: Instant, pause: Duration, first: usize) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    let mut wire = None;
    let mut number = first;
    let mut next = Instant::now() + pause.mul_f64((first % 97) as f64 / 97.0);
    while Instant::now() < until {
        tokio::time::sleep_until(next.into()).await;
        next = (next + pause).max(Instant::now());
        let at = Instant::now();
        if wire.is_none() {
            wire = Wire::connect(&address).await.ok();
        }
        let heard = match &mut wire {
            Some(wire) => wire.ask(&requests(number)).await.ok(),
            None => None,
        };
        // What nobody looks at takes the memory that the service is measured on.
        let heard = heard.map(|heard| Heard { body: Vec::new(), ..heard });
        number += 1;
        if heard.as_ref().is_none_or(Heard::closes) {
            wire = None;
        }
        outcomes.push(Outcome { heard, took: at.elapsed() });
    }
    outcomes
}

/// Has `clients` ask for `lasting`, each as fast as it is answered, or at most once in every `pause`.
pub async fn load(
    base: &str,
    requests: Requests,
    clients: usize,
    lasting: Duration,
    pause: Option<Duration>,
) -> Outcomes {
    let (began, address) = (Instant::now(), crate::wire::address(base));
    let mut crowd = JoinSet::new();
    for n in 0..clients {
        let pause = pause.unwrap_or_default();
        crowd.spawn(client(address.clone(), requests.clone(), began + lasting, pause, n * 1_000_000 + n));
    }
    let mut outcomes = Outcomes::default();
    while let Some(one) = crowd.join_next().await {
        outcomes.all.extend(one.expect("a client comes home"));
    }
    outcomes.lasted = began.elapsed();
    outcomes
}
