//! Rows of sessions: what a user who signed in holds. Kept of a token is its hash or its jti. A session
//! that ended has no rows, and a token of a user without a row opens nothing. Bookkeeping: that somebody
//! signed in is in the journal, how often a token was renewed is not.

use diesel::prelude::*;

use super::UserId;
use crate::access::{Tx, WriteTx};
use crate::error::Result;
use crate::resources::client::{Secret, secret_hash};
use crate::schema::{refresh_tokens, revoked_tokens, session_tokens, sessions};
use crate::types::{Id, Moment};

/// A session, by its id alone.
pub struct Session;
pub type SessionId = Id<Session>;
/// An access token, by its jti alone.
pub struct AccessToken;
pub type TokenId = Id<AccessToken>;

/// How long a session lasts at most, and how long without being used, in seconds.
pub const ABSOLUTE: i64 = 12 * 3600;
pub const IDLE: i64 = 2 * 3600;
/// How many sessions a user holds; the one unused for longest gives way.
const MOST_SESSIONS: i64 = 20;
/// How often a session is renewed; one that is used as meant needs less than a hundred.
const MOST_ROTATIONS: i32 = 2000;
/// How long a jti is remembered: longer than any access token lasts.
const REMEMBERED: i64 = 900;

/// What a session gives out; the secret is shown once.
pub struct Issued {
    pub refresh: Secret,
    pub jti: TokenId,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions)]
struct SessionRow {
    id: SessionId,
    user_id: UserId,
    begun_at: Moment,
    used_at: Moment,
    rotations: i32,
}

/// Begins a session.
pub fn begin(tx: &mut WriteTx<'_>, user: UserId) -> Result<Issued> {
    sweep(tx)?;
    let held: Vec<SessionId> = sessions::table
        .filter(sessions::user_id.eq(user))
        .order((sessions::used_at.desc(), sessions::id.desc()))
        .select(sessions::id)
        .load(tx.conn())?;
    for oldest in held.into_iter().skip(MOST_SESSIONS as usize - 1) {
        end(tx, oldest)?;
    }
    let id: SessionId = tx.new_id();
    let row = SessionRow { id, user_id: user, begun_at: tx.now(), used_at: tx.now(), rotations: 0 };
    diesel::insert_into(sessions::table).values(row).execute(tx.conn())?;
    issue(tx, id)
}

fn issue(tx: &mut WriteTx<'_>, session: SessionId) -> Result<Issued> {
    let (refresh, jti): (Secret, TokenId) = (Secret::new()?, tx.new_id());
    let row = (
        refresh_tokens::hash.eq(refresh.hash()),
        refresh_tokens::session_id.eq(session),
        refresh_tokens::used.eq(false),
    );
    diesel::insert_into(refresh_tokens::table).values(row).execute(tx.conn())?;
    let row = (
        session_tokens::jti.eq(jti),
        session_tokens::session_id.eq(session),
        session_tokens::expires_at.eq(tx.now().plus_seconds(REMEMBERED)),
    );
    diesel::insert_into(session_tokens::table).values(row).execute(tx.conn())?;
    Ok(Issued { refresh, jti })
}

/// Changes a refresh token for new ones. One that was used before is in two hands: its session ends.
pub fn renew(tx: &mut WriteTx<'_>, token: &str) -> Result<Option<(UserId, Issued)>> {
    tx.alone()?;
    sweep(tx)?;
    let hash = secret_hash(token);
    let found: Option<(SessionId, bool)> = refresh_tokens::table
        .find(hash.clone())
        .select((refresh_tokens::session_id, refresh_tokens::used))
        .first(tx.conn())
        .optional()?;
    let Some((id, used)) = found else {
        return Ok(None);
    };
    let row: SessionRow = sessions::table.find(id).select(SessionRow::as_select()).first(tx.conn())?;
    if used || row.rotations >= MOST_ROTATIONS {
        end(tx, id)?;
        return Ok(None);
    }
    diesel::update(refresh_tokens::table.find(hash)).set(refresh_tokens::used.eq(true)).execute(tx.conn())?;
    let renewed = (sessions::used_at.eq(tx.now()), sessions::rotations.eq(row.rotations + 1));
    diesel::update(sessions::table.find(id)).set(renewed).execute(tx.conn())?;
    Ok(Some((row.user_id, issue(tx, id)?)))
}

