//! The people of the demo: as many as the article counts, and nobody in particular. Their names say
//! that they are samples, and their numbers begin with the code of no province.

use serde::Deserialize;
use serde_json::json;

use super::demo::{Sites, rows, said, unit_on};
use crate::access::WriteTx;
use crate::error::Result;
use crate::resources::member::{self, MemberId};
use crate::resources::membership;
use crate::types::Day;

const PEOPLE: &str = include_str!("../../data/demo/people.csv");

/// So many alike, with what they take part in.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Group {
    label: String,
    kind: String,
    count: usize,
    unit_code: String,
    /// The model they belong to; the unit's force where there is none.
    model_code: Option<String>,
    category: String,
    started_on: Day,
    pledged_on: Option<Day>,
    ended_on: Option<Day>,
    /// The category in which they go on when this one ends.
    followed_by: Option<String>,
}

/// Makes everybody and gives how many there are.
pub(super) fn create(tx: &mut WriteTx<'_>, sites: &Sites) -> Result<usize> {
    let mut made = 0;
    for group in rows::<Group>(PEOPLE)? {
        for n in 1..=group.count {
            made += 1;
            group.join(tx, sites, n, made)?;
        }
    }
    Ok(made)
}

impl Group {
    /// The `n`th of the group, the `number`th of all, joins.
    fn join(&self, tx: &mut WriteTx<'_>, sites: &Sites, n: usize, number: usize) -> Result<()> {
        let unit = unit_on(tx, &self.unit_code, self.started_on)?;
        let numbered = (self.kind == "person").then(|| format!("000{number:09}"));
        let member = json!({
            "kind": self.kind, "name": format!("{} {n:03}", self.label), "unitId": unit, "nationalId": numbered,
        });
        let member = member::store::create(tx, said(member)?)?;
        let place = match &self.model_code {
            Some(code) => json!({"modelId": sites.model(code)?}),
            None => json!({"unitId": unit}),
        };
        self.take_part(tx, member, &place, &self.category, (self.started_on, self.ended_on))?;
        if let (Some(category), Some(from)) = (&self.followed_by, self.ended_on) {
            self.take_part(tx, member, &place, category, (from, None))?;
        }
        Ok(())
    }

    fn take_part(
        &self,
        tx: &mut WriteTx<'_>,
        member: MemberId,
        place: &serde_json::Value,
        category: &str,
        (from, until): (Day, Option<Day>),
    ) -> Result<()> {
        let mut terms = json!({
            "memberId": member, "category": category, "role": "member", "startedOn": from, "endedOn": until,
            "pledgedOn": self.pledged_on, "endReason": until.map(|_| "Chuyển sang lực lượng mới"),
        });
        if let (Some(terms), Some(place)) = (terms.as_object_mut(), place.as_object()) {
            terms.extend(place.clone());
        }
        membership::store::create(tx, said(terms)?)?;
        Ok(())
    }
}
