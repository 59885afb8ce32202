//! Exports: what the caller may list, as of one moment, in files that no spreadsheet runs.

use serde_json::{Value, json};

use super::{Scene, bytes};
use crate::stand::{Caller, text, with};

fn lines(bytes: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(bytes).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[test]
fn a_file_holds_what_the_caller_may_list() {
    let scene = Scene::new();
    let world = &scene.world;
    world.chief.create("/v1/models", &world.model("Tổ một"));
    world.chief.create("/v1/models", &world.model_in(&world.other, "Tổ hai"));
    let export = scene.export(&["models", "teams", "models"], "ndjson");
    assert_eq!((&export["state"], &export["rowsWritten"]), (&json!("succeeded"), &json!(2)));
    assert_eq!(export["resourceTypes"], json!(["models", "teams"]));
    let files = export["files"].as_array().expect("files");
    assert_eq!([&files[0]["name"], &files[1]["name"]], ["models.ndjson", "teams.ndjson"]);
    assert_eq!([&files[0]["rowCount"], &files[1]["rowCount"]], [2, 0]);
    let models = lines(&bytes(&world.chief, &export, "models"));
    let names: Vec<&Value> = models.iter().map(|model| &model["name"]).collect();
    assert_eq!(names, ["Tổ một", "Tổ hai"]);
    for (name, value) in models[0].as_object().expect("a record") {
        let shown = world.chief.get(&format!("/v1/models/{}", text(&models[0]["id"]))).is(200).json();
        assert!(name == "firstStatus" || shown[name] == *value, "{name}");
    }
    let near = scene.stand.role(tuquan::access::Role::Commander).in_unit("20413");
    let export = scene.export_as(&near, &["models"], "ndjson");
    assert_eq!(lines(&bytes(&near, &export, "models")).len(), 1, "the territory is the caller's");
}

#[test]
fn the_cursor_goes_on_from_what_the_files_hold() {
    let scene = Scene::new();
    let world = &scene.world;
    world.chief.create("/v1/models", &world.model("Trước"));
    let export = scene.export(&["models"], "csv");
    world.chief.create("/v1/models", &world.model("Sau"));
    let cursor = text(&export["cursor"]);
    let events = world.chief.get(&format!("/v1/changes?cursor={cursor}")).is(200).items();
    assert_eq!(events.iter().map(|event| text(&event["data"]["name"])).collect::<Vec<_>>(), ["Sau"]);
}

#[test]
fn no_cell_of_a_file_is_a_formula_and_each_is_read_back() {
    let scene = Scene::new();
    let world = &scene.world;
    let hostile = ["=1+1", "+1", "-1", "@SUM(A1)", "'=1", "''", "＝1", "a;b", "\"x\"", "1.080", "3/4/2023", "_x0041_"];
    for name in hostile {
        world.chief.create("/v1/models", &with(&world.model(name), json!({"notes": format!("{name}\r\n\t{name}\n")})));
    }
    let of = |caller: &Caller| {
        let mut all = caller.get("/v1/models?pageSize=100").is(200).items();
        all.sort_by_key(|model| text(&model["id"]));
        all.iter().map(|model| (text(&model["name"]), text(&model["notes"]))).collect::<Vec<_>>()
    };
    let before = of(&world.chief);
    for format in ["csv", "xlsx", "ndjson"] {
        let export = scene.export(&["models"], format);
        let file = bytes(&world.chief, &export, "models");
        if format == "csv" {
            let text = String::from_utf8(file.clone()).expect("UTF-8");
            assert!(text.starts_with('\u{FEFF}') && text.contains("\r\n"));
            let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{FEFF}').as_bytes());
            assert_eq!(reader.headers().expect("a header").iter().next(), Some("id"));
            for record in reader.records() {
                for cell in record.expect("a row").iter() {
                    assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝']), "{cell}");
                }
            }
        }
        let empty = Scene::new();
        let renamed =
            replaced(&file, format, &[(&world.model_type, &empty.world.model_type), (&world.ward, &empty.world.ward)]);
        let kind = match format {
            "csv" => super::CSV,
            "xlsx" => super::XLSX,
            _ => super::NDJSON,
        };
        let job = empty.import("resource=models&mode=commit", kind, renamed);
        assert_eq!(job["state"], "succeeded", "{:?}", empty.errors(&job));
        assert_eq!(of(&empty.world.chief), before, "{format}");
    }
}

/// The file with other identifiers in it: those of another registry.
pub fn replaced(file: &[u8], format: &str, ids: &[(&String, &String)]) -> Vec<u8> {
    let change = |text: String| ids.iter().fold(text, |text, (from, to)| text.replace(from.as_str(), to));
    if format != "xlsx" {
        return change(String::from_utf8(file.to_vec()).expect("UTF-8")).into_bytes();
    }
    use std::io::{Read, Write};
    let mut from = zip::ZipArchive::new(std::io::Cursor::new(file)).expect("an archive");
    let mut to = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for n in 0..from.len() {
        let mut part = from.by_index(n).expect("a part");
        let mut text = String::new();
        part.read_to_string(&mut text).expect("XML");
        let name = part.name().expect("a name").into_owned();
        to.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).expect("a part");
        to.write_all(change(text).as_bytes()).expect("a part");
    }
    to.finish().expect("an archive").into_inner()
}

