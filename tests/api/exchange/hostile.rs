//! Files that mean harm, or are not what they say: refused within bounds, never a failure of the service.

use std::io::Write;

use serde_json::json;
use zip::write::SimpleFileOptions;

use super::commands::tuquan;
use super::{CSV, NDJSON, Scene, XLSX, post, workbook};
use crate::stand::Database;

const HEADER: &str = "name,modelTypeId,unitId,establishedOn,leadBody\n";

/// The faults of a file that cannot be read.
#[track_caller]
fn refused(scene: &Scene, kind: &str, bytes: impl Into<Vec<u8>>) -> Vec<String> {
    let job = scene.import("resource=models&mode=commit", kind, bytes);
    assert_eq!((&job["state"], &job["failure"]), (&json!("failed"), &json!("file")), "{job}");
    assert_eq!(scene.count("/v1/models"), 0);
    scene.errors(&job)
}

/// A workbook with parts put in the place of its own.
fn with_parts(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let book = workbook(&[vec![json!("name")]]);
    let mut from = zip::ZipArchive::new(std::io::Cursor::new(book)).expect("an archive");
    let mut to = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    for n in 0..from.len() {
        let mut part = from.by_index(n).expect("a part");
        let name = part.name().expect("a name").into_owned();
        to.start_file(name.as_str(), options).expect("a part");
        match parts.iter().find(|(other, _)| *other == name) {
            Some((_, bytes)) => to.write_all(bytes).expect("a part"),
            None => drop(std::io::copy(&mut part, &mut to).expect("a part")),
        }
    }
    to.finish().expect("an archive").into_inner()
}

fn sheet(cells: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
        <sheetData>{cells}</sheetData></worksheet>"
    )
}

const SHEET: &str = "xl/worksheets/sheet1.xml";
const STRINGS: &str = "xl/sharedStrings.xml";

#[test]
fn text_that_is_not_what_it_says_is_refused_at_its_line() {
    let scene = Scene::new();
    let latin: Vec<u8> = [HEADER.as_bytes(), b"T\xF4 li\xEAn gia,TLG,20413,1/3/2023,C\n"].concat();
    assert_eq!(refused(&scene, CSV, latin.clone()), ["2  encoding"]);
    assert_eq!(refused(&scene, NDJSON, latin), ["2  encoding"]);
    assert_eq!(refused(&scene, "text/csv; charset=klingon", HEADER), ["1  encoding"]);
    assert_eq!(refused(&scene, CSV, format!("{HEADER}A\0B,TLG\n")), ["2  encoding"]);
    assert_eq!(
        refused(&scene, CSV, b"\xFF\xFEn\0a".to_vec().into_iter().chain([0xD8]).collect::<Vec<_>>()),
        ["1  encoding"]
    );
    assert_eq!(refused(&scene, CSV, "\n\n"), ["1  empty"]);
    let unclosed = format!("{HEADER}\"{}\n", "a,b\n".repeat(40_000));
    assert_eq!(refused(&scene, CSV, unclosed), ["2  too-long"]);
}

#[test]
fn more_than_there_is_room_for_is_refused() {
    let scene = Scene::new();
    let wide = format!("name{}\n", ",x".repeat(300));
    assert_eq!(refused(&scene, CSV, wide), ["1  too-many-columns"]);
    let long = format!("{HEADER}{}", "a\n".repeat(100_001));
    assert_eq!(refused(&scene, CSV, long), ["100002  too-many-rows"]);
    let line = format!("{{\"name\":\"{}\"}}\n", "a".repeat(2 << 20));
    assert_eq!(refused(&scene, NDJSON, line), ["1  too-long"]);
    let large = vec![b'a'; (32 << 20) + 1];
    post(&scene.world.chief, "resource=models", CSV, large).problem(413, "too-large");
}

#[test]
fn what_is_no_workbook_is_refused() {
    let scene = Scene::new();
    for bytes in [&b"name\n"[..], b"PK\x03\x04", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", b"PK\x05\x06"] {
        assert_eq!(refused(&scene, XLSX, bytes), ["1  malformed"]);
    }
    let whole = workbook(&[vec![json!("name")]]);
    for end in [whole.len() / 2, whole.len() - 1] {
        assert_eq!(refused(&scene, XLSX, &whole[..end]), ["1  malformed"]);
    }
    assert_eq!(refused(&scene, XLSX, with_parts(&[(SHEET, b"<a>")])), ["1  malformed"]);
    let backwards = sheet("<row r=\"2\"><c r=\"A2\"><v>1</v></c></row><row r=\"1\"><c r=\"A1\"><v>1</v></c></row>");
    assert_eq!(refused(&scene, XLSX, with_parts(&[(SHEET, backwards.as_bytes())])), ["1  malformed"]);
    // No number has room for such a column, or such a row.
    for place in ["ALOAIVUVIECNESTR1", "A99999999999"] {
        let beyond = sheet(&format!("<row r=\"1\"><c r=\"{place}\"><v>1</v></c></row>"));
        assert_eq!(refused(&scene, XLSX, with_parts(&[(SHEET, beyond.as_bytes())])), ["1  malformed"]);
    }
}

