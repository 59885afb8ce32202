//! NDJSON: one object a line.

use serde_json::{Map, Value};

use super::{Content, MOST_ROWS, Row, Visit, too_long, too_many_rows};
use crate::exchange::fault::Halt;
use crate::http::LARGEST_BODY;

pub fn each(text: &str, visit: Visit<'_>) -> Result<(), Halt> {
    let mut rows = 0;
    for (number, line) in (1..).zip(text.split('\n')) {
        if line.trim().is_empty() {
            continue;
        }
        rows += 1;
        if rows > MOST_ROWS {
            return Err(too_many_rows(number));
        }
        if line.len() > LARGEST_BODY {
            return Err(too_long(number));
        }
        let content = match serde_json::from_str::<Map<String, Value>>(line) {
            Ok(object) => Content::Object(object),
            Err(_) => Content::Malformed,
        };
        visit(Row { number, content })?;
    }
    Ok(())
}
