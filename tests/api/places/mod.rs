//! Who reaches what, and where: every operation of the document by every role on records in the caller's
//! own unit, under it, beside it, above it, in another province and nowhere, against a golden file that
//! a person who is no programmer can read. `TUQUAN_TEST_BLESS=1` writes it anew from policy and territory.

mod site;

use std::fmt::Write as _;

use reqwest::Method;
use serde_json::{Value, json};
use tuquan::access::{Action, Noun, Role};

use self::site::{NUMBER, Site};
use crate::access::{Operation, allowed, meant, operations};
use crate::contract::steady;
use crate::stand::database::{fail, setting};
use crate::stand::{Answer, Caller, Stand, World, text};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/places.golden");

const LEGEND: &str = "\
# What a person of each role in a ward reaches: records of the ward itself (own), of a neighbourhood in it (child), of the
# ward beside it (sibling), of the province above it (parent) and of another province (elsewhere). What is not named is
# answered as if it were not there. \"everywhere\": of no place, or visible to all. \"–\": refused (403), wherever it is.
";

/// How an operation is asked about a site.
enum Probe {
    /// One record, or what is below it, by its path.
    Item,
    /// A list, which shows the site's record or not.
    List { by_unit: bool },
    /// A new record that names what is at the site.
    Create,
    /// Who has a number.
    Lookup,
    /// What happened, told by a property that ends with the id of the site's model.
    Told(&'static str, &'static str),
    /// A figure, by the name of its value.
    Figure(&'static str, &'static str),
    /// Tables of figures of a place.
    Report,
    /// Nothing that lies anywhere.
    Placeless,
}

fn probe(operation: &Operation, own: &Site, document: &Value) -> Probe {
    let template = operation.template.as_str();
    let (noun, action) = meant(&operation.id);
    let of_records = matches!(noun, Noun::ModelType | Noun::CodeList | Noun::ListCode | Noun::Indicator);
    let of_oneself = matches!(noun, Noun::Me | Noun::MePassword);
    let of_the_journal = matches!(noun, Noun::AuditCheckpoint | Noun::InclusionProof | Noun::ConsistencyProof);
    let of_no_place = of_records || of_oneself || of_the_journal;
    match (noun, action) {
        (Noun::MemberLookup, _) => Probe::Lookup,
        (Noun::Observation, _) => Probe::Figure("indicator=models_active", "value"),
        (Noun::MovementReport, _) => Probe::Report,
        (Noun::Balance, _) => Probe::Figure("counted=models", "closing"),
        (Noun::Change, _) => Probe::Told("resourceTypes=models", "subject"),
        (Noun::AuditEvent, _) => Probe::Told("resourceType=models", "resourceId"),
        _ if own.path(template).is_some() => Probe::Item,
        (_, Action::Read | Action::Create) if of_no_place => Probe::Placeless,
        (_, Action::Read) => {
            let parameters = document["paths"][template]["get"]["parameters"].as_array().into_iter().flatten();
            Probe::List { by_unit: parameters.into_iter().any(|parameter| parameter["name"] == "unitId") }
        }
        (_, Action::Create) if own.body(own, template, 0).is_some() => Probe::Create,
        _ => fail(&format!("{} has no probe: say in tests/api/places how it is asked about a place", operation.id)),
    }
}

/// Whether a record of the noun may be had wherever it is.
fn everywhere(noun: Noun, action: Action) -> bool {
    let seen_by_all = matches!(noun, Noun::Unit | Noun::Succession) && action == Action::Read;
    seen_by_all || matches!(noun, Noun::ModelType | Noun::CodeList | Noun::ListCode)
}

/// Whether policy and territory let a role have an operation at a site.
fn expected(operation: &Operation, role: Role, site: &Site, probe: &Probe) -> bool {
    let (noun, action) = meant(&operation.id);
    let there = site.name != "absent";
    let reached = matches!(probe, Probe::Placeless) || site.inside || (there && everywhere(noun, action));
    allowed(&operation.id, role.scopes()) && reached
}

