//! What each indicator counts, taken out of the rows by its definition in the catalogue, in plain loops.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::Value;

use super::calendar::day_of;
use super::rows::{Rows, said};
use crate::stand::answer::text;

/// How an indicator is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Things that stand at the end of the last day.
    Standing,
    /// Different subjects that have a thing that stands at the end of the last day.
    Subjects,
    /// What happened, added up.
    Happened,
    /// Subjects whose first thing began.
    First,
    /// The middle of what was measured.
    Median,
}

/// What of a review must hold for a site to count.
#[derive(Clone, Debug, Default)]
pub enum Only {
    #[default]
    All,
    Exemplary,
    Rated(String),
}

/// A review: its day, its rating, whether it holds the site up as an example.
pub type Verdict = (Date, String, bool);

/// Something that is counted.
#[derive(Clone, Debug, Default)]
pub struct Thing {
    pub id: String,
    pub unit: String,
    /// What it says of itself, by dimension.
    pub said: BTreeMap<&'static str, String>,
    pub subject: String,
    /// When it stood: from a day to a day on which it no longer did.
    pub stood: Vec<(Date, Option<Date>)>,
    pub happened: Vec<(Date, i64)>,
    pub verdicts: Vec<Verdict>,
    pub only: Only,
}

impl Thing {
    /// Whether it stands at the end of a day.
    pub fn stands(&self, day: Date) -> bool {
        let stood = self.stood.iter().any(|(from, to)| *from <= day && to.is_none_or(|to| day < to));
        let latest = self.verdicts.iter().rfind(|(on, ..)| *on <= day);
        stood
            && match (&self.only, latest) {
                (Only::All, _) => true,
                (_, None) => false,
                (Only::Exemplary, Some((.., exemplar))) => *exemplar,
                (Only::Rated(wanted), Some((_, rating, _))) => rating == wanted,
            }
    }
}

pub const RATINGS: &[&str] = &["excellent", "good", "average", "weak", "unrated"];

/// All that an indicator counts, and how.
pub fn of(rows: &Rows, indicator: &str) -> (Reading, Vec<Thing>) {
    use Reading::{First, Happened, Median, Standing, Subjects};
    let reading = match indicator {
        "model_types_active" | "members_active" => Subjects,
        "model_types_introduced" => First,
        "days_to_resolve_median" => Median,
        name if name.ends_with("_active") => Standing,
        "models_exemplary" | "models_by_rating" | "commendations_in_force" => Standing,
        _ => Happened,
    };
    let things = match indicator {
        "models_by_rating" => RATINGS.iter().flat_map(|rating| rated(rows, rating)).collect(),
        name if name.starts_with("model") => sites(rows, name),
        "reviews_completed" => reviews(rows),
        "teams_active" => teams(rows, "stood"),
        name if name.starts_with("activit") => activities(rows, name),
        name if name.starts_with("commendations") => commendations(rows, name),
        name if name.starts_with("member") || name == "pledges_signed" => memberships(rows, name),
        name => incidents(rows, name),
    };
    (reading, things)
}

pub fn day(row: &Value, name: &str) -> Option<Date> {
    said(row, name).map(|day| day.parse().expect("the service writes days as they are"))
}

/// The life of a model: every status it took, with the first day of each.
pub fn life(rows: &Rows, id: &str, model: &Value) -> Vec<(String, Date)> {
    let changes = &rows.changes[id];
    let first = changes.first().map_or_else(|| text(&model["status"]), |change| text(&change["from"]));
    let mut life = vec![(first, day(model, "establishedOn").expect("a model has a first day"))];
    life.extend(changes.iter().map(|change| {
        let on = day(change, "effectiveOn").expect("a change has a day");
        (text(&change["to"]), on)
    }));
    life
}

/// From when to when it was active.
pub fn active(life: &[(String, Date)]) -> Vec<(Date, Option<Date>)> {
    let mut active = Vec::new();
    for (at, (status, from)) in life.iter().enumerate() {
        if status == "active" {
            active.push((*from, life.get(at + 1).map(|(_, to)| *to)));
        }
    }
    active
}

