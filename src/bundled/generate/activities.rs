//! Activities of the units and of the models in them.

use super::calendar::{self, Calendar};
use super::chance::{Chance, Kind, Wheel};
use super::models::Sites;
use super::places::Places;
use super::{first, last, made_up};
use crate::access::WriteTx;
use crate::resources::activity::{Activity, ActivityFields, ActivityKind};
use crate::types::Name;

/// Makes activities by their numbers, in the order of the days on which they were held.
pub struct Organiser<'a> {
    pub seed: u64,
    pub count: u64,
    pub places: &'a Places,
    pub sites: &'a Sites,
    calendar: Calendar,
    kinds: Wheel<ActivityKind>,
}

impl<'a> Organiser<'a> {
    pub fn new(seed: u64, count: u64, places: &'a Places, sites: &'a Sites) -> Self {
        use ActivityKind::{Drill, Launch, Meeting, Other, Outreach, Patrol, PledgeSigning, Training};
        let kinds = [
            (Outreach, 34.0),
            (Patrol, 24.0),
            (Meeting, 14.0),
            (Training, 11.0),
            (Drill, 6.0),
            (PledgeSigning, 5.0),
            (Launch, 4.0),
            (Other, 2.0),
        ];
        let calendar = Calendar::new(first(), last(), calendar::activities);
        Self { seed, count, places, sites, calendar, kinds: Wheel::of(kinds) }
    }

    /// Makes the `number`th activity; none where no place was there on its day.
    pub fn hold(&self, tx: &WriteTx<'_>, number: u64) -> Option<Activity> {
        let mut chance = Chance::of(self.seed, Kind::Activity, number);
        let started_at = self.calendar.moment((number as f64 + chance.part()) / self.count as f64);
        let place = &self.places.all[self.places.on(started_at.day(), &mut chance)?];
        let kind = *self.kinds.turn(&mut chance)?;
        let site = self.sites.at_work(place, started_at.day(), &mut chance);
        let people = match kind {
            ActivityKind::Patrol => chance.within(3, 12),
            ActivityKind::Meeting | ActivityKind::Drill => chance.within(10, 80),
            _ => chance.within(20, 350),
        };
        let fields = ActivityFields {
            kind,
            title: made_up::<Name>(&format!("Hoạt động số {}", number + 1)),
            unit_id: place.id,
            model_ids: site.map(|site| vec![site.id]),
            started_at,
            ended_at: Some(started_at.plus_seconds(1800 * chance.within(1, 8))),
            organiser: Name::from(format!("Công an {}", place.name).as_str()),
            topic: None,
            participant_count: Some(people),
            household_count: (kind == ActivityKind::PledgeSigning).then(|| chance.within(5, people)),
        };
        Some(Activity { meta: tx.first_version::<Activity>(chance.id(started_at)), fields })
    }
}
