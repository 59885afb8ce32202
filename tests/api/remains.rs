//! What remains of a person who was erased: nothing in the files of the database, in its log, in what
//! the service writes to its own, or in what it serves. Values are sought as they are and in the
//! forms in which a careless program would have kept them.

use std::fs;
use std::path::{Path, PathBuf};

use aho_corasick::AhoCorasick;
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use diesel::sql_types::Text;
use md5::{Digest, Md5};
use serde_json::{Value, json};

use crate::stand::process::{Process, chief};
use crate::stand::{Caller, Database, nowhere, text, v7, world};

const PERSONS: usize = 50;

/// Bytes in hexadecimal.
fn hex(bytes: &[u8], upper: bool) -> Vec<u8> {
    let digits = bytes.iter().map(|byte| if upper { format!("{byte:02X}") } else { format!("{byte:02x}") });
    digits.collect::<String>().into_bytes()
}

/// What of base64 is the same wherever the bytes stand in what was encoded.
fn base64_at(bytes: &[u8], offset: usize) -> Vec<u8> {
    let shifted = [vec![0; offset], bytes.to_vec()].concat();
    let encoded = STANDARD_NO_PAD.encode(&shifted).into_bytes();
    let (from, to) = ((offset * 8).div_ceil(6), shifted.len() * 8 / 6);
    encoded[from..to].to_vec()
}

/// The forms of a value.
fn forms(value: &str) -> Vec<Vec<u8>> {
    let plain = value.as_bytes().to_vec();
    let utf16: Vec<u16> = value.encode_utf16().collect();
    let texts = [
        plain.clone(),
        utf16.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
        utf16.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
        value.to_lowercase().into_bytes(),
        percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC).to_string().into_bytes(),
        // As JSON that keeps to ASCII.
        utf16.iter().map(|unit| format!("\\u{unit:04x}")).collect::<String>().into_bytes(),
    ];
    let digests = [
        Md5::digest(&plain).to_vec(),
        digest(&SHA1_FOR_LEGACY_USE_ONLY, &plain).as_ref().to_vec(),
        digest(&SHA256, &plain).as_ref().to_vec(),
    ];
    let mut all = Vec::new();
    for bytes in texts.into_iter().chain(digests) {
        all.extend([hex(&bytes, false), hex(&bytes, true)]);
        all.extend((0..3).map(|offset| base64_at(&bytes, offset)));
        all.push(bytes);
    }
    all
}

/// Values sought, and the finder of their forms.
struct Sought {
    finder: AhoCorasick,
    forms: usize,
}

impl Sought {
    fn of(values: &[String]) -> Self {
        let forms: Vec<_> = values.iter().flat_map(|value| forms(value)).collect();
        Self { forms: forms.len(), finder: AhoCorasick::new(forms).expect("the forms can be sought") }
    }

    fn is_in(&self, bytes: &[u8]) -> bool {
        self.finder.is_match(bytes)
    }

    /// The files among `files` that hold a form.
    fn holders<'f>(&self, files: &'f [PathBuf]) -> Vec<&'f PathBuf> {
        // A file of the server may go while it is looked for.
        files.iter().filter(|file| fs::read(file).is_ok_and(|bytes| self.is_in(&bytes))).collect()
    }
}

/// The `n`th person: nobody's number, for no province has the code 000.
struct Person {
    name: String,
    national_id: String,
    phone: String,
}