/// What a site says of itself.
fn of_site(rows: &Rows, model: &Value) -> BTreeMap<&'static str, String> {
    let model_type = text(&model["modelTypeId"]);
    let mut of_site = BTreeMap::from([("field", text(&rows.types[&model_type]["field"])), ("modelType", model_type)]);
    if let Some(setting) = said(model, "setting") {
        of_site.insert("setting", setting);
    }
    of_site
}

fn site(rows: &Rows, id: &str, model: &Value) -> Thing {
    let mut said = of_site(rows, model);
    said.insert("status", text(&model["status"]));
    let subject = text(&model["modelTypeId"]);
    Thing { id: id.to_owned(), unit: text(&model["unitId"]), said, subject, ..Thing::default() }
}

fn sites(rows: &Rows, indicator: &str) -> Vec<Thing> {
    let mut sites = Vec::new();
    for (id, model) in &rows.models {
        let life = life(rows, id, model);
        let stood = active(&life);
        let begun = stood.first().map(|(from, _)| *from);
        let ended = life.iter().find(|(status, _)| status == "merged" || status == "dissolved").map(|(_, on)| *on);
        let replicates = said(model, "replicatedFromId").is_some();
        let happened = match indicator {
            "models_established" => begun,
            "models_replicated" => begun.filter(|_| replicates),
            "models_ended" => ended.filter(|_| begun.is_some()),
            _ => None,
        };
        let happened = happened.map(|day| (day, 1)).into_iter().collect();
        let only = if indicator == "models_exemplary" { Only::Exemplary } else { Only::All };
        let verdicts = verdicts(rows, id);
        sites.push(Thing { stood, happened, only, verdicts, ..site(rows, id, model) });
    }
    sites
}

fn rated(rows: &Rows, rating: &str) -> Vec<Thing> {
    let mut rated = sites(rows, "models_active");
    for site in &mut rated {
        site.only = Only::Rated(rating.to_owned());
        site.said.insert("rating", rating.to_owned());
    }
    rated
}

/// The reviews of a model by their days; of one day the later made holds.
fn verdicts(rows: &Rows, model: &str) -> Vec<Verdict> {
    let mut found: Vec<&Value> = rows.reviews.iter().filter(|review| review["modelId"] == model).collect();
    found.sort_by_key(|review| ["reviewedOn", "createdAt", "id"].map(|name| text(&review[name])));
    let verdict = |review: &&Value| {
        let on = day(review, "reviewedOn").expect("a review has a day");
        (on, text(&review["rating"]), review["exemplar"] == true)
    };
    found.iter().map(verdict).collect()
}

fn reviews(rows: &Rows) -> Vec<Thing> {
    let thing = |review: &Value| {
        let mut said = of_site(rows, &rows.models[&text(&review["modelId"])]);
        said.insert("rating", text(&review["rating"]));
        let happened = day(review, "reviewedOn").map(|on| (on, 1)).into_iter().collect();
        Thing { id: text(&review["id"]), unit: text(&review["unitId"]), said, happened, ..Thing::default() }
    };
    rows.reviews.iter().map(thing).collect()
}

/// Teams as they stood, or as they began or ended. Of a model that the caller cannot list nothing is known.
pub fn teams(rows: &Rows, what: &str) -> Vec<Thing> {
    let thing = |team: &Value| {
        let model = rows.models.get(&text(&team["modelId"]));
        let said = model.map(|model| of_site(rows, model)).unwrap_or_default();
        spell(team, what, said)
    };
    rows.teams.iter().map(thing).collect()
}

/// Something with a first day and perhaps a first day no longer.
fn spell(row: &Value, what: &str, said: BTreeMap<&'static str, String>) -> Thing {
    let (from, to) = (day(row, "startedOn").expect("it has a first day"), day(row, "endedOn"));
    let mut thing = Thing { id: text(&row["id"]), unit: text(&row["unitId"]), said, ..Thing::default() };
    match what {
        "started" => thing.happened = vec![(from, 1)],
        "ended" => thing.happened = to.map(|to| (to, 1)).into_iter().collect(),
        "pledged" => thing.happened = day(row, "pledgedOn").map(|on| (on, 1)).into_iter().collect(),
        _ => thing.stood = vec![(from, to)],
    }
    thing
}

