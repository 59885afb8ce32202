//! Who may do what, asked over HTTP: every operation of the document by every role, against a golden
//! file that a person who is no programmer can read. `TUQUAN_TEST_BLESS=1` writes it anew from policy.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use reqwest::Method;
use serde_json::{Value, json};
use tuquan::access::policy::{Rule, rule};
use tuquan::access::{Action, Noun, Role, ScopeSet};

use crate::stand::database::{fail, setting};
use crate::stand::{Caller, Stand, nowhere, text};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/access.golden");

/// An operation of the document.
pub struct Operation {
    pub id: String,
    pub method: Method,
    /// As the document has it.
    pub template: String,
    path: String,
    scopes: Vec<String>,
}

/// Every operation of a document that is not open to all, by name.
pub fn operations(document: &Value) -> Vec<Operation> {
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            if operation["security"] == json!([]) {
                continue;
            }
            let scopes = operation["security"][0]["oauth"].as_array().into_iter().flatten();
            all.push(Operation {
                id: text(&operation["operationId"]),
                method: method.to_uppercase().parse().expect("the document names methods"),
                template: path.clone(),
                path: concrete(path),
                scopes: scopes.map(text).collect(),
            });
        }
    }
    all.sort_by(|a, b| a.id.cmp(&b.id));
    all
}

/// The path with an id of no record in every place.
pub fn concrete(path: &str) -> String {
    let parts = path.split('/').map(|part| match part {
        "{version}" => "1".to_owned(),
        part if part.starts_with('{') => nowhere(),
        part => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

/// The noun and action of an operation, read from its id alone.
pub fn meant(id: &str) -> (Noun, Action) {
    let verbs = [
        ("list", Action::Read),
        ("show", Action::Read),
        ("create", Action::Create),
        ("update", Action::Update),
        ("remove", Action::Delete),
    ];
    let (rest, action) = verbs
        .iter()
        .find_map(|(verb, action)| id.strip_prefix(verb).map(|rest| (rest, *action)))
        .unwrap_or_else(|| fail(&format!("{id} is no operation id of the convention")));
    let named = |name: &str| Noun::ALL.iter().copied().find(|noun| name == noun.one() || name == noun.many());
    let versioned = rest.strip_suffix("Versions").or_else(|| rest.strip_suffix("Version"));
    let noun = named(rest).or_else(|| versioned.and_then(named));
    (noun.unwrap_or_else(|| fail(&format!("{id} names no noun"))), action)
}

/// Whether policy lets a caller with these scopes have the operation.
pub fn allowed(id: &str, scopes: ScopeSet) -> bool {
    let (noun, action) = meant(id);
    match rule(noun, action) {
        Rule::Needs(needed) => scopes.covers(needed),
        Rule::SignedIn => true,
        Rule::Absent => fail(&format!("{id} is served and the policy lacks it")),
    }
}

fn columns() -> Vec<(&'static str, ScopeSet)> {
    let roles = Role::ALL.iter().map(|role| (role.as_str(), role.scopes()));
    roles.chain([("no scopes", ScopeSet::default())]).collect()
}

/// The table as policy has it.
fn table(operations: &[Operation]) -> String {
    let mut table = "operation".to_owned();
    for (name, _) in columns() {
        write!(table, "\t{name}").expect("a string takes text");
    }
    table.push('\n');
    for operation in operations {
        table.push_str(&operation.id);
        for (_, scopes) in columns() {
            table.push_str(if allowed(&operation.id, scopes) { "\t●" } else { "\t–" });
        }
        table.push('\n');
    }
    table
}

/// Operation and role, and whether the file lets them.
fn golden() -> BTreeMap<(String, String), bool> {
    let text = std::fs::read_to_string(GOLDEN).expect("tests/api/access.golden is there");
    let mut lines = text.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let roles = lines.next().unwrap_or_default();
    let mut cells = BTreeMap::new();
    for line in lines {
        for (role, cell) in roles.iter().zip(&line).skip(1) {
            assert!(matches!(*cell, "●" | "–"), "{line:?}");
            cells.insert((line[0].to_owned(), (*role).to_owned()), *cell == "●");
        }
    }
    cells
}

#[test]
fn every_role_may_do_what_the_table_says_and_nothing_else() {
    let stand = Stand::new();
    let operations = operations(&stand.nobody().get("/v1/openapi.json").is(200).json());
    if setting("TUQUAN_TEST_BLESS").is_some() {
        std::fs::write(GOLDEN, table(&operations)).expect("the golden file can be written");
    }
    let kept = std::fs::read_to_string(GOLDEN).expect("tests/api/access.golden is there");
    assert_eq!(kept, table(&operations), "policy and tests/api/access.golden differ");
    let golden = golden();
    let mut asked = 0;
    for (role, scopes) in columns() {
        let caller = stand.client(&scopes.iter().collect::<Vec<_>>()).in_unit("VN");
        for operation in &operations {
            let answer = caller.request(operation.method.clone(), &operation.path).send();
            asked += 1;
            match golden[&(operation.id.clone(), role.to_owned())] {
                true => assert!(!matches!(answer.status, 401 | 403) && answer.status < 500, "{role}: {answer:?}"),
                false => drop(answer.problem(403, "insufficient-scope")),
            }
        }
    }
    println!("{asked} requests: {} operations by {} callers", operations.len(), columns().len());
    assert_eq!(asked, golden.len());
}

#[test]
fn no_operation_answers_a_caller_without_a_token() {
    let stand = Stand::new();
    let nobody = stand.nobody();
    let operations = operations(&nobody.get("/v1/openapi.json").is(200).json());
    assert!(operations.len() > 30);
    for operation in operations {
        nobody.request(operation.method, &operation.path).send().problem(401, "unauthenticated");
    }
}

#[test]
fn the_scopes_of_the_document_are_those_that_open_the_operation() {
    let stand = Stand::new();
    let operations = operations(&stand.nobody().get("/v1/openapi.json").is(200).json());
    let mut callers: BTreeMap<String, Caller> = BTreeMap::new();
    for operation in operations {
        let scopes = operation.scopes.iter().map(|scope| scope.parse().expect("a scope")).collect::<Vec<_>>();
        let caller = callers.entry(operation.scopes.join(" ")).or_insert_with(|| stand.client(&scopes).in_unit("VN"));
        let answer = caller.request(operation.method, &operation.path).send();
        assert!(!matches!(answer.status, 401 | 403), "{}: {answer:?}", operation.id);
    }
}
