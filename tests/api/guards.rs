//! What guards the journal: nothing happens that it cannot be told of, strangers are in it by number, and
//! the role that the service runs under can change nothing in it.

use std::time::Duration;

use diesel::sql_types::{BigInt, Text};
use serde_json::json;
use tuquan::access::Role;

use crate::stand::database::{on_postgresql, try_change};
use crate::stand::person::login;
use crate::stand::process::{self, Process};
use crate::stand::{Caller, Database, Stand, World, eventually, journal, text, world};

const PUBLIC: &str = "http://tuquan.test";

/// Has the database refuse every new entry, as a full or broken one would, or take them again.
fn journal_takes(database: &Database, takes: bool) {
    let statement = match (on_postgresql(), takes) {
        (true, false) => {
            "CREATE FUNCTION full_up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no more'; END $$; \
             CREATE TRIGGER full_up BEFORE INSERT ON journal FOR EACH ROW EXECUTE FUNCTION full_up()"
        }
        (true, true) => "DROP TRIGGER full_up ON journal; DROP FUNCTION full_up()",
        (false, false) => "CREATE TRIGGER full_up BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'no more'); END",
        (false, true) => "DROP TRIGGER full_up",
    };
    try_change(database, statement).expect("an owner can change the tables");
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

fn rows(database: &Database) -> i64 {
    const ROWS: &str = "SELECT (SELECT count(*) FROM models) + (SELECT count(*) FROM members) \
        + (SELECT count(*) FROM member_disclosures) + (SELECT count(*) FROM sessions) \
        + (SELECT count(*) FROM idempotency_keys) AS count";
    let counts: Vec<Count> = database.load(ROWS, ROWS);
    counts.iter().map(|row| row.count).sum()
}

#[test]
fn what_the_journal_cannot_be_told_of_does_not_happen() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let member = world.path_of("/v1/members", &world.numbered("Thành viên mẫu"));
    let model = world.a_model("Mô hình cũ");
    let person = stand.user(Role::Officer, "VN");
    let viewer = stand.role(Role::Viewer).in_unit(&world.ward);
    let chief = &world.chief;
    let (before, entries) = (rows(&stand.database), journal::entries(&stand.database).len());
    let etag = chief.get(&model).is(200).etag();
    journal_takes(&stand.database, false);
    let answers = [
        chief.post("/v1/models", &world.model("Mô hình mới")),
        chief.post_once("/v1/models", "once", &world.model("Mô hình mới")),
        chief.patch(&model, &etag, &json!({"name": "Tên khác"})),
        chief.delete(&model, &etag),
        chief.post(&format!("{member}/disclosures"), &json!({"reason": "Theo đơn", "fields": ["nationalId", "phone"]})),
        chief.post("/v1/member-lookups", &json!({"nationalId": "000080123456"})),
        chief.post(&format!("{member}/erasures"), &json!({"reason": "Theo yêu cầu"})),
        chief.token_by_post(&chief.id, &chief.secret),
        person.login(),
        viewer.get("/v1/clients"),
    ];
    for answer in &answers {
        assert!((500..600).contains(&answer.status), "{answer:?}");
        for told in ["000080123456", "0000123456", "Thành viên", "access_token"] {
            assert!(!answer.text().contains(told), "{told} in {answer:?}");
        }
    }
    assert_eq!((rows(&stand.database), journal::entries(&stand.database).len()), (before, entries));
    chief.get(&model).is(200);
    journal_takes(&stand.database, true);
    assert_eq!(chief.get(&model).is(200).etag(), etag);
    chief.post_once("/v1/models", "once", &world.model("Mô hình mới")).is(201);
    let told = chief.create(&format!("{member}/disclosures"), &json!({"reason": "Theo đơn", "fields": ["phone"]}));
    assert!(told.to_string().contains("0000123456"));
    journal::assert_gapless(&stand.database);
}

#[derive(diesel::QueryableByName)]
struct Reason {
    #[diesel(sql_type = Text)]
    reason: String,
}

/// What the journal was told of strangers.
fn strangers(database: &Database) -> Vec<String> {
    const TOLD: &str =
        "SELECT reason FROM journal WHERE action = 'refusal' AND request_id = 'sign-ins' ORDER BY sequence";
    database.load::<Reason>(TOLD, TOLD).into_iter().map(|row| row.reason).collect()
}

