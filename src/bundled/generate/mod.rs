//! Generated data: as many models and incidents as asked for, to try the registry at size. The same seed
//! makes the same records with the same identifiers, their bookkeeping moments apart. What is made says
//! that it is made up, and it is never mixed with other records: a registry that holds any is refused.
//!
//! Records keep to the rules of their rooms and enter as they stand, at version 1, with the status
//! changes that led there; so the journal, the feed and the figures are as true of them as of any others.

mod activities;
mod calendar;
mod chance;
mod empty;
mod incidents;
mod models;
mod people;
mod places;
mod types;

use serde::Serialize;

use self::activities::Organiser;
use self::incidents::Reporter;
use self::models::{Founder, Whole, day};
use self::people::Registrar;
use self::places::Places;
use super::{lists, units};
use crate::access::{Caller, Door, ROOT_UNIT, WriteTx};
use crate::error::{Error, Result};
use crate::resources::incident::bulk_store::Settled;
use crate::resources::unit::{self, bulk_store};
use crate::resources::{activity, incident, model, review, team};
use crate::types::{Day, UnitId};

/// What codes of generated records begin with.
const MARK: &str = "GEN";

/// Records written at once. A batch is a transaction; its entries wait in memory for its end.
const BATCH: u64 = 2000;

/// Members and commendations, of which each costs several statements, are no more than this.
const FEW: u64 = 3000;

/// The first and the last day on which anything generated happens, foundings of models apart.
fn first() -> Day {
    day(2021, 1, 1)
}
fn last() -> Day {
    day(2025, 12, 31)
}

/// Text that says that it is made up.
fn made_up<T: for<'a> From<&'a str>>(text: &str) -> T {
    T::from(&format!("{text} (dữ liệu sinh)"))
}

/// What to generate.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// `national`, or the code of a unit in force today.
    pub units: String,
    pub models: u64,
    pub incidents: u64,
    pub seed: u64,
}

/// What was generated; nothing where the same had been before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Generated {
    pub already_generated: bool,
    pub units_created: u64,
    pub communes: u64,
    pub model_types: u64,
    pub models: u64,
    pub teams: u64,
    pub reviews: u64,
    pub activities: u64,
    pub members: u64,
    pub memberships: u64,
    pub commendations: u64,
    pub incidents: u64,
    pub incident_status_changes: u64,
    pub incident_contributions: u64,
}

/// Generates what is wanted, in many transactions. One that was cut short is not taken up again: begin
/// with an empty registry.
pub fn generate(door: &Door, wanted: &Wanted) -> Result<Generated> {
    let run = Run { door, wanted };
    if run.write(|tx| empty::done(tx, wanted))? {
        return Ok(Generated { already_generated: true, ..Generated::default() });
    }
    run.write(empty::must_be)?;
    let mut made = Generated { units_created: run.units()?, ..Generated::default() };
    let places = run.places()?;
    let types = run.write(|tx| types::create(tx, wanted.seed))?;
    (made.communes, made.model_types) = (places.all.len() as u64, types.len() as u64);
    let mut founder = Founder::new(wanted.seed, wanted.models, &places, &types);
    run.models(&mut founder, &mut made)?;
    let sites = founder.sites;
    let organiser = Organiser::new(wanted.seed, wanted.models, &places, &sites);
    run.activities(&organiser, &mut made)?;
    run.people(&Registrar { seed: wanted.seed, places: &places, sites: &sites }, &mut made)?;
    run.incidents(&Reporter::new(wanted.seed, wanted.incidents, &places, &sites), &mut made)?;
    run.write(|tx| {
        incident::recount::rebuild(tx)?;
        empty::mark(tx, wanted)
    })?;
    Ok(made)
}

struct Run<'a> {
    door: &'a Door,
    wanted: &'a Wanted,
}

