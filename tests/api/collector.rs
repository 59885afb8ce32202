//! Traces for a collector: a request's own trace, nobody's data in it, and a collector that is dead or
//! hangs is nothing that a request could notice.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;

use crate::stand::process::{Process, chief};
use crate::stand::{Caller, Database, nowhere, text, v7};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN: &str = "00f067aa0ba902b7";

/// Something like a collector: gives what is posted to it, path and body.
fn collector() -> (String, Receiver<(String, Vec<u8>)>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let address = format!("http://{}", listener.local_addr().expect("it has an address"));
    let (tell, told) = channel();
    // Ends with the process of the tests.
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let tell = tell.clone();
            std::thread::spawn(move || {
                while let Some(posted) = posted(&stream) {
                    if tell.send(posted).is_err() {
                        return;
                    }
                }
            });
        }
    });
    (address, told)
}

/// The next request of a connection.
fn posted(mut stream: &TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        read_more(stream, &mut bytes)?;
    };
    let text = String::from_utf8_lossy(&bytes[..head]).to_lowercase();
    let length: usize =
        text.lines().find_map(|line| line.strip_prefix("content-length: ")).and_then(|n| n.parse().ok())?;
    assert!(text.contains("content-type: application/x-protobuf"), "{text}");
    while bytes.len() < head + length {
        read_more(stream, &mut bytes)?;
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").ok()?;
    Some((text.lines().next()?.to_owned(), bytes[head..].to_vec()))
}

fn read_more(mut stream: &TcpStream, into: &mut Vec<u8>) -> Option<()> {
    let mut some = [0; 16384];
    let read = stream.read(&mut some).ok().filter(|read| *read > 0)?;
    into.extend_from_slice(&some[..read]);
    Some(())
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits = |at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal");
    (0..hex.len()).step_by(2).map(digits).collect()
}

fn holds(body: &[u8], part: &[u8]) -> bool {
    body.windows(part.len()).any(|window| window == part)
}

fn start(database: &Database, endpoint: &str) -> Process {
    let settings = [
        ("TUQUAN_PUBLIC_URL", "http://tuquan.test"),
        ("TUQUAN_OTLP_ENDPOINT", endpoint),
        ("OTEL_BSP_SCHEDULE_DELAY", "100"),
    ];
    Process::launch(database, &settings, None).ready()
}

#[test]
fn a_collector_is_told_of_a_request_under_its_own_trace_and_of_nobody() {
    let (endpoint, told) = collector();
    let database = Database::new();
    let made = chief(&database);
    let process = start(&database, &endpoint);
    let caller = Caller::sign_in(&process.base, &made);
    let name = "Nguyễn Thị Kín";
    let member =
        json!({"kind": "person", "name": name, "unitId": made["client"]["unitId"], "nationalId": "001185012345"});
    let id = caller.post("/v1/members", &member).is(201).id();
    let path = format!("/v1/members/{id}?notAName={}", v7());
    let traced = caller.request(Method::GET, &path).header("traceparent", &format!("00-{TRACE}-{SPAN}-01"));
    let request_id = traced.header("User-Agent", "secret-agent").send().is(400).given("x-request-id");
    caller.get(&format!("/v1/members?q={}", "Kin")).is(200);
    caller.request(Method::from_bytes(b"KIN").expect("a method"), "/v1/members").send().is(405);

    let mut all = Vec::new();
    let (trace, span) = (bytes(TRACE), bytes(SPAN));
    let until = Instant::now() + Duration::from_secs(10);
    while !(holds(&all, &trace) && holds(&all, b"listMembers") && holds(&all, b"_OTHER")) {
        assert!(Instant::now() < until, "not told: {}", String::from_utf8_lossy(&all));
        if let Ok((line, body)) = told.recv_timeout(Duration::from_millis(100)) {
            assert_eq!(line, "post /v1/traces http/1.1");
            all.extend(body);
        }
    }
    for part in ["tuquan", "showMember", "/v1/members/{memberId}", "createMember", "read", "write", &request_id] {
        assert!(holds(&all, part.as_bytes()), "{part}");
    }
    // The request is the child of the sender's span, and its transaction is of the same trace.
    assert!(holds(&all, &span));
    assert!(all.windows(16).filter(|window| *window == trace).count() >= 1);
    for private in [
        name,
        "Kín",
        "Kin",
        "KIN",
        "001185012345",
        "notAName",
        &id,
        &caller.id,
        &caller.token,
        "secret-agent",
        "127.0.0.1",
    ] {
        assert!(!holds(&all, private.as_bytes()), "{private}");
    }
}

#[test]
fn without_a_collector_configured_nobody_is_told() {
    let (_, told) = collector();
    let database = Database::new();
    let made = chief(&database);
    let process = Process::start(&database, "http://tuquan.test");
    Caller::sign_in(&process.base, &made).get("/v1/me").is(200);
    assert!(told.recv_timeout(Duration::from_millis(300)).is_err());
}

#[test]
fn a_collector_that_is_away_or_hangs_is_nothing_to_a_request() {
    let hangs = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let away = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let [hangs_at, away_at] = [&hangs, &away].map(|one| format!("http://{}", one.local_addr().expect("an address")));
    drop(away);
    for endpoint in [hangs_at, away_at] {
        let database = Database::new();
        let made = chief(&database);
        let process = start(&database, &endpoint);
        let caller = Caller::sign_in(&process.base, &made);
        for _ in 0..300 {
            caller.get(&format!("/v1/models/{}", nowhere())).problem(404, "not-found");
        }
        let began = Instant::now();
        assert_eq!(text(&caller.get("/v1/me").is(200).json()["id"]), caller.id);
        assert!(began.elapsed() < Duration::from_secs(1));
        let ended = process.stop(Duration::from_secs(8));
        assert!(ended.is_some_and(|status| status.success()), "it ends as it should: {ended:?}");
    }
}
