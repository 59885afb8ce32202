//! Imports and exports at the machine itself, through the real program.

use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::stand::process;
use crate::stand::{Caller, Database, text};

pub(super) fn tuquan(database: &Database, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tuquan"))
        .args(words)
        .env_clear()
        .env("TUQUAN_DATABASE_URL", &database.url)
        .env("TUQUAN_KEYS_DIR", database.keys_dir())
        .output()
        .expect("the program runs")
}

#[track_caller]
fn printed(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| json!(format!("{error}: {output:?}")))
}

#[test]
fn files_go_in_and_out_by_the_command_line() {
    let database = Database::new();
    let folder = tempfile::tempdir().expect("a folder");
    let place = |name: &str| folder.path().join(name).display().to_string();
    let types = "code,name,field,validFrom\nTLG,Tổ liên gia,security,1/1/2015\n";
    std::fs::write(place("types.csv"), types).expect("a file");
    std::fs::write(
        place("models.csv"),
        "name,modelTypeId,unitId,establishedOn,leadBody\nMột,TLG,VN,1/3/2023,C\n,TLG,VN,1/3/2023,C\n",
    )
    .expect("a file");
    let import = |resource: &str, file: &str, more: &[&str]| {
        let (resource, file) = (resource.to_owned(), place(file));
        let words = ["import", "--resource", &resource, "--file", &file, "--json"];
        tuquan(&database, &[&words[..], more].concat())
    };
    let types = import("model-types", "types.csv", &["--mode", "commit"]);
    assert!(types.status.success(), "{types:?}");
    assert_eq!(printed(&types)["import"]["rowsCreated"], 1);
    let rehearsed = import("models", "models.csv", &[]);
    assert!(!rehearsed.status.success());
    assert_eq!(printed(&rehearsed)["import"]["mode"], "validate");
    assert_eq!(printed(&rehearsed)["rowErrors"][0]["column"], "name");
    let models = import("models", "models.csv", &["--mode", "commit", "--atomic", "false"]);
    assert!(models.status.success(), "{models:?}");
    let near = process::chief(&database);
    let out = place("out");
    let export = |more: &[&str]| {
        tuquan(&database, &[&["export", "--out", &out, "--format", "ndjson", "--json"][..], more].concat())
    };
    let exported = export(&["--resource", "models", "--as", &text(&near["clientId"])]);
    assert!(exported.status.success(), "{exported:?}");
    assert_eq!(printed(&exported)["export"]["files"][0]["rowCount"], 1);
    let file = std::fs::read_to_string(place("out/models.ndjson")).expect("the file is there");
    assert_eq!(serde_json::from_str::<Value>(&file).expect("a line")["name"], "Một");
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(place("out/models.ndjson")).expect("the file is there").permissions().mode();
    assert_eq!(mode & 0o077, 0, "the file is its owner's alone");
    let again = export(&["--resource", "models"]);
    assert!(!again.status.success(), "nothing is written over");
    let nobody = import("models", "models.csv", &["--as", &crate::stand::nowhere()]);
    assert!(!nobody.status.success());
    let service = process::Process::start(&database, "http://tuquan.test");
    let chief = Caller::sign_in(&service.base, &near);
    assert_eq!(chief.list("/v1/models", "name"), ["Một"]);
    let acts = chief.get("/v1/audit-events?action=export").is(200).items();
    assert_eq!(acts.len(), 2);
    assert!(acts.iter().any(|act| act["actorId"] == near["clientId"]));
}
