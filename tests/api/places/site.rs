//! Sites: units around a caller's own, each with a record of every kind in it, by the paths of the document.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::access::concrete;
use crate::contract::{NOUNS, Noun};
use crate::stand::world::{COUNTRY, unit};
use crate::stand::{World, nowhere, text, with};

/// A personal number that a member has at every site.
pub const NUMBER: &str = "000199000017";

/// A place and what lies there: the path of a record for each path of the document.
pub struct Site {
    pub name: &'static str,
    /// Whether it lies in the territory of a caller of the own unit.
    pub inside: bool,
    pub unit: String,
    /// The member with the number that all have.
    pub member: String,
    world: Option<World>,
    items: BTreeMap<String, String>,
}

/// The path of a list and the body of a record in it.
type Below = (&'static str, fn() -> Value);

/// What is done to make a record below another.
const BELOW: &[Below] = &[
    (
        "/v1/models/{modelId}/status-changes",
        || json!({"to": "suspended", "effectiveOn": "2024-06-01", "reason": "Tạm dừng"}),
    ),
    ("/v1/incidents/{incidentId}/status-changes", || json!({"to": "verifying", "effectiveAt": "2024-06-01T00:00:00Z"})),
    ("/v1/commendations/{commendationId}/status-changes", || json!({"to": "rejected", "effectiveOn": "2024-06-01"})),
    ("/v1/members/{memberId}/disclosures", || json!({"reason": "Xác minh", "fields": ["phone"]})),
    ("/v1/members/{memberId}/erasures", || json!({"reason": "Theo yêu cầu"})),
    ("/v1/clients/{clientId}/credentials", || json!({})),
    ("/v1/users/{userId}/credentials", || json!({})),
];

/// The body of a new record of the list at `path`, the `n`th of the site; none where it is of no place.
pub fn body(world: &World, path: &str, n: usize) -> Option<Value> {
    match path {
        "/v1/units" => Some(with(
            &unit(&format!("8{n:04}"), &format!("Khối {n}"), "neighbourhood", &world.ward),
            json!({"nameType": "block"}),
        )),
        "/v1/members" => Some(member(world, n)),
        _ => NOUNS.iter().find(|noun| noun.template() == path && noun.belongs).map(|noun| (noun.body)(world, n)),
    }
}

fn member(world: &World, n: usize) -> Value {
    json!({"kind": "person", "name": format!("Người {n}"), "unitId": world.ward, "phone": "0000000111"})
}

/// The path under which the document has one record of a list.
fn item_of(templates: &[String], list: &str) -> Option<String> {
    let below = |path: &&String| path.strip_prefix(list).is_some_and(|rest| rest.starts_with("/{"));
    templates.iter().filter(below).find(|path| path[list.len() + 1..].find('/').is_none()).cloned()
}

/// What lies in no place: one record for all sites.
fn common(world: &World, templates: &[String]) -> BTreeMap<String, String> {
    let everywhere = |noun: &&Noun| !noun.belongs && noun.path != "/v1/units";
    let mut items: BTreeMap<String, String> = NOUNS
        .iter()
        .filter(everywhere)
        .filter_map(|noun| Some((item_of(templates, &noun.template())?, noun.make(world, 1))))
        .collect();
    items.insert("/v1/code-lists/{listId}".to_owned(), "/v1/code-lists/incident_category".to_owned());
    items
}

impl Site {
    /// The six places: own, child, sibling, parent, elsewhere, and where nothing is.
    pub fn all(world: &World, templates: &[String]) -> Vec<Self> {
        let make = |body: &Value| text(&world.chief.create("/v1/units", body)["id"]);
        let child = with(&unit("20413.1", "Khối phố 1", "neighbourhood", &world.ward), json!({"nameType": "block"}));
        let places = [
            ("own", true, world.ward.clone()),
            ("child", true, make(&child)),
            ("sibling", false, world.other.clone()),
            ("parent", false, world.province.clone()),
            ("elsewhere", false, make(&unit("46", "Thành phố Huế", "province", COUNTRY))),
        ];
        let shared = common(world, templates);
        let numbered = (1..).zip(places);
        let mut sites: Vec<Self> = numbered
            .map(|(n, (name, inside, unit))| {
                let mut site = Self {
                    name,
                    inside,
                    world: Some(world.at(&unit)),
                    unit,
                    member: String::new(),
                    items: shared.clone(),
                };
                site.furnish(n, templates);
                site
            })
            .collect();
        sites.push(Self::nowhere(&sites[0]));
        sites
    }

    /// The place where nothing is: every path of the own site with an id of no record.
    fn nowhere(own: &Self) -> Self {
        let absent = |template: &String| match template.as_str() {
            "/v1/code-lists/{listId}" => "/v1/code-lists/khong_co".to_owned(),
            other => concrete(other),
        };
        let items = own.items.keys().map(|template| (template.clone(), absent(template))).collect();
        Self { name: "absent", inside: false, unit: nowhere(), member: nowhere(), world: None, items }
    }

    fn furnish(&mut self, n: usize, templates: &[String]) {
        let world = self.world.take().expect("a site that is there");
        for noun in NOUNS.iter().filter(|noun| noun.belongs && noun.path != "/v1/members") {
            let item = item_of(templates, noun.path).expect("the document shows every noun");
            self.items.insert(item, noun.make(&world, n));
        }
        self.items.insert("/v1/units/{unitId}".to_owned(), format!("/v1/units/{}", self.unit));
        self.items.insert("/v1/members/{memberId}".to_owned(), world.path_of("/v1/members", &member(&world, n)));
        let known = with(&member(&world, 2), json!({"nationalId": NUMBER}));
        self.member = text(&world.chief.create("/v1/members", &known)["id"]);
        for (list, body) in BELOW {
            let path = self.path(list).expect("what is below something has something above it");
            self.insert_below(templates, list, &world, &path, &body());
        }
        let leaf = |part: usize| {
            let body = body(&world, "/v1/units", 100 * n + part).expect("units have a place");
            text(&world.chief.create("/v1/units", &body)["id"])
        };
        let (before, after) = (leaf(1), leaf(2));
        let follow = json!({"successorIds": [after], "effectiveOn": "2090-01-01"});
        let path = format!("/v1/units/{before}/successions");
        self.insert_below(templates, "/v1/units/{unitId}/successions", &world, &path, &follow);
        self.world = Some(world);
    }

    fn insert_below(&mut self, templates: &[String], list: &str, world: &World, path: &str, body: &Value) {
        let item = item_of(templates, list).expect("what is made can be shown");
        self.items.insert(item, world.path_of(path, body));
    }

    /// The path of the site for a path of the document; none where no record was made for it.
    pub fn path(&self, template: &str) -> Option<String> {
        let prefixes = self.items.iter().filter(|(item, _)| {
            template.strip_prefix(item.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        let (item, path) = prefixes.max_by_key(|(item, _)| item.len())?;
        let rest = template[item.len()..].replace("{version}", "1");
        (!rest.contains('{')).then(|| format!("{path}{rest}"))
    }

    /// The path of the record that a list of the document should show.
    pub fn of_list(&self, list: &str) -> Option<&String> {
        let item = |path: &&String| {
            path.strip_prefix(list).is_some_and(|rest| rest.starts_with("/{") && !rest[1..].contains('/'))
        };
        self.items.keys().find(item).and_then(|item| self.items.get(item))
    }

    /// The body of a new record here; where nothing is, that of the own site with ids of no record.
    pub fn body(&self, own: &Self, list: &str, n: usize) -> Option<Value> {
        match &self.world {
            Some(world) => body(world, list, n),
            None => {
                let world = own.world.as_ref()?;
                body(world, list, n).map(|body| astray(body, &world.model_type))
            }
        }
    }
}

/// The same with an id of no record for every id but `kept`.
fn astray(value: Value, kept: &str) -> Value {
    match value {
        Value::String(text) if text.len() == 36 && text.matches('-').count() == 4 && text != kept => json!(nowhere()),
        Value::Array(items) => items.into_iter().map(|item| astray(item, kept)).collect(),
        Value::Object(object) => object.into_iter().map(|(name, inner)| (name, astray(inner, kept))).collect(),
        other => other,
    }
}
