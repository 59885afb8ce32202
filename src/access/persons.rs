//! The keys of persons, as the database keeps them: wrapped. Whoever holds a transaction may open what
//! a person's key sealed, as far as the noun lets it; when a key is destroyed, nobody ever may again.

use std::collections::HashMap;

use diesel::prelude::*;

use super::conflict::{id_taken, on_conflict};
use super::tx::Tx;
use super::write::WriteTx;
use crate::database::insert_many;
use crate::error::{Error, Result};
use crate::schema::{person_copies, person_keys};
use crate::types::PersonId;
use crate::vault::{PersonKey, Wrapped};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = person_keys)]
struct KeyRow {
    person_id: PersonId,
    master: String,
    wrapped: Vec<u8>,
}

impl KeyRow {
    fn wrapped(self) -> (PersonId, Wrapped) {
        (self.person_id, Wrapped { master: self.master, key: self.wrapped })
    }
}

/// The registry itself, which has a key as persons have. No record can have this id: it is no UUIDv7.
const REGISTRY: PersonId = PersonId::new(uuid::Uuid::from_u128(0x0000_0000_0000_8000_8000_0000_0000_0002));

impl Tx<'_> {
    /// How many keys another master key than this wraps.
    pub fn wrapped_by_others(&mut self, master: &str) -> Result<i64> {
        let others = person_keys::table.filter(person_keys::master.ne(master.to_owned()));
        Ok(others.count().get_result(self.conn())?)
    }

    /// The key of a person; none when it was destroyed.
    pub fn person_key(&mut self, person: PersonId) -> Result<Option<PersonKey>> {
        Ok(self.person_keys(vec![person])?.remove(&person))
    }

    /// The keys of many persons; those that were destroyed are missing.
    pub fn person_keys(&mut self, persons: Vec<PersonId>) -> Result<HashMap<PersonId, PersonKey>> {
        if persons.is_empty() {
            return Ok(HashMap::new());
        }
        let found = person_keys::table.filter(person_keys::person_id.eq_any(persons)).select(KeyRow::as_select());
        let rows: Vec<KeyRow> = found.load(self.conn())?;
        let vault = self.vault()?;
        let opened = rows.into_iter().map(KeyRow::wrapped);
        opened.map(|(person, wrapped)| Ok((person, vault.unwrap(person.uuid(), &wrapped)?))).collect()
    }
}