#[test]
fn files_are_sealed_and_go_with_the_person_of_whom_they_tell() {
    let scene = Scene::new();
    let world = &scene.world;
    let member = world.path_of("/v1/members", &world.numbered("Nguyễn Văn Thử Nghiệm"));
    world.chief.create("/v1/models", &world.model("Tổ một"));
    let (persons, models) = (scene.export(&["members"], "csv"), scene.export(&["models"], "csv"));
    let file = String::from_utf8(bytes(&world.chief, &persons, "members")).expect("UTF-8");
    assert!(file.contains("Nguyễn Văn Thử Nghiệm") && file.contains("*********456") && !file.contains("000080123456"));
    assert!(!scene.stand.database.contents().hold("Thử Nghiệm"));
    let url = text(&persons["files"][0]["url"]);
    world.chief.post(&format!("{member}/erasures"), &json!({"reason": "Theo yêu cầu"})).is(201);
    world.chief.get(&url).problem(404, "not-found");
    let shown = world.chief.get(&format!("/v1/exports/{}", text(&persons["id"]))).is(200).json();
    assert_eq!(shown["files"], json!([]));
    bytes(&world.chief, &models, "models");
}

#[test]
fn files_are_over_after_a_day() {
    let clock = tuquan::clock::Clock::standing_at("2026-01-01T00:00:00Z".parse().expect("a moment"));
    let stand = crate::stand::Stand::with(clock.clone());
    let world = crate::stand::World::of(&stand);
    let scene = Scene { stand, world };
    scene.world.chief.create("/v1/models", &scene.world.model("Tổ một"));
    let export = scene.export(&["models"], "csv");
    assert_eq!(export["expiresAt"], "2026-01-02T00:00:00Z");
    bytes(&scene.world.chief, &export, "models");
    clock.move_to("2026-01-02T00:00:00Z".parse().expect("a moment"));
    let chief = Caller::sign_in(
        &scene.stand.base,
        &json!({"clientId": scene.world.chief.id, "clientSecret": scene.world.chief.secret}),
    );
    chief.get(&text(&export["files"][0]["url"])).problem(404, "not-found");
    assert_eq!(chief.get(&format!("/v1/exports/{}", text(&export["id"]))).is(200).json()["files"], json!([]));
}

#[test]
fn an_order_is_checked_and_journalled() {
    let scene = Scene::new();
    let chief = &scene.world.chief;
    chief
        .post("/v1/exports", &json!({"resourceTypes": [], "format": "pdf"}))
        .faults(&["/resourceTypes too-few", "/format not-allowed"]);
    chief
        .post("/v1/exports", &json!({"resourceTypes": ["units"], "format": "csv"}))
        .faults(&["/resourceTypes/0 not-allowed"]);
    let body = json!({"resourceTypes": ["models"], "format": "csv"});
    let (first, second) =
        (chief.post_once("/v1/exports", "k", &body).is(201), chief.post_once("/v1/exports", "k", &body).is(201));
    assert_eq!(first.id(), second.id());
    scene.stand.work();
    let acts = chief.get("/v1/audit-events?action=export").is(200).items();
    assert_eq!(acts.len(), 1);
    assert_eq!([&acts[0]["resourceId"], &acts[0]["actorId"]], [&json!(first.id()), &json!(chief.id)]);
    assert_eq!((&acts[0]["resourceType"], &acts[0]["changedFields"]), (&json!("exports"), &json!(["models"])));
    chief.get(&format!("/v1/exports/{}/files/teams", first.id())).problem(404, "not-found");
    chief.get(&format!("/v1/exports/{}/files/nothing", first.id())).problem(404, "not-found");
    let stories = chief.get("/v1/changes?resourceTypes=imports,exports").is(200).items();
    assert_eq!(stories.len(), 0, "a job is no record");
}

#[test]
fn whose_jobs_are_not_done_takes_the_worker_from_nobody() {
    let scene = Scene::new();
    let order = json!({"resourceTypes": ["models"], "format": "ndjson"});
    for _ in 0..100 {
        scene.world.chief.post("/v1/exports", &order).is(201);
    }
    let refused = scene.world.chief.post("/v1/exports", &order).problem(429, "too-many-requests");
    assert_eq!(refused.header("retry-after"), Some("5"));
    super::post(&scene.world.chief, "resource=models&mode=validate", super::CSV, "name\n")
        .problem(429, "too-many-requests");
    let other = scene.stand.role(tuquan::access::Role::Commander).in_unit("20413");
    other.post("/v1/exports", &order).is(201);
    scene.stand.work();
    scene.world.chief.post("/v1/exports", &order).is(201);
    assert_eq!(scene.count("/v1/exports"), 101, "what was refused was not taken");
}
