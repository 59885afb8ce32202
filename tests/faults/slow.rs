//! Slowness: clients that take their time with the head of a request, with the next one, with a body, with
//! a chunk of one, with the answer, or say nothing at all. Each is let go, and nobody else notices.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::load::{always, load, runtime};
use crate::wire::{Wire, address, get, request};
use crate::{Ground, alone, bar, count, spread};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    FirstHead,
    SecondHead,
    Body,
    Chunk,
    Reader,
    Idle,
}

const KINDS: [Kind; 6] = [Kind::FirstHead, Kind::SecondHead, Kind::Body, Kind::Chunk, Kind::Reader, Kind::Idle];
/// How often a slow client does anything.
const TICK: Duration = Duration::from_secs(1);
/// How long it holds out.
const STUBBORN: Duration = Duration::from_secs(60);

/// What the slow clients send.
#[derive(Clone)]
struct Lines {
    whole: Vec<u8>,
    large: Vec<u8>,
    body: Vec<u8>,
    chunked: Vec<u8>,
    connected: watch::Receiver<HashSet<u16>>,
}

/// Sends a byte a second until the connection has ended, reading what comes.
async fn drip(stream: TcpStream, bytes: &[u8]) {
    let (mut from, mut to) = stream.into_split();
    let gone = async {
        let mut heard = [0; 1024];
        while let Ok(1..) = from.read(&mut heard).await {}
    };
    let dripping = async {
        for byte in bytes.iter().cycle() {
            if to.write_all(&[*byte]).await.is_err() {
                return;
            }
            tokio::time::sleep(TICK).await;
        }
        std::future::pending::<()>().await;
    };
    tokio::select! { () = gone => (), () = dripping => () }
}

/// The ports of clients to which the service has an open connection, looked up every second. A client
/// that reads slowly learns of the end only after everything that was sent before it.
fn connected(service: &str) -> watch::Receiver<HashSet<u16>> {
    let port = service.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok()).expect("an address");
    let (tell, told) = watch::channel(HashSet::new());
    tokio::spawn(async move {
        while !tell.is_closed() {
            let table = std::fs::read_to_string("/proc/net/tcp").expect("Linux lists connections");
            let lines = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
            let own = format!(":{port:04X}");
            // In state 01, established, seen from the service's side.
            let open = lines.filter(|line| line.len() > 3 && line[1].ends_with(&own) && line[3] == "01");
            let ports = open.filter_map(|line| u16::from_str_radix(line[2].rsplit_once(':')?.1, 16).ok());
            tell.send_replace(ports.collect());
            tokio::time::sleep(TICK).await;
        }
    });
    told
}

/// Asks for more than fits on the way, and reads a byte a second.
async fn sip(mut stream: TcpStream, asked: Vec<u8>, connected: watch::Receiver<HashSet<u16>>) {
    for _ in 0..10 {
        if stream.write_all(&asked).await.is_err() {
            return;
        }
    }
    let port = stream.local_addr().expect("it is bound").port();
    let mut one = [0; 1];
    tokio::time::sleep(2 * TICK).await;
    while connected.borrow().contains(&port) && matches!(stream.read(&mut one).await, Ok(1)) {
        tokio::time::sleep(TICK).await;
    }
}

/// A connection into which little fits.
async fn narrow(address: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket can be made");
    socket.set_recv_buffer_size(4096).expect("its buffer can be small");
    socket.connect(address.parse().expect("an address")).await.expect("it connects")
}

/// How long the service put up with a client of that kind.
async fn slow(kind: Kind, address: String, lines: Lines) -> (Kind, Duration) {
    let mut wire = Wire::over(narrow(&address).await);
    let mut began = Instant::now();
    let done = async {
        match kind {
            Kind::FirstHead => drip(wire.stream, &lines.whole[..lines.whole.len() - 4]).await,
            Kind::SecondHead => {
                wire.ask(&lines.whole).await.expect("the first is answered");
                began = Instant::now();
                drip(wire.stream, &lines.whole[..lines.whole.len() - 4]).await;
            }
            Kind::Body => {
                wire.stream.write_all(&lines.body).await.expect("the head goes out");
                drip(wire.stream, b" ").await;
            }
            Kind::Chunk => {
                wire.stream.write_all(&lines.chunked).await.expect("the head goes out");
                drip(wire.stream, b"1\r\n \r\n").await;
            }
            Kind::Reader => sip(wire.stream, lines.large, lines.connected).await,
            Kind::Idle => {
                wire.ask(&lines.whole).await.expect("the first is answered");
                began = Instant::now();
                drip(wire.stream, b"").await;
            }
        }
    };
    let held = tokio::time::timeout(STUBBORN, done).await;
    (kind, if held.is_ok() { began.elapsed() } else { STUBBORN })
}

#[test]
fn slow_clients_are_let_go_and_nobody_else_notices() {
    let _alone = alone();
    let ground = Ground::fresh();
    let process = ground.start();
    let chief = ground.sign_in(&process);
    ground.fill(&chief, 200);
    let head =
        |more: (&str, &str)| request(&chief, "POST", "/v1/models", &[("Content-Type", "application/json"), more], "");
    let each = count(8, 334);
    let (place, runtime) = (address(&process.base), runtime());
    let reads = || load(&process.base, always(get(&chief, "/v1/models?pageSize=20")), 4, Duration::from_secs(5), None);
    runtime.block_on(reads());
    let before = runtime.block_on(reads());
    let (held, during) = runtime.block_on(async {
        let lines = Lines {
            whole: get(&chief, "/v1/me"),
            large: get(&chief, "/v1/models?pageSize=500"),
            body: head(("Content-Length", "1000")),
            chunked: head(("Transfer-Encoding", "chunked")),
            connected: connected(&place),
        };
        let mut crowd = JoinSet::new();
        for n in 0..each {
            for kind in KINDS {
                crowd.spawn(slow(kind, place.clone(), lines.clone()));
            }
            if n % 20 == 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        let during = reads().await;
        (crowd.join_all().await, during)
    });
    for kind in KINDS {
        println!("{kind:?}: {}", spread(held.iter().filter(|one| one.0 == kind).map(|one| one.1).collect()));
    }
    println!("reads before: {:.0} a second, {}", before.goodput(), spread(before.answers()));
    println!("reads meanwhile: {:.0} a second, {}", during.goodput(), spread(during.answers()));
    assert_eq!(during.bad(), Vec::<String>::new());
    assert!(during.goodput() >= bar(0.3, 0.8) * before.goodput());
    let longest = held.iter().map(|one| one.1).max().unwrap_or_default();
    assert!(longest <= Duration::from_secs(30), "one held out for {longest:?}");
}
