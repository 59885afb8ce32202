//! The audit trail, its checkpoints and proofs, and what `tuquan audit verify` finds.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tuquan::access::{Role, Scope};

use crate::stand::database::try_change;
use crate::stand::process::Process;
use crate::stand::{Caller, Stand, World, text};

#[test]
fn the_trail_tells_who_did_what_and_nothing_of_what_it_held() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let path = world.path_of("/v1/members", &world.numbered("Thành viên mẫu 1"));
    let officer = stand.role(Role::Officer).in_unit(&world.ward);
    officer.create(&format!("{path}/disclosures"), &json!({"reason": "Theo đơn số 12", "fields": ["phone"]}));
    officer.get("/v1/clients").problem(403, "insufficient-scope");
    let auditor = stand.role(Role::Auditor).in_unit(&world.ward);
    let one = |query: &str| {
        let items = auditor.get(&format!("/v1/audit-events?{query}")).is(200).items();
        assert_eq!(items.len(), 1, "{query}: {items:?}");
        items[0].clone()
    };
    let id = path.rsplit('/').next().unwrap_or_default();
    let disclosed = one("action=disclose");
    assert_eq!((&disclosed["resourceId"], &disclosed["actorId"]), (&json!(id), &json!(officer.id)));
    assert_eq!((&disclosed["reason"], &disclosed["changedFields"]), (&json!("Theo đơn số 12"), &json!(["phone"])));
    assert_eq!(one("action=refusal")["outcome"], "refused");
    assert_eq!(one(&format!("resourceId={id}&action=create,delete"))["resourceType"], "members");
    let all = auditor.get("/v1/audit-events?pageSize=500").is(200);
    assert!(!all.text().contains("Thành viên mẫu") && !all.text().contains("0000123456"), "{all:?}");
    assert!(all.each("resourceType").iter().all(|noun| noun != "units"), "units are no business of a ward: {all:?}");
    let now = text(&disclosed["occurredAt"]);
    assert_eq!(auditor.get(&format!("/v1/audit-events?from={now}&to={now}")).is(200).items().len(), 1);
    let order = auditor.get("/v1/audit-events?sort=sequence").is(200).each("sequence");
    let mut sorted: Vec<i64> = order.iter().map(|n| n.parse().expect("a number")).collect();
    sorted.sort_unstable();
    assert_eq!(order, sorted.iter().map(i64::to_string).collect::<Vec<_>>());
    let elsewhere = stand.role(Role::Auditor).in_unit(&world.other).get("/v1/audit-events").is(200).each("actorId");
    assert!(!elsewhere.contains(&officer.id));
    officer.get("/v1/audit-events").problem(403, "insufficient-scope");
    auditor.get("/v1/audit-events?action=read").problem(400, "invalid-request");
}

type Hash = Vec<u8>;

fn hash(parts: &[&[u8]]) -> Hash {
    digest(&SHA256, &parts.concat()).as_ref().to_vec()
}

