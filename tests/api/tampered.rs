//! What `tuquan audit verify` finds of a journal that somebody with the database's own rights has changed.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tuquan::access::Scope;

use crate::audit::{Hash, checkpoint, hash, lines, tuquan};
use crate::stand::database::try_change;
use crate::stand::process::Process;
use crate::stand::world::model_type;
use crate::stand::{Stand, World};

/// Changes the journal as somebody with the database's own rights would.
fn tamper(stand: &Stand, statement: &str) {
    let database = &stand.database;
    let off = match database.url.starts_with("sqlite:") {
        true => {
            "DROP TRIGGER IF EXISTS journal_stands_as_written; DROP TRIGGER IF EXISTS journal_stands_whole; \
             DROP TRIGGER IF EXISTS journal_head_grows; DROP TRIGGER IF EXISTS journal_tiles_stay"
        }
        false => {
            "ALTER TABLE journal DISABLE TRIGGER ALL; ALTER TABLE journal_tiles DISABLE TRIGGER ALL; \
             ALTER TABLE journal_head DISABLE TRIGGER ALL"
        }
    };
    try_change(database, off).expect("an owner can switch triggers off");
    try_change(database, statement).expect("an owner can change rows");
}

/// Bytes as the database has them in a statement.
fn literal(stand: &Stand, bytes: &[u8]) -> String {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    if stand.database.url.starts_with("sqlite:") { format!("X'{hex}'") } else { format!("'\\x{hex}'") }
}

/// The exit code and what was said.
fn verify(stand: &Stand, more: &[&str]) -> (Option<i32>, String) {
    let out = tuquan(stand, &[&["audit", "verify"], more].concat());
    (out.status.code(), String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned())
}

#[track_caller]
fn assert_found(stand: &Stand, more: &[&str], place: &str) {
    let (code, said) = verify(stand, more);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains(place), "{said}");
}

#[test]
fn what_was_done_to_the_journal_is_found_by_its_row() {
    for (statement, place) in [
        ("UPDATE journal SET reason = 'x' WHERE sequence = 7", "first at 7:"),
        ("UPDATE journal SET changed_fields = changed_fields || ' ' WHERE sequence = 9", "first at 9:"),
        ("UPDATE journal SET subject = '/v1/x' WHERE sequence = 9", "first at 9:"),
        ("DELETE FROM journal WHERE sequence = 5", "first at 5:"),
        ("DELETE FROM journal WHERE sequence >= 10", "first at 10:"),
        (
            "UPDATE journal SET sequence = -1 WHERE sequence = 4; UPDATE journal SET sequence = 4 WHERE sequence = 5; \
          UPDATE journal SET sequence = 5 WHERE sequence = -1",
            "first at 4:",
        ),
        ("UPDATE journal SET record = '{' WHERE sequence = 6", "first at 6:"),
        ("UPDATE journal_head SET tree_size = tree_size", "as they were written"),
    ] {
        let stand = Stand::new();
        World::of(&stand);
        assert_eq!(verify(&stand, &[]).0, Some(0));
        tamper(&stand, statement);
        let (code, said) = verify(&stand, &[]);
        assert!(said.contains(place), "{statement}: {said}");
        assert_eq!(code, Some(i32::from(place.starts_with("first"))), "{statement}: {said}");
    }
}

/// Changes a row and gives it the hash that it then has.
fn hash_anew(stand: &Stand, row: usize) {
    tamper(stand, &format!("UPDATE journal SET request_id = 'x' WHERE sequence = {row}"));
    let leaf = literal(stand, &hash(&[&[0], lines(stand)[row].as_bytes()]));
    tamper(stand, &format!("UPDATE journal SET leaf_hash = {leaf} WHERE sequence = {row}"));
}

/// Makes the tiles and the head those of the rows as they are.
fn fit(stand: &Stand) {
    let leaves: Vec<Hash> = lines(stand).iter().map(|line| hash(&[&[0], line.as_bytes()])).collect();
    let (mut edge, mut begin) = (Vec::new(), 0);
    while begin < leaves.len() {
        let many = 1 << (leaves.len() - begin).ilog2();
        let mut nodes = leaves[begin..begin + many].to_vec();
        while nodes.len() > 1 {
            nodes = nodes.chunks(2).map(|pair| hash(&[&[1], &pair[0], &pair[1]])).collect();
        }
        edge.extend_from_slice(&nodes[0]);
        begin += many;
    }
    let (size, edge) = (leaves.len(), literal(stand, &edge));
    tamper(stand, &format!("DELETE FROM journal_tiles; UPDATE journal_head SET tree_size = {size}, edge = {edge}"));
}

