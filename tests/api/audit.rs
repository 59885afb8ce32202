//! The audit trail, its checkpoints and proofs.

use std::process::{Command, Output};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tuquan::access::{Role, Scope};

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

pub type Hash = Vec<u8>;

pub fn hash(parts: &[&[u8]]) -> Hash {
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

pub fn checkpoint(auditor: &Caller) -> (Value, u64, Hash) {
    let checkpoint = auditor.get("/v1/audit-checkpoints/latest").is(200).json();
    let size = checkpoint["treeSize"].as_u64().expect("a size");
    let root = STANDARD.decode(text(&checkpoint["rootHash"])).expect("base64");
    (checkpoint, size, root)
}

pub fn tuquan(stand: &Stand, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tuquan"));
    command.args(arguments).env_clear().env("TUQUAN_DATABASE_URL", &stand.database.url);
    command.env("TUQUAN_KEYS_DIR", stand.database.keys_dir()).env("TUQUAN_LOG", "error");
    command.output().expect("the program runs")
}

pub fn lines(stand: &Stand) -> Vec<String> {
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
