//! Rows of identities: under which blind index of issuer and subject a user is found.

use diesel::prelude::*;

use super::{User, UserId, store};
use crate::access::{Tx, WriteTx, on_conflict};
use crate::error::{Error, Result, Words};
use crate::schema::{user_identities, users};

const IDENTITY: &str = "identity";

/// Issuer and subject in one text; neither holds a line break.
fn joined(issuer: &str, subject: &str) -> String {
    format!("{issuer}\n{subject}")
}

/// The user who is `subject` at `issuer`, wherever it lies; for signing in.
pub fn user_of(tx: &mut Tx<'_>, issuer: &str, subject: &str) -> Result<Option<User>> {
    let blinds = tx.vault()?.blinds(IDENTITY, joined(issuer, subject));
    let found = user_identities::table.filter(user_identities::blind.eq_any(blinds)).select(user_identities::user_id);
    match found.first(tx.conn()).optional()? {
        Some(id) => store::by_id(tx, id),
        None => Ok(None),
    }
}

/// Keeps under which identities the user is found.
pub(super) fn link(tx: &mut WriteTx<'_>, user: &User) -> Result<()> {
    for identity in user.fields.identities.iter().flatten() {
        let (issuer, subject) = (identity.iss.as_str(), identity.sub.as_str());
        if user_of(tx, issuer, subject)?.is_some() {
            return Err(taken());
        }
        let blind = tx.vault()?.blind(IDENTITY, joined(issuer, subject))?;
        let row = (user_identities::blind.eq(blind), user_identities::user_id.eq(user.id()));
        let inserted = diesel::insert_into(user_identities::table).values(row).execute(tx.write());
        inserted.map_err(on_conflict(&[("user_identities_pkey", "user_identities.blind", taken)]))?;
    }
    Ok(())
}

fn taken() -> Error {
    Error::Duplicate(Words::new("An identity is linked already.", "Một định danh đã được liên kết."))
}

/// The user is found under no identity from here on.
pub(super) fn unlink(tx: &mut WriteTx<'_>, user: &User) -> Result<()> {
    diesel::delete(user_identities::table.filter(user_identities::user_id.eq(user.id()))).execute(tx.write())?;
    Ok(())
}

/// Looks at the identities of the next users behind `after`: the last user looked at, if any, and how
/// many indexes were another master key's.
pub fn reblind(tx: &mut WriteTx<'_>, after: Option<UserId>, most: i64) -> Result<(Option<UserId>, usize)> {
    let mut query = users::table.into_boxed();
    if let Some(after) = after {
        query = query.filter(users::id.gt(after));
    }
    let ids: Vec<UserId> = query.order(users::id).limit(most).select(users::id).load(tx.conn())?;
    let mut changed = 0;
    for id in &ids {
        let user = store::by_id(tx, *id)?.ok_or_else(|| Error::internal("a user went"))?;
        for identity in user.fields.identities.iter().flatten() {
            let said = joined(identity.iss.as_str(), identity.sub.as_str());
            let blind = tx.vault()?.blind(IDENTITY, &said)?;
            let others = tx.vault()?.blinds(IDENTITY, &said).into_iter().filter(|other| *other != blind);
            let kept = user_identities::table.filter(user_identities::blind.eq_any(others.collect::<Vec<_>>()));
            let kept = kept.filter(user_identities::user_id.eq(*id));
            changed += diesel::update(kept).set(user_identities::blind.eq(blind)).execute(tx.conn())?;
        }
    }
    Ok((ids.last().copied(), changed))
}
