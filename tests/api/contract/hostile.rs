//! Hostile requests: whatever a client sends, the service says what is wrong and stays up.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use super::NOUNS;
use crate::stand::{Stand, World, with};

#[test]
fn bodies_that_are_no_sound_json_are_400() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let deep_array = "[".repeat(200_000);
    let deep_object = "{\"name\":".repeat(50_000);
    let bodies: Vec<Vec<u8>> = vec![
        b"".to_vec(),
        b"{".to_vec(),
        b"{\"name\": \"\xff\xfe\"}".to_vec(),
        b"{\"name\": \"\\ud800\"}".to_vec(),
        b"{\"name\": 1e999}".to_vec(),
        b"\xef\xbb\xbf{}".to_vec(),
        b"{}{}".to_vec(),
        b"NaN".to_vec(),
        b"\0".to_vec(),
        deep_array.into_bytes(),
        deep_object.into_bytes(),
    ];
    for noun in NOUNS {
        let path = noun.make(&world, 1);
        for body in &bodies {
            let post = world.chief.request(Method::POST, noun.path).raw("application/json", body.clone());
            post.send().problem(400, "invalid-request");
            let patch = world.chief.request(Method::PATCH, &path).header("If-Match", "\"1\"");
            patch.raw("application/merge-patch+json", body.clone()).send().problem(400, "invalid-request");
        }
    }
}

#[test]
fn control_characters_in_a_name_are_400() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for noun in NOUNS {
        let path = noun.make(&world, 1);
        let breaks_lines: &[&str] = if noun.prose { &[] } else { &["\n", "\u{2028}"] };
        for character in ["\0", "\u{7}", "\u{85}"].iter().chain(breaks_lines) {
            let bad = json!({noun.line: format!("Tên{character}")});
            let fault = format!("/{} pattern", noun.line);
            world.chief.post(noun.path, &with(&(noun.body)(&world, 2), bad.clone())).faults(&[&fault]);
            world.chief.patch(&path, "\"1\"", &bad).problem(400, "invalid-request");
        }
        let (name, _) = noun.optional();
        let bad = json!({name: "a\0b"});
        world.chief.post(noun.path, &with(&(noun.body)(&world, 2), bad)).problem(400, "invalid-request");
        let key = json!({"na\0me": 1});
        world.chief.post(noun.path, &with(&(noun.body)(&world, 2), key)).problem(400, "invalid-request");
    }
}

#[test]
fn queries_that_are_no_sound_text_are_400() {
    let stand = Stand::new();
    let chief = stand.chief();
    for noun in NOUNS {
        for query in
            ["q=%00", "q=a%00b", "q=%FF", "%FF=1", "%00=1", "sort=%00", "cursor=%00", "cursor=a%00b", "q=%ED%A0%80"]
        {
            chief.get(&format!("{}?{query}", noun.path)).problem(400, "invalid-request");
        }
        for query in ["&&", ""] {
            chief.get(&format!("{}?{query}", noun.path)).is(200);
        }
    }
    for noun in NOUNS.iter().filter(|noun| noun.searched) {
        for query in ["q=%25%27%22%3B--", "q=%F0%9F%A6%80", "q=%"] {
            chief.get(&format!("{}?{query}", noun.path)).is(200);
        }
        chief.get(&format!("{}?q={}", noun.path, "x".repeat(201))).faults(&["q too-long"]);
    }
    chief.get("/v1/units?code=%00").problem(400, "invalid-request");
    chief.get("/v1/units?validOn=2023-02-30").faults(&["validOn format"]);
    chief.get("/v1/units?validOn=0000-00-00").faults(&["validOn format"]);
    chief.get("/v1/models?exemplar=maybe").faults(&["exemplar type"]);
    chief.get(&format!("/v1/units?code={}", vec!["1"; 101].join(","))).faults(&["code too-many"]);
}

#[test]
fn odd_numbers_are_400() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let body = world.model("Mô hình");
    for count in [json!(-1), json!(1.5), json!("1"), json!(1e300), json!(u64::MAX), json!(100_000_001)] {
        world.chief.post("/v1/models", &with(&body, json!({"householdCount": count}))).problem(400, "invalid-request");
    }
    for location in [json!({"lat": 91, "lng": 0}), json!({"lat": 0}), json!({"lat": 0, "lng": 0, "alt": 1})] {
        world.chief.post("/v1/models", &with(&body, json!({"location": location}))).problem(400, "invalid-request");
    }
    for day in ["2023-02-29", "2023-13-01", "23-01-01", "2023-01-01T00:00:00Z", "", "9999-99-99", "+2023-01-01"] {
        let bad = with(&body, json!({"establishedOn": day}));
        world.chief.post("/v1/models", &bad).problem(400, "invalid-request");
    }
    let whole = with(&body, json!({"householdCount": 3.0, "location": {"lat": 15.88, "lng": 108.33}}));
    let made = world.chief.post("/v1/models", &whole);
    assert!(matches!(made.status, 201 | 400), "{made:?}");
}