/// Where the fault is said to be once a row was hashed anew.
fn hashed_anew(stand: &Stand, row: usize) -> usize {
    hash_anew(stand, row);
    let (code, said) = verify(stand, &[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("from here on was replaced with its hash"), "{said}");
    let place = said.split("first at ").nth(1).and_then(|rest| rest.split(':').next());
    place.and_then(|place| place.parse().ok()).expect("a place")
}

/// Makes more entries than stand under a tile.
fn enter_many(world: &World) {
    for n in 0..300 {
        world.chief.create("/v1/model-types", &model_type(&format!("M{n}"), "Loại"));
    }
}

/// The last line of a file of checkpoints.
fn last_line(file: &Path) -> Value {
    let text = std::fs::read_to_string(file).expect("a file");
    serde_json::from_str(text.lines().last().expect("a line")).expect("JSON")
}

#[test]
fn a_row_that_was_hashed_anew_is_found_by_the_part_of_the_tree_that_it_stands_in() {
    let stand = Stand::new();
    let world = World::of(&stand);
    enter_many(&world);
    let last = lines(&stand).len() - 1;
    // From the end, since the first fault is told: the row itself where it stands alone, then no more than 256.
    for (row, widest) in [(last, 128), (270, 128), (255, 255), (7, 255)] {
        let place = hashed_anew(&stand, row);
        assert!(place <= row && row - place <= widest, "{row} is told at {place} of {last}");
    }
}

/// The file in which a service keeps what it signs, once it has signed everything.
fn signed(stand: &Stand) -> PathBuf {
    let file = stand.database.keys_dir().join("checkpoints.ndjson");
    let process = Process::start(&stand.database, "http://tuquan.test");
    let all = lines(stand).len();
    let told = || {
        let text = std::fs::read_to_string(&file).ok()?;
        let line: Value = serde_json::from_str(text.lines().last()?).ok()?;
        line["treeSize"].as_u64()
    };
    let begun = Instant::now();
    while told().is_none_or(|size| (size as usize) < all) {
        assert!(begun.elapsed() < Duration::from_secs(30), "nothing was signed: {:?} of {all}", told());
        std::thread::sleep(Duration::from_millis(50));
    }
    process.terminate();
    file
}

#[test]
fn a_row_that_was_hashed_anew_is_named_alone_by_what_the_service_kept_outside() {
    let stand = Stand::new();
    let world = World::of(&stand);
    enter_many(&world);
    let file = signed(&stand);
    let with = ["--checkpoint", file.to_str().expect("a path")];
    assert_eq!(verify(&stand, &with).0, Some(0));
    let last = lines(&stand).len() - 2;
    for row in [last, 270, 255, 7] {
        hash_anew(&stand, row);
        for more in [&[][..], &with] {
            assert_found(&stand, more, &format!("first at {row}: the entry was replaced with its hash"));
        }
    }
    // With tiles and head made to fit, nothing inside the database tells, and what was signed still does.
    fit(&stand);
    assert_eq!(verify(&stand, &[]).0, Some(0));
    assert_found(&stand, &with, "first at 7: the entry was replaced with its hash");
    // What tells single entries is signed too.
    let mut line = last_line(&file);
    line["leaves"]["first"] = json!(line["leaves"]["first"].as_u64().expect("a place") + 1);
    std::fs::write(&file, line.to_string()).expect("a file can be written");
    let (code, said) = verify(&stand, &with);
    assert!(code == Some(2) && said.contains("not genuine"), "{said}");
}

#[test]
fn a_journal_that_lacks_an_entry_is_signed_all_the_same() {
    let stand = Stand::new();
    World::of(&stand);
    tamper(&stand, "DELETE FROM journal WHERE sequence = 5");
    let file = signed(&stand);
    let line = last_line(&file);
    assert!(line["treeSize"].as_u64() > Some(lines(&stand).len() as u64), "{line}");
    assert_found(&stand, &["--checkpoint", file.to_str().expect("a path")], "first at 5: the entry is missing");
}

#[test]
fn only_a_checkpoint_tells_of_a_journal_that_was_written_anew() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let auditor = stand.client(&[Scope::AuditRead]).in_unit("VN");
    let (signed, size, _) = checkpoint(&auditor);
    let file = stand.database.dir.path().join("checkpoint.json");
    let keep = |value: &Value, at: &Path| std::fs::write(at, value.to_string()).expect("a file can be written");
    keep(&signed, &file);
    let with = ["--checkpoint", file.to_str().expect("a path")];
    let later = world.a_model("Sau đó");
    assert_eq!(verify(&stand, &with).0, Some(0), "{later}");
    let keys = stand.database.dir.path().join("keys.json");
    keep(&stand.nobody().get("/.well-known/jwks.json").is(200).json(), &keys);
    let with_key = [&with[..], &["--key", keys.to_str().expect("a path")]].concat();
    assert_eq!(verify(&stand, &with_key).0, Some(0));

    let mut forged = signed.clone();
    forged["treeSize"] = json!(size + 1);
    keep(&forged, &file);
    let (code, said) = verify(&stand, &with);
    assert!(code == Some(2) && said.contains("not genuine"), "{said}");
    assert_eq!(verify(&stand, &["--checkpoint", "/nowhere"]).0, Some(2));

    // Cut off behind row 3, hashes, tiles and head made to fit: nothing inside the database tells.
    keep(&signed, &file);
    tamper(&stand, "DELETE FROM journal WHERE sequence >= 3");
    fit(&stand);
    assert_eq!(verify(&stand, &[]).0, Some(0));
    assert_found(&stand, &with, "rolled back");
}
