//! Rows of failed sign-ins, by account and by address. Both are kept under blind indexes: the table
//! tells neither who was tried nor from where. Alike for accounts that there are and that there are not.

use diesel::prelude::*;

use crate::access::{Tx, WriteTx};
use crate::error::Result;
use crate::schema::sign_in_failures as failures;
use crate::types::Moment;

/// Failures of an account before it has to wait; each further one doubles the wait, up to the longest.
const FREE: i32 = 5;
const LONGEST_WAIT: i64 = 15 * 60;
/// Failures of an address in one window, in seconds, before it is turned away.
const MOST_BY_ADDRESS: i32 = 50;
const WINDOW: i64 = 15 * 60;
/// How long a failure is remembered, in seconds.
const REMEMBERED: i64 = 24 * 3600;

/// What failures are counted by.
#[derive(Clone)]
pub struct Counted {
    account: Blinds,
    address: Blinds,
}

/// What a failure is counted under, and under what it may have been counted before: another master key
/// may have come into use.
#[derive(Clone)]
struct Blinds {
    now: Vec<u8>,
    ever: Vec<Vec<u8>>,
}

impl Blinds {
    fn of(tx: &Tx<'_>, purpose: &str, value: &str) -> Result<Self> {
        let vault = tx.vault()?;
        Ok(Self { now: vault.blind(purpose, value)?, ever: vault.blinds(purpose, value) })
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = failures)]
struct FailureRow {
    blind: Vec<u8>,
    failures: i32,
    since: Moment,
    last: Moment,
}

impl Counted {
    /// By the account's name and the address asked from, blinded.
    pub fn new(tx: &Tx<'_>, username: &str, address: &str) -> Result<Self> {
        Ok(Self {
            account: Blinds::of(tx, "sign-in account", username)?,
            address: Blinds::of(tx, "sign-in address", address)?,
        })
    }

    /// Whether the account has to wait still.
    pub fn locked(&self, tx: &mut Tx<'_>) -> Result<bool> {
        let row = find(tx, &self.account)?;
        Ok(row.is_some_and(|row| row.failures >= FREE && row.last.plus_seconds(wait(row.failures)) > tx.now()))
    }

    /// Seconds for which the address is turned away.
    pub fn turned_away(&self, tx: &mut Tx<'_>) -> Result<Option<u64>> {
        let until = find(tx, &self.address)?
            .filter(|row| row.failures >= MOST_BY_ADDRESS)
            .map(|row| row.since.plus_seconds(WINDOW).seconds() - tx.now().seconds());
        Ok(until.and_then(|seconds| u64::try_from(seconds).ok()).filter(|seconds| *seconds > 0))
    }

    /// Counts a failure; a locked account is not locked for longer by being tried.
    pub fn failed(&self, tx: &mut WriteTx<'_>) -> Result<()> {
        tx.alone()?;
        let now = tx.now();
        diesel::delete(failures::table.filter(failures::last.lt(now.plus_seconds(-REMEMBERED)))).execute(tx.conn())?;
        if !self.locked(tx)? {
            count(tx, &self.account, None)?;
        }
        count(tx, &self.address, Some(WINDOW))
    }

    /// Forgets the failures of the account.
    pub fn succeeded(&self, tx: &mut WriteTx<'_>) -> Result<()> {
        let counted = failures::table.filter(failures::blind.eq_any(self.account.ever.clone()));
        diesel::delete(counted).execute(tx.conn())?;
        Ok(())
    }
}

/// How long an account waits after so many failures, in seconds.
fn wait(failures: i32) -> i64 {
    let doublings = u32::try_from(failures - FREE).unwrap_or(0).min(30);
    (1_i64 << doublings).min(LONGEST_WAIT)
}

fn find(tx: &mut Tx<'_>, blinds: &Blinds) -> Result<Option<FailureRow>> {
    let found = failures::table.filter(failures::blind.eq_any(blinds.ever.clone()));
    let most = found.order(failures::failures.desc()).select(FailureRow::as_select());
    Ok(most.first(tx.conn()).optional()?)
}

/// One more; counted anew where the window is over.
fn count(tx: &mut WriteTx<'_>, blinds: &Blinds, window: Option<i64>) -> Result<()> {
    let now = tx.now();
    let first = FailureRow { blind: blinds.now.clone(), failures: 1, since: now, last: now };
    let next = match find(tx, blinds)? {
        Some(row) if window.is_none_or(|window| row.since.plus_seconds(window) > now) => {
            FailureRow { failures: row.failures.saturating_add(1), since: row.since, ..first }
        }
        _ => first,
    };
    diesel::delete(failures::table.filter(failures::blind.eq_any(blinds.ever.clone()))).execute(tx.conn())?;
    diesel::insert_into(failures::table).values(next).execute(tx.conn())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_a_quarter_of_an_hour() {
        let waits: Vec<i64> = [5, 6, 7, 14, 15, 16, i32::MAX].map(wait).to_vec();
        assert_eq!(waits, [1, 2, 4, 512, 900, 900, 900]);
    }
}
