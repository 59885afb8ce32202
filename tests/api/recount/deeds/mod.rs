//! Random operations of a registry's life, done as its clients do them. What the rules refuse is
//! refused: the recount starts from what came of it.

mod happenings;
mod people;
mod sites;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::{Value, json};

use super::rows::said;
use crate::chance::Chance;
use crate::stand::answer::text;
use crate::stand::world::{self, COUNTRY};
use crate::stand::{Answer, Caller, decision, with};

/// The days on which things happen: from 2021-06-01 into 2025.
const DAYS: usize = 1400;

/// Where everything happens: two provinces of wards with neighbourhoods, and the records made so far.
pub struct Registry {
    pub chief: Caller,
    pub chance: Chance,
    pub provinces: Vec<String>,
    pub wards: Vec<String>,
    neighbourhoods: Vec<String>,
    types: Vec<String>,
    /// The paths of the records of each collection.
    records: BTreeMap<&'static str, Vec<String>>,
    /// How often each kind of operation was accepted and refused.
    pub tally: BTreeMap<&'static str, (usize, usize)>,
}

/// The collections that are deleted from; a member goes by erasure mostly.
const COLLECTIONS: &[(usize, &str)] = &[
    (4, "/v1/incidents"),
    (2, "/v1/models"),
    (2, "/v1/teams"),
    (3, "/v1/memberships"),
    (3, "/v1/reviews"),
    (2, "/v1/activities"),
    (2, "/v1/commendations"),
    (1, "/v1/members"),
];

type Deed = fn(&mut Registry) -> Option<Answer>;

/// How often each operation is tried, and what it is called.
const DEEDS: &[(usize, (&str, Deed))] = &[
    (12, ("model made", sites::make)),
    (6, ("model corrected", sites::correct)),
    (13, ("model status", sites::turn)),
    (7, ("team made", sites::make_team)),
    (4, ("team corrected", sites::correct_team)),
    (8, ("review made", sites::review)),
    (3, ("review corrected", sites::correct_review)),
    (9, ("member made", people::make)),
    (2, ("member moved", people::move_away)),
    (16, ("membership made", people::join)),
    (6, ("membership corrected", people::correct)),
    (2, ("member erased", people::erase)),
    (5, ("commendation proposed", people::commend)),
    (5, ("commendation decided", people::decide)),
    (4, ("activity held", happenings::hold)),
    (2, ("activity corrected", happenings::correct_activity)),
    (14, ("incident made", happenings::report)),
    (5, ("incident corrected", happenings::correct)),
    (15, ("incident status", happenings::handle)),
    (6, ("record deleted", Registry::delete)),
    (1, ("unit or type changed", Registry::reorganise)),
];

impl Registry {
    /// An empty registry with its units and types.
    pub fn new(chief: Caller, seed: u64) -> Self {
        let unit = |code: String, name: &str, kind: &str, parent: &str| {
            text(&chief.create("/v1/units", &world::unit(&code, name, kind, parent))["id"])
        };
        let (mut provinces, mut wards, mut neighbourhoods) = (Vec::new(), Vec::new(), Vec::new());
        for province in 1..=2 {
            provinces.push(unit(format!("8{province}"), "Tỉnh thử", "province", COUNTRY));
            for ward in 1..=3 {
                let under = &provinces[provinces.len() - 1];
                wards.push(unit(format!("8{province}{ward}00"), "Phường thử", "commune", under));
                for block in 1..=2 {
                    let under = &wards[wards.len() - 1];
                    neighbourhoods.push(unit(format!("8{province}{ward}0{block}"), "Khối thử", "neighbourhood", under));
                }
            }
        }
        let fields = ["security", "security", "fire_safety", "drugs", "traffic"];
        let made = fields.iter().enumerate().map(|(n, field)| {
            let body = with(&world::model_type(&format!("T{n}"), "Loại thử"), json!({"field": field}));
            text(&chief.create("/v1/model-types", &body)["id"])
        });
        let types = made.collect();
        let (chance, records, tally) = (Chance::of(seed), BTreeMap::new(), BTreeMap::new());
        Self { chief, chance, provinces, wards, neighbourhoods, types, records, tally }
    }