struct Asker<'w> {
    role: Role,
    caller: Caller,
    own: &'w Site,
    asked: usize,
}

impl Asker<'_> {
    /// What the service answers about a site, and whether it has what is asked for there.
    fn ask(&mut self, operation: &Operation, probe: &Probe, site: &Site, n: usize) -> (Answer, bool) {
        self.asked += 1;
        let template = operation.template.as_str();
        let caller = &self.caller;
        match probe {
            Probe::Item => {
                let path = site.path(template).unwrap_or_else(|| fail(&format!("{template} at {}", site.name)));
                let answer = self.touch(&operation.method, &path);
                let had = matches!(answer.status, 200 | 400 | 412);
                (answer, had)
            }
            Probe::List { by_unit } => {
                let query = if *by_unit { format!("&unitId={}", site.unit) } else { String::new() };
                let answer = caller.get(&format!("{template}?pageSize=500{query}"));
                let shown = answer.status == 200 && answer.each("id").contains(&self.listed(template, site));
                (answer, shown)
            }
            Probe::Create => {
                let body = site.body(self.own, template, n);
                let answer = caller.post(template, &body.unwrap_or_else(|| fail(&format!("no body for {template}"))));
                let made = answer.status == 201;
                (answer, made)
            }
            Probe::Lookup => {
                let answer = caller.post(template, &json!({"nationalId": NUMBER}));
                let found = answer.status == 200 && answer.each("id").contains(&site.member);
                (answer, found)
            }
            Probe::Told(query, name) => {
                let answer = caller.get(&format!("{template}?{query}&pageSize=500"));
                let model = self.listed("/v1/models", site);
                let told = answer.status == 200 && answer.each(name).iter().any(|subject| subject.ends_with(&model));
                (answer, told)
            }
            Probe::Figure(query, name) => {
                let answer = caller.get_patiently(&format!("{template}?{query}&unitId={}&period=2024", site.unit));
                let counted = answer.status == 200 && answer.items().iter().any(|item| item[name] != 0);
                (answer, counted)
            }
            Probe::Report => {
                let answer = caller.get_patiently(&format!("{template}?unitId={}&period=2024", site.unit));
                let counted = figures(&answer).iter().any(|figure| !matches!(figure.as_i64(), None | Some(0)));
                (answer, counted)
            }
            Probe::Placeless => {
                let answer = match operation.method {
                    Method::POST => caller.post(&self.placed(template), &json!([])),
                    _ => caller.get(&self.placed(template)),
                };
                let had = matches!(answer.status, 200 | 400);
                (answer, had)
            }
        }
    }

    /// Asks in a way that changes nothing: what is refused last is the tag or the body.
    fn touch(&self, method: &Method, path: &str) -> Answer {
        match *method {
            Method::GET => self.caller.get(path),
            Method::POST => self.caller.post(path, &json!([])),
            Method::PATCH => self.caller.patch(path, "\"999\"", &json!({})),
            _ => self.caller.delete(path, "\"999\""),
        }
    }

    fn placed(&self, template: &str) -> String {
        template.replace("{listId}", "incident_category")
    }

    fn listed(&self, template: &str, site: &Site) -> String {
        let item =
            site.of_list(template).unwrap_or_else(|| fail(&format!("{template} lists nothing of {}", site.name)));
        item.rsplit('/').next().unwrap_or_default().to_owned()
    }
}

/// The cell of the table: where a role has an operation.
fn cell(operation: &Operation, role: Role, had: &[&str]) -> String {
    match had {
        _ if !allowed(&operation.id, role.scopes()) => "–".to_owned(),
        [] => "nowhere".to_owned(),
        some if some.len() >= 5 => "everywhere".to_owned(),
        some => some.join(" "),
    }
}