pub fn memberships(rows: &Rows, indicator: &str) -> Vec<Thing> {
    let what = match indicator {
        "memberships_started" => "started",
        "memberships_ended" => "ended",
        "pledges_signed" => "pledged",
        _ => "stood",
    };
    let thing = |row: &Value| {
        let member = text(&row["memberId"]);
        let mut said = BTreeMap::from([("category", text(&row["category"])), ("role", text(&row["role"]))]);
        if let Some(known) = rows.members.get(&member) {
            said.insert("kind", text(&known["kind"]));
        }
        Thing { subject: member, ..spell(row, what, said) }
    };
    rows.memberships.iter().map(thing).collect()
}

fn activities(rows: &Rows, indicator: &str) -> Vec<Thing> {
    let thing = |row: &Value| {
        let number = match indicator {
            "activities_held" => 1,
            "activity_participants" => row["participantCount"].as_i64().unwrap_or(0),
            _ => row["householdCount"].as_i64().unwrap_or(0),
        };
        Thing {
            id: text(&row["id"]),
            unit: text(&row["unitId"]),
            said: BTreeMap::from([("kind", text(&row["kind"]))]),
            happened: vec![(day_of(&text(&row["startedAt"])), number)],
            ..Thing::default()
        }
    };
    rows.activities.iter().map(thing).collect()
}

/// Incidents that were not rejected, on the day of the report or on that of the resolution.
fn incidents(rows: &Rows, indicator: &str) -> Vec<Thing> {
    let mut things = Vec::new();
    for row in rows.incidents.iter().filter(|row| row["status"] != "rejected") {
        let reported = day_of(&text(&row["reportedAt"]));
        let resolved = said(row, "resolvedAt").map(|at| day_of(&at));
        let number = |name: &str| row[name].as_i64().expect("incidents have numbers");
        let helped = row["contributions"].as_array().is_some_and(|made| !made.is_empty());
        let happened = match indicator {
            "incidents_reported" => Some((reported, 1)),
            "incidents_resolved" => resolved.map(|on| (on, 1)),
            "incidents_with_contribution" => helped.then_some((reported, 1)),
            "injured" => Some((reported, number("injured"))),
            "deaths" => Some((reported, number("deaths"))),
            "property_damage_vnd" => Some((reported, number("propertyDamageVnd"))),
            _ => resolved.map(|on| (on, days_between(reported, on))),
        };
        let said = ["category", "severity", "source", "status"].map(|name| (name, text(&row[name])));
        things.push(Thing {
            id: text(&row["id"]),
            unit: text(&row["unitId"]),
            said: said.into(),
            happened: happened.into_iter().collect(),
            ..Thing::default()
        });
    }
    things
}

/// What was resolved before the day of its report took no day.
fn days_between(reported: Date, resolved: Date) -> i64 {
    let days = resolved.since((jiff::Unit::Day, reported)).expect("days of our time");
    i64::from(days.get_days().max(0))
}

/// Commendations that were awarded, those revoked since included.
fn commendations(rows: &Rows, indicator: &str) -> Vec<Thing> {
    let mut things = Vec::new();
    for row in &rows.commendations {
        let status = text(&row["status"]);
        if status != "awarded" && status != "revoked" {
            continue;
        }
        let id = text(&row["id"]);
        let awarded = day(row, "decidedOn").expect("what was awarded was decided");
        let revoked = rows.revoked.get(&id).map(|day| day.parse().expect("a day"));
        let mut thing = Thing { unit: text(&row["unitId"]), id, ..Thing::default() };
        thing.said = BTreeMap::from([
            ("form", text(&row["form"])),
            ("level", text(&row["level"])),
            ("kind", text(&row["recipientKind"])),
            ("status", status),
        ]);
        match indicator {
            "commendations_awarded" => thing.happened = vec![(awarded, 1)],
            _ => thing.stood = vec![(awarded, revoked)],
        }
        things.push(thing);
    }
    things
}
