//! Incidents over five years: what, where and when, how it was handled and what models did about it.

use super::calendar::{self, Calendar};
use super::chance::{Chance, Kind, Wheel};
use super::models::Sites;
use super::places::Places;
use super::{MARK, first, last, made_up};
use crate::access::WriteTx;
use crate::resources::incident::bulk_store::Settled;
use crate::resources::incident::{
    Contribution, ContributionKind, Incident, IncidentFields, IncidentId, IncidentStatus, IncidentStatusChange,
    IncidentStatusChangeFields, Severity, Source, rules,
};
use crate::types::{LongCode, Moment};

/// A category: how common, in which months more so, how often somebody is hurt or dies, damage in
/// thousands of đồng.
struct Category {
    code: &'static str,
    weight: f64,
    season: fn(i8) -> f64,
    hurt: f64,
    deadly: f64,
    damage: (f64, i64, i64),
}

const EVEN: fn(i8) -> f64 = |_| 1.0;
const DRY: fn(i8) -> f64 = |month| if matches!(month, 2..=5) { 1.7 } else { 0.8 };
const SUMMER: fn(i8) -> f64 = |month| if matches!(month, 4..=8) { 2.2 } else { 0.4 };
const TET: fn(i8) -> f64 = |month| if matches!(month, 1 | 2 | 12) { 1.5 } else { 0.9 };

const fn category(
    code: &'static str,
    weight: f64,
    season: fn(i8) -> f64,
    hurt: f64,
    deadly: f64,
    damage: (f64, i64, i64),
) -> Category {
    Category { code, weight, season, hurt, deadly, damage }
}

const CATEGORIES: [Category; 22] = [
    category("social_order_crime", 17.0, TET, 0.08, 0.004, (0.7, 500, 80_000)),
    category("drug_crime", 6.0, EVEN, 0.0, 0.0, (0.0, 0, 0)),
    category("economic_crime", 1.5, EVEN, 0.0, 0.0, (0.8, 5_000, 900_000)),
    category("environmental_crime", 0.8, EVEN, 0.0, 0.0, (0.4, 2_000, 300_000)),
    category("high_tech_crime", 4.5, EVEN, 0.0, 0.0, (0.9, 1_000, 600_000)),
    category("public_order", 11.0, TET, 0.1, 0.001, (0.1, 200, 8_000)),
    category("social_vice", 5.0, TET, 0.0, 0.0, (0.0, 0, 0)),
    category("domestic_violence", 3.0, EVEN, 0.25, 0.003, (0.0, 0, 0)),
    category("residence_violation", 4.0, EVEN, 0.0, 0.0, (0.0, 0, 0)),
    category("fire_safety_violation", 3.0, DRY, 0.0, 0.0, (0.0, 0, 0)),
    category("traffic_violation", 12.0, TET, 0.0, 0.0, (0.0, 0, 0)),
    category("traffic_accident", 8.0, TET, 0.75, 0.12, (0.8, 500, 90_000)),
    category("fire", 2.2, DRY, 0.06, 0.012, (0.85, 2_000, 3_000_000)),
    category("explosion", 0.1, EVEN, 0.4, 0.1, (0.9, 5_000, 900_000)),
    category("drowning", 0.6, SUMMER, 0.2, 0.55, (0.0, 0, 0)),
    category("rescue", 1.2, SUMMER, 0.3, 0.02, (0.1, 500, 20_000)),
    category("temporary_residence", 4.0, EVEN, 0.0, 0.0, (0.0, 0, 0)),
    category("stay", 3.0, SUMMER, 0.0, 0.0, (0.0, 0, 0)),
    category("foreigner", 1.1, EVEN, 0.0, 0.0, (0.0, 0, 0)),
    category("dispute", 7.0, EVEN, 0.05, 0.0005, (0.1, 200, 20_000)),
    category("suspicious_activity", 4.0, TET, 0.0, 0.0, (0.0, 0, 0)),
    category("other", 1.0, EVEN, 0.01, 0.0, (0.05, 100, 5_000)),
];

