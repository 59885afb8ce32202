//! A few members and what they take part in, and a few commendations. They pass through the stores one
//! by one: every person has a key of its own, so they are kept few.

use serde_json::{Value, json};

use super::chance::{Chance, Kind};
use super::models::{Site, Sites, day};
use super::places::Places;
use super::{last, made_up};
use crate::access::WriteTx;
use crate::bundled::demo::said;
use crate::error::Result;
use crate::resources::commendation::CommendationId;
use crate::resources::member::MemberId;
use crate::resources::{commendation, member, membership};
use crate::types::{Day, Name};

/// The day from which the three older forces are one.
fn united() -> Day {
    day(2024, 7, 1)
}

/// Makes people and honours by their numbers.
pub struct Registrar<'a> {
    pub seed: u64,
    pub places: &'a Places,
    pub sites: &'a Sites,
}

impl Registrar<'_> {
    /// Makes the `number`th member and gives how many memberships it has.
    pub fn join(&self, tx: &mut WriteTx<'_>, number: u64) -> Result<u64> {
        let mut chance = Chance::of(self.seed, Kind::Member, number);
        match chance.happens(0.5) {
            true => self.serve(tx, number, &mut chance),
            false => self.pledge(tx, number, &mut chance),
        }
    }

    /// A person in the force of a unit, first in one of the older forces if it began before they were united.
    fn serve(&self, tx: &mut WriteTx<'_>, number: u64, chance: &mut Chance) -> Result<u64> {
        let from = day(2021, 1, 4).plus(chance.within(0, 1700) as i32);
        let Some(place) = self.places.on(from, chance) else {
            return Ok(0);
        };
        let unit = self.places.all[place].id;
        let stays = self.places.all[place].valid_to.is_none_or(|end| end > united());
        let member: MemberId = chance.id(from.start());
        let fields = json!({
            "id": member, "kind": "person", "name": made_up::<Name>(&format!("Người giả định {number:06}")), "unitId": unit,
            "nationalId": format!("000{number:09}"), "birthYear": chance.within(1960, 2004),
        });
        member::store::create(tx, said(fields)?)?;
        let (mut made, mut since) = (0, from);
        if from < united() {
            let category = *chance
                .one(&["civil_guard", "part_time_commune_police", "civil_defence_captain"])
                .unwrap_or(&"civil_guard");
            let terms = json!({
                "id": chance.id::<()>(from.start()), "memberId": member, "unitId": unit, "category": category, "role": "member",
                "startedOn": from, "endedOn": united(), "endReason": "Chuyển sang lực lượng mới",
            });
            take_part(tx, terms)?;
            (made, since) = (1, united());
        }
        if since > from && !stays {
            return Ok(made);
        }
        let role = if chance.happens(0.15) { "leader" } else { "member" };
        let terms = json!({
            "id": chance.id::<()>(since.start()), "memberId": member, "unitId": unit, "category": "grassroots_security_force",
            "role": role, "startedOn": since,
        });
        take_part(tx, terms)?;
        Ok(made + 1)
    }

    /// A household that takes part in a model and has signed its pledge.
    fn pledge(&self, tx: &mut WriteTx<'_>, number: u64, chance: &mut Chance) -> Result<u64> {
        let Some(site) = self.open_site(chance) else {
            return Ok(0);
        };
        let from = site.founded.plus(chance.within(0, 400) as i32).min(last());
        let unit = self.places.all[site.place].id;
        let member: MemberId = chance.id(from.start());
        let name = made_up::<Name>(&format!("Hộ giả định {number:06}"));
        member::store::create(tx, said(json!({"id": member, "kind": "household", "name": name, "unitId": unit}))?)?;
        let pledged = chance.happens(0.7).then_some(from);
        let terms = json!({
            "id": chance.id::<()>(from.start()), "memberId": member, "modelId": site.id, "category": "household", "role": "member",
            "startedOn": from, "pledgedOn": pledged,
        });
        take_part(tx, terms)?;
        Ok(1)
    }

    fn open_site(&self, chance: &mut Chance) -> Option<&Site> {
        chance.one(&self.sites.all).filter(|site| site.ended.is_none())
    }

    /// Commends a model; gives whether there was one.
    pub fn commend(&self, tx: &mut WriteTx<'_>, number: u64) -> Result<bool> {
        let mut chance = Chance::of(self.seed, Kind::Commendation, number);
        let Some(site) = self.open_site(&mut chance) else {
            return Ok(false);
        };
        let on = day(2021, 3, 1).plus(chance.within(0, 1700) as i32).max(site.founded);
        let (form, level, issuer) = match chance.within(0, 9) {
            0..=5 => ("certificate_of_merit", "commune", "Ủy ban nhân dân cấp xã"),
            6..=8 => ("certificate_of_merit", "province", "Công an cấp tỉnh"),
            _ => ("diploma_of_merit", "province", "Ủy ban nhân dân cấp tỉnh"),
        };
        let id: CommendationId = chance.id(on.start());
        let fields = json!({
            "id": id, "recipientKind": "model", "recipientId": site.id, "form": form, "level": level,
            "title": made_up::<Name>(&format!("Khen thưởng số {}", number + 1)), "achievement": "Thành tích giả định",
        });
        commendation::store::create(tx, said(fields)?)?;
        if chance.happens(0.85) {
            let decision = json!({"number": format!("GEN-{number}/QĐ"), "issuedOn": on, "issuer": issuer});
            let award =
                json!({"id": chance.id::<()>(on.start()), "to": "awarded", "effectiveOn": on, "decision": decision});
            let proposed = commendation::store::find(tx, id)?;
            commendation::status_store::create(tx, &proposed, said(award)?)?;
        }
        Ok(true)
    }
}

fn take_part(tx: &mut WriteTx<'_>, mut terms: Value) -> Result<()> {
    if let Some(properties) = terms.as_object_mut() {
        properties.retain(|_, property| !property.is_null());
    }
    membership::store::create(tx, said(terms)?)?;
    Ok(())
}