/// RFC 9162, section 2.1.3.2: the root that an inclusion proof leads to.
fn root_of(leaf: &[u8], index: u64, size: u64, proof: &[Hash]) -> Hash {
    let (mut at, mut last, mut root) = (index, size - 1, leaf.to_vec());
    for step in proof {
        if at % 2 == 1 || at == last {
            root = hash(&[&[1], step, &root]);
            while at.is_multiple_of(2) && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            root = hash(&[&[1], &root, step]);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    assert_eq!(last, 0, "the proof is as long as the tree is high");
    root
}

/// RFC 9162, section 2.1.4.2: the roots of the earlier and the later tree.
fn roots_of(first: u64, second: u64, old: &Hash, proof: &[Hash]) -> (Hash, Hash) {
    let mut proof = proof.to_vec();
    if first.is_power_of_two() {
        proof.insert(0, old.clone());
    }
    let (mut at, mut last) = (first - 1, second - 1);
    while at % 2 == 1 {
        (at, last) = (at >> 1, last >> 1);
    }
    let (mut one, mut two) = (proof[0].clone(), proof[0].clone());
    for step in &proof[1..] {
        if at % 2 == 1 || at == last {
            one = hash(&[&[1], step, &one]);
            two = hash(&[&[1], step, &two]);
            while at.is_multiple_of(2) && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            two = hash(&[&[1], &two, step]);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    (one, two)
}

fn hashes(auditor: &Caller, query: &str) -> Vec<Hash> {
    let proof = auditor.get(&format!("/v1/audit-proofs/{query}")).is(200).json();
    let hashes = proof["hashes"].as_array().expect("a proof has hashes").iter();
    hashes.map(|hash| STANDARD.decode(text(hash)).expect("base64")).collect()
}

fn checkpoint(auditor: &Caller) -> (Value, u64, Hash) {
    let checkpoint = auditor.get("/v1/audit-checkpoints/latest").is(200).json();
    let size = checkpoint["treeSize"].as_u64().expect("a size");
    let root = STANDARD.decode(text(&checkpoint["rootHash"])).expect("base64");
    (checkpoint, size, root)
}

fn tuquan(stand: &Stand, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tuquan"));
    command.args(arguments).env_clear().env("TUQUAN_DATABASE_URL", &stand.database.url);
    command.env("TUQUAN_KEYS_DIR", stand.database.keys_dir()).env("TUQUAN_LOG", "error");
    command.output().expect("the program runs")
}

fn lines(stand: &Stand) -> Vec<String> {
    let out = tuquan(stand, &["audit", "export"]);
    assert!(out.status.success(), "{out:?}");
    String::from_utf8(out.stdout).expect("lines are UTF-8").lines().map(str::to_owned).collect()
}

#[test]
fn every_line_is_proved_against_a_signed_checkpoint() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let auditor = stand.client(&[Scope::AuditRead]).in_unit("VN");
    let (_, first, old) = checkpoint(&auditor);
    for n in 0..300 {
        world.chief.create("/v1/model-types", &crate::stand::world::model_type(&format!("M{n}"), "Loại"));
    }
    world.path_of("/v1/members", &world.numbered("Thành viên mẫu 1"));
    let (signed, size, root) = checkpoint(&auditor);
    let keys = stand.nobody().get("/.well-known/jwks.json").is(200).json();
    let key = keys["keys"].as_array().expect("keys").iter().find(|key| key["kid"] == signed["keyId"]).expect("its key");
    assert_eq!(key["use"], "audit");
    let public = URL_SAFE_NO_PAD.decode(text(&key["x"])).expect("base64url");
    let signature = STANDARD.decode(text(&signed["signature"])).expect("base64");
    let said = text(&signed["signedText"]);
    UnparsedPublicKey::new(&ED25519, public).verify(said.as_bytes(), &signature).expect("the signature is good");
    assert_eq!(said.lines().skip(1).collect::<Vec<_>>(), [size.to_string(), text(&signed["rootHash"])]);

    let lines = lines(&stand);
    assert!(lines.len() as u64 >= size);
    for index in (0..size).step_by(37).chain([0, 255, 256, size - 1]) {
        let line: Value = serde_json::from_str(&lines[index as usize]).expect("a line is JSON");
        assert_eq!(line["sequence"], index);
        let leaf = hash(&[&[0], lines[index as usize].as_bytes()]);
        let proof = hashes(&auditor, &format!("inclusion?sequence={index}&treeSize={size}"));
        assert_eq!(root_of(&leaf, index, size, &proof), root, "{index} in {size}");
    }
    let proof = hashes(&auditor, &format!("consistency?first={first}&second={size}"));
    assert_eq!(roots_of(first, size, &old, &proof), (old.clone(), root.clone()));
    assert!(hashes(&auditor, &format!("consistency?first={size}&second={size}")).is_empty());
    let wrong = |query: &str, fault: &str| drop(auditor.get(&format!("/v1/audit-proofs/{query}")).faults(&[fault]));
    wrong(&format!("inclusion?sequence={size}&treeSize={size}"), "sequence too-large");
    wrong("inclusion?sequence=0&treeSize=90000000", "treeSize too-large");
    wrong(&format!("consistency?first={size}&second=1"), "first too-large");
    wrong("consistency?first=0&second=1", "first too-small");
}

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
    let edge = literal(stand, &edge);
    tamper(stand, &format!("DELETE FROM journal_tiles; UPDATE journal_head SET edge = {edge}"));
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

#[test]
fn a_row_that_was_hashed_anew_is_found_by_the_part_of_the_tree_that_it_stands_in() {
    let stand = Stand::new();
    let world = World::of(&stand);
    for n in 0..300 {
        world.chief.create("/v1/model-types", &crate::stand::world::model_type(&format!("M{n}"), "Loại"));
    }
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
    for n in 0..300 {
        world.chief.create("/v1/model-types", &crate::stand::world::model_type(&format!("M{n}"), "Loại"));
    }
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
    let text = std::fs::read_to_string(&file).expect("a file");
    let mut line: Value = serde_json::from_str(text.lines().last().expect("a line")).expect("JSON");
    line["leaves"]["first"] = json!(line["leaves"]["first"].as_u64().expect("a place") + 1);
    std::fs::write(&file, line.to_string()).expect("a file can be written");
    let (code, said) = verify(&stand, &with);
    assert!(code == Some(2) && said.contains("not genuine"), "{said}");
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
    let edge = |n: usize| {
        let lines = lines(&stand);
        let leaf = |n: usize| hash(&[&[0], lines[n].as_bytes()]);
        assert_eq!(n, 3);
        [hash(&[&[1], &leaf(0), &leaf(1)]), leaf(2)].concat()
    };
    let bytes = literal(&stand, &edge(3));
    tamper(
        &stand,
        &format!("DELETE FROM journal WHERE sequence >= 3; UPDATE journal_head SET tree_size = 3, edge = {bytes}"),
    );
    assert_eq!(verify(&stand, &[]).0, Some(0));
    assert_found(&stand, &with, "rolled back");
}
