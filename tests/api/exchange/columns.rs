//! The columns of files against the document: every property that one may post has a column, and every value
//! a label.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Scene;
use crate::stand::text;

/// The properties of a schema, those of objects in them by path; what has no properties of its own is whole.
fn paths(document: &Value, schema: &Value, into: &mut BTreeSet<String>, within: &str) {
    let schema = match schema["$ref"].as_str() {
        Some(name) => &document["components"]["schemas"][name.rsplit('/').next().unwrap_or_default()],
        None => schema,
    };
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let target = match property["$ref"].as_str() {
            Some(name) => &document["components"]["schemas"][name.rsplit('/').next().unwrap_or_default()],
            None => property,
        };
        let path = format!("{within}{name}");
        match target["properties"].is_object() {
            true => paths(document, target, into, &format!("{path}.")),
            false => drop(into.insert(path)),
        }
    }
}

/// The properties that are one of several values, with those values.
fn values(document: &Value, schema: &Value) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let property = match property["$ref"].as_str() {
            Some(name) => &document["components"]["schemas"][name.rsplit('/').next().unwrap_or_default()],
            None => property,
        };
        if let Some(words) = property["enum"].as_array() {
            found.push((name.clone(), words.iter().map(text).collect()));
        }
    }
    found
}

#[test]
fn every_property_that_one_may_post_is_a_column_of_the_template() {
    use calamine::Reader;
    let scene = Scene::new();
    let document = scene.stand.nobody().get("/v1/openapi.json").is(200).json();
    for (resource, schema, beside) in [
        ("model-types", "NewModelType", &[][..]),
        ("models", "NewModel", &["firstStatus"]),
        ("teams", "NewTeam", &[]),
        ("reviews", "NewReview", &[]),
        ("members", "NewMember", &[]),
        ("memberships", "NewMembership", &[]),
        ("activities", "NewActivity", &[]),
        ("incidents", "NewIncident", &[]),
        ("commendations", "NewCommendation", &[]),
        ("model-status-changes", "NewModelStatusChange", &["modelId"]),
        ("incident-status-changes", "NewIncidentStatusChange", &["incidentId"]),
        ("commendation-status-changes", "NewCommendationStatusChange", &["commendationId"]),
    ] {
        let mut expected: BTreeSet<String> = beside.iter().map(|name| (*name).to_owned()).collect();
        paths(&document, &document["components"]["schemas"][schema], &mut expected, "");
        let labelled = values(&document, &document["components"]["schemas"][schema]);
        let template = scene.world.chief.get(&format!("/v1/import-templates/{resource}")).is(200).bytes;
        let mut book = calamine::Xlsx::new(std::io::Cursor::new(template)).expect("a workbook");
        let guide = book.worksheet_range("Guide").expect("a guide");
        let column = |row: &[calamine::Data]| row.get(1).map(ToString::to_string).filter(|name| !name.is_empty());
        let columns: BTreeSet<String> = guide.rows().skip(1).filter_map(column).collect();
        assert_eq!(columns, expected, "{resource}");
        for (name, words) in labelled {
            let row = guide.rows().find(|row| row.get(1).is_some_and(|cell| cell.to_string() == name)).expect("a row");
            for word in words {
                assert!(row[3].to_string().contains(&format!("`{word}`")), "{resource} {name} {word}");
            }
        }
    }
    assert!(text(&document["openapi"]).starts_with('3'));
}