fn line(operation: &Operation, cells: &[String]) -> String {
    format!("{}\t{}\n", operation.id, cells.join("\t"))
}

/// The table as policy and territory have it.
fn table(asked: &[(Operation, Probe)], sites: &[Site]) -> String {
    let mut table = LEGEND.to_owned();
    let roles: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
    writeln!(table, "operation\t{}", roles.join("\t")).expect("a string takes text");
    for (operation, probe) in asked {
        let cells: Vec<String> = Role::ALL
            .iter()
            .map(|role| {
                let there = sites.iter().filter(|site| expected(operation, *role, site, probe));
                cell(operation, *role, &there.map(|site| site.name).collect::<Vec<_>>())
            })
            .collect();
        table.push_str(&line(operation, &cells));
    }
    table
}

/// Every figure of a report; none where there is no report.
fn figures(answer: &Answer) -> Vec<Value> {
    if answer.status != 200 {
        return Vec::new();
    }
    let tables = answer.json()["tables"].as_array().cloned().unwrap_or_default();
    let rows = tables.iter().flat_map(|table| table["rows"].as_array().cloned().unwrap_or_default());
    rows.flat_map(|row| row["cells"].as_array().cloned().unwrap_or_default())
        .map(|cell| cell["value"].clone())
        .collect()
}

/// What a refusal may tell: 403 alike everywhere; outside the same as where nothing is, to the byte.
fn check_refusal(operation: &Operation, answer: &Answer, absent: &Answer) {
    assert_eq!(answer.stable(), absent.stable(), "{}: {answer:?}", operation.id);
    // A 403 comes before the body is read, and whether the connection is kept tells how much of it had arrived.
    if answer.status != 403 {
        assert_eq!(steady(&answer.headers), steady(&absent.headers), "{}: {answer:?}", operation.id);
    }
}

fn check(operation: &Operation, probe: &Probe, lets: bool, answer: Answer) {
    match (lets, probe) {
        (false, _) => drop(answer.problem(403, "insufficient-scope")),
        (true, Probe::Item) => drop(answer.problem(404, "not-found")),
        (true, Probe::Create) => drop(answer.problem(409, "reference-missing")),
        (true, Probe::List { .. } | Probe::Lookup | Probe::Told(..) | Probe::Figure(..) | Probe::Report) => {
            drop(answer.is(200));
        }
        (true, Probe::Placeless) => fail(&format!("{}: {answer:?}", operation.id)),
    }
}

#[test]
fn every_role_reaches_what_the_table_says_and_nothing_beyond() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let document = stand.nobody().get("/v1/openapi.json").is(200).json();
    let templates: Vec<String> = document["paths"].as_object().into_iter().flatten().map(|(p, _)| p.clone()).collect();
    let sites = Site::all(&world, &templates);
    let (own, absent) = (&sites[0], &sites[sites.len() - 1]);
    let asked: Vec<(Operation, Probe)> = operations(&document)
        .into_iter()
        // Jobs lie in no place and are their maker's alone: tests/api/exchange/rights.rs.
        .filter(|operation| {
            let (noun, _) = meant(&operation.id);
            !matches!(noun, Noun::Import | Noun::RowError | Noun::ImportTemplate | Noun::Export | Noun::ExportFile)
        })
        .map(|operation| {
            let probe = probe(&operation, own, &document);
            (operation, probe)
        })
        .collect();
    let table = table(&asked, &sites);
    if setting("TUQUAN_TEST_BLESS").is_some() {
        std::fs::write(GOLDEN, &table).expect("the golden file can be written");
    }
    let golden = std::fs::read_to_string(GOLDEN).expect("tests/api/places.golden is there");
    assert_eq!(golden, table, "policy and territory differ from tests/api/places.golden");
    let mut rows = vec![Vec::new(); asked.len()];
    let mut requests = 0;
    for (r, role) in Role::ALL.iter().enumerate() {
        let mut asker = Asker { role: *role, caller: stand.role(*role).in_unit(&own.unit), own, asked: 0 };
        for (row, (operation, probe)) in rows.iter_mut().zip(&asked) {
            row.push(asker.everywhere(operation, probe, &sites, absent, 10 + 8 * r));
        }
        requests += asker.asked;
    }
    let observed: String = asked.iter().zip(&rows).map(|((operation, _), cells)| line(operation, cells)).collect();
    let lines: String = golden.lines().skip(LEGEND.lines().count() + 1).map(|line| format!("{line}\n")).collect();
    assert_eq!(observed, lines, "what is answered differs from tests/api/places.golden");
    println!("{requests} requests: {} operations by {} roles in {} places", asked.len(), Role::ALL.len(), sites.len());
    assert!(requests >= asked.len() * Role::ALL.len());
}

