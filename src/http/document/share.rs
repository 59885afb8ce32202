//! Records that generic types carry inside themselves, told apart and given their names: a page of
//! models is a page of `Model`, not of something that looks like one.

use serde_json::{Map, Value, json};

/// A generic type by the end of its name, and where it carries its record.
const CARRIERS: &[(&str, &str)] = &[("Version", "/properties/record"), ("Page", "/properties/items/items")];

/// Puts references in place of what has a name, and names what has none.
pub fn all(schemas: &mut Map<String, Value>) {
    for (ending, place) in CARRIERS {
        let names: Vec<String> = schemas.keys().filter(|name| name.ends_with(ending)).cloned().collect();
        for carrier in names {
            one(schemas, &carrier, carrier.trim_end_matches(ending), place);
        }
    }
    schemas.sort_keys();
}

fn one(schemas: &mut Map<String, Value>, carrier: &str, carried: &str, place: &str) {
    let Some(inner) = schemas[carrier].pointer(place).filter(|inner| inner.get("properties").is_some()).cloned() else {
        return;
    };
    if schemas.entry(carried).or_insert_with(|| inner.clone()) != &inner {
        return;
    }
    if let Some(inner) = schemas.get_mut(carrier).and_then(|carrier| carrier.pointer_mut(place)) {
        *inner = json!({"$ref": format!("#/components/schemas/{carried}")});
    }
}
