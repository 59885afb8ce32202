//! Imports: rows become records as if they had been posted, all or nothing or each by itself.

use serde_json::{Value, json};

use super::{CSV, NDJSON, Scene, post};
use crate::stand::{journal, text};

const HEADER: &str = "name,modelTypeId,unitId,establishedOn,leadBody,code\n";

fn row(name: &str, code: &str) -> String {
    format!("{name},TLG,20413,1/3/2023,Công an phường,{code}\n")
}

#[test]
fn a_file_becomes_records_as_if_each_row_had_been_posted() {
    let scene = Scene::new();
    let file = format!("{HEADER}{}{}", row("Tổ một", "A-1"), row("Tổ hai", "A-2"));
    let job = scene.import("resource=models&mode=commit", CSV, file);
    assert_eq!(job["state"], "succeeded", "{job} {:?}", scene.errors(&job));
    assert_eq!([&job["rowsTotal"], &job["rowsRead"], &job["rowsCreated"], &job["rowsFailed"]], [2, 2, 2, 0]);
    assert!(job["finishedAt"].is_string() && job.get("failure").is_none());
    let models = scene.world.chief.get("/v1/models?sort=name").is(200).items();
    assert_eq!(models.len(), 2);
    assert_eq!(models[0]["name"], "Tổ hai");
    assert_eq!(models[0]["unitId"], json!(scene.world.ward));
    assert_eq!(models[0]["createdBy"], json!(scene.world.chief.id));
    let posted = scene.world.chief.create("/v1/models", &scene.world.model("Tổ ba"));
    let names = |value: &Value| value.as_object().expect("a record").keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&models[0]), names(&posted));
    journal::assert_gapless(&scene.stand.database);
}

#[test]
fn all_or_nothing_leaves_nothing_where_a_row_is_wrong_and_tells_every_fault() {
    let scene = Scene::new();
    let file =
        format!("{HEADER}{}{},TLG,20413,30/2/2023,Công an,A-2\n{}", row("Tổ một", "A-1"), "", row("Tổ ba", "A-1"));
    for (mode, file) in [("validate", file.replace('\n', "\r\n")), ("commit", file)] {
        let job = scene.import(&format!("resource=models&mode={mode}"), CSV, file);
        assert_eq!(job["state"], "failed", "{job}");
        assert_eq!(job["failure"], "rows");
        assert_eq!([&job["rowsRead"], &job["rowsFailed"]], [3, 2]);
        let expected = ["3 establishedOn date", "3 name required", "4  duplicate"];
        assert_eq!(scene.errors(&job), expected);
        assert_eq!(scene.count("/v1/models"), 0);
    }
}

#[test]
fn each_row_by_itself_keeps_the_good_ones() {
    let scene = Scene::new();
    let file = format!("{HEADER}{}{}{}", row("Tổ một", "A-1"), row("Tổ hai", "A-1"), row("Tổ ba", "A-3"));
    let rehearsed = scene.import("resource=models&atomic=false", CSV, file.clone());
    assert_eq!((&rehearsed["state"], &rehearsed["mode"]), (&json!("succeeded"), &json!("validate")));
    assert_eq!([&rehearsed["rowsCreated"], &rehearsed["rowsFailed"]], [2, 1]);
    assert_eq!(scene.count("/v1/models"), 0);
    let job = scene.import("resource=models&mode=commit&atomic=false", CSV, file);
    assert_eq!(job["state"], "succeeded");
    assert_eq!([&job["rowsCreated"], &job["rowsFailed"]], [2, 1]);
    assert_eq!(scene.errors(&job), ["3  duplicate"]);
    assert_eq!(scene.count("/v1/models"), 2);
    journal::assert_gapless(&scene.stand.database);
}

#[test]
fn many_rows_are_done_some_at_a_time() {
    let scene = Scene::new();
    let mut file = HEADER.to_owned();
    for n in 0..350 {
        file.push_str(&row(&format!("Tổ {n}"), &format!("A-{}", if n % 50 == 7 { 7 } else { n })));
    }
    let job = scene.import("resource=models&mode=commit&atomic=false", CSV, file.clone());
    assert_eq!([&job["rowsTotal"], &job["rowsRead"], &job["rowsCreated"], &job["rowsFailed"]], [350, 350, 344, 6]);
    assert_eq!(scene.count("/v1/models"), 344);
    let path = format!("/v1/imports/{}/row-errors", text(&job["id"]));
    let rows = scene.world.chief.list(&format!("{path}?pageSize=2"), "row");
    assert_eq!(rows, ["59", "109", "159", "209", "259", "309"]);
    let counted = scene.world.chief.get(&format!("{path}?count=exact&pageSize=1")).is(200);
    assert_eq!(counted.json()["page"]["totalCount"], 6);
    assert!(counted.given("link").contains("rel=\"next\""));
}