/// Makes incidents by their numbers, in the order of the days on which they occurred.
pub struct Reporter<'a> {
    pub seed: u64,
    pub count: u64,
    pub places: &'a Places,
    pub sites: &'a Sites,
    calendar: Calendar,
    /// By month from January.
    months: Vec<Wheel<&'static Category>>,
    codes: Vec<(&'static str, LongCode)>,
    severities: Wheel<Severity>,
    sources: Wheel<Source>,
    outcomes: Wheel<IncidentStatus>,
    kinds: Wheel<ContributionKind>,
    end: Moment,
}

impl<'a> Reporter<'a> {
    pub fn new(seed: u64, count: u64, places: &'a Places, sites: &'a Sites) -> Self {
        let month = |month| Wheel::of(CATEGORIES.iter().map(|of| (of, of.weight * (of.season)(month))));
        use IncidentStatus::{Handling, Received, Rejected, Resolved, Transferred, Verifying};
        Self {
            seed,
            count,
            places,
            sites,
            calendar: Calendar::new(first(), last(), calendar::incidents),
            months: (1..=12).map(month).collect(),
            codes: CATEGORIES.iter().map(|of| (of.code, LongCode::from(of.code))).collect(),
            severities: Wheel::of([
                (Severity::Minor, 71.0),
                (Severity::Serious, 21.0),
                (Severity::VerySerious, 6.0),
                (Severity::ExtremelySerious, 2.0),
            ]),
            sources: Wheel::of([
                (Source::Citizen, 46.0),
                (Source::Police, 19.0),
                (Source::Patrol, 14.0),
                (Source::Camera, 8.0),
                (Source::Other, 6.0),
            ]),
            outcomes: Wheel::of([
                (Resolved, 79.0),
                (Transferred, 9.0),
                (Rejected, 5.0),
                (Handling, 4.0),
                (Verifying, 2.0),
                (Received, 1.0),
            ]),
            kinds: Wheel::of([
                (ContributionKind::Detected, 34.0),
                (ContributionKind::Reported, 38.0),
                (ContributionKind::Handled, 18.0),
                (ContributionKind::Prevented, 10.0),
            ]),
            end: last().plus(1).start(),
        }
    }

    /// Makes the `number`th incident; none where no place was there on its day.
    pub fn report(&self, tx: &WriteTx<'_>, number: u64) -> Option<Settled> {
        let mut chance = Chance::of(self.seed, Kind::Incident, number);
        let occurred_at = self.calendar.moment((number as f64 + chance.part()) / self.count as f64);
        let place = self.places.on(occurred_at.day(), &mut chance)?;
        let id: IncidentId = chance.id(occurred_at);
        let contributions = self.contributions(place, occurred_at, &mut chance);
        let mut incident = Incident {
            meta: tx.first_version(id),
            fields: self.fields(number, occurred_at, place, contributions, &mut chance)?,
            status: IncidentStatus::Received,
            resolved_at: None,
            status_since: occurred_at,
        };
        let changes = self.handle(tx, &mut incident, &mut chance);
        Some(Settled { incident, changes })
    }

    fn fields(
        &self,
        number: u64,
        occurred_at: Moment,
        place: usize,
        contributions: Option<Vec<Contribution>>,
        chance: &mut Chance,
    ) -> Option<IncidentFields> {
        let there = &self.places.all[place];
        let month = self.months.get((occurred_at.day().date().month() - 1) as usize)?;
        let category = *month.turn(chance)?;
        let by_member = contributions.is_some() && chance.happens(0.7);
        let source = if by_member { Source::ModelMember } else { *self.sources.turn(chance)? };
        let deaths =
            i64::from(chance.happens(category.deadly)) * if chance.happens(0.06) { chance.within(2, 4) } else { 1 };
        let injured =
            i64::from(chance.happens(category.hurt)) * if chance.happens(0.2) { chance.within(2, 5) } else { 1 };
        Some(IncidentFields {
            code: Some(LongCode::from(format!("{MARK}-VV-{number:09}").as_str())),
            category: self.codes.iter().find(|(code, _)| *code == category.code)?.1.clone(),
            severity: graver(*self.severities.turn(chance)?, deaths),
            occurred_at,
            occurred_until: None,
            reported_at: Some(self.reported(occurred_at, chance)),
            unit_id: there.id,
            location: chance.happens(0.6).then(|| there.point(chance)),
            source,
            contributions,
            summary: chance.happens(0.1).then(|| made_up(&format!("Vụ việc giả định số {number}"))),
            injured: Some(injured),
            deaths: Some(deaths),
            property_damage_vnd: Some(damage(category, chance)),
        })
    }