impl WriteTx<'_> {
    /// Makes the key of a new person.
    pub fn new_person(&mut self, person: PersonId) -> Result<PersonKey> {
        let (key, wrapped) = self.vault()?.new_person(person.uuid())?;
        let row = KeyRow { person_id: person, master: wrapped.master, wrapped: wrapped.key };
        let inserted = diesel::insert_into(person_keys::table).values(row).execute(self.write());
        inserted.map_err(on_conflict(&[("person_keys_pkey", "person_keys.person_id", id_taken)]))?;
        Ok(key)
    }

    /// A digest of what must be recognised and never read, by the registry's own key. Master keys come and
    /// go, and it stays.
    pub fn imprint(&mut self, purpose: &str, value: impl AsRef<[u8]>) -> Result<Vec<u8>> {
        let wrapped = match self.own_key()? {
            Some(kept) => kept,
            None => {
                // Of several that look for it first, one makes it.
                self.alone()?;
                match self.own_key()? {
                    Some(kept) => kept,
                    None => self.make_own_key()?,
                }
            }
        };
        self.vault()?.imprint(REGISTRY.uuid(), &wrapped, purpose, value)
    }

    fn own_key(&mut self) -> Result<Option<Wrapped>> {
        let row: Option<KeyRow> =
            person_keys::table.find(REGISTRY).select(KeyRow::as_select()).first(self.conn()).optional()?;
        Ok(row.map(|row| row.wrapped().1))
    }

    fn make_own_key(&mut self) -> Result<Wrapped> {
        let (_, wrapped) = self.vault()?.new_person(REGISTRY.uuid())?;
        let row = KeyRow { person_id: REGISTRY, master: wrapped.master.clone(), wrapped: wrapped.key.clone() };
        diesel::insert_into(person_keys::table).values(row).execute(self.conn())?;
        Ok(wrapped)
    }

    /// Wraps some of the keys anew that another master key wraps than `master`, which is in use. Gives how
    /// many it found; nobody's record changes by it.
    pub fn rewrap_persons(&mut self, master: &str, most: i64) -> Result<usize> {
        let others = person_keys::table.filter(person_keys::master.ne(master.to_owned())).limit(most);
        let rows: Vec<KeyRow> = others.select(KeyRow::as_select()).load(self.conn())?;
        let found = rows.len();
        for (person, before) in rows.into_iter().map(KeyRow::wrapped) {
            let after = self.vault()?.rewrap(person.uuid(), &before)?;
            if after.master != master {
                return Err(Error::internal("another master key came into use meanwhile"));
            }
            let same = person_keys::table.find(person).filter(person_keys::wrapped.eq(before.key));
            let anew = (person_keys::master.eq(after.master), person_keys::wrapped.eq(after.key));
            diesel::update(same).set(anew).execute(self.conn())?;
        }
        Ok(found)
    }

    /// Destroys the key of a person: what it sealed is noise from here on, in every copy. So are the files
    /// that tell of the person. One that is finished at the same time is seen here, or misses the person.
    pub fn forget_person(&mut self, person: PersonId) -> Result<()> {
        self.alone()?;
        let copies = person_copies::table.filter(person_copies::person_id.eq(person)).select(person_copies::key_id);
        diesel::delete(person_keys::table.filter(person_keys::person_id.eq_any(copies))).execute(self.write())?;
        diesel::delete(person_keys::table.find(person)).execute(self.write())?;
        self.scrub();
        Ok(())
    }

    /// Notes that a key seals a file that tells of these persons.
    pub fn note_copies(&mut self, key: PersonId, persons: &[PersonId]) -> Result<()> {
        let rows: Vec<CopyRow> = persons.iter().map(|person| CopyRow { person_id: *person, key_id: key }).collect();
        Ok(insert_many!(self.conn(), person_copies::table, rows)?)
    }

    /// Whether a file, noted with so many persons, still stands: its key is there, and nobody of whom it tells
    /// was forgotten meanwhile. From here on nobody is until this transaction ends.
    pub fn copies_stand(&mut self, key: PersonId, noted: usize) -> Result<bool> {
        self.alone()?;
        let known = person_keys::table.select(person_keys::person_id);
        let of_key = person_copies::table.filter(person_copies::key_id.eq(key));
        let standing = of_key.filter(person_copies::person_id.eq_any(known)).count();
        let standing: i64 = standing.get_result(self.conn())?;
        Ok(standing == noted as i64 && self.person_key(key)?.is_some())
    }

    /// Forgets what is known of whom a file tells: it is about to be written anew.
    pub fn forget_copies(&mut self, key: PersonId) -> Result<()> {
        diesel::delete(person_copies::table.filter(person_copies::key_id.eq(key))).execute(self.conn())?;
        if self.person_key(key)?.is_none() {
            let (_, wrapped) = self.vault()?.new_person(key.uuid())?;
            let row = KeyRow { person_id: key, master: wrapped.master, wrapped: wrapped.key };
            diesel::insert_into(person_keys::table).values(row).execute(self.conn())?;
        }
        Ok(())
    }

    /// Destroys the key of a file, and what is known of whom it tells.
    pub fn forget_copy(&mut self, key: PersonId) -> Result<()> {
        diesel::delete(person_copies::table.filter(person_copies::key_id.eq(key))).execute(self.conn())?;
        diesel::delete(person_keys::table.find(key)).execute(self.conn())?;
        self.scrub();
        Ok(())
    }
}

#[derive(Insertable)]
#[diesel(table_name = person_copies, treat_none_as_default_value = false)]
struct CopyRow {
    person_id: PersonId,
    key_id: PersonId,
}
