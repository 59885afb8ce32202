//! The plan of a load: what the registry holds and what the lists add to it, checked as a whole by
//! the rules of units before anything is written.

use std::collections::{HashMap, HashSet};

use super::lists::{GSO, ListedUnit};
use crate::access::{ROOT_UNIT, WriteTx};
use crate::error::{Error, Result};
use crate::resources::unit::bulk_store::Load;
use crate::resources::unit::{Succession, SuccessionFields, Unit, UnitFields, UnitId, rules};
use crate::types::{Code, Day, LongCode, ShortCode};

type Coded = (LongCode, ShortCode);

pub(super) struct Plan {
    units: Vec<Planned>,
    ids: HashSet<UnitId>,
    by_code: HashMap<Coded, Vec<usize>>,
    successions: Vec<Succession>,
}

struct Planned {
    before: Option<Unit>,
    after: Unit,
    changed: bool,
}

impl Planned {
    fn id(&self) -> UnitId {
        self.after.meta.id.cast()
    }

    fn in_force(&self, on: Day) -> bool {
        let fields = &self.after.fields;
        fields.valid_from <= on && fields.valid_to.is_none_or(|end| end > on)
    }
}

impl Plan {
    /// A plan that adds to these units, which are all there are.
    pub fn over(units: Vec<Unit>) -> Self {
        let mut plan =
            Self { units: Vec::new(), ids: HashSet::new(), by_code: HashMap::new(), successions: Vec::new() };
        for unit in units {
            plan.push(Planned { before: Some(unit.clone()), after: unit, changed: false });
        }
        plan
    }

    fn push(&mut self, planned: Planned) {
        let fields = &planned.after.fields;
        let coded = (fields.code_system.clone(), fields.code.clone());
        self.by_code.entry(coded).or_default().push(self.units.len());
        self.ids.insert(planned.id());
        self.units.push(planned);
    }

    fn coded(&self, system: &LongCode, code: &ShortCode) -> &[usize] {
        self.by_code.get(&(system.clone(), code.clone())).map_or(&[], Vec::as_slice)
    }

    /// The unit that a list names by its code on a day.
    fn named(&self, system: &LongCode, code: &ShortCode, on: Day) -> Result<usize> {
        let own = self.coded(system, code).iter();
        let all = own.chain(self.coded(&Code::from(GSO), code));
        let found = all.copied().find(|place| self.units[*place].in_force(on));
        found.ok_or_else(|| Error::internal(format!("no unit has the code {code} on {on}; those above come first")))
    }

    fn find(&self, listed: &ListedUnit) -> Option<usize> {
        let same_code = self.coded(&listed.code_system, &listed.code).iter().copied();
        same_code.into_iter().find(|place| self.units[*place].after.fields.valid_from == listed.valid_from)
    }

    /// Makes place for a listed unit: finds it, or adds it.
    pub fn place(&mut self, tx: &WriteTx<'_>, listed: &ListedUnit) -> Result<()> {
        if let Some(place) = self.find(listed) {
            let planned = &mut self.units[place];
            if planned.after.fields.valid_to.is_none() && listed.valid_to.is_some() {
                planned.after.fields.valid_to = listed.valid_to;
                planned.changed = true;
            }
            return Ok(());
        }
        let parent = match &listed.parent_code {
            Some(code) => self.units[self.named(&listed.code_system, code, listed.valid_from)?].id(),
            None => ROOT_UNIT,
        };
        let fields = UnitFields {
            code: listed.code.clone(),
            code_system: listed.code_system.clone(),
            name: listed.name.clone(),
            kind: listed.kind,
            name_type: listed.name_type,
            parent_id: Some(parent),
            valid_from: listed.valid_from,
            valid_to: listed.valid_to,
        };
        let own = Some(listed.id()).filter(|id| !self.ids.contains(id));
        let meta = tx.first_version::<Unit>(own.unwrap_or_else(|| tx.new_id()).cast());
        let after = Unit { meta, fields, predecessor_ids: Vec::new(), successor_ids: Vec::new() };
        self.push(Planned { before: None, after, changed: true });
        Ok(())
    }