    /// Most are reported within hours, some within days, none after the last day.
    fn reported(&self, occurred_at: Moment, chance: &mut Chance) -> Moment {
        let wait = if chance.happens(0.9) { chance.within(2, 240) } else { chance.within(240, 7200) };
        let at = occurred_at.plus_seconds(wait * 60);
        if at < self.end { at } else { occurred_at }
    }

    fn contributions(&self, place: usize, at: Moment, chance: &mut Chance) -> Option<Vec<Contribution>> {
        if !chance.happens(0.2) {
            return None;
        }
        let site = self.sites.at_work(&self.places.all[place], at.day(), chance)?;
        Some(vec![Contribution { model_id: site.id, kind: *self.kinds.turn(chance)? }])
    }

    /// Takes an incident through the statuses to where it stands, as far as the last day lets it come.
    fn handle(&self, tx: &WriteTx<'_>, incident: &mut Incident, chance: &mut Chance) -> Vec<IncidentStatusChange> {
        let path: &[IncidentStatus] = match self.outcomes.turn(chance) {
            Some(IncidentStatus::Resolved) => &[IncidentStatus::Handling, IncidentStatus::Resolved],
            Some(IncidentStatus::Received) | None => &[],
            Some(other) => std::slice::from_ref(other),
        };
        let mut changes = Vec::with_capacity(path.len());
        let mut at = incident.fields.reported_at.unwrap_or(incident.fields.occurred_at);
        for to in path {
            at = at.plus_seconds(60 * minutes(*to, chance));
            if at >= self.end {
                break;
            }
            changes.push(change(tx, incident, *to, at, chance));
            incident.status = *to;
            incident.status_since = at;
            incident.resolved_at = rules::resolved_at(*to, at);
        }
        changes
    }
}

fn change(
    tx: &WriteTx<'_>,
    incident: &Incident,
    to: IncidentStatus,
    effective_at: Moment,
    chance: &mut Chance,
) -> IncidentStatusChange {
    IncidentStatusChange {
        meta: tx.first_version::<IncidentStatusChange>(chance.id(effective_at)),
        incident_id: incident.meta.id.cast(),
        unit_id: incident.fields.unit_id,
        from: incident.status,
        fields: IncidentStatusChangeFields { to, effective_at, note: None, decision: None },
    }
}

/// How long it takes to come to a status: hours as a rule, for a resolution days, and weeks now and then.
fn minutes(to: IncidentStatus, chance: &mut Chance) -> i64 {
    const DAY: i64 = 24 * 60;
    match to {
        IncidentStatus::Resolved if chance.happens(0.35) => chance.within(60, DAY),
        IncidentStatus::Resolved if chance.happens(0.75) => chance.within(DAY, 12 * DAY),
        IncidentStatus::Resolved => chance.within(12 * DAY, 90 * DAY),
        _ => chance.within(5, 2 * DAY),
    }
}

fn graver(severity: Severity, deaths: i64) -> Severity {
    match deaths {
        0 => severity,
        1 => Severity::VerySerious,
        _ => Severity::ExtremelySerious,
    }
}

/// Small damages are common and large ones rare: the square of chance, to ten thousand đồng.
fn damage(category: &Category, chance: &mut Chance) -> i64 {
    let (share, least, most) = category.damage;
    let (happens, part) = (chance.happens(share), chance.part());
    let thousands = least + ((most - least) as f64 * part * part * part) as i64;
    if happens { (thousands / 10).max(1) * 10_000 } else { 0 }
}
