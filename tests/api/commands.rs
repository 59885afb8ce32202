//! What an operator does at the machine itself, through the real program.

use std::process::{Command, Output};

use serde_json::{Value, json};
use tuquan::clock::Clock;

use crate::stand::person::login;
use crate::stand::process::Process;
use crate::stand::{Caller, Database, journal, text};

fn tuquan(database: &Database, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tuquan"))
        .args(words)
        .env_clear()
        .env("TUQUAN_DATABASE_URL", &database.url)
        .env("TUQUAN_KEYS_DIR", database.keys_dir())
        .output()
        .expect("the program runs")
}

const CREATE: &[&str] =
    &["user", "create", "--username", "chi-huy", "--display-name", "Lê Thị Chỉ Huy", "--role", "admin", "--unit", "VN"];

#[test]
fn a_user_made_at_the_machine_signs_in_and_is_shut_out_there_again() {
    let database = Database::new();
    let made = tuquan(&database, CREATE);
    assert!(made.status.success(), "{made:?}");
    let made: Value = serde_json::from_slice(&made.stdout).expect("the program prints JSON");
    assert_eq!((&made["user"]["username"], &made["user"]["role"]), (&json!("chi-huy"), &json!("admin")));
    assert_eq!(made["user"]["displayName"], "Lê Thị Chỉ Huy");
    let id = text(&made["user"]["id"]);
    let entries = journal::entries(&database);
    assert!(entries.iter().any(|entry| entry.is("create", &id)), "{entries:?}");
    assert!(!database.contents().hold("Chỉ Huy"));
    let again = tuquan(&database, CREATE);
    assert!(!again.status.success() && again.stdout.is_empty(), "{again:?}");
    assert!(!String::from_utf8_lossy(&again.stderr).contains("Chỉ Huy"), "{again:?}");
    let service = Process::start(&database, "http://tuquan.test");
    let nobody = Caller::nobody(&service.base);
    let tokens = login(&nobody, "chi-huy", &text(&made["password"])).is(200).json();
    let chief = nobody.with_token(&text(&tokens["access_token"]));
    assert_eq!(chief.get("/v1/users").is(200).each("id"), [id.as_str()]);
    let disabled = tuquan(&database, &["user", "disable", "--username", "chi-huy", "--json"]);
    assert!(disabled.status.success(), "{disabled:?}");
    let disabled: Value = serde_json::from_slice(&disabled.stdout).expect("the program prints JSON");
    assert_eq!(disabled["user"]["state"], "disabled");
    crate::stand::eventually("it is shut out", std::time::Duration::from_secs(1), || chief.get("/v1/me").status == 401);
    login(&nobody, "chi-huy", &text(&made["password"])).is(401);
    assert!(!tuquan(&database, &["user", "disable", "--username", "khong-co"]).status.success());
}

#[test]
fn issuers_that_cannot_be_trusted_stop_the_start_and_name_the_setting() {
    let database = Database::new();
    let file = database.dir.path().join("issuers.json");
    let keys = database.dir.path().join("jwks.json");
    std::fs::write(&keys, r#"{"keys": []}"#).expect("the file can be written");
    let one = json!({"issuer": "https://id.example", "audience": "a", "jwksFile": keys});
    let open = |issuers: &Value| {
        std::fs::write(&file, issuers.to_string()).expect("the file can be written");
        tuquan::identity::Issuers::open(Some(&file), "https://own.example", Clock::default())
    };
    assert!(open(&json!([one])).is_ok());
    for bad in [
        json!({}),
        json!([one, one]),
        json!([crate::stand::with(&one, json!({"issuer": "https://own.example"}))]),
        json!([crate::stand::with(&one, json!({"audience": ""}))]),
        json!([crate::stand::with(&one, json!({"extra": 1}))]),
        json!([crate::stand::with(&one, json!({"jwksFile": "/nowhere/jwks.json"}))]),
        json!([crate::stand::without(&one, "jwksFile")]),
    ] {
        let refused = open(&bad).err().expect("it is refused").to_string();
        assert!(refused.starts_with("TUQUAN_OIDC_FILE: "), "{refused}");
    }
}
