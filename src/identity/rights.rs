//! Rights: loaded for every request, remembered for less than a second, so that what was withdrawn
//! is gone within one.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::issuers::Foreign;
use super::lately::Lately;
use super::rights_store;
use super::token::Verified;
use crate::access::{Caller, Door, Noun};
use crate::error::{Error, Result};
use crate::resources::user;

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
        let found = door.glance_of(Noun::Me, system, move |tx| match &of {
            Bearer::Own(token) => rights_store::behind(tx, *token),
            Bearer::Foreign(who) => {
                tx.stay()?;
                match user::identity_store::user_of(tx, &who.issuer, &who.subject)? {
                    Some(user) => rights_store::standing(tx, user.id().cast()),
                    None => Ok(None),
                }
            }
        });
        let caller = Arc::new(found.await?.ok_or(Error::Unauthenticated)?);
        self.0.remember(bearer, asked, caller.clone());
        Ok(caller)
    }
}
