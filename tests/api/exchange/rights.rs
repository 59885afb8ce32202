//! Who may import and export what, and where; with the rights that they have when the job is done.

use serde_json::json;
use tuquan::access::{Role, Scope};

use super::{CSV, Scene, bytes, errors, post};
use crate::stand::text;

const HEADER: &str = "name,modelTypeId,unitId,establishedOn,leadBody\n";

#[test]
fn what_one_may_not_post_or_list_one_may_not_import_or_export() {
    let scene = Scene::new();
    let importer = scene.stand.client(&[Scope::ImportsWrite, Scope::ModelsWrite]).in_unit("20413");
    post(&importer, "resource=teams", CSV, "x").problem(403, "insufficient-scope");
    post(&importer, "resource=models", CSV, "x").is(201);
    for role in Role::ALL {
        let caller = scene.stand.role(*role).in_unit("VN");
        let allowed = *role == Role::Commander;
        let answer = post(&caller, "resource=models", CSV, "x");
        assert_eq!(answer.status, if allowed { 201 } else { 403 }, "{role}");
        let answer = caller.post("/v1/exports", &json!({"resourceTypes": ["models"], "format": "csv"}));
        assert_eq!(answer.status, if allowed { 201 } else { 403 }, "{role}");
    }
    let commander = scene.stand.role(Role::Commander).in_unit("VN");
    post(&commander, "resource=model-types", CSV, "x").problem(403, "insufficient-scope");
    let exporter = scene.stand.client(&[Scope::ExportsCreate, Scope::ModelsRead]).in_unit("VN");
    let both = json!({"resourceTypes": ["models", "incidents"], "format": "csv"});
    exporter.post("/v1/exports", &both).problem(403, "insufficient-scope");
}

#[test]
fn rows_lie_in_the_territory_of_whoever_imports() {
    let scene = Scene::new();
    let near = scene.stand.role(Role::Commander).in_unit("20413");
    let file =
        format!("{HEADER}Trong,TLG,20413,1/3/2023,C\nNgoài,TLG,20416,1/3/2023,C\nKhông có,TLG,77777,1/3/2023,C\n");
    let job = scene.import_as(&near, "resource=models&mode=commit&atomic=false", CSV, file);
    assert_eq!(errors(&near, &job), ["3 unitId reference-missing", "4 unitId reference-missing"]);
    assert_eq!(scene.world.chief.list("/v1/models", "name"), ["Trong"]);
}

#[test]
fn a_job_is_its_makers_alone() {
    let scene = Scene::new();
    let chief = &scene.world.chief;
    let other = scene.stand.chief();
    let import = scene.import("resource=models", CSV, HEADER);
    let export = scene.export(&["models"], "csv");
    for path in [
        format!("/v1/imports/{}", text(&import["id"])),
        format!("/v1/imports/{}/row-errors", text(&import["id"])),
        format!("/v1/exports/{}", text(&export["id"])),
        text(&export["files"][0]["url"]),
    ] {
        chief.get(&path).is(200);
        other.get(&path).problem(404, "not-found");
    }
    assert_eq!(other.list("/v1/imports", "id").len() + other.list("/v1/exports", "id").len(), 0);
}

#[test]
fn what_is_hidden_is_not_exported_and_not_imported() {
    let scene = Scene::new();
    let world = &scene.world;
    world.chief.create("/v1/incidents", &world.incident("Điều bí mật"));
    let scopes = [Scope::ExportsCreate, Scope::ImportsWrite, Scope::IncidentsRead, Scope::IncidentsWrite];
    let blind = scene.stand.client(&scopes).in_unit("VN");
    let export = scene.export_as(&blind, &["incidents"], "csv");
    let file = String::from_utf8(bytes(&blind, &export, "incidents")).expect("UTF-8");
    assert!(file.contains("dispute") && !file.contains("bí mật"));
    let row = "category,severity,occurredAt,unitId,source,summary\n\
        dispute,minor,31/3/2023 9:00,20413,citizen,Chuyện\ndispute,minor,31/3/2023 9:00,20413,citizen,\n";
    let job = scene.import_as(&blind, "resource=incidents&mode=commit&atomic=false", CSV, row);
    assert_eq!(errors(&blind, &job), ["2  insufficient-scope"]);
}

#[test]
fn rights_are_those_of_the_moment_in_which_the_job_is_done() {
    let scene = Scene::new();
    let world = &scene.world;
    let scopes = [Scope::ImportsWrite, Scope::ModelsWrite, Scope::ModelsRead, Scope::ExportsCreate];
    let caller = scene.stand.client(&scopes).in_unit("VN");
    let file = format!("{HEADER}Một,TLG,20413,1/3/2023,C\n");
    let kept = scene.export_as(&caller, &["models"], "csv");
    let url = text(&kept["files"][0]["url"]);
    let import = post(&caller, "resource=models&mode=commit", CSV, file).is(201);
    let export = caller.post("/v1/exports", &json!({"resourceTypes": ["models"], "format": "csv"})).is(201);
    let fewer = json!({"scopes": ["imports:write", "exports:create"]});
    world.chief.change(&format!("/v1/clients/{}", caller.id), &fewer).is(200);
    scene.stand.work();
    std::thread::sleep(std::time::Duration::from_millis(1000));
    for made in [import, export] {
        let job = caller.get(&made.given("location")).is(200).json();
        assert_eq!((&job["state"], &job["failure"]), (&json!("failed"), &json!("rights")));
    }
    assert_eq!(scene.count("/v1/models"), 0);
    caller.get(&url).problem(403, "insufficient-scope");
    let more = json!({"scopes": ["imports:write", "exports:create", "models:read"]});
    world.chief.change(&format!("/v1/clients/{}", caller.id), &more).is(200);
    std::thread::sleep(std::time::Duration::from_millis(1000));
    caller.get(&url).problem(404, "not-found");
}

#[test]
fn the_journal_names_whoever_imports() {
    let scene = Scene::new();
    let near = scene.stand.role(Role::Commander).in_unit("20413");
    let job = scene.import_as(&near, "resource=models&mode=commit", CSV, format!("{HEADER}Một,TLG,20413,1/3/2023,C\n"));
    let acts = scene.world.chief.get(&format!("/v1/audit-events?actorId={}", near.id)).is(200).items();
    let told: Vec<String> =
        acts.iter().map(|act| format!("{} {}", text(&act["action"]), text(&act["resourceType"]))).collect();
    assert_eq!(told, ["update imports", "create models", "create imports", "login clients"]);
    assert_eq!(acts[1]["requestId"], json!(format!("import {}", text(&job["id"]))));
}
