//! A proxy in front of PostgreSQL that can do what networks do: fall silent, reset connections, lose
//! the answer to a COMMIT, or hold a COMMIT up. What must not come in: anything of the service.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What the proxy does to what passes.
#[derive(Default)]
struct Mood {
    /// Nothing passes, in either direction; it is kept and passes later.
    silent: AtomicBool,
    /// The answers to COMMIT of what wrote are kept, and everything after them on their connection.
    loses_commits: AtomicBool,
    /// How many milliseconds a COMMIT of what wrote is held up at least, and how many there were.
    holds_up: AtomicU64,
    held_up: AtomicU64,
    over: AtomicBool,
}

pub struct Proxy {
    pub address: SocketAddr,
    mood: Arc<Mood>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Proxy {
    /// In front of the server at `upstream`, on a free port.
    pub fn before(upstream: &str) -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").expect("loopback has a free port"), upstream)
    }

    pub fn on(listener: TcpListener, upstream: &str) -> Self {
        let address = listener.local_addr().expect("a bound listener has an address");
        let (mood, open) = (Arc::new(Mood::default()), Arc::new(Mutex::new(Vec::new())));
        let (theirs, upstream) = ((mood.clone(), open.clone()), upstream.to_owned());
        thread::spawn(move || {
            let (mood, open): (Arc<Mood>, Arc<Mutex<Vec<TcpStream>>>) = theirs;
            for client in listener.incoming().map_while(Result::ok) {
                if mood.over.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(server) = TcpStream::connect(&upstream) else {
                    continue;
                };
                let ends = [&client, &server].map(|end| end.try_clone().expect("a socket can be shared"));
                open.lock().expect("nobody panics with it").extend(ends);
                join(client, server, &mood);
            }
        });
        Self { address, mood, open }
    }

    pub fn fall_silent(&self, silent: bool) {
        self.mood.silent.store(silent, Ordering::SeqCst);
    }

    pub fn lose_commits(&self, loses: bool) {
        self.mood.loses_commits.store(loses, Ordering::SeqCst);
    }

    /// Every COMMIT of what wrote takes longer by one to four times that, and every eighth by ten times.
    pub fn hold_up_commits(&self, least: Duration) {
        self.mood.holds_up.store(least.as_millis() as u64, Ordering::SeqCst);
    }

    /// Ends every connection there is; new ones are welcome.
    pub fn reset(&self) {
        for end in self.open.lock().expect("nobody panics with it").drain(..) {
            // Some have ended by themselves.
            drop(end.shutdown(Shutdown::Both));
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.mood.over.store(true, Ordering::SeqCst);
        self.fall_silent(false);
        self.lose_commits(false);
        self.reset();
        drop(TcpStream::connect(self.address));
    }
}

fn join(client: TcpStream, server: TcpStream, mood: &Arc<Mood>) {
    // Set by what the client sends, heeded by what the server sends.
    let lost = Arc::new(AtomicBool::new(false));
    let pair = |end: &TcpStream| end.try_clone().expect("a socket can be shared");
    let (from_client, to_server, from_server, to_client) = (pair(&client), server.try_clone(), server, client);
    let to_server = to_server.expect("a socket can be shared");
    for (from, to, asks) in [(from_client, to_server, true), (from_server, to_client, false)] {
        let (mood, lost) = (mood.clone(), lost.clone());
        thread::spawn(move || pass(from, to, asks, &mood, &lost));
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, asks: bool, mood: &Mood, lost: &AtomicBool) {
    let (mut bytes, mut writes) = ([0; 16 * 1024], false);
    while let Ok(read @ 1..) = from.read(&mut bytes) {
        while mood.silent.load(Ordering::SeqCst) {
            thread::sleep(Duration::from_millis(5));
        }
        let says = |words: &[u8]| asks && bytes[..read].windows(words.len()).any(|some| some == words);
        writes = (writes || says(b"READ WRITE")) && !says(b"READ ONLY");
        if writes && says(b"COMMIT\0") && mood.loses_commits.load(Ordering::SeqCst) {
            lost.store(true, Ordering::SeqCst);
        }
        let held = mood.holds_up.load(Ordering::SeqCst);
        if held > 0 && writes && says(b"COMMIT\0") {
            let n = mood.held_up.fetch_add(1, Ordering::SeqCst);
            let times = if n % 8 == 7 { 10 } else { 1 + n * 7 % 4 };
            thread::sleep(Duration::from_millis(held * times));
        }
        while !asks && lost.load(Ordering::SeqCst) {
            if !mood.loses_commits.load(Ordering::SeqCst) {
                // It stays lost: whoever waited for it sees the connection end.
                drop(to.shutdown(Shutdown::Both));
                return;
            }
            thread::sleep(Duration::from_millis(5));
        }
        if to.write_all(&bytes[..read]).is_err() {
            break;
        }
    }
    drop((from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both)));
}
