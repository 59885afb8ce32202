//! Cursors: whatever stands in `cursor`, and whatever was sealed into one that is bound to its caller and query, at
//! the service itself over loopback with the demo in it. It is a page or a refusal, never a fault of the service.
#![no_main]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use tuquan::access::Scope;
use tuquan::app::Parts;
use tuquan::clock::Clock;
use tuquan::command::{create_client, migrate};
use tuquan::config::Config;

/// Lists of every kind: in the order of a text, a day, a moment, a number, a sort key; computed whole; growing.
const LISTS: &[&str] = &[
    "/v1/models?sort=name",
    "/v1/models?sort=-createdAt",
    "/v1/models?sort=establishedOn",
    "/v1/model-types?sort=code",
    "/v1/units?sort=-validFrom",
    "/v1/members?sort=name",
    "/v1/activities?sort=-startedAt",
    "/v1/changes?resourceTypes=models,units",
    "/v1/audit-events?sort=sequence",
    "/v1/statistics/observations?indicator=models_active&by=modelType&period=2023",
    "/v1/statistics/balances?counted=models&by=month&period=2023",
    "/v1/code-lists/incident_category/codes?sort=code",
];
/// A token is good for ten minutes.
const RENEWED: Duration = Duration::from_secs(300);

struct Scene {
    address: String,
    basic: String,
    token: String,
    asked: Instant,
    /// Of each list, what its cursors are bound to.
    bindings: Vec<String>,
    wire: Option<TcpStream>,
}

static SCENE: LazyLock<Mutex<Scene>> = LazyLock::new(|| Mutex::new(Scene::new()));

impl Scene {
    fn new() -> Self {
        let home = tempfile::tempdir().expect("a folder can be made").keep();
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound listener has an address").to_string();
        let variables = [
            ("TUQUAN_DATABASE_URL", format!("sqlite:{}", home.join("tuquan.db").display())),
            ("TUQUAN_KEYS_DIR", home.join("keys").display().to_string()),
            ("TUQUAN_PUBLIC_URL", format!("http://{address}")),
        ];
        let variables = variables.into_iter().map(|(name, value)| (name.to_owned(), value));
        let config = Config::read(variables).unwrap_or_else(|_| unreachable!("the settings are as they should be"));
        let parts = Parts::new(&config, Clock::default()).expect("the service can be put together");
        migrate(parts.door()).expect("the schema");
        tuquan::bundled::demo::load(parts.door()).expect("the demo");
        let made = create_client(parts.door(), "Fuzz", Scope::ALL, "VN", Some(10_000_000)).expect("a client");
        let (id, secret) = (&made["clientId"], &made["clientSecret"]);
        let basic = format!("{}:{}", id.as_str().unwrap_or_default(), secret.as_str().unwrap_or_default());
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                parts.serve(listener, 1, 1000).expect("it can be served").await.expect("it ends as it should");
            });
        });
        let basic = STANDARD.encode(basic);
        let mut scene =
            Self { address, basic, token: String::new(), asked: Instant::now(), bindings: Vec::new(), wire: None };
        scene.sign_in();
        scene.bindings = LISTS.iter().map(|list| scene.binding(list)).collect();
        scene
    }

    fn sign_in(&mut self) {
        let form = "grant_type=client_credentials";
        let request = format!(
            "POST /oauth/token HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            self.basic,
            form.len()
        );
        let (status, body) = self.ask(&request);
        assert_eq!(status, 200);
        self.token = body["access_token"].as_str().expect("a token").to_owned();
        self.asked = Instant::now();
    }

    /// What the cursors of a list are bound to: its first page says so, where it is not the only one.
    fn binding(&mut self, list: &str) -> String {
        let (status, body) = self.get(&format!("{list}&pageSize=1"));
        assert_eq!(status, 200, "{list}: {body}");
        let Some(cursor) = body["page"]["nextCursor"].as_str() else {
            eprintln!("{list} has one page");
            return String::new();
        };
        let inside = URL_SAFE_NO_PAD.decode(cursor).expect("a cursor is base64url");
        let cursor: Value = serde_json::from_slice(&inside).expect("a cursor is JSON");
        cursor["b"].as_str().expect("a cursor is bound").to_owned()
    }

    fn get(&mut self, target: &str) -> (u16, Value) {
        if self.asked.elapsed() > RENEWED {
            self.sign_in();
        }
        let request = format!("GET {target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\r\n", self.token);
        self.ask(&request)
    }

    /// Asks over a connection that is kept, and over another once that one has ended.
    fn ask(&mut self, request: &str) -> (u16, Value) {
        for _ in 0..3 {
            let wire = self.wire.take().map_or_else(|| TcpStream::connect(&self.address), Ok);
            if let Ok(mut wire) = wire
                && let Ok(answer) = heard(&mut wire, request)
            {
                self.wire = Some(wire);
                return answer;
            }
        }
        unreachable!("no answer")
    }
}

fn heard(wire: &mut TcpStream, request: &str) -> std::io::Result<(u16, Value)> {
    wire.set_nodelay(true)?;
    wire.set_read_timeout(Some(Duration::from_secs(10)))?;
    wire.write_all(request.as_bytes())?;
    let (mut got, mut buffer) = (Vec::new(), [0; 16 << 10]);
    loop {
        let read = wire.read(&mut buffer)?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        got.extend_from_slice(&buffer[..read]);
        let Some(end) = got.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4) else {
            continue;
        };
        let head = String::from_utf8_lossy(&got[..end]).to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        if got.len() >= end + length.unwrap_or(0) {
            let status = head.get(9..12).and_then(|code| code.parse().ok()).expect("a status");
            return Ok((status, serde_json::from_slice(&got[end..]).unwrap_or_default()));
        }
    }
}

/// Everything but letters and digits by number.
fn escaped(bytes: &[u8]) -> String {
    let one = |byte: &u8| match byte.is_ascii_alphanumeric() {
        true => char::from(*byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    bytes.iter().map(one).collect()
}

fuzz_target!(|data: &[u8]| {
    let [which, how, rest @ ..] = data else {
        return;
    };
    if rest.len() > 3000 {
        return;
    }
    let mut scene = SCENE.lock().expect("nobody panics with it");
    let list = usize::from(*which) % LISTS.len();
    let cursor = match how % 3 {
        0 => rest.to_vec(),
        1 => URL_SAFE_NO_PAD.encode(rest).into_bytes(),
        _ => {
            let inside = [br#"{"b":""#, scene.bindings[list].as_bytes(), br#"",""#, rest, b"}"].concat();
            URL_SAFE_NO_PAD.encode(inside).into_bytes()
        }
    };
    let (status, body) = scene.get(&format!("{}&pageSize=2&cursor={}", LISTS[list], escaped(&cursor)));
    match status {
        200 => assert!(body["items"].is_array()),
        410 => assert_eq!(body["status"], 410),
        400 => assert!(body["errors"].as_array().is_some_and(|errors| !errors.is_empty()), "{body}"),
        other => unreachable!("{other}: {body}"),
    }
});
