//! What the rights of a caller are made of, found by one statement: every request stands on it.

use diesel::dsl::{auto_type, exists, not};
use diesel::prelude::*;

use super::token::Verified;
use crate::access::{Caller, CallerKind, PrincipalId, Role, Scope, Tx};
use crate::error::Result;
use crate::resources::client::{ClientId, State};
use crate::resources::user::{self, UserId, session_store};
use crate::schema::{clients, loads, revoked_tokens, session_tokens, sessions, units, users};
use crate::territory;
use crate::types::UnitId;

/// A unit and the one above it.
type Placed = (UnitId, Option<UnitId>);
type OfClient = (Placed, String, i64);
type OfUser = (Placed, Role);

#[auto_type]
fn clients_let_in() -> _ {
    let active: State = State::Active;
    clients::table
        .inner_join(units::table.on(units::id.eq(clients::unit_id)))
        .filter(clients::state.eq(active))
        .select(((units::id, units::parent_id), clients::scopes, clients::rate_limit_per_minute))
}

#[auto_type]
fn users_let_in() -> _ {
    let active: State = State::Active;
    users::table
        .inner_join(units::table.on(units::id.eq(users::unit_id)))
        .filter(users::state.eq(active))
        .select(((units::id, units::parent_id), users::role))
}

/// Whoever a token was given to, as long as it opens anything; none where it does not any more.
pub fn behind(tx: &mut Tx<'_>, token: Verified) -> Result<Option<Caller>> {
    let id: ClientId = token.principal.cast();
    let revoked = revoked_tokens::table.find(token.jti);
    let restored = loads::table
        .filter(loads::name.eq(session_store::RESTORED))
        .filter(loads::loaded_at.ge(session_store::made(token.jti)));
    let found: Option<OfClient> = clients_let_in()
        .filter(clients::id.eq(id))
        .filter(not(exists(revoked)))
        .filter(not(exists(restored)))
        .first(tx.conn())
        .optional()?;
    if let Some(found) = found {
        return Ok(Some(client(id, found)));
    }
    let id: UserId = token.principal.cast();
    let begun_after = tx.now().plus_seconds(-session_store::ABSOLUTE);
    let sessions = session_tokens::table
        .inner_join(sessions::table)
        .filter(session_tokens::jti.eq(token.jti))
        .filter(sessions::begun_at.gt(begun_after))
        .filter(sessions::user_id.eq(users::id));
    // No id is a client's and a user's, so what is said here depends on nothing that was said before.
    let found: Option<OfUser> =
        users_let_in().filter(users::id.eq(id)).filter(exists(sessions)).first(tx.look_again()).optional()?;
    Ok(found.map(|found| self::user(id, found)))
}

/// A principal as it stands now, whatever tokens there are; none where it may not sign in any more.
pub fn standing(tx: &mut Tx<'_>, principal: PrincipalId) -> Result<Option<Caller>> {
    let id: ClientId = principal.cast();
    let found: Option<OfClient> = clients_let_in().filter(clients::id.eq(id)).first(tx.conn()).optional()?;
    if let Some(found) = found {
        return Ok(Some(client(id, found)));
    }
    let id: UserId = principal.cast();
    let found: Option<OfUser> = users_let_in().filter(users::id.eq(id)).first(tx.conn()).optional()?;
    Ok(found.map(|found| self::user(id, found)))
}

fn client(id: ClientId, ((unit, above), scopes, rate): OfClient) -> Caller {
    Caller {
        id: id.cast(),
        kind: CallerKind::Client,
        unit,
        branch: territory::is_branch(unit, above),
        scopes: scopes.split_whitespace().filter_map(|scope| scope.parse::<Scope>().ok()).collect(),
        rate_limit_per_minute: u32::try_from(rate).unwrap_or(u32::MAX),
    }
}

fn user(id: UserId, ((unit, above), role): OfUser) -> Caller {
    Caller {
        id: id.cast(),
        kind: CallerKind::User,
        unit,
        branch: territory::is_branch(unit, above),
        scopes: role.scopes(),
        rate_limit_per_minute: user::RATE_LIMIT,
    }
}