impl Asker<'_> {
    /// Asks about every site and gives the cell; `n` numbers the records that are made.
    fn everywhere(&mut self, operation: &Operation, probe: &Probe, sites: &[Site], absent: &Site, n: usize) -> String {
        let lets = allowed(&operation.id, self.role.scopes());
        let (at_none, none) = self.ask(operation, probe, absent, n);
        if matches!(probe, Probe::Placeless) && none {
            return "everywhere".to_owned();
        }
        assert!(!none, "{} finds what is not there: {at_none:?}", operation.id);
        let mut had = Vec::new();
        for (i, site) in sites.iter().filter(|site| site.name != "absent").enumerate() {
            let (answer, has) = self.ask(operation, probe, site, n + 1 + i);
            if has {
                had.push(site.name);
                continue;
            }
            match probe {
                // A list that is not narrowed and a look-up show what is inside, whatever the site.
                Probe::List { by_unit: false } | Probe::Lookup | Probe::Told(..) if lets => {}
                // A figure says of which unit and moment it is.
                Probe::Figure(..) if lets => assert_eq!(answer.items(), at_none.items(), "{answer:?}"),
                Probe::Report if lets => assert_eq!(figures(&answer), figures(&at_none), "{answer:?}"),
                _ => check_refusal(operation, &answer, &at_none),
            }
            check(operation, probe, lets, answer);
        }
        cell(operation, self.role, &had)
    }
}

#[test]
fn what_is_below_a_record_is_not_found_below_another() {
    let stand = Stand::new();
    let world = World::of(&stand);
    let document = stand.nobody().get("/v1/openapi.json").is(200).json();
    let templates: Vec<String> = document["paths"].as_object().into_iter().flatten().map(|(p, _)| p.clone()).collect();
    let sites = Site::all(&world, &templates);
    let (own, child, sibling) = (&sites[0], &sites[1], &sites[2]);
    let caller = stand.client(tuquan::access::Scope::ALL).in_unit(&own.unit);
    let below = |template: &&String| {
        let of_record = !template.ends_with("{version}") && !template.starts_with("/v1/exports/");
        of_record && template.matches('{').count() == 2
    };
    let mut asked = 0;
    for template in templates.iter().filter(below) {
        let path = |site: &Site| site.path(template).unwrap_or_else(|| fail(&format!("{template} at {}", site.name)));
        if path(own) == path(sibling) || template.contains("{listId}") {
            continue;
        }
        let (at_own, _) =
            path(own).rsplit_once('/').map(|(list, id)| (list.to_owned(), id.to_owned())).expect("a path");
        let absent = caller.get(&format!("{at_own}/{}", crate::stand::nowhere())).problem(404, "not-found");
        caller.get(&path(own)).is(200);
        for other in [child, sibling] {
            let id = path(other).rsplit('/').next().map(str::to_owned).unwrap_or_default();
            let mixed = caller.get(&format!("{at_own}/{id}")).problem(404, "not-found");
            assert_eq!(mixed.stable(), absent.stable(), "{template}");
            asked += 1;
        }
    }
    assert!(asked >= 12, "{}", text(&json!(asked)));
}
