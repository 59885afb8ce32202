//! Backups: taken under load, out of one moment, read by nobody without their key, and restored whole into
//! an empty database of either kind or not at all.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use serde_json::{Value, json};
use tuquan::access::Role;

use crate::stand::database::{Contents, on_postgresql};
use crate::stand::person::{login, renew};
use crate::stand::process::{self, Process};
use crate::stand::program::{json as printed, refusal, said, tuquan, with_keys};
use crate::stand::{Caller, Database, decision, text, with, world};

const PUBLIC: &str = "http://tuquan.test";
const LISTS: [&str; 7] =
    ["/v1/units", "/v1/model-types", "/v1/models", "/v1/members", "/v1/incidents", "/v1/users", "/v1/clients"];

/// A registry with a little of everything.
struct Registry {
    database: Database,
    service: Process,
    chief: Caller,
    officer: Value,
}

impl Registry {
    fn new() -> Self {
        let database = Database::new();
        let made = process::chief(&database);
        let officer = process::user(&database, "can-bo", Role::Officer);
        let service = Process::start(&database, PUBLIC);
        let chief = Caller::sign_in(&service.base, &made);
        let registry = Self { database, service, chief, officer };
        registry.fill();
        registry
    }

    fn fill(&self) {
        let chief = &self.chief;
        let province =
            text(&chief.create("/v1/units", &world::unit("48", "Đà Nẵng", "province", world::COUNTRY))["id"]);
        let ward = text(&chief.create("/v1/units", &world::unit("20413", "Hội An", "commune", &province))["id"]);
        let kind = text(&chief.create("/v1/model-types", &world::model_type("TLG", "Tổ \"liên gia\" \\ 'một'"))["id"]);
        let model = json!({"name": "Tổ liên gia", "modelTypeId": kind, "unitId": ward, "establishedOn": "2023-03-01",
            "leadBody": "Công an phường", "decision": decision(), "notes": "Dòng một\nDòng \"hai\"\t\u{1F600}", "partnerBodies": ["Hội A", "Hội B"],
            "location": {"lat": 15.880_123_456_789_01, "lng": 108.334_999_999_999_9}});
        let first = text(&chief.create("/v1/models", &model)["id"]);
        chief.create(
            "/v1/models",
            &with(&model, json!({"replicatedFromId": first, "location": {"lat": 0.1, "lng": -0.3}})),
        );
        for n in 0..30 {
            let member = json!({"kind": "person", "name": format!("Thành viên {n}"), "unitId": ward,
                "nationalId": format!("0000801234{n:02}"), "phone": format!("00001234{n:02}")});
            chief.create("/v1/members", &member);
        }
        let incident = json!({"category": "dispute", "severity": "minor", "occurredAt": "2024-05-01T01:00:00.123456Z",
            "unitId": ward, "source": "citizen", "summary": "Cãi nhau", "location": {"lat": 15.9, "lng": 108.3}});
        chief.create("/v1/incidents", &incident);
        let team = json!({"modelId": first, "name": "Tổ 1", "startedOn": "2023-03-01"});
        chief.create("/v1/teams", &team);
    }

    fn path(&self, name: &str) -> PathBuf {
        self.database.dir.path().join(name)
    }

    fn backup(&self, name: &str) -> (PathBuf, Value) {
        let file = self.path(name);
        let manifest = printed(&tuquan(&self.database, &["backup", "--out", path(&file), "--json"]));
        (file, manifest)
    }
}

fn path(file: &Path) -> &str {
    file.to_str().expect("temporary paths are UTF-8")
}

