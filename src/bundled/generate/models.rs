//! Models: where each is, from when to when, who runs it and how it was rated; and what the others need
//! to know of it afterwards.

use super::calendar::{Calendar, foundings};
use super::chance::{Chance, Kind, Wheel};
use super::places::{Place, Places};
use super::types::GeneratedType;
use super::{MARK, first, last, made_up};
use crate::access::WriteTx;
use crate::resources::model::bulk_store::Settled;
use crate::resources::model::{
    Model, ModelFields, ModelId, ModelStatus, ModelStatusChange, ModelStatusChangeFields, Setting,
};
use crate::resources::review::{Rating, Recommendation, Review, ReviewFields};
use crate::resources::team::{Team, TeamFields};
use crate::types::{Day, LongCode, Name, Reason};

/// What is remembered of a model.
pub struct Site {
    pub id: ModelId,
    pub place: usize,
    pub founded: Day,
    pub ended: Option<Day>,
    of_type: usize,
}

/// All models so far, and those of each place and type.
pub struct Sites {
    pub all: Vec<Site>,
    by_place: Vec<Vec<u32>>,
    by_type: Vec<Vec<u32>>,
}

impl Sites {
    pub fn new(places: usize, types: usize) -> Self {
        Self { all: Vec::new(), by_place: vec![Vec::new(); places], by_type: vec![Vec::new(); types] }
    }

    fn push(&mut self, site: Site) {
        let number = self.all.len() as u32;
        self.by_place[site.place].push(number);
        self.by_type[site.of_type].push(number);
        self.all.push(site);
    }

    /// Forgets the models made in a batch that is made anew.
    pub fn forget_from(&mut self, number: usize) {
        self.all.truncate(number);
        for numbers in self.by_place.iter_mut().chain(&mut self.by_type) {
            let kept = numbers.partition_point(|one| (*one as usize) < number);
            numbers.truncate(kept);
        }
    }

    /// One of the models at work in a place on a day, those of the places it came out of included.
    pub fn at_work(&self, place: &Place, day: Day, chance: &mut Chance) -> Option<&Site> {
        let root = chance.one(&place.roots)?;
        let site = &self.all[*chance.one(&self.by_place[*root])? as usize];
        (site.founded <= day && site.ended.is_none_or(|end| end > day)).then_some(site)
    }

    fn one_of(&self, numbers: &[u32], chance: &mut Chance) -> Option<&Site> {
        chance.one(numbers).map(|number| &self.all[*number as usize])
    }
}

/// A model with all that hangs on it.
pub struct Whole {
    pub settled: Settled,
    pub teams: Vec<Team>,
    pub reviews: Vec<Review>,
}

/// Makes models one after the other, in the order of their foundings.
pub struct Founder<'a> {
    pub seed: u64,
    pub count: u64,
    pub places: &'a Places,
    pub types: &'a [GeneratedType],
    pub sites: Sites,
    founded: Calendar,
    turns: Turns,
}

struct Turns {
    types: Wheel<usize>,
    ends: Wheel<Option<ModelStatus>>,
    ratings: Wheel<Rating>,
    settings: Wheel<Setting>,
}

impl<'a> Founder<'a> {
    pub fn new(seed: u64, count: u64, places: &'a Places, types: &'a [GeneratedType]) -> Self {
        use ModelStatus::{Dissolved, Merged, Proposed, Suspended};
        let ends =
            [(None, 88.0), (Some(Dissolved), 5.0), (Some(Merged), 3.0), (Some(Suspended), 3.0), (Some(Proposed), 1.0)];
        let ratings = [
            (Rating::Excellent, 14.0),
            (Rating::Good, 46.0),
            (Rating::Average, 27.0),
            (Rating::Weak, 8.0),
            (Rating::Unrated, 5.0),
        ];
        let settings = [
            (Setting::Residential, 62.0),
            (Setting::Agency, 8.0),
            (Setting::Enterprise, 9.0),
            (Setting::School, 8.0),
            (Setting::Religious, 3.0),
            (Setting::Hotspot, 5.0),
            (Setting::Other, 5.0),
        ];
        Self {
            seed,
            count,
            places,
            types,
            sites: Sites::new(places.all.len(), types.len()),
            founded: Calendar::new(day(2012, 1, 2), day(2025, 11, 28), foundings),
            turns: Turns {
                types: Wheel::of(types.iter().enumerate().map(|(n, of)| (n, of.weight))),
                ends: Wheel::of(ends),
                ratings: Wheel::of(ratings),
                settings: Wheel::of(settings),
            },
        }
    }

    /// Makes the `number`th model; none where no place was there on its day.
    pub fn found(&mut self, tx: &WriteTx<'_>, number: u64) -> Option<Whole> {
        let mut chance = Chance::of(self.seed, Kind::Model, number);
        let founded = self.founded.day((number as f64 + chance.part()) / self.count as f64);
        let place = self.places.on(founded, &mut chance)?;
        let of_type = *self.turns.types.turn(&mut chance)?;
        let id = chance.id(founded.start());
        let mut model = Model {
            meta: tx.first_version(id),
            fields: self.fields(number, founded, place, of_type, &mut chance)?,
            status: ModelStatus::Active,
            ended_on: None,
            exemplar: false,
            warnings: None,
        };
        let changes = self.live(tx, &mut model, place, &mut chance);
        let teams = self.teams(tx, &model, place, &mut chance);
        let reviews = self.reviews(tx, &model, &mut chance);
        model.exemplar = reviews.last().is_some_and(|review| review.fields.exemplar);
        self.sites.push(Site { id, place, founded, ended: model.ended_on, of_type });
        Some(Whole { settled: Settled { model, changes }, teams, reviews })
    }

