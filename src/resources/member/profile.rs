//! What tells of a member, as it is sealed: one profile for reading, and the two numbers apart, since a
//! list must not open them.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Gender, MemberFields, MemberId, Told};
use crate::error::{Error, Result};
use crate::types::Name;
use crate::vault::{Clear, PersonKey, Spot};

/// The readable part. The numbers are here by their endings alone.
#[derive(Clone, Serialize, Deserialize)]
pub struct Profile {
    pub name: Name,
    birth_year: Option<i32>,
    gender: Option<Gender>,
    address: Option<Name>,
    occupation: Option<Name>,
    national_id_end: Option<String>,
    phone_end: Option<String>,
}

impl Profile {
    /// Out of what was said; numbers that are neither said nor cleared keep the endings they had.
    pub fn new(fields: &MemberFields, before: Option<&Self>, cleared: &[&str]) -> Self {
        let ending = |said: Option<&Clear>, name: &str, kept: Option<String>| match said {
            Some(clear) => Some(clear.ending()),
            None => kept.filter(|_| !cleared.contains(&name)),
        };
        let national_id = fields.national_id.as_ref().map(|number| number.clear());
        let phone = fields.phone.as_ref().map(|number| number.clear());
        Self {
            name: fields.name.clone(),
            birth_year: fields.birth_year,
            gender: fields.gender,
            address: fields.address.clone(),
            occupation: fields.occupation.clone(),
            national_id_end: ending(national_id, "nationalId", before.and_then(|b| b.national_id_end.clone())),
            phone_end: ending(phone, "phone", before.and_then(|b| b.phone_end.clone())),
        }
    }

    pub fn seal(&self, key: &PersonKey, member: MemberId) -> Result<Vec<u8>> {
        let clear = Zeroizing::new(serde_json::to_vec(self).map_err(Error::internal)?);
        key.seal(spot("profile", &member), &clear)
    }

    pub fn open(key: &PersonKey, member: MemberId, sealed: &[u8]) -> Result<Self> {
        serde_json::from_slice(&key.open(spot("profile", &member), sealed)?).map_err(Error::internal)
    }

    pub fn told(self) -> Told {
        let masked =
            |ending: Option<String>, stars: usize| ending.map(|end| Some(format!("{}{end}", "*".repeat(stars))));
        Told {
            name: Some(self.name),
            birth_year: self.birth_year.map(Some),
            gender: self.gender.map(Some),
            address: self.address.map(Some),
            occupation: self.occupation.map(Some),
            national_id_masked: masked(self.national_id_end, 9),
            phone_masked: masked(self.phone_end, 7),
        }
    }
}

/// Where a value of a member is sealed.
pub fn spot<'a>(column: &'a str, member: &'a MemberId) -> Spot<'a> {
    Spot { table: "members", column, row: member }
}

/// A number, sealed.
pub fn seal_number(key: &PersonKey, column: &str, member: MemberId, number: &Clear) -> Result<Vec<u8>> {
    key.seal(spot(column, &member), number.reveal().as_bytes())
}

/// A number in the clear.
pub fn open_number(key: &PersonKey, column: &str, member: MemberId, sealed: &[u8]) -> Result<String> {
    let clear = key.open(spot(column, &member), sealed)?;
    std::str::from_utf8(&clear).map(str::to_owned).map_err(Error::internal)
}