#[test]
fn a_retry_with_the_same_key_is_the_same_import_and_another_file_is_not() {
    let scene = Scene::new();
    let chief = &scene.world.chief;
    let send = |query: &str, file: &str| {
        let request = chief.request(reqwest::Method::POST, &format!("/v1/imports?{query}"));
        request.header("Idempotency-Key", "k-1").raw(CSV, file.to_owned()).send()
    };
    let query = "resource=models&mode=commit";
    let file = format!("{HEADER}{}", row("Tổ một", "A-1"));
    let first = send(query, &file).is(201);
    scene.stand.work();
    let second = send(query, &file).is(201);
    assert_eq!((first.given("location"), first.id()), (second.given("location"), second.id()));
    assert_eq!(second.json()["state"], "succeeded");
    assert_eq!(scene.count("/v1/models"), 1);
    send(query, HEADER).problem(422, "idempotency-key-reused");
    send("resource=models&mode=validate", &file).problem(422, "idempotency-key-reused");
}

#[test]
fn a_job_is_shown_with_a_tag_and_listed_by_state() {
    let scene = Scene::new();
    let chief = &scene.world.chief;
    let made = post(chief, "resource=models&mode=commit", CSV, format!("{HEADER}{}", row("Tổ một", "A-1"))).is(201);
    let place = made.given("location");
    let seen = chief.get(&place).is(200);
    assert_eq!(seen.etag(), made.etag());
    let again = chief.request(reqwest::Method::GET, &place).header("If-None-Match", &seen.etag()).send();
    again.is(304);
    assert_eq!(chief.list("/v1/imports?state=queued", "id"), [made.id()]);
    scene.stand.work();
    assert_ne!(chief.get(&place).is(200).etag(), seen.etag());
    assert_eq!(chief.list("/v1/imports?state=queued,running", "id").len(), 0);
    assert_eq!(chief.list("/v1/imports?state=succeeded&resource=models", "id"), [made.id()]);
    assert_eq!(chief.list("/v1/imports?resource=teams", "id").len(), 0);
    chief.get("/v1/imports?resource=nothing").faults(&["resource not-allowed"]);
}

#[test]
fn what_is_asked_wrongly_is_refused_at_once() {
    let scene = Scene::new();
    let chief = &scene.world.chief;
    post(chief, "resource=models", "application/pdf", "x").problem(415, "unsupported-media-type");
    post(chief, "", CSV, "x").faults(&["resource required"]);
    post(chief, "resource=units&mode=maybe", CSV, "x").faults(&["resource not-allowed", "mode not-allowed"]);
    post(chief, "resource=models&atomic=perhaps", CSV, "x").faults(&["atomic type"]);
    post(chief, "resource=models", CSV, "").faults(&[" required"]);
    post(chief, "resource=models&atomik=true", CSV, "x").faults(&["atomik unknown"]);
    chief.get(&format!("/v1/imports/{}", crate::stand::nowhere())).problem(404, "not-found");
    chief.get(&format!("/v1/imports/{}/row-errors", crate::stand::nowhere())).problem(404, "not-found");
    assert_eq!(chief.list("/v1/imports", "id").len(), 0);
}

#[test]
fn lines_of_json_are_records_as_they_would_be_posted() {
    let scene = Scene::new();
    let world = &scene.world;
    let (one, two) = (
        world.model("Tổ một"),
        json!({
            "name": "Tổ hai", "modelTypeId": "TLG", "unitId": "20413", "establishedOn": "31/3/2023",
            "leadBody": "Công an phường", "partnerBodies": ["A; B", "C"], "householdCount": "1.080",
            "decision": {"number": "12/QĐ", "issuedOn": "2023-03-01", "issuer": "UBND"}, "version": 7, "notes": null,
        }),
    );
    let job = scene.import("resource=models&mode=commit", NDJSON, format!("{one}\n\n{two}\r\n"));
    assert_eq!(job["state"], "succeeded", "{:?}", scene.errors(&job));
    let found = world.chief.get("/v1/models?q=to hai").is(200).items();
    assert_eq!(found[0]["householdCount"], 1080);
    assert_eq!(found[0]["partnerBodies"], json!(["A; B", "C"]));
    assert_eq!(found[0]["decision"]["issuedOn"], "2023-03-01");
    let wrong =
        format!("[1]\n{{\"name\":\n{}\n", json!({"name": 1, "colour": "x", "decision": {"number": "1", "x": 2}}));
    let job = scene.import("resource=models&mode=commit", NDJSON, wrong);
    let errors = scene.errors(&job);
    assert!(errors.contains(&"1  malformed".to_owned()) && errors.contains(&"2  malformed".to_owned()), "{errors:?}");
    assert!(errors.iter().filter(|error| *error == "3  unknown").count() == 2, "{errors:?}");
}

#[test]
fn the_file_is_gone_when_the_job_ends_and_was_never_kept_in_the_clear() {
    let scene = Scene::new();
    let file = "kind,name,unitId\nperson,Nguyễn Văn Thử Nghiệm,20413\n";
    let made = post(&scene.world.chief, "resource=members&mode=commit", CSV, file).is(201);
    let database = &scene.stand.database;
    assert!(!database.contents().hold("Thử Nghiệm"), "a queued file is sealed");
    scene.stand.work();
    assert_eq!(scene.world.chief.get(&made.given("location")).json()["state"], "succeeded");
    assert!(!database.contents().hold("Thử Nghiệm"));
    #[derive(diesel::QueryableByName)]
    struct Left {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        left: i64,
    }
    let query = "SELECT (SELECT count(*) FROM exchange_pieces) AS left";
    assert_eq!(database.load::<Left>(query, query)[0].left, 0);
}