    fn fields(
        &self,
        number: u64,
        founded: Day,
        place: usize,
        of_type: usize,
        chance: &mut Chance,
    ) -> Option<ModelFields> {
        let (kind, there) = (&self.types[of_type], &self.places.all[place]);
        let copied = chance.happens(0.16).then(|| self.sites.one_of(&self.sites.by_type[of_type], chance)).flatten();
        let households = chance.within(kind.households.0, kind.households.1);
        Some(ModelFields {
            code: Some(LongCode::from(format!("{MARK}-MH-{number:08}").as_str())),
            name: Name::from(format!("{} số {}, {}", kind.name, number + 1, there.name).as_str()),
            model_type_id: kind.id,
            unit_id: there.id,
            established_on: founded,
            lead_body: Name::from(format!("Công an {}", there.name).as_str()),
            partner_bodies: None,
            setting: self.turns.settings.turn(chance).copied(),
            household_count: Some(households),
            participant_count: Some(households * chance.within(1, 3) + chance.within(0, 9)),
            replicated_from_id: copied.map(|site| site.id),
            decision: None,
            location: chance.happens(0.5).then(|| there.point(chance)),
            notes: None,
        })
    }

    /// Lets a model come to the status it is in, and gives the changes.
    fn live(&self, tx: &WriteTx<'_>, model: &mut Model, place: usize, chance: &mut Chance) -> Vec<ModelStatusChange> {
        let Some(end) = self.turns.ends.turn(chance).copied().flatten() else {
            return Vec::new();
        };
        let on = model.fields.established_on.plus(chance.within(120, 3000) as i32);
        if end == ModelStatus::Proposed {
            if model.fields.established_on.plus(120) > last() {
                model.status = end;
            }
            return Vec::new();
        }
        let there = &self.sites.by_place[place];
        let goes_on = self.sites.one_of(there, chance).filter(|site| site.ended.is_none());
        let into = goes_on.filter(|_| end == ModelStatus::Merged).map(|site| site.id);
        if on > last() || (end == ModelStatus::Merged && into.is_none()) {
            return Vec::new();
        }
        let fields = ModelStatusChangeFields {
            to: end,
            effective_on: on,
            reason: made_up::<Reason>("Thay đổi giả định"),
            decision: None,
            merged_into_id: into,
        };
        let change = ModelStatusChange {
            meta: tx.first_version::<ModelStatusChange>(chance.id(on.start())),
            model_id: model.meta.id.cast(),
            unit_id: model.fields.unit_id,
            from: model.status,
            fields,
        };
        model.status = end;
        model.ended_on = (end != ModelStatus::Suspended).then_some(on);
        vec![change]
    }

    fn teams(&self, tx: &WriteTx<'_>, model: &Model, place: usize, chance: &mut Chance) -> Vec<Team> {
        let count = [0, 1, 1, 1, 1, 2, 3].get(chance.within(0, 6) as usize).copied().unwrap_or(1);
        let founded = model.fields.established_on;
        (1..=count)
            .map(|number| {
                let later = founded.plus(chance.within(0, 30) as i32);
                let there = self.places.all[place].valid_to.is_none_or(|end| later < end);
                let fields = TeamFields {
                    model_id: model.meta.id.cast(),
                    name: made_up::<Name>(&format!("Tổ {number}")),
                    unit_id: Some(model.fields.unit_id),
                    started_on: if there { later } else { founded },
                    ended_on: model.ended_on,
                };
                Team { meta: tx.first_version::<Team>(chance.id(later.start())), fields, own_unit: false }
            })
            .collect()
    }

    fn reviews(&self, tx: &WriteTx<'_>, model: &Model, chance: &mut Chance) -> Vec<Review> {
        let mut made = Vec::new();
        for year in first().date().year()..=last().date().year() {
            let on = day(year, 12, 1).plus(chance.within(0, 24) as i32);
            let worked = model.fields.established_on < day(year, 10, 1) && model.ended_on.is_none_or(|end| end > on);
            if !worked || model.status == ModelStatus::Proposed || !chance.happens(0.55) {
                continue;
            }
            let rating = self.turns.ratings.turn(chance).copied().unwrap_or(Rating::Unrated);
            let exemplar = rating == Rating::Excellent && chance.happens(0.4);
            let fields = ReviewFields {
                model_id: model.meta.id.cast(),
                period: year.to_string().parse().unwrap_or_else(|never: std::convert::Infallible| match never {}),
                rating,
                recommendation: recommended(rating, exemplar),
                reviewed_on: on,
                reviewer: model.fields.lead_body.clone(),
                exemplar,
                notes: None,
                decision: None,
            };
            let meta = tx.first_version::<Review>(chance.id(on.start()));
            made.push(Review { meta, fields, unit_id: model.fields.unit_id });
        }
        made
    }
}

const fn recommended(rating: Rating, exemplar: bool) -> Recommendation {
    match rating {
        Rating::Excellent if exemplar => Recommendation::Replicate,
        Rating::Excellent | Rating::Good | Rating::Unrated => Recommendation::Maintain,
        Rating::Average => Recommendation::Strengthen,
        Rating::Weak => Recommendation::Dissolve,
    }
}

/// A day that the calendar has.
pub fn day(year: i16, month: i8, of_month: i8) -> Day {
    Day::new(year, month, of_month).unwrap_or(Day::FIRST)
}
