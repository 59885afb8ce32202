//! Issuers that publish their keys at an address: keys that change, an issuer that is away, slow or
//! hostile, and how seldom anybody's token has them fetched.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tuquan::clock::Clock;
use tuquan::identity::Issuers;
use tuquan::types::Moment;

use crate::oidc::{Elsewhere, ISSUER, NOW, claims, status};
use crate::stand::{Stand, World, eventually, with, world};

/// How the issuer answers whoever asks for its keys.
#[derive(Clone)]
enum Manner {
    Answers(String),
    /// One byte after the other, for longer than anybody should wait.
    Drips,
    /// Takes the connection and says nothing.
    Silent,
    Redirects(String),
    Fails,
}

/// An issuer that publishes its keys on loopback, and counts who asks for them.
struct Published {
    address: String,
    manner: Arc<Mutex<Manner>>,
    asked: Arc<AtomicUsize>,
}

impl Published {
    fn new(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = format!("http://{}/jwks", listener.local_addr().expect("it has an address"));
        let published = Self { address, manner: Arc::new(Mutex::new(manner)), asked: Arc::default() };
        let (manner, asked) = (published.manner.clone(), published.asked.clone());
        // Ends with the process of the tests.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                asked.fetch_add(1, Ordering::SeqCst);
                let manner = manner.lock().expect("nobody fails holding it").clone();
                std::thread::spawn(move || answer(stream, &manner));
            }
        });
        published
    }

    fn of(elsewhere: &Elsewhere) -> Self {
        Self::new(Manner::Answers(elsewhere.jwks().to_string()))
    }

    fn becomes(&self, manner: Manner) {
        *self.manner.lock().expect("nobody fails holding it") = manner;
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

/// Whoever asked may have gone away meanwhile: what cannot be written is not.
fn answer(mut stream: TcpStream, manner: &Manner) {
    let mut head = [0; 2048];
    let read = stream.read(&mut head).unwrap_or(0);
    if !head[..read].starts_with(b"GET /jwks ") {
        return;
    }
    let whole = |head: &str, body: &str| format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let text = match manner {
        Manner::Answers(body) => whole("200 OK", body),
        Manner::Redirects(to) => whole(&format!("302 Found\r\nlocation: {to}"), ""),
        Manner::Fails => whole("500 Internal Server Error", &json!({"keys": []}).to_string()),
        Manner::Silent => return std::thread::sleep(Duration::from_secs(8)),
        Manner::Drips => {
            let begun = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 60000\r\n\r\n{\"keys\": [");
            let mut going = begun.is_ok();
            for _ in 0..80 {
                going = going && stream.write_all(b" ").is_ok();
                std::thread::sleep(Duration::from_millis(100));
            }
            return;
        }
    };
    stream.write_all(text.as_bytes()).unwrap_or_default();
}

fn at(seconds: i64) -> Moment {
    Moment::from_micros(seconds * 1_000_000)
}

/// A stand that trusts the issuer, with a user who is `s-1` there.
fn trusting(published: &Published) -> Stand {
    let issuers = |_: &Path| json!([{"issuer": ISSUER, "audience": "tuquan-test", "jwksUri": published.address}]);
    let stand = Stand::trusting(Clock::standing_at(at(NOW)), Some(&issuers));
    let world = World::of(&stand);
    let identities = json!({"identities": [{"iss": ISSUER, "sub": "s-1"}]});
    world.chief.create("/v1/users", &with(&world::user("tu-xa", &world.ward), identities));
    stand
}

/// A token made `later` seconds after `NOW`.
fn token(elsewhere: &Elsewhere, key: &str, later: i64) -> String {
    elsewhere.token(key, &with(&claims("s-1"), json!({"iat": NOW + later, "exp": NOW + later + 300})))
}

/// The issuer's key `ed` under another name.
fn renamed(elsewhere: &Elsewhere, name: &str) -> Value {
    json!({"keys": [with(&elsewhere.jwks()["keys"][2], json!({"kid": name}))]})
}

fn under(elsewhere: &Elsewhere, name: &str, later: i64) -> String {
    let said = with(&claims("s-1"), json!({"iat": NOW + later, "exp": NOW + later + 300}));
    elsewhere.sign("ed", &json!({"alg": "EdDSA", "kid": name}), &said)
}

#[test]
fn a_token_is_good_under_the_keys_that_the_issuer_publishes() {
    let elsewhere = Elsewhere::new();
    let published = Published::of(&elsewhere);
    let stand = trusting(&published);
    for key in ["rsa", "ec", "ed"] {
        assert_eq!(status(&stand, &token(&elsewhere, key, 0)), 200, "{key}");
    }
    assert_eq!(published.asked(), 1, "the keys are fetched once");
    for wrong in [json!({"iss": "https://other.example"}), json!({"aud": "tuquan"}), json!({"exp": NOW})] {
        assert_eq!(status(&stand, &elsewhere.token("rsa", &with(&claims("s-1"), wrong))), 401);
    }
    for (key, header) in [
        ("ed", json!({"alg": "EdDSA", "kid": "ec"})),
        ("rsa", json!({"alg": "RS512", "kid": "rsa"})),
        ("ed", json!({"alg": "ES256", "kid": "ec"})),
        ("rsa", json!({"alg": "HS256", "kid": "rsa"})),
        ("rsa", json!({"alg": "none", "kid": "rsa"})),
    ] {
        assert_eq!(status(&stand, &elsewhere.sign(key, &header, &claims("s-1"))), 401, "{header}");
    }
    assert_eq!(published.asked(), 1, "what cannot be good is no reason to ask");
}

#[test]
fn a_key_that_followed_is_fetched_when_it_is_needed_and_one_that_went_is_gone() {
    let elsewhere = Elsewhere::new();
    let published = Published::new(Manner::Answers(renamed(&elsewhere, "old").to_string()));
    let stand = trusting(&published);
    assert_eq!(status(&stand, &under(&elsewhere, "old", 0)), 200);
    published.becomes(Manner::Answers(renamed(&elsewhere, "new").to_string()));
    let asked = published.asked();
    assert_eq!(status(&stand, &under(&elsewhere, "new", 0)), 401, "asked just now");
    assert_eq!((status(&stand, &under(&elsewhere, "old", 0)), published.asked()), (200, asked));
    stand.clock.move_to(at(NOW + 10));
    assert_eq!(status(&stand, &under(&elsewhere, "new", 10)), 200, "the first token under a new key");
    assert_eq!(status(&stand, &under(&elsewhere, "old", 10)), 401, "the issuer withdrew it");
    published.becomes(Manner::Answers(renamed(&elsewhere, "newer").to_string()));
    stand.clock.move_to(at(NOW + 320));
    eventually("keys are fetched though nobody needs one", Duration::from_secs(3), || published.asked() == asked + 2);
    eventually("they count", Duration::from_secs(3), || status(&stand, &under(&elsewhere, "newer", 320)) == 200);
}

#[test]
fn forged_tokens_have_the_keys_fetched_no_more_often_than_every_ten_seconds() {
    let elsewhere = Elsewhere::new();
    let (published, bait) = (Published::of(&elsewhere), Published::of(&elsewhere));
    let stand = trusting(&published);
    assert_eq!(status(&stand, &token(&elsewhere, "ed", 0)), 200);
    stand.clock.move_to(at(NOW + 20));
    let before = published.asked();
    let forger = Elsewhere::new();
    let said = with(&claims("s-1"), json!({"iat": NOW + 20, "exp": NOW + 320}));
    let send = |header: Value, claims: &Value| {
        let token = forger.sign("ed", &with(&json!({"alg": "EdDSA", "kid": "x"}), header), claims);
        assert_eq!(status(&stand, &token), 401);
    };
    // What could not be good under any key is no reason to ask.
    for wrong in [
        json!({"iss": bait.address}),
        json!({"iss": format!("{ISSUER}/")}),
        json!({"iss": [ISSUER]}),
        json!({"aud": "tuquan"}),
        json!({"exp": NOW}),
        json!({"sub": ""}),
    ] {
        send(json!({}), &with(&said, wrong));
    }
    for header in [
        json!({"jku": bait.address}),
        json!({"x5u": bait.address}),
        json!({"kid": null}),
        json!({"alg": "none"}),
        json!({"alg": "HS256"}),
        json!({"crit": ["exp"]}),
    ] {
        send(header, &said);
    }
    assert_eq!(published.asked(), before);
    let many: Vec<_> = (0..40).map(|n| json!({"kid": format!("{}{n}", bait.address)})).collect();
    std::thread::scope(|scope| {
        for headers in many.chunks(5) {
            scope.spawn(|| headers.iter().for_each(|header| send(header.clone(), &said)));
        }
    });
    assert_eq!((published.asked(), bait.asked()), (before + 1, 0));
    assert_eq!(status(&stand, &token(&elsewhere, "ed", 20)), 200, "who is let in stays so");
}

#[test]
fn an_issuer_that_is_away_is_believed_for_six_hours() {
    let elsewhere = Elsewhere::new();
    let published = Published::of(&elsewhere);
    let stand = trusting(&published);
    assert_eq!(status(&stand, &token(&elsewhere, "ed", 0)), 200);
    let mut asked = published.asked();
    let many = json!({"keys": vec![elsewhere.jwks()["keys"][2].clone(); 51]}).to_string();
    let long = format!("{{\"keys\": [], \"more\": {:?}}}", "x".repeat(70_000));
    let elsewhere_too = Published::new(Manner::Answers(Elsewhere::new().jwks().to_string()));
    let mut later = 0;
    for (what, manner) in [
        ("fails", Manner::Fails),
        ("redirects", Manner::Redirects(elsewhere_too.address.clone())),
        ("sends no JSON", Manner::Answers("<html>".to_owned())),
        ("sends too much", Manner::Answers(long)),
        ("sends too many", Manner::Answers(many)),
        ("says nothing", Manner::Silent),
        ("drips", Manner::Drips),
    ] {
        published.becomes(manner);
        later += 400;
        stand.clock.move_to(at(NOW + later));
        eventually(what, Duration::from_secs(5), || published.asked() > asked);
        asked = published.asked();
        let began = Instant::now();
        assert_eq!(status(&stand, &token(&elsewhere, "ed", later)), 200, "{what}");
        assert!(began.elapsed() < Duration::from_secs(1), "nobody waits for an issuer that {what}");
    }
    assert_eq!(elsewhere_too.asked(), 0, "a redirect is not followed");
    stand.clock.move_to(at(NOW + 6 * 3600));
    assert_eq!(status(&stand, &token(&elsewhere, "ed", 6 * 3600)), 200);
    stand.clock.move_to(at(NOW + 6 * 3600 + 1));
    let began = Instant::now();
    assert_eq!(status(&stand, &token(&elsewhere, "ed", 6 * 3600 + 1)), 401, "not for longer");
    assert!(began.elapsed() < Duration::from_secs(4), "a wait has an end");
    published.becomes(Manner::Answers(elsewhere.jwks().to_string()));
    stand.clock.move_to(at(NOW + 6 * 3600 + 60));
    eventually("it is believed again", Duration::from_secs(5), || {
        status(&stand, &token(&elsewhere, "ed", 6 * 3600 + 60)) == 200
    });
}

#[test]
fn a_service_whose_issuer_is_away_starts_and_an_address_in_the_clear_is_refused() {
    let nobody = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let folder = tempfile::tempdir().expect("there is room");
    let file = folder.path().join("issuers.json");
    let open = |issuer: Value| {
        let one = with(&json!({"issuer": ISSUER, "audience": "a"}), issuer);
        std::fs::write(&file, json!([one]).to_string()).expect("the file can be written");
        Issuers::open(Some(&file), "http://tuquan.test", Clock::default()).map(drop)
    };
    let away = format!("http://{}/jwks", nobody.local_addr().expect("it has an address"));
    open(json!({"jwksUri": away})).expect("it is tried later");
    for bad in [
        json!({"jwksUri": "http://id.example/jwks"}),
        json!({"jwksUri": "file:///etc/passwd"}),
        json!({"jwksUri": "https://a:b@id.example/"}),
        json!({"jwksUri": away, "jwksFile": "keys.json"}),
        json!({}),
        json!({"jwksURL": away}),
    ] {
        let refused = open(bad.clone()).map_err(|error| error.to_string());
        assert!(refused.is_err_and(|words| words.starts_with("TUQUAN_OIDC_FILE: ")), "{bad}");
    }
}