/// Every record of the lists, by its path, with its etag.
fn records(caller: &Caller) -> BTreeMap<String, (Value, String)> {
    let mut all = BTreeMap::new();
    for list in LISTS {
        for id in caller.list(&format!("{list}?pageSize=500"), "id") {
            let answer = caller.get(&format!("{list}/{id}")).is(200);
            all.insert(format!("{list}/{id}"), (answer.json(), answer.etag()));
        }
    }
    all
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    fs::DirBuilder::new().mode(0o700).create(to)?;
    for file in fs::read_dir(from)? {
        let file = file?.path();
        let copied = to.join(file.file_name().unwrap_or_default());
        fs::copy(&file, &copied)?;
        fs::set_permissions(copied, fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}

#[test]
fn what_is_restored_is_what_was_backed_up_and_whoever_was_signed_in_is_not() {
    let registry = Registry::new();
    let chief = &registry.chief;
    let tokens = login(chief, "can-bo", &text(&registry.officer["password"])).is(200).json();
    let body = json!({"code": "MOT", "name": "Một lần", "field": "security", "validFrom": "2015-01-01"});
    let once = chief.post_once("/v1/model-types", "once", &body).is(201).id();
    let before = records(chief);
    let (file, manifest) = registry.backup("registry.backup");
    assert_eq!(
        fs::metadata(&file).map(|m| std::os::unix::fs::PermissionsExt::mode(&m.permissions()) & 0o777).ok(),
        Some(0o600)
    );
    let sealed = Contents::of(fs::read(&file).expect("the backup can be read"));
    for told in ["Thành viên", "can-bo", "members", "000080123400", "Cãi nhau", "20413"] {
        assert!(!sealed.hold(told), "{told} is readable in the backup");
    }
    // What happens afterwards is lost with the database, and the checkpoint tells.
    chief.create("/v1/model-types", &world::model_type("SAU", "Sau đó"));
    let checkpoint = registry.path("later.json");
    fs::write(&checkpoint, chief.get("/v1/audit-checkpoints/latest").is(200).text()).expect("a file can be written");
    let again = tuquan(&registry.database, &["backup", "--out", path(&file)]);
    assert!(refusal(&again).contains("exists"), "a backup is never written over");
    let full = tuquan(&registry.database, &["restore", "--from", path(&file)]);
    assert!(refusal(&full).contains("not empty"));

    let restored = Database::bare();
    copy(&registry.database.keys_dir(), &restored.keys_dir()).expect("the keys come along");
    let told = printed(&tuquan(&restored, &["restore", "--from", path(&file), "--json"]));
    assert_eq!((&told["rows"], &told["treeSize"]), (&manifest["rows"], &manifest["treeSize"]));
    assert_eq!(told["rows"]["members"], 30);
    assert!(tuquan(&restored, &["audit", "verify"]).status.success());
    let older = tuquan(&restored, &["audit", "verify", "--checkpoint", path(&checkpoint)]);
    assert_eq!(older.status.code(), Some(1), "{older:?}");
    assert!(said(&older).contains("rolled back"), "{older:?}");

    let service = Process::start(&restored, PUBLIC);
    let stale = Caller { base: service.base.clone(), ..chief.clone() };
    stale.get("/v1/me").problem(401, "unauthenticated");
    stale.with_token(&text(&tokens["access_token"])).get("/v1/me").problem(401, "unauthenticated");
    assert_eq!(renew(&stale, &text(&tokens["refresh_token"])).is(400).json()["error"], "invalid_grant");
    let fresh = Caller::sign_in(&service.base, &json!({"clientId": chief.id, "clientSecret": chief.secret}));
    assert_eq!(records(&fresh), before);
    assert_eq!(fresh.post_once("/v1/model-types", "once", &body).is(201).id(), once);
    let found = fresh.post("/v1/member-lookups", &json!({"nationalId": "000080123407"})).is(200).json();
    assert_eq!(found["items"][0]["name"], "Thành viên 7");
    login(&fresh, "can-bo", &text(&registry.officer["password"])).is(200);
    fresh.create("/v1/model-types", &world::model_type("MOI", "Mới"));
    assert!(tuquan(&restored, &["audit", "verify"]).status.success());
    drop(registry.service);
}

#[test]
fn a_backup_under_load_is_of_one_moment() {
    let registry = Registry::new();
    let over = AtomicBool::new(false);
    let (file, manifest) = thread::scope(|scope| {
        for turn in 0..3 {
            let (chief, over) = (&registry.chief, &over);
            scope.spawn(move || {
                let mut n = 0;
                while !over.load(Ordering::SeqCst) {
                    let body = world::model_type(&format!("T{turn}.{n}"), "Loại");
                    let path = format!("/v1/model-types/{}", text(&chief.create("/v1/model-types", &body)["id"]));
                    chief.change(&path, &json!({"name": "Tên khác"})).is(200);
                    n += 1;
                }
            });
        }
        thread::sleep(std::time::Duration::from_millis(500));
        let done = registry.backup("under-load.backup");
        over.store(true, Ordering::SeqCst);
        done
    });
    let restored = Database::bare();
    copy(&registry.database.keys_dir(), &restored.keys_dir()).expect("the keys come along");
    printed(&tuquan(&restored, &["restore", "--from", path(&file), "--json"]));
    let verified = printed(&tuquan(&restored, &["audit", "verify", "--json"]));
    assert_eq!((&verified["treeSize"], &verified["rootHash"]), (&manifest["treeSize"], &manifest["rootHash"]));
    // Every row is as the journal tells it, no earlier and no later.
    let service = Process::start(&restored, PUBLIC);
    let made = json!({"clientId": registry.chief.id, "clientSecret": registry.chief.secret});
    let chief = Caller::sign_in(&service.base, &made);
    for id in chief.list("/v1/model-types?pageSize=500", "id") {
        let record = chief.get(&format!("/v1/model-types/{id}")).is(200).json();
        let versions = chief.get(&format!("/v1/model-types/{id}/versions?sort=version&pageSize=500")).is(200).items();
        assert_eq!(versions.last().map(|version| &version["record"]), Some(&record));
    }
}

#[test]
fn a_backup_that_was_touched_is_refused_before_anything_is_written() {
    let registry = Registry::new();
    let (file, _) = registry.backup("registry.backup");
    let whole = fs::read(&file).expect("the backup can be read");
    let torn = registry.path("torn.backup");
    let restored = Database::bare();
    let keys = registry.database.keys_dir();
    let half = whole.len() / 2;
    let mut flipped = whole.clone();
    flipped[half] ^= 1;
    let cases = [
        whole[..half].to_vec(),
        whole[..whole.len() - 1].to_vec(),
        whole[..48].to_vec(),
        Vec::new(),
        flipped,
        [&whole[..], b"x"].concat(),
        [&whole[..], &whole[..]].concat(),
        b"not a backup at all".to_vec(),
    ];
    for (n, bytes) in cases.into_iter().enumerate() {
        fs::write(&torn, bytes).expect("a file can be written");
        let refused = refusal(&with_keys(&restored, &keys, &["restore", "--from", path(&torn)]));
        assert!(refused.contains("damaged") || refused.contains("no backup"), "{n}: {refused}");
    }
    // With another backup key, and without the master key it was made under.
    let elsewhere = registry.path("elsewhere");
    copy(&keys, &elsewhere).expect("keys can be copied");
    let named = |folder: &Path, prefix: &str| {
        let files = fs::read_dir(folder).expect("keys").map(|file| file.expect("a file").path());
        let mut files = files.filter(|path| path.file_name().is_some_and(|n| n.to_string_lossy().starts_with(prefix)));
        files.next().expect("a key of that kind")
    };
    fs::remove_file(named(&elsewhere, "data-")).expect("a key can go");
    let refused = refusal(&with_keys(&restored, &elsewhere, &["restore", "--from", path(&file)]));
    assert!(refused.contains("master key"), "{refused}");
    fs::remove_file(named(&elsewhere, "backup-")).expect("a key can go");
    let refused = refusal(&with_keys(&restored, &elsewhere, &["restore", "--from", path(&file)]));
    assert!(refused.contains("no backup key"), "{refused}");
    let nothing = match on_postgresql() {
        true => restored.load::<Tables>("", Tables::COUNT).iter().map(|row| row.count).sum::<i64>() == 0,
        false => !Path::new(restored.url.trim_start_matches("sqlite:")).exists(),
    };
    assert!(nothing, "nothing was written");
    printed(&with_keys(&restored, &keys, &["restore", "--from", path(&file), "--json"]));
}

#[derive(diesel::QueryableByName)]
struct Tables {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    count: i64,
}

impl Tables {
    const COUNT: &str = "SELECT count(*) AS count FROM information_schema.tables WHERE table_schema = 'public'";
}

#[test]
fn a_backup_of_one_kind_of_database_is_restored_into_the_other() {
    if !on_postgresql() {
        // Both kinds are at hand only where the suite runs on PostgreSQL.
        return;
    }
    let registry = Registry::new();
    let before = records(&registry.chief);
    let (file, _) = registry.backup("from-postgresql.backup");
    let keys = registry.database.keys_dir();
    let in_file = Database::in_new_file();
    printed(&with_keys(&in_file, &keys, &["restore", "--from", path(&file), "--json"]));
    assert!(with_keys(&in_file, &keys, &["audit", "verify"]).status.success());
    let back = registry.path("from-sqlite.backup");
    printed(&with_keys(&in_file, &keys, &["backup", "--out", path(&back), "--json"]));
    let restored = Database::bare();
    printed(&with_keys(&restored, &keys, &["restore", "--from", path(&back), "--json"]));
    assert!(with_keys(&restored, &keys, &["audit", "verify"]).status.success());
    copy(&keys, &in_file.keys_dir()).expect("the keys come along");
    copy(&keys, &restored.keys_dir()).expect("the keys come along");
    for database in [&in_file, &restored] {
        let service = Process::start(database, PUBLIC);
        let made = json!({"clientId": registry.chief.id, "clientSecret": registry.chief.secret});
        assert_eq!(records(&Caller::sign_in(&service.base, &made)), before);
    }
}
