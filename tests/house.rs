//! The walls of the house, read off its source: which room may know what. A wall that stands in the
//! way is moved here, with a reason, and not walked around.

use std::fs;
use std::path::{Path, PathBuf};

/// A source file: its path under src and its text.
struct Source {
    path: String,
    text: String,
}

impl Source {
    /// What is said in code, comments apart.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate().map(|(n, line)| (n + 1, line));
        lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }
}

fn root(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)
}

/// The Rust files under a folder.
fn sources(folder: &str) -> Vec<Source> {
    let mut found = Vec::new();
    let mut folders = vec![root(folder)];
    while let Some(inside) = folders.pop() {
        for entry in fs::read_dir(&inside).expect("the folder can be read") {
            let path = entry.expect("the entry can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                let text = fs::read_to_string(&path).expect("sources are UTF-8");
                let path = path.strip_prefix(root(folder)).expect("it lies in the folder");
                found.push(Source { path: path.display().to_string(), text });
            }
        }
    }
    assert!(found.len() > 5, "{folder} has sources");
    found
}

/// Every place where one of `words` stands in code of a file that `among` picks.
#[track_caller]
fn assert_absent(words: &[&str], among: impl Fn(&Source) -> bool) {
    let files: Vec<Source> = sources("src").into_iter().filter(among).collect();
    assert!(!files.is_empty(), "the wall has two sides");
    let mut breaches = Vec::new();
    for file in &files {
        for (number, line) in file.code() {
            breaches.extend(words.iter().filter(|word| line.contains(**word)).map(|word| {
                let path = &file.path;
                format!("src/{path}:{number} says {word}")
            }));
        }
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

fn lies_in(file: &Source, rooms: &[&str]) -> bool {
    rooms.iter().any(|room| file.path == *room || file.path.starts_with(room))
}

#[test]
fn routes_know_no_database() {
    assert_absent(&["diesel", "crate::schema", ".conn()", ".write()"], |file| {
        file.name() == "api.rs" && file.path.starts_with("resources/")
    });
}

#[test]
fn rules_know_neither_wire_nor_database() {
    assert_absent(&["actix", "diesel", "crate::http", "crate::schema", "Tx<"], |file| file.name() == "rules.rs");
}

#[test]
fn stores_know_no_wire() {
    assert_absent(&["actix", "HttpRe", "StatusCode"], |file| file.name().ends_with("store.rs"));
}

#[test]
fn the_wire_knows_no_noun_and_no_table() {
    assert_absent(&["crate::resources", "crate::schema", "diesel::prelude"], |file| lies_in(file, &["http/"]));
}

#[test]
fn errors_and_small_words_know_no_wire() {
    assert_absent(&["actix", "crate::http"], |file| lies_in(file, &["error.rs", "types/", "clock.rs"]));
}

#[test]
fn only_the_door_opens_connections() {
    assert_absent(&["Connection::establish(", "run_pending_migrations"], |file| !lies_in(file, &["access/"]));
}

#[test]
fn the_door_is_passed_with_a_permit_or_by_those_who_may_open_it() {
    let open = ["spawn_blocking", "door.read(", "door.write(", "read_now", "write_now", "rehearse_now"];
    // A job is asked for with a permit; when it is done, nobody's request is there any more.
    let jobs = ["exchange/worker.rs", "exchange/run_import.rs", "exchange/run_export.rs"];
    let rooms = [&["access/", "identity/", "command/", "bundled/", "ops.rs"][..], &jobs].concat();
    assert_absent(&open[1..], |file| !lies_in(file, &rooms));
    assert_absent(&["spawn_blocking", "web::block", "thread::Builder"], |file| !lies_in(file, &["turns.rs"]));
}

#[test]
fn others_are_asked_in_one_way() {
    assert_absent(&["Client::builder()", "ClientBuilder::new()"], |file| !lies_in(file, &["outward.rs"]));
}

#[test]
fn nothing_is_left_to_chance_or_for_later() {
    let words =
        ["unwrap()", "todo!", "unimplemented!", "#[ignore", "#[allow(", "#![allow(", "let _ =", ".ok();", "dbg!"];
    assert_absent(&words, |_| true);
}

#[test]
fn time_and_ids_come_from_the_door() {
    let words = ["SystemTime::now", "Timestamp::now", "Zoned::now", "now_v7", "new_v7", "new_v4"];
    assert_absent(&words, |file| !lies_in(file, &["clock.rs", "access/tx.rs"]));
}

#[test]
fn every_file_says_why_it_is_there_and_stays_small() {
    let mut faults = Vec::new();
    for folder in ["src", "tests"] {
        for file in sources(folder) {
            let lines = file.text.lines().count();
            if lines > LONGEST {
                faults.push(format!("{folder}/{} has {lines} lines", file.path));
            }
            if !file.text.starts_with("//!") {
                faults.push(format!("{folder}/{} does not begin with //!", file.path));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The most lines a file has.
const LONGEST: usize = 350;

/// Files that were longer when this wall was built; they may shrink and not grow.

#[test]
fn no_folder_holds_more_than_fits_on_a_page() {
    let mut folders = std::collections::BTreeMap::<String, usize>::new();
    for file in sources("src") {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        *folders.entry(folder.to_owned()).or_default() += 1;
    }
    let full: Vec<_> = folders.iter().filter(|(_, files)| **files > 20).collect();
    assert!(full.is_empty(), "{full:?}");
}

#[test]
fn no_test_is_switched_off() {
    for file in sources("tests").iter().filter(|file| file.path != "house.rs") {
        for (number, line) in file.code() {
            for word in ["#[ignore", "#[allow(", "todo!", "let _ ="] {
                assert!(!line.contains(word), "tests/{}:{number} says {word}", file.path);
            }
        }
    }
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |database: &str| {
        let entries = fs::read_dir(root("migrations").join(database)).expect("the migrations are there");
        let mut names: Vec<_> = entries.map(|entry| entry.expect("an entry").file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names("sqlite"), names("postgresql"));
}
