//! Secrets: in no argument, no environment, no log and no answer of the program, even when it tells everything.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use serde_json::json;
use tuquan::access::Role;

use crate::stand::database::on_postgresql;
use crate::stand::person::{login, renew, revoke};
use crate::stand::process::{self, Process};
use crate::stand::{Caller, Database, text, world};

const PUBLIC: &str = "http://tuquan.test";
const PASSWORD: &str = "matkhau-cua-co-so-du-lieu";

#[test]
fn no_secret_is_told_by_the_process_or_its_log() {
    let database = Database::new();
    let made = process::chief(&database);
    let user = process::user(&database, "can-bo", Role::Officer);
    let log = database.dir.path().join("log");
    // On PostgreSQL with a password, which comes by file; the test's cluster takes any.
    let url = database.url.replacen("tuquan@", &format!("tuquan:{PASSWORD}@"), 1);
    let file = database.dir.path().join("database-url");
    fs::write(&file, url).expect("a file can be written");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("a mode can be set");
    let service = Process::start_by_file(&database, PUBLIC, &file, &log);
    let chief = Caller::sign_in(&service.base, &made);
    let password = text(&user["password"]);
    let tokens = login(&chief, "can-bo", &password).is(200).json();
    let renewed = renew(&chief, &text(&tokens["refresh_token"])).is(200).json();
    revoke(&chief, &[("token", &text(&renewed["access_token"]))]).is(200);
    login(&chief, "can-bo", "mat khau sai hoan toan").is(401);
    let member =
        json!({"kind": "person", "name": "Người Mẫu Kín", "unitId": world::COUNTRY, "nationalId": "000080123456"});
    let member = text(&chief.create("/v1/members", &member)["id"]);
    chief
        .create(&format!("/v1/members/{member}/disclosures"), &json!({"reason": "Theo đơn", "fields": ["nationalId"]}));
    chief.post("/v1/member-lookups", &json!({"nationalId": "000080123456"})).is(200);
    let credential = chief.create(&format!("/v1/clients/{}/credentials", chief.id), &json!({}));
    let proc = |what: &str| fs::read(format!("/proc/{}/{what}", service.id())).expect("a process can be looked at");
    let shown = [proc("cmdline"), proc("environ")].concat();
    assert!(service.stop(Duration::from_secs(15)).is_some_and(|status| status.success()), "the program ends");
    let told = fs::read(&log).expect("the log can be read");
    assert!(told.len() > 1000, "everything is told");
    let (shown, told) = (String::from_utf8_lossy(&shown), String::from_utf8_lossy(&told));
    let secret = credential["clientSecret"].as_str().or(credential["secret"].as_str());
    let secrets = [
        password.as_str(),
        "mat khau sai hoan toan",
        chief.secret.as_str(),
        secret.expect("a credential is shown once"),
        chief.token.as_str(),
        tokens["access_token"].as_str().expect("a token"),
        tokens["refresh_token"].as_str().expect("a token"),
        renewed["refresh_token"].as_str().expect("a token"),
        "000080123456",
        "Người Mẫu Kín",
    ];
    for secret in secrets.iter().chain(on_postgresql().then_some(&PASSWORD)) {
        assert!(!shown.contains(secret), "{secret} is shown by the process");
        assert!(!told.contains(secret), "{secret} is told by the log");
    }
}
