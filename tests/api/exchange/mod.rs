//! Imports and exports: files in and out, over HTTP, the jobs done by the worker that the program has.

mod columns;
mod commands;
mod exports;
mod forms;
mod hostile;
mod imports;
mod jobs;
mod rights;
mod round_trip;

use reqwest::Method;
use serde_json::{Value, json};

use crate::stand::{Answer, Caller, Stand, World, text};

pub const CSV: &str = "text/csv";
pub const NDJSON: &str = "application/x-ndjson";
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A stand with a world in it.
pub struct Scene {
    pub stand: Stand,
    pub world: World,
}

impl Scene {
    #[track_caller]
    pub fn new() -> Self {
        let stand = Stand::new();
        let world = World::of(&stand);
        Self { stand, world }
    }

    /// Imports a file as the chief and gives the job at its end.
    #[track_caller]
    pub fn import(&self, query: &str, kind: &str, bytes: impl Into<Vec<u8>>) -> Value {
        self.import_as(&self.world.chief, query, kind, bytes)
    }

    #[track_caller]
    pub fn import_as(&self, caller: &Caller, query: &str, kind: &str, bytes: impl Into<Vec<u8>>) -> Value {
        let made = post(caller, query, kind, bytes).is(201);
        assert_eq!(made.json()["state"], "queued");
        self.stand.work();
        let job = caller.get(&made.given("location")).is(200).json();
        assert!(job["state"] == "succeeded" || job["state"] == "failed", "{job}");
        job
    }

    /// Every row error of a job, as `row column code`.
    #[track_caller]
    pub fn errors(&self, job: &Value) -> Vec<String> {
        errors(&self.world.chief, job)
    }

    /// How many records there are.
    #[track_caller]
    pub fn count(&self, collection: &str) -> usize {
        self.world.chief.list(&format!("{collection}?pageSize=500"), "id").len()
    }

    /// Exports as the chief and gives the job at its end.
    #[track_caller]
    pub fn export(&self, resources: &[&str], format: &str) -> Value {
        self.export_as(&self.world.chief, resources, format)
    }

    #[track_caller]
    pub fn export_as(&self, caller: &Caller, resources: &[&str], format: &str) -> Value {
        let made = caller.post("/v1/exports", &json!({"resourceTypes": resources, "format": format})).is(201);
        self.stand.work();
        caller.get(&made.given("location")).is(200).json()
    }
}

/// Asks for an import.
pub fn post(caller: &Caller, query: &str, kind: &str, bytes: impl Into<Vec<u8>>) -> Answer {
    let request = caller.request(Method::POST, &format!("/v1/imports?{query}"));
    request.raw(kind, bytes.into()).send()
}

#[track_caller]
pub fn errors(caller: &Caller, job: &Value) -> Vec<String> {
    let page = caller.get(&format!("/v1/imports/{}/row-errors?pageSize=500", text(&job["id"]))).is(200);
    let told = |error: &Value| {
        assert!(error["messageEn"] != error["messageVi"], "{error}");
        assert!(error["message"] == error["messageEn"], "{error}");
        let column = error.get("column").map(text).unwrap_or_default();
        format!("{} {column} {}", text(&error["row"]), text(&error["code"]))
    };
    page.items().iter().map(told).collect()
}

/// The bytes of a file of an export.
#[track_caller]
pub fn bytes(caller: &Caller, export: &Value, resource: &str) -> Vec<u8> {
    let files = export["files"].as_array().cloned().unwrap_or_default();
    let file = files.iter().find(|file| file["resourceType"] == resource).expect("the file is there");
    let answer = caller.get(&text(&file["url"])).is(200);
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &answer.bytes);
    let hash: String = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(file["sha256"], hash, "the bytes are those that were announced");
    answer.bytes
}

/// A workbook of one sheet: texts as texts, numbers as numbers, `=…` as formulas.
pub fn workbook(rows: &[Vec<Value>]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(cells) {
            match cell {
                Value::String(formula) if formula.starts_with('=') => {
                    sheet.write_formula(row, column, formula.as_str())
                }
                Value::String(text) => sheet.write_string(row, column, text),
                Value::Number(number) => sheet.write_number(row, column, number.as_f64().expect("a number")),
                Value::Bool(yes) => sheet.write_boolean(row, column, *yes),
                _ => continue,
            }
            .expect("a cell can be written");
        }
    }
    book.save_to_buffer().expect("a workbook")
}
