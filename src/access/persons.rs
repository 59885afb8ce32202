//! The keys of persons, as the database keeps them: wrapped. Whoever holds a transaction may open what
//! a person's key sealed, as far as the noun lets it; when a key is destroyed, nobody ever may again.

use std::collections::HashMap;

use diesel::prelude::*;

use super::conflict::{id_taken, on_conflict};
use super::tx::{Tx, WriteTx};
use crate::error::Result;
use crate::schema::person_keys;
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

    /// Destroys the key of a person: what it sealed is noise from here on, in every copy.
    pub fn forget_person(&mut self, person: PersonId) -> Result<()> {
        diesel::delete(person_keys::table.find(person)).execute(self.write())?;
        self.scrub();
        Ok(())
    }
}