#[test]
fn an_extreme_day_is_no_fault_of_the_service() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for day in ["0000-01-01", "0001-01-01", "9999-12-31"] {
        let body = with(&world.model("Mô hình"), json!({"establishedOn": day}));
        let answer = world.chief.post("/v1/models", &body);
        assert!(answer.status < 500, "{answer:?}");
        let unit = with(
            &crate::stand::world::unit(&day[..4], "Phường xa", "commune", &world.province),
            json!({"validFrom": day}),
        );
        let answer = world.chief.post("/v1/units", &unit);
        assert!(answer.status < 500, "{answer:?}");
        if answer.status == 201 {
            let path = answer.given("location");
            assert_eq!(world.chief.get(&path).is(200).json()["validFrom"], day);
        }
        let answer = world.chief.get(&format!("/v1/units?validOn={day}"));
        assert!(answer.status < 500, "{answer:?}");
    }
}

/// Sends bytes and gives the first line of the answer.
fn raw(stand: &Stand, bytes: &[u8]) -> String {
    let address = stand.base.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).expect("the service accepts");
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout can be set");
    stream.write_all(bytes).expect("the request can be sent");
    let mut answer = [0_u8; 4096];
    let read = stream.read(&mut answer).expect("the service answers or closes");
    String::from_utf8_lossy(&answer[..read]).lines().next().unwrap_or_default().to_owned()
}

#[test]
fn requests_that_are_no_sound_http_do_not_harm() {
    let stand = Stand::new();
    let chief = stand.chief();
    for bytes in [
        &b"GET\r\n\r\n"[..],
        b"\0\0\0\0\r\n\r\n",
        b"GET /v1/models HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        b"GET /v1/models HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST /v1/models HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"GET /v1/models HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \xff\xff\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n",
    ] {
        let line = raw(&stand, bytes);
        assert!(line.is_empty() || line.starts_with("HTTP/1.1 4"), "{line} for {:?}", String::from_utf8_lossy(bytes));
    }
    chief.get("/v1/units").is(200);
}

#[test]
fn a_request_that_two_readers_could_end_in_different_places_is_400_and_the_last_of_its_connection() {
    let stand = Stand::new();
    let chief = stand.chief();
    let address = stand.base.trim_start_matches("http://");
    let hidden = "GET /v1/me HTTP/1.1\r\nHost: a\r\n\r\n";
    for head in [
        "Host: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked",
        "Host: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5",
        "Host: a\r\nContent-Length: 4\r\nContent-Length: 5",
        "Host: a\r\nContent-Length: +5",
        "Host: a\r\nTransfer-Encoding: xchunked",
        "Host: a\r\nTransfer-Encoding: chunked, identity",
        "Host : a",
        "Host: a\r\nX-A: a\r\n b",
        "Host: a\r\nHost: b",
        "X-A: a",
    ] {
        let token = &chief.token;
        let request =
            format!("POST /v1/models HTTP/1.1\r\n{head}\r\nAuthorization: Bearer {token}\r\n\r\n0\r\n\r\n{hidden}");
        let mut stream = TcpStream::connect(address).expect("the service accepts");
        stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout can be set");
        stream.write_all(request.as_bytes()).expect("the request can be sent");
        let mut heard = Vec::new();
        // A connection that is closed with something unread is reset behind the answer.
        let ended = stream.read_to_end(&mut heard).map_err(|error| error.kind());
        assert!(matches!(ended, Ok(_) | Err(ErrorKind::ConnectionReset)), "{head}: {ended:?}");
        let heard = String::from_utf8_lossy(&heard);
        assert!(heard.starts_with("HTTP/1.1 400") && heard.matches("HTTP/1.1 ").count() == 1, "{head}: {heard}");
    }
    chief.get("/v1/units").is(200);
}

#[test]
fn a_body_that_breaks_off_changes_nothing() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let before = crate::stand::journal::changes(&stand.database).len();
    let address = stand.base.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).expect("the service accepts");
    let head = format!(
        "POST /v1/model-types HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
         Content-Length: 500\r\n\r\n{{\"code\":",
        world.chief.token
    );
    stream.write_all(head.as_bytes()).expect("the request can be sent");
    drop(stream);
    world.chief.get("/v1/model-types").is(200);
    assert_eq!(crate::stand::journal::changes(&stand.database).len(), before);
}