fn person(n: usize) -> Person {
    // Far apart, so that no two share a piece by chance.
    let scattered = (n as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    Person {
        name: format!("Người Mẫu Thử {:012x}", scattered >> 16),
        national_id: format!("000{:09}", scattered % 1_000_000_000),
        phone: format!("00{:010}", scattered / 7 % 10_000_000_000),
    }
}

fn under(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(inside) = folders.pop() {
        for entry in fs::read_dir(&inside).expect("the folder can be read") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found
}

/// Every file in which the database keeps its rows and its log.
fn files_of(database: &Database) -> Vec<PathBuf> {
    #[derive(diesel::QueryableByName)]
    struct Place {
        #[diesel(sql_type = Text)]
        place: String,
    }
    let own = under(database.dir.path());
    let sqlite = "SELECT '' AS place";
    let postgresql = "SELECT current_setting('data_directory') || '/base/' || oid AS place FROM pg_database \
        WHERE datname = current_database() UNION SELECT current_setting('data_directory') || '/pg_wal'";
    let places: Vec<Place> = database.load(sqlite, postgresql);
    let places = places.iter().filter(|place| !place.place.is_empty());
    own.into_iter().chain(places.flat_map(|place| under(Path::new(&place.place)))).collect()
}

fn checkpoint(database: &Database) {
    #[derive(diesel::QueryableByName)]
    struct Done {
        #[diesel(sql_type = diesel::sql_types::Integer)]
        done: i32,
    }
    if database.url.starts_with("postgres") {
        crate::stand::database::try_change(database, "CHECKPOINT").expect("the server writes what it holds");
    }
    let one = "SELECT 1 AS done";
    let rows: Vec<Done> = database.load(one, one);
    assert_eq!(rows[0].done, 1);
}

/// Does everything to a person that can be done, and asks for it in every way that fails.
fn live_and_go(chief: &Caller, ward: &str, person: &Person) -> String {
    let body = json!({
        "kind": "person", "name": person.name, "unitId": ward, "nationalId": person.national_id, "phone": person.phone,
        "address": person.name, "occupation": person.name,
    });
    let made = chief.post_once("/v1/members", &v7(), &body).is(201).id();
    let path = format!("/v1/members/{made}");
    chief.change(&path, &json!({"occupation": null, "phone": person.phone})).is(200);
    chief
        .post(&format!("{path}/disclosures"), &json!({"reason": "Kiểm tra", "fields": ["nationalId", "phone"]}))
        .is(201);
    chief.post("/v1/member-lookups", &json!({"nationalId": person.national_id})).is(200);
    chief.get("/v1/members?sort=name&pageSize=3&q=nguoi+mau").is(200);
    let wrong =
        json!({"kind": person.name, "nationalId": person.name, "phone": [person.phone], person.name.clone(): 1});
    chief.post("/v1/members", &wrong).problem(400, "invalid-request");
    chief.patch(&path, "\"1\"", &json!({"name": person.name})).problem(412, "stale");
    let elsewhere =
        json!({"kind": "person", "name": person.name, "unitId": nowhere(), "nationalId": person.national_id});
    chief.post("/v1/members", &elsewhere).problem(409, "reference-missing");
    chief.post(&format!("{path}/erasures"), &json!({"reason": "Theo yêu cầu"})).is(201);
    path
}

#[test]
fn nothing_remains_of_persons_who_were_erased() {
    let database = Database::new();
    let log = database.dir.path().join("trace.log");
    let process = Process::start_tracing(&database, "http://tuquan.test", &log);
    let chief = Caller::sign_in(&process.base, &chief(&database));
    let ward =
        text(&chief.create("/v1/units", &world::unit("20413", "Phường Hội An", "commune", world::COUNTRY))["id"]);
    let persons: Vec<Person> = (0..PERSONS).map(person).collect();
    let paths: Vec<String> = persons.iter().map(|person| live_and_go(&chief, &ward, person)).collect();
    let values = persons.iter().flat_map(|p| [p.name.clone(), p.national_id.clone(), p.phone.clone()]);
    let sought = Sought::of(&values.collect::<Vec<_>>());

    checkpoint(&database);
    let files = files_of(&database);
    let bytes: u64 = files.iter().map(|file| fs::metadata(file).map_or(0, |meta| meta.len())).sum();
    assert_eq!(sought.holders(&files), Vec::<&PathBuf>::new());
    // The search finds what is there: the ward in the records, the requests in the log.
    assert!(!Sought::of(&["Phường Hội An".to_owned()]).holders(&files).is_empty());
    assert!(Sought::of(&["/v1/member-lookups".to_owned()]).is_in(&fs::read(&log).expect("the log is there")));

    let mut served = Vec::new();
    for path in &paths {
        for asked in
            [path.clone(), format!("{path}/versions"), format!("{path}/disclosures"), format!("{path}/erasures")]
        {
            served.extend(chief.get(&asked).is(200).bytes);
        }
    }
    served.extend(chief.get("/v1/members?pageSize=500").is(200).bytes);
    let feed = chief.get("/v1/changes?pageSize=500&resourceTypes=members").is(200);
    assert!(feed.items().len() >= 3 * PERSONS, "{}", feed.items().len());
    served.extend(feed.bytes);
    served.extend(chief.get("/v1/audit-events?pageSize=500").is(200).bytes);
    assert!(!sought.is_in(&served), "the service still tells");
    let left: Vec<Value> =
        chief.get("/v1/members?pageSize=500&count=exact").json()["items"].as_array().cloned().unwrap_or_default();
    assert_eq!(left.len(), PERSONS, "the records stand");
    println!(
        "{} forms sought in {} files, {bytes} bytes, and in {} bytes served",
        sought.forms,
        files.len(),
        served.len()
    );
}