    /// Lets a listed unit be followed by those it names, as far as it is not yet.
    pub fn succeed(&mut self, tx: &WriteTx<'_>, listed: &ListedUnit) -> Result<()> {
        let (Some(place), Some(day)) = (self.find(listed), listed.valid_to) else {
            return Ok(());
        };
        let mut followers = Vec::new();
        for code in &listed.successor_codes {
            let follower = self.named(&listed.code_system, code, day)?;
            if !self.units[place].after.successor_ids.contains(&self.units[follower].id()) {
                followers.push(follower);
            }
        }
        match followers.is_empty() {
            true => Ok(()),
            false => self.link(tx, place, &followers, day),
        }
    }

    fn link(&mut self, tx: &WriteTx<'_>, place: usize, followers: &[usize], day: Day) -> Result<()> {
        let ends: Vec<UnitFields> = followers.iter().map(|f| self.units[*f].after.fields.clone()).collect();
        let ended = rules::end(&self.units[place].after.fields, day, &ends);
        let ended = ended.map_err(|error| blamed(&self.units[place].after, &error))?;
        let unit_id = self.units[place].id();
        let mut successor_ids: Vec<UnitId> = followers.iter().map(|f| self.units[*f].id()).collect();
        successor_ids.sort_unstable();
        for follower in followers {
            let follower = &mut self.units[*follower];
            follower.after.predecessor_ids.push(unit_id);
            follower.changed = true;
        }
        let planned = &mut self.units[place];
        planned.after.fields = ended;
        planned.after.successor_ids.extend(&successor_ids);
        planned.changed = true;
        let fields = SuccessionFields { successor_ids, effective_on: day, decision: None };
        self.successions.push(Succession { meta: tx.first_version::<Succession>(tx.new_id()), unit_id, fields });
        Ok(())
    }

    /// Checks the whole and sorts it into what is made, what is changed and what follows what.
    pub fn settle(mut self) -> Result<Load> {
        self.check_parents()?;
        self.by_code.values().try_for_each(|places| self.check_code(places))?;
        let mut load = Load { made: Vec::new(), changed: Vec::new(), successions: self.successions };
        for planned in self.units.iter_mut().filter(|planned| planned.changed) {
            planned.after.predecessor_ids.sort_unstable();
            planned.after.successor_ids.sort_unstable();
        }
        for Planned { before, after, .. } in self.units.into_iter().filter(|planned| planned.changed) {
            match before {
                None => load.made.push(after),
                Some(before) => load.changed.push((before, after)),
            }
        }
        Ok(load)
    }

    fn check_parents(&self) -> Result<()> {
        let by_id: HashMap<UnitId, &UnitFields> = self.units.iter().map(|p| (p.id(), &p.after.fields)).collect();
        for unit in self.units.iter().map(|planned| &planned.after) {
            let parent = unit.fields.parent_id.and_then(|parent| by_id.get(&parent));
            let checked = rules::check(&unit.fields)
                .and_then(|()| parent.map_or(Ok(()), |parent| rules::check_parent(&unit.fields, parent)));
            checked.map_err(|error| blamed(unit, &error))?;
        }
        Ok(())
    }

    /// One code means one unit on any day.
    fn check_code(&self, places: &[usize]) -> Result<()> {
        let mut units: Vec<&Unit> = places.iter().map(|place| &self.units[*place].after).collect();
        units.sort_unstable_by_key(|unit| unit.fields.valid_from);
        let clash = units.windows(2).find(|pair| match pair {
            [first, second] => first.fields.valid_to.is_none_or(|end| end > second.fields.valid_from),
            _ => false,
        });
        match clash {
            Some([first, second]) => Err(Error::internal(format!(
                "{} {} and {} would have the code {} on the same days",
                first.fields.code_system, first.fields.name, second.fields.name, first.fields.code
            ))),
            _ => Ok(()),
        }
    }
}

fn blamed(unit: &Unit, error: &Error) -> Error {
    Error::internal(format!("unit {} ({}): {error}", unit.fields.code, unit.fields.name))
}
