//! Once: an effect that a retry does not repeat. The key is kept in the transaction of the effect,
//! so that both survive a crash or neither does.

use aws_lc_rs::digest::{SHA256, digest};
use diesel::prelude::*;
use zeroize::Zeroizing;

use super::write::WriteTx;
use crate::database::Database;
use crate::error::{Error, Result};
use crate::schema::idempotency_keys as kept;
use crate::types::{Id, Moment, PrincipalId};

/// How long a key is remembered: twice the day that is promised.
const KEPT_SECONDS: i64 = 2 * 24 * 3600;

/// The idempotency key of a request, or the lack of one.
pub struct Once(Option<Keyed>);

struct Keyed {
    key: String,
    target: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = kept)]
struct KeptRow {
    fingerprint: Vec<u8>,
    made_id: Id<Made>,
    kept_at: Moment,
}

struct Made;

impl Once {
    pub fn unkeyed() -> Self {
        Self(None)
    }

    /// `target` is the method and path: the same key elsewhere is another request.
    pub fn keyed(key: &str, target: &str) -> Self {
        Self(Some(Keyed { key: key.to_owned(), target: target.to_owned() }))
    }

    /// Runs `effect` unless it has been run for this key; gives the id of what it made, then or now.
    pub fn run<R>(
        &self,
        tx: &mut WriteTx<'_>,
        body: &[u8],
        effect: impl FnOnce(&mut WriteTx<'_>) -> Result<Id<R>>,
    ) -> Result<Id<R>> {
        let Some(keyed) = &self.0 else {
            return effect(tx);
        };
        let caller = tx.caller().id;
        claim(tx, caller, &keyed.key)?;
        let fingerprint = tx.imprint("idempotency", keyed.said(body))?;
        if let Some(row) = find(tx, caller, &keyed.key)? {
            return match row.fingerprint == fingerprint {
                true => Ok(row.made_id.cast()),
                false => Err(Error::IdempotencyKeyReused),
            };
        }
        let made = effect(tx)?;
        keep(tx, caller, &keyed.key, &fingerprint, made.cast())?;
        Ok(made)
    }
}

impl Keyed {
    /// What makes two requests the same: method, path and the body as JSON, whatever its spacing. It may
    /// hold numbers that can be guessed, so what is kept of it is keyed.
    fn said(&self, body: &[u8]) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(self.target.clone().into_bytes());
        bytes.push(0);
        match serde_json::from_slice::<serde_json::Value>(body) {
            Ok(mut value) => {
                value.sort_all_objects();
                bytes.extend_from_slice(value.to_string().as_bytes());
            }
            Err(_) => bytes.extend_from_slice(body),
        }
        bytes
    }
}

/// Holds the key until the transaction ends. SQLite has one writer, so holds it already.
fn claim(tx: &mut WriteTx<'_>, caller: PrincipalId, key: &str) -> Result<()> {
    #[derive(QueryableByName)]
    struct Got {
        #[diesel(sql_type = diesel::sql_types::Bool)]
        got: bool,
    }
    let Database::Postgresql(server) = tx.conn() else {
        return Ok(());
    };
    let hash = digest(&SHA256, format!("{caller} {key}").as_bytes());
    let number = hash.as_ref().iter().take(8).fold(0_i64, |n, byte| n << 8 | i64::from(*byte));
    let claim =
        diesel::sql_query("SELECT pg_try_advisory_xact_lock($1) AS got").bind::<diesel::sql_types::BigInt, _>(number);
    match claim.get_result::<Got>(server)?.got {
        true => Ok(()),
        false => Err(Error::IdempotencyInProgress),
    }
}

fn find(tx: &mut WriteTx<'_>, caller: PrincipalId, key: &str) -> Result<Option<KeptRow>> {
    let oldest = tx.now().plus_seconds(-KEPT_SECONDS);
    let row = kept::table.find((caller, key)).select(KeptRow::as_select()).first(tx.conn()).optional()?;
    if row.as_ref().is_none_or(|row| row.kept_at >= oldest) {
        return Ok(row);
    }
    let expired = kept::table.filter(kept::caller_id.eq(caller)).filter(kept::kept_at.lt(oldest));
    diesel::delete(expired).execute(tx.conn())?;
    Ok(None)
}

/// Forgets the oldest keys that are not remembered any more, at most `most`; tells how many went.
pub fn forget(tx: &mut WriteTx<'_>, most: i64) -> Result<usize> {
    let oldest = tx.now().plus_seconds(-KEPT_SECONDS);
    let old = kept::table.filter(kept::kept_at.lt(oldest)).order(kept::kept_at.asc());
    let last: Option<Moment> = old.limit(most).select(kept::kept_at).load(tx.conn())?.pop();
    let Some(last) = last else {
        return Ok(0);
    };
    Ok(diesel::delete(kept::table.filter(kept::kept_at.le(last))).execute(tx.conn())?)
}

fn keep(tx: &mut WriteTx<'_>, caller: PrincipalId, key: &str, fingerprint: &[u8], made: Id<Made>) -> Result<()> {
    let now = tx.now();
    diesel::insert_into(kept::table)
        .values((
            kept::caller_id.eq(caller),
            kept::key.eq(key),
            kept::fingerprint.eq(fingerprint),
            kept::made_id.eq(made),
            kept::kept_at.eq(now),
        ))
        .execute(tx.conn())?;
    Ok(())
}