#[test]
fn what_a_panic_says_is_not_logged() {
    let database = Database::new();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("models.xlsx");
    let beyond = sheet("<row r=\"1\"><c r=\"ALOAIVUVIECNESTR1\"><v>1</v></c></row>");
    std::fs::write(&file, with_parts(&[(SHEET, beyond.as_bytes())])).expect("a file");
    let words = ["import", "--resource", "models", "--file", &file.display().to_string(), "--json"];
    let output = tuquan(&database, &words);
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(log.contains("panicked") && log.contains("calamine"), "{log}");
    assert!(!log.contains("overflow"), "{log}");
}

#[test]
fn a_workbook_that_grows_when_it_is_unpacked_is_refused() {
    let scene = Scene::new();
    let blank = vec![b' '; 9 << 20];
    let bomb = with_parts(&[("xl/styles.xml", &blank)]);
    assert!(bomb.len() < 1 << 18, "{} bytes", bomb.len());
    assert_eq!(refused(&scene, XLSX, bomb), ["1  too-large"]);
    let cell =
        sheet(&format!("<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>{}</t></is></c></row>", "a".repeat(2 << 20)));
    assert_eq!(refused(&scene, XLSX, with_parts(&[(SHEET, cell.as_bytes())])), ["1  too-large"]);
    let comment = sheet(&format!("<!--{}-->", "<".repeat(1000)));
    assert_eq!(refused(&scene, XLSX, with_parts(&[(SHEET, comment.as_bytes())])), ["1  malformed"]);
    let announced = "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
        uniqueCount=\"99999999999999\"><si><t>name</t></si></sst>";
    assert_eq!(refused(&scene, XLSX, with_parts(&[(STRINGS, announced.as_bytes())])), ["1  too-large"]);
    let many = format!("<sst>{}</sst>", "<si/>".repeat(3_000_001));
    assert_eq!(refused(&scene, XLSX, with_parts(&[(STRINGS, many.as_bytes())])), ["1  too-large"]);
}

#[test]
fn two_cells_far_apart_are_no_list() {
    let scene = Scene::new();
    let cell = |at: &str| format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>name</t></is></c>");
    let far = sheet(&format!("<row r=\"1\">{}</row><row r=\"1048576\">{}</row>", cell("A1"), cell("XFD1048576")));
    assert_eq!(refused(&scene, XLSX, with_parts(&[(SHEET, far.as_bytes())])), ["1048576  too-many-columns"]);
    let deep = sheet(&format!("<row r=\"1\">{}</row><row r=\"1048576\">{}</row>", cell("A1"), cell("A1048576")));
    assert_eq!(refused(&scene, XLSX, with_parts(&[(SHEET, deep.as_bytes())])), ["1048576  too-many-rows"]);
}

#[test]
fn what_no_database_can_look_for_is_a_fault_of_its_row() {
    let scene = Scene::new();
    let row = |name: &str, value: serde_json::Value| {
        let mut model = scene.world.model("Tổ");
        model[name] = value;
        format!("{model}\n")
    };
    let long = "9".repeat(100_000);
    let file = [
        row("unitId", json!("\0")),
        row("modelTypeId", json!("a\0b")),
        row("replicatedFromId", json!("\0:\0")),
        row("unitId", json!(long)),
        row("householdCount", json!(long)),
        row("name", json!("a\0b")),
        row("notes", json!({"deep": [[[[1]]]]})),
        row("location", json!(7)),
        row("establishedOn", json!(true)),
        row("partnerBodies", json!("[[[[")),
        row("partnerBodies", json!([1, null])),
    ];
    let job = scene.import("resource=models&mode=commit&atomic=false", NDJSON, file.concat());
    assert_eq!(
        (&job["state"], &job["rowsFailed"]),
        (&json!("succeeded"), &json!(file.len())),
        "{:?}",
        scene.errors(&job)
    );
    let incident = json!({"category": "\0", "severity": "minor", "occurredAt": "31/3/2023 9:00", "unitId": "20413",
        "source": "citizen", "contributions": [{"modelId": "\0", "kind": "detected"}, 7]});
    let job = scene.import("resource=incidents&mode=commit", NDJSON, incident.to_string());
    assert_eq!((&job["state"], &job["failure"]), (&json!("failed"), &json!("rows")));
}

#[test]
fn entities_are_not_followed() {
    let scene = Scene::new();
    let lol = "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>\
        <worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>&b;</t></is></c></row></sheetData></worksheet>";
    assert_eq!(refused(&scene, XLSX, with_parts(&[(SHEET, lol.as_bytes())])), ["1  malformed"]);
}
