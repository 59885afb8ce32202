//! The journal: in commit order, without gaps, and never rewritten.

use std::thread;

use serde_json::json;

use crate::stand::{Stand, World, database, journal, nothing};

#[test]
fn many_writers_leave_one_sequence_without_gaps() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let (world, stand) = (&world, &stand);
    thread::scope(|scope| {
        for writer in 0..8 {
            scope.spawn(move || {
                for n in 0..10 {
                    world.a_model(&format!("Mô hình {writer}.{n}"));
                    world.chief.post("/v1/models", &nothing()).is(400);
                }
            });
        }
    });
    let entries = journal::changes(&stand.database);
    let made = entries.iter().filter(|entry| entry.resource == "models").count();
    assert_eq!(made, 80);
    journal::assert_gapless(&stand.database);
}

#[test]
fn an_update_names_the_fields_it_changed() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let path = world.a_model("Tổ liên gia");
    world.chief.change(&path, &json!({"name": "Tên mới", "leadBody": "Công an phường", "notes": "x"})).is(200);
    let entries = journal::changes(&stand.database);
    assert_eq!(entries.last().map(|entry| entry.changed.as_str()), Some("name notes"));
}

#[test]
fn a_sign_in_is_entered() {
    let stand = Stand::new();
    let caller = stand.chief();
    let entries = journal::entries(&stand.database);
    assert!(entries.last().is_some_and(|entry| entry.is("login", &caller.id)), "{entries:?}");
    let before = entries.len();
    caller.token_by_post(&caller.id, "wrong").is(401);
    assert_eq!(journal::entries(&stand.database).len(), before);
}

#[test]
fn the_database_itself_refuses_to_rewrite_an_entry() {
    let stand = Stand::new();
    let world = World::of(&stand);
    // A tile is kept once 256 entries are there.
    for n in 0..256 {
        world.chief.create("/v1/model-types", &crate::stand::world::model_type(&format!("M{n}"), "Loại"));
    }
    let replaced = match stand.database.url.starts_with("sqlite:") {
        true => [
            "INSERT OR REPLACE INTO journal SELECT * FROM journal WHERE sequence = 0",
            "INSERT OR REPLACE INTO journal_tiles SELECT * FROM journal_tiles",
        ],
        false => ["TRUNCATE journal", "TRUNCATE journal_tiles"],
    };
    for change in [
        "UPDATE journal SET reason = 'x'",
        "DELETE FROM journal",
        "UPDATE journal SET sequence = sequence + 1",
        "UPDATE journal_tiles SET position = position + 1",
        "DELETE FROM journal_tiles",
        "UPDATE journal_head SET tree_size = tree_size - 1",
        "DELETE FROM journal_head",
    ]
    .into_iter()
    .chain(replaced)
    {
        let refused = database::try_change(&stand.database, change);
        assert!(refused.is_err_and(|why| why.contains("append-only")), "{change}");
    }
    assert!(!journal::entries(&stand.database).is_empty());
}

#[test]
fn an_entry_bears_the_moment_of_its_record() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let entries = journal::changes(&stand.database);
    let last = world.chief.get(&format!("/v1/model-types/{}", world.model_type)).is(200).json();
    let entry = entries.iter().rfind(|entry| entry.resource == "model-types").expect("the type was entered");
    assert_eq!(last["createdAt"], tuquan::types::Moment::from_micros(entry.micros).to_string());
}