    /// Tries so many operations.
    pub fn live(&mut self, operations: usize) {
        for number in 0..operations {
            if number % 1000 == 999 {
                self.chief = self.chief.again();
            }
            let (name, deed) = self.chance.weighed(DEEDS);
            let Some(answer) = deed(self) else {
                continue;
            };
            // A debug build on a busy machine may say 503: then nothing was changed.
            assert!(answer.status < 300 || [404, 409, 503].contains(&answer.status), "{name}: {answer:?}");
            let tally = self.tally.entry(name).or_default();
            match answer.status < 300 {
                true => tally.0 += 1,
                false => tally.1 += 1,
            }
        }
    }

    /// A unit in which something happens: mostly a ward or a neighbourhood.
    fn unit(&mut self) -> String {
        let units = self.chance.weighed(&[(8, 0), (6, 1), (1, 2)]);
        let units = [&self.wards, &self.neighbourhoods, &self.provinces][units].clone();
        self.chance.of_these(&units)
    }

    fn day(&mut self) -> Date {
        self.chance.day(DAYS)
    }

    /// A day on or after another, mostly soon.
    fn later(&mut self, than: Date) -> Date {
        let days = self.chance.weighed(&[(2, 1), (6, 60), (4, 700)]);
        than.saturating_add(jiff::Span::new().days(self.chance.below(days) as i64))
    }

    /// A moment of a day, often near midnight in Vietnam.
    fn moment(&mut self, day: Date) -> String {
        let time = ["16:59:59.999999", "17:00:00", "00:00:00", "03:15:00", "23:59:59", "10:30:00.5"];
        format!("{day}T{}Z", self.chance.of_these(&time))
    }

    /// The path of one of the records of a collection, if there is one.
    fn one_of(&mut self, collection: &'static str) -> Option<String> {
        let records = self.records.get(collection)?;
        self.chance.perhaps(records)
    }

    /// The id of one of them.
    fn id_of(&mut self, collection: &'static str) -> Option<String> {
        let path = self.one_of(collection)?;
        path.rsplit('/').next().map(str::to_owned)
    }

    /// Makes a record and keeps its path.
    fn create(&mut self, collection: &'static str, body: &Value) -> Answer {
        let answer = self.chief.post(collection, body);
        if answer.status == 201 {
            self.records.entry(collection).or_default().push(format!("{collection}/{}", answer.id()));
        }
        answer
    }

    /// One of the records of a collection as it stands, with its path and ETag.
    fn found(&mut self, collection: &'static str) -> Option<Found> {
        let path = self.one_of(collection)?;
        let answer = self.chief.get_patiently(&path).is(200);
        Some(Found { path, etag: answer.etag(), row: answer.json() })
    }

    fn patch(&self, found: &Found, body: &Value) -> Option<Answer> {
        Some(self.chief.patch(&found.path, &found.etag, body))
    }

    fn delete(&mut self) -> Option<Answer> {
        let collection = self.chance.weighed(COLLECTIONS);
        let found = self.found(collection)?;
        let answer = self.chief.delete(&found.path, &found.etag);
        if answer.status == 204
            && let Some(records) = self.records.get_mut(collection)
        {
            records.retain(|path| *path != found.path);
        }
        Some(answer)
    }

    /// A neighbourhood comes under another ward, or a type into another field.
    fn reorganise(&mut self) -> Option<Answer> {
        let (path, body) = if self.chance.in_a_hundred(50) {
            let (unit, ward) = (self.chance.of_these(&self.neighbourhoods), self.chance.of_these(&self.wards));
            (format!("/v1/units/{unit}"), json!({"parentId": ward}))
        } else {
            let fields = ["security", "fire_safety", "order", "drugs"];
            let of = self.chance.of_these(&self.types);
            (format!("/v1/model-types/{of}"), json!({"field": self.chance.of_these(&fields)}))
        };
        Some(self.chief.change(&path, &body))
    }
}

/// A record as it stands.
struct Found {
    path: String,
    etag: String,
    row: Value,
}

impl Found {
    fn says(&self, name: &str) -> String {
        text(&self.row[name])
    }

    fn day(&self, name: &str) -> Option<Date> {
        said(&self.row, name).map(|day| day.parse().expect("the service writes days as they are"))
    }
}

/// A status change to `to` on a day, with a paper where there could be one.
fn change(to: &str, name: &str, on: String) -> Value {
    with(&json!({"to": to, "decision": decision()}), json!({name: on}))
}