impl Run<'_> {
    fn write<T>(&self, work: impl FnMut(&mut WriteTx<'_>) -> Result<T>) -> Result<T> {
        self.door.write_now(&Caller::system(), "generate", work)
    }

    /// Loads the national lists where the units wanted are not there, and gives how many that made.
    fn units(&self) -> Result<u64> {
        if self.root()?.is_some() {
            return Ok(0);
        }
        let made = units::load_listed(self.door, &lists::national()?)?.units_created as u64;
        match self.root()? {
            Some(_) => Ok(made),
            None => Err(Error::rule("No unit has this code today.", "Hôm nay không đơn vị nào mang mã này.")),
        }
    }

    /// The unit wanted; for the nation none as long as it has no communes.
    fn root(&self) -> Result<Option<UnitId>> {
        let national = self.wanted.units == "national";
        self.door.read_now(&Caller::system(), |tx| match national {
            true => Ok(empty::has_communes(tx)?.then_some(ROOT_UNIT)),
            false => {
                let today = tx.today();
                Ok(unit::store::by_code(tx, &self.wanted.units, today)?.first().copied())
            }
        })
    }

    fn places(&self) -> Result<Places> {
        let root = self.root()?.unwrap_or(ROOT_UNIT);
        let all = self.door.read_now(&Caller::system(), bulk_store::all)?;
        Ok(Places::under(&all, root))
    }

    /// Runs `work` for the numbers of one batch after the other.
    fn batches(&self, of: &str, count: u64, mut work: impl FnMut(std::ops::Range<u64>) -> Result<()>) -> Result<()> {
        let mut done = 0;
        while done < count {
            let next = (done + BATCH).min(count);
            work(done..next)?;
            if next / 100_000 > done / 100_000 || next == count {
                tracing::info!(done = next, of = count, "generated {of}");
            }
            done = next;
        }
        Ok(())
    }

    fn models(&self, founder: &mut Founder<'_>, made: &mut Generated) -> Result<()> {
        self.batches("models", founder.count, |numbers| {
            let begun = founder.sites.all.len();
            let (models, teams, reviews) = self.write(|tx| {
                founder.sites.forget_from(begun);
                let whole: Vec<Whole> = numbers.clone().filter_map(|number| founder.found(tx, number)).collect();
                write_models(tx, whole)
            })?;
            made.models += models;
            made.teams += teams;
            made.reviews += reviews;
            Ok(())
        })
    }

    fn activities(&self, organiser: &Organiser<'_>, made: &mut Generated) -> Result<()> {
        self.batches("activities", organiser.count, |numbers| {
            made.activities += self.write(|tx| {
                let held: Vec<_> = numbers.clone().filter_map(|number| organiser.hold(tx, number)).collect();
                activity::bulk_store::insert(tx, &held)?;
                Ok(held.len() as u64)
            })?;
            Ok(())
        })
    }

    fn people(&self, registrar: &Registrar<'_>, made: &mut Generated) -> Result<()> {
        let (members, commendations) = ((self.wanted.models / 4).min(FEW), (self.wanted.models / 50).min(FEW));
        for some in (0..members).collect::<Vec<_>>().chunks(200) {
            let joined =
                self.write(|tx| some.iter().map(|number| registrar.join(tx, *number)).collect::<Result<Vec<_>>>())?;
            made.members += joined.iter().filter(|count| **count > 0).count() as u64;
            made.memberships += joined.iter().sum::<u64>();
        }
        for some in (0..commendations).collect::<Vec<_>>().chunks(200) {
            let given =
                self.write(|tx| some.iter().map(|number| registrar.commend(tx, *number)).collect::<Result<Vec<_>>>())?;
            made.commendations += given.iter().filter(|given| **given).count() as u64;
        }
        Ok(())
    }

    fn incidents(&self, reporter: &Reporter<'_>, made: &mut Generated) -> Result<()> {
        self.batches("incidents", reporter.count, |numbers| {
            let (incidents, changes, contributions) = self.write(|tx| {
                let batch: Vec<_> = numbers.clone().filter_map(|number| reporter.report(tx, number)).collect();
                write_incidents(tx, &batch)
            })?;
            made.incidents += incidents;
            made.incident_status_changes += changes;
            made.incident_contributions += contributions;
            Ok(())
        })
    }
}

fn write_models(tx: &mut WriteTx<'_>, whole: Vec<Whole>) -> Result<(u64, u64, u64)> {
    let (mut settled, mut teams, mut reviews) = (Vec::new(), Vec::new(), Vec::new());
    for one in whole {
        settled.push(one.settled);
        teams.extend(one.teams);
        reviews.extend(one.reviews);
    }
    model::bulk_store::insert(tx, &settled)?;
    team::bulk_store::insert(tx, &teams)?;
    review::bulk_store::insert(tx, &reviews)?;
    Ok((settled.len() as u64, teams.len() as u64, reviews.len() as u64))
}

/// The one place where generated incidents are written.
fn write_incidents(tx: &mut WriteTx<'_>, batch: &[Settled]) -> Result<(u64, u64, u64)> {
    incident::bulk_store::insert(tx, batch)?;
    let changes = batch.iter().map(|settled| settled.changes.len() as u64).sum();
    let given = batch.iter().filter_map(|settled| settled.incident.fields.contributions.as_ref());
    Ok((batch.len() as u64, changes, given.map(|given| given.len() as u64).sum()))
}
