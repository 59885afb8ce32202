//! The keys of persons, as the database keeps them: wrapped. Whoever holds a transaction may open what
//! a person's key sealed, as far as the noun lets it; when a key is destroyed, nobody ever may again.

use std::collections::HashMap;

use diesel::prelude::*;

use super::conflict::{id_taken, on_conflict};
use super::tx::{Tx, WriteTx};
use crate::database::insert_many;
use crate::error::Result;
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

impl Tx<'_> {
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