#[test]
fn strangers_are_in_the_journal_by_number_and_not_by_name() {
    let database = Database::new();
    let made = process::chief(&database);
    process::user(&database, "can-bo-that", Role::Officer);
    let service = Process::start(&database, PUBLIC);
    let chief = Caller::sign_in(&service.base, &made);
    let nobody = Caller::nobody(&service.base);
    for _ in 0..3 {
        nobody.get("/v1/models").problem(401, "unauthenticated");
        nobody.with_token("x.y.z").get("/v1/models").problem(401, "unauthenticated");
        login(&nobody, "can-bo-that", "mat khau sai hoan toan").is(401);
        login(&nobody, "khong-co-ai", "mat khau sai hoan toan").is(401);
        nobody.token_by_post(&chief.id, "khong-phai-bi-mat").is(401);
    }
    eventually("the journal is told", Duration::from_secs(20), || strangers(&database).len() == 1);
    let told = strangers(&database);
    assert_eq!(told, ["401 without a valid token: 6, with a wrong password: 6, with a wrong client secret: 3"]);
    let events = chief.get("/v1/audit-events?action=refusal").is(200);
    assert_eq!(events.items().len(), 1, "{events:?}");
    for word in ["can-bo-that", "khong-co-ai", "127.0.0.1", "khong-phai-bi-mat"] {
        assert!(!events.text().contains(word), "{word} in {events:?}");
    }
    // What comes within the minute waits for it, or for the end of the service.
    nobody.get("/v1/models").problem(401, "unauthenticated");
    assert!(service.stop(Duration::from_secs(15)).is_some_and(|status| status.success()), "the program ends");
    assert_eq!(strangers(&database)[1..], ["401 without a valid token: 1"]);
    journal::assert_gapless(&database);
}

#[test]
fn the_services_role_owns_nothing_and_changes_no_entry() {
    if !on_postgresql() {
        // SQLite has no roles: there the triggers and the file's mode are what there is.
        return;
    }
    let database = Database::new();
    let made = process::chief(&database);
    let script = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docker/service-role.sql"));
    try_change(&database, &script.expect("the script is there")).expect("an owner can grant");
    let (scheme, rest) = database.url.split_once("://").expect("a URL has a scheme");
    let host = rest.split_once('@').map_or(rest, |(_, host)| host);
    let service = Database::borrowed(&format!("{scheme}://tuquan_service@{host}"));
    let process = Process::start(&service, PUBLIC);
    let chief = Caller::sign_in(&process.base, &made);
    let model_type = text(&chief.create("/v1/model-types", &world::model_type("TLG", "Tổ liên gia"))["id"]);
    let path = format!("/v1/model-types/{model_type}");
    chief.change(&path, &json!({"name": "Tên khác"})).is(200);
    let member =
        json!({"kind": "person", "name": "Thành viên mẫu", "unitId": world::COUNTRY, "nationalId": "000080123456"});
    let member = text(&chief.create("/v1/members", &member)["id"]);
    chief.create(&format!("/v1/members/{member}/erasures"), &json!({"reason": "Theo yêu cầu"}));
    chief.remove(&path).is(204);
    for statement in [
        "UPDATE journal SET reason = 'x'",
        "DELETE FROM journal",
        "TRUNCATE journal",
        "UPDATE journal_tiles SET position = 1",
        "DELETE FROM journal_tiles",
        "DELETE FROM journal_head",
        "INSERT INTO journal_head (id, tree_size, edge) VALUES (1, 0, '')",
        "ALTER TABLE journal DISABLE TRIGGER ALL",
        "DROP TRIGGER journal_stands ON journal",
        "DROP FUNCTION journal_stands() CASCADE",
        "CREATE OR REPLACE FUNCTION journal_stands() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
        "ALTER TABLE journal ALTER COLUMN reason TYPE text",
        "DROP TABLE journal",
        "CREATE TABLE public.own (id integer)",
        "SET session_replication_role = replica",
        "DELETE FROM __diesel_schema_migrations",
    ] {
        let refused = try_change(&service, statement);
        let said = refused.expect_err(statement);
        assert!(said.contains("permission denied") || said.contains("must be owner"), "{statement}: {said}");
    }
    // The head moves on alone.
    let back = try_change(&service, "UPDATE journal_head SET tree_size = tree_size - 1");
    assert!(back.is_err_and(|said| said.contains("append-only")));
    journal::assert_gapless(&database);
}