/// The session an access token belongs to, and whose it is; none once either has ended.
pub fn of_token(tx: &mut Tx<'_>, jti: TokenId) -> Result<Option<(SessionId, UserId)>> {
    let begun_after = tx.now().plus_seconds(-ABSOLUTE);
    let found = session_tokens::table
        .inner_join(sessions::table)
        .filter(session_tokens::jti.eq(jti))
        .filter(sessions::begun_at.gt(begun_after))
        .select((sessions::id, sessions::user_id));
    Ok(found.first(tx.conn()).optional()?)
}

/// The session that a refresh token belongs to, used or not.
pub fn of_refresh_token(tx: &mut Tx<'_>, token: &str) -> Result<Option<SessionId>> {
    let found = refresh_tokens::table.find(secret_hash(token)).select(refresh_tokens::session_id);
    Ok(found.first(tx.conn()).optional()?)
}

/// Ends a session and everything it gave out.
pub fn end(tx: &mut WriteTx<'_>, session: SessionId) -> Result<()> {
    diesel::delete(sessions::table.find(session)).execute(tx.conn())?;
    Ok(())
}

/// Ends every session of a user but the one to be kept.
pub fn end_all(tx: &mut WriteTx<'_>, user: UserId, kept: Option<SessionId>) -> Result<()> {
    let of_user = sessions::table.filter(sessions::user_id.eq(user));
    let ended = match kept {
        Some(kept) => diesel::delete(of_user.filter(sessions::id.ne(kept))).execute(tx.conn())?,
        None => diesel::delete(of_user).execute(tx.conn())?,
    };
    tracing::debug!(ended, "sessions of a user ended");
    Ok(())
}

/// Has an access token open nothing from here on, whosever it is.
pub fn revoke(tx: &mut WriteTx<'_>, jti: TokenId) -> Result<()> {
    sweep(tx)?;
    tx.alone()?;
    if diesel::delete(session_tokens::table.find(jti)).execute(tx.conn())? > 0 || revoked(tx, jti)? {
        return Ok(());
    }
    let row = (revoked_tokens::jti.eq(jti), revoked_tokens::expires_at.eq(tx.now().plus_seconds(REMEMBERED)));
    diesel::insert_into(revoked_tokens::table).values(row).execute(tx.conn())?;
    Ok(())
}

/// Whether an access token was revoked.
fn revoked(tx: &mut Tx<'_>, jti: TokenId) -> Result<bool> {
    let found: i64 = revoked_tokens::table.find(jti).count().get_result(tx.conn())?;
    Ok(found > 0)
}

/// Under which name it is kept when the registry was restored from a backup: of a token made before then nobody
/// knows whether it was revoked.
pub const RESTORED: &str = "restored";

/// When a token was made, as its id tells: of a UUIDv7 the first 48 bits, in milliseconds.
pub fn made(jti: TokenId) -> Moment {
    Moment::from_micros((jti.uuid().as_u128() >> 80) as i64 * 1000)
}

/// Drops what is over.
fn sweep(tx: &mut WriteTx<'_>) -> Result<()> {
    let now = tx.now();
    let over = sessions::begun_at.le(now.plus_seconds(-ABSOLUTE)).or(sessions::used_at.le(now.plus_seconds(-IDLE)));
    diesel::delete(sessions::table.filter(over)).execute(tx.conn())?;
    diesel::delete(session_tokens::table.filter(session_tokens::expires_at.lt(now))).execute(tx.conn())?;
    diesel::delete(revoked_tokens::table.filter(revoked_tokens::expires_at.lt(now))).execute(tx.conn())?;
    Ok(())
}
