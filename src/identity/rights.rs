//! Rights: loaded for every request, remembered for less than a second, so that what was withdrawn
//! is gone within one.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::issuers::Foreign;
use super::lately::Lately;
use super::token::Verified;
use crate::access::{Caller, CallerKind, Door, Noun, PrincipalId, Tx};
use crate::error::{Error, Result};
use crate::resources::client;
use crate::resources::user::session_store;
use crate::resources::user::{self, UserId};
use crate::territory;

/// How long loaded rights are trusted, and how long while somebody is loading them anew; short enough that
/// a request that waits, and asks anew now and then, ends within a second too.
const FRESH: Duration = Duration::from_millis(300);
const GOOD: Duration = Duration::from_millis(600);

/// Whoever bears a token that was verified.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Bearer {
    /// Of a token that the registry made.
    Own(Verified),
    /// Of a token that a trusted issuer made.
    Foreign(Foreign),
}

/// The rights of the callers of late, by the tokens they came with: each can be revoked alone.
#[derive(Default)]
pub struct Rights(Lately<Bearer, Arc<Caller>>);

impl Rights {
    /// The caller behind a verified token; `Unauthenticated` when it is gone or disabled, or the token
    /// was revoked or its session has ended.
    pub async fn of(&self, door: &Door, bearer: Bearer) -> Result<Arc<Caller>> {
        if let Some(caller) = self.0.known(&bearer, FRESH, GOOD) {
            return Ok(caller);
        }
        let loaded = self.loaded(door, bearer.clone()).await;
        if loaded.is_err() {
            self.0.missed(&bearer);
        }
        loaded
    }

    async fn loaded(&self, door: &Door, bearer: Bearer) -> Result<Arc<Caller>> {
        let asked = Instant::now();
        let (system, of) = (Arc::new(Caller::system()), bearer.clone());
        let found = door.read_of(Noun::Me, system, move |tx| {
            let caller = match of {
                Bearer::Own(token) => of_token(tx, token),
                Bearer::Foreign(who) => match user::identity_store::user_of(tx, &who.issuer, &who.subject)? {
                    Some(user) => user_caller(tx, user.id()),
                    None => Ok(None),
                },
            }?;
            let placed =
                |caller: Caller| Ok(Caller { branch: territory::branch(tx, caller.unit)? == caller.unit, ..caller });
            caller.map(placed).transpose()
        });
        let caller = Arc::new(found.await?.ok_or(Error::Unauthenticated)?);
        self.0.remember(bearer, asked, caller.clone());
        Ok(caller)
    }
}

/// A token of a session belongs to its user, any other to a client.
fn of_token(tx: &mut Tx<'_>, token: Verified) -> Result<Option<Caller>> {
    if let Some((_, user)) = session_store::of_token(tx, token.jti)? {
        return if user.cast() == token.principal { user_caller(tx, user) } else { Ok(None) };
    }
    let found = client::store::by_id(tx, token.principal.cast())?;
    match found.and_then(|(client, _)| caller(&client)) {
        Some(_) if session_store::revoked(tx, token.jti)? || session_store::restored_since(tx, token.jti)? => Ok(None),
        Some(caller) => Ok(Some(caller)),
        None => Ok(None),
    }
}

/// A principal as it stands now, whatever tokens there are; none where it may not sign in any more.
pub fn standing(tx: &mut Tx<'_>, principal: PrincipalId) -> Result<Option<Caller>> {
    match client::store::by_id(tx, principal.cast())? {
        Some((client, _)) => Ok(caller(&client)),
        None => user_caller(tx, principal.cast()),
    }
}

fn user_caller(tx: &mut Tx<'_>, id: UserId) -> Result<Option<Caller>> {
    Ok(user::store::rights_of(tx, id)?.map(|(role, unit)| Caller {
        id: id.cast(),
        kind: CallerKind::User,
        unit,
        branch: false,
        scopes: role.scopes(),
        rate_limit_per_minute: user::RATE_LIMIT,
    }))
}

fn caller(client: &client::Client) -> Option<Caller> {
    let fields = &client.fields;
    let rate = fields.rate_limit_per_minute.unwrap_or(client::DEFAULT_RATE_LIMIT);
    client.active().then(|| Caller {
        id: client.meta.id.cast(),
        kind: CallerKind::Client,
        unit: fields.unit_id,
        branch: false,
        scopes: fields.scopes.iter().copied().collect(),
        rate_limit_per_minute: u32::try_from(rate).unwrap_or(u32::MAX),
    })
}
