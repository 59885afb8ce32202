//! Keys that an issuer publishes at an address. One thread an issuer fetches them, now and then and when
//! somebody shows a token of that issuer under a key that is not known; no more often than `BETWEEN`,
//! however many tokens come. Whoever waits for it waits no longer than a fetch may take.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::{Client, StatusCode};
use tokio::sync::watch;
use url::Url;

use super::jwks::{Keys, LARGEST};
use crate::clock::Clock;
use crate::outward;
use crate::turns;

/// How long a fetch may take, all of it.
const PATIENCE: Duration = Duration::from_secs(2);
/// How many seconds lie between two fetches at least; after how many the keys are fetched anew, and how
/// soon again after that failed; for how many the last ones stay good when the issuer is away.
const BETWEEN: i64 = 10;
const FRESH: i64 = 300;
const AGAIN: i64 = 30;
const OUTAGE: i64 = 6 * 3600;
/// How often the thread looks whether it is time.
const LOOKED: Duration = Duration::from_millis(500);

/// The keys at one address.
pub struct Remote {
    shared: Arc<Shared>,
    wake: SyncSender<()>,
}

struct Shared {
    uri: Url,
    clock: Clock,
    state: Mutex<State>,
    /// Tells of every fetch that is over.
    over: watch::Sender<()>,
}

#[derive(Default)]
struct State {
    keys: Option<Arc<Keys>>,
    /// When they were fetched, and when it was last tried, in seconds.
    fetched: i64,
    tried: Option<i64>,
    failed: bool,
    under_way: bool,
}

impl State {
    /// Whether so many seconds have passed since it was tried; also where the clock went back.
    fn rested(&self, now: i64, seconds: i64) -> bool {
        self.tried.is_none_or(|tried| !(0..seconds).contains(&(now - tried)))
    }

    fn due(&self, now: i64) -> bool {
        self.under_way || self.rested(now, if self.failed { AGAIN } else { FRESH })
    }
}

impl Remote {
    /// Begins to fetch; `uri` is https, or http on this machine.
    pub fn open(uri: &str, clock: Clock) -> Result<Self, String> {
        let uri = safe(uri).ok_or("must be an https URL, or http on this machine, without user and fragment")?;
        let client = outward::client(uri.as_str(), PATIENCE).pool_max_idle_per_host(0);
        let client = client.build().map_err(|error| error.to_string())?;
        let (over, _) = watch::channel(());
        let shared = Arc::new(Shared { uri, clock, state: Mutex::default(), over });
        let (wake, woken) = sync_channel(1);
        let fetches = shared.clone();
        turns::aside("issuer", move || fetches.work(&client, &woken)).map_err(|error| error.to_string())?;
        Ok(Self { shared, wake })
    }

    /// The last keys that came, if they are not too old to go by.
    pub fn keys(&self) -> Option<Arc<Keys>> {
        let state = self.shared.state();
        let age = self.shared.clock.now().seconds() - state.fetched;
        state.keys.clone().filter(|_| age <= OUTAGE)
    }

    /// Has the keys fetched, unless that was done just now, and waits until they are there.
    pub async fn renew(&self) {
        let mut over = self.shared.over.subscribe();
        if self.ask() {
            // Whatever comes of it is in the keys, or is not.
            drop(tokio::time::timeout(PATIENCE + LOOKED, over.changed()).await);
        }
    }

    /// Whether a fetch is under way, or is from now on.
    fn ask(&self) -> bool {
        let mut state = self.shared.state();
        let now = self.shared.clock.now().seconds();
        if !state.under_way && state.rested(now, BETWEEN) {
            state.under_way = true;
            state.tried = Some(now);
            if self.wake.try_send(()).is_err() {
                tracing::trace!("the thread is awake already");
            }
        }
        state.under_way
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Fetches whenever it is time, until nobody can ask any more.
    fn work(&self, client: &Client, woken: &Receiver<()>) {
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => return tracing::error!(%error, "the keys of an issuer are not fetched"),
        };
        loop {
            let now = self.clock.now().seconds();
            if self.state().due(now) {
                self.begin(now);
                let fetched = runtime.block_on(async {
                    let fetched = tokio::time::timeout(PATIENCE, fetch(client, &self.uri)).await;
                    fetched.unwrap_or_else(|_| Err(format!("took longer than {} s", PATIENCE.as_secs())))
                });
                self.end(fetched);
            }
            if woken.recv_timeout(LOOKED) == Err(RecvTimeoutError::Disconnected) {
                break;
            }
        }
        // A name that is being looked up holds up nobody.
        runtime.shutdown_background();
    }

    fn begin(&self, now: i64) {
        let mut state = self.state();
        state.under_way = true;
        state.tried = Some(now);
    }

    fn end(&self, fetched: Result<Keys, String>) {
        let mut state = self.state();
        state.under_way = false;
        state.failed = fetched.is_err();
        match fetched {
            Ok(keys) => {
                state.fetched = self.clock.now().seconds();
                state.keys = Some(Arc::new(keys));
            }
            Err(fault) => tracing::warn!(uri = %self.uri, %fault, "the keys of an issuer cannot be fetched"),
        }
        drop(state);
        self.over.send_replace(());
    }
}

/// An address that keys are taken from.
fn safe(uri: &str) -> Option<Url> {
    let url = Url::parse(uri).ok()?;
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let near = match url.host()? {
        url::Host::Domain(name) => name == "localhost",
        url::Host::Ipv4(address) => address.is_loopback(),
        url::Host::Ipv6(address) => address.is_loopback(),
    };
    let kept = url.scheme() == "https" || (url.scheme() == "http" && near);
    (plain && kept).then_some(url)
}

async fn fetch(client: &Client, uri: &Url) -> Result<Keys, String> {
    let words = |error: reqwest::Error| error.without_url().to_string();
    let mut answer = client.get(uri.clone()).header("accept", "application/json").send().await.map_err(words)?;
    if answer.status() != StatusCode::OK {
        return Err(format!("answered {}", answer.status().as_u16()));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(words)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LARGEST {
            break;
        }
    }
    Keys::read(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_over_tls_or_from_this_machine() {
        for good in ["https://id.example/jwks", "http://127.0.0.1:9/jwks?a=b", "http://localhost/jwks", "http://[::1]/"]
        {
            assert!(safe(good).is_some(), "{good}");
        }
        for bad in [
            "http://id.example/jwks",
            "http://127.0.0.1.example/",
            "http://localhost.example/",
            "https://user@id.example/",
            "https://id.example/#keys",
            "file:///etc/passwd",
            "ftp://127.0.0.1/",
            "/jwks",
        ] {
            assert!(safe(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn it_is_asked_no_more_often_than_it_may() {
        let mut state = State { tried: Some(1000), ..State::default() };
        assert!(!state.rested(1000, BETWEEN) && !state.rested(1009, BETWEEN) && state.rested(1010, BETWEEN));
        assert!(state.rested(999, BETWEEN), "the clock went back");
        assert!(!state.due(1299) && state.due(1300));
        state.failed = true;
        assert!(state.due(1030));
    }
}
