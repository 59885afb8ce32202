//! Owed: what changes have still to write before they are committed: their entries in the journal and the
//! tallies that they add to. It is written last and for all of them at once, so that changes that are
//! committed together share the statements. What must not come in: what is tallied.

use std::any::{Any, TypeId};
use std::collections::BTreeMap;

use crate::database::Database;
use crate::error::{Error, Result};
use crate::journal::{self, Entry, Head, Stamp};

/// What many changes add to and is written once.
pub trait Tally: Send + 'static {
    /// Adds what another change told.
    fn take_in(&mut self, other: Self);
    /// Writes what was told. Whoever writes holds the head of the journal.
    fn write(&self, database: &mut Database) -> Result<()>;
}

/// A tally of whatever kind.
trait Kept: Send {
    fn take_in(&mut self, other: Box<dyn Any + Send>) -> Result<()>;
    fn write(&self, database: &mut Database) -> Result<()>;
    fn any(self: Box<Self>) -> Box<dyn Any + Send>;
}

impl<T: Tally> Kept for T {
    fn take_in(&mut self, other: Box<dyn Any + Send>) -> Result<()> {
        let other = other.downcast::<T>().map_err(|_| Error::internal("tallies of two kinds"))?;
        Tally::take_in(self, *other);
        Ok(())
    }
    fn write(&self, database: &mut Database) -> Result<()> {
        Tally::write(self, database)
    }
    fn any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}

/// Tallies, one of a kind.
#[derive(Default)]
pub(super) struct Tallies(BTreeMap<TypeId, Box<dyn Kept>>);

impl Tallies {
    pub(super) fn add<T: Tally>(&mut self, tally: T) -> Result<()> {
        self.keep(TypeId::of::<T>(), Box::new(tally))
    }

    pub(super) fn take_in(&mut self, other: Self) -> Result<()> {
        other.0.into_iter().try_for_each(|(kind, tally)| self.keep(kind, tally))
    }

    pub(super) fn write(&self, database: &mut Database) -> Result<()> {
        self.0.values().try_for_each(|tally| tally.write(database))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn keep(&mut self, kind: TypeId, tally: Box<dyn Kept>) -> Result<()> {
        match self.0.get_mut(&kind) {
            Some(kept) => kept.take_in(tally.any()),
            None => {
                self.0.insert(kind, tally);
                Ok(())
            }
        }
    }
}

/// What changes owe.
#[derive(Default)]
pub(super) struct Owed {
    pub(super) changes: Vec<(Stamp, Vec<Entry>)>,
    pub(super) tallies: Tallies,
}

impl Owed {
    pub(super) fn take_in(&mut self, other: Self) -> Result<()> {
        self.changes.extend(other.changes);
        self.tallies.take_in(other.tallies)
    }

    /// Writes all of it, as the last statements before the commit, so that the order of the journal is that
    /// of commits. Takes the head of the journal, if nobody has; where it has moved to is kept with the commit.
    pub(super) fn pay(self, database: &mut Database, head: Option<Head>) -> Result<Option<Head>> {
        if self.changes.is_empty() {
            return Ok(None);
        }
        let mut head = match head {
            Some(head) => head,
            None => journal::lock_head(database)?,
        };
        self.tallies.write(database)?;
        journal::append(database, &mut head, &self.changes)?;
        Ok(Some(head))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sum(i64);
    struct Product(i64);

    impl Tally for Sum {
        fn take_in(&mut self, other: Self) {
            self.0 += other.0;
        }
        fn write(&self, _: &mut Database) -> Result<()> {
            Ok(())
        }
    }
    impl Tally for Product {
        fn take_in(&mut self, other: Self) {
            self.0 *= other.0;
        }
        fn write(&self, _: &mut Database) -> Result<()> {
            Ok(())
        }
    }

    fn told<T: Tally>(tallies: &mut Tallies) -> T {
        let kept = tallies.0.remove(&TypeId::of::<T>()).expect("something was told");
        *kept.any().downcast().expect("of its kind")
    }

    #[test]
    fn tallies_of_a_kind_come_together_and_no_others() {
        let (mut tallies, mut later) = (Tallies::default(), Tallies::default());
        tallies.add(Sum(2)).expect("a sum");
        tallies.add(Product(5)).expect("a product");
        later.add(Sum(3)).expect("a sum");
        later.add(Product(7)).expect("a product");
        tallies.take_in(later).expect("the same kinds");
        assert_eq!(told::<Sum>(&mut tallies).0, 5);
        assert_eq!(told::<Product>(&mut tallies).0, 35);
        assert!(tallies.is_empty());
    }
}
