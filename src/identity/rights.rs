//! Rights: loaded for every request, remembered for less than a second, so that what was withdrawn
//! is gone within one.

use crate::types::PrincipalId;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use crate::access::{Caller, CallerKind, Door};
use crate::error::{Error, Result};
use crate::resources::client::{self, State};

/// How long loaded rights are trusted.
const FRESH: Duration = Duration::from_millis(800);
/// How many callers are remembered.
const MOST: usize = 10_000;

/// The rights of the callers of late.
#[derive(Default)]
pub struct Rights(RwLock<HashMap<PrincipalId, (Instant, Arc<Caller>)>>);

impl Rights {
    /// The caller behind a verified token; `Unauthenticated` when it is gone or disabled.
    pub async fn of(&self, door: &Door, id: PrincipalId) -> Result<Arc<Caller>> {
        if let Some(caller) = self.fresh(id) {
            return Ok(caller);
        }
        let asked = Instant::now();
        let system = Arc::new(Caller::system());
        let found = door.read(system, move |tx| client::store::by_id(tx, id.cast())).await?;
        let caller = found.and_then(|(client, _)| caller(&client)).ok_or(Error::Unauthenticated)?;
        let caller = Arc::new(caller);
        let mut remembered = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= MOST {
            remembered.clear();
        }
        remembered.insert(id, (asked, caller.clone()));
        Ok(caller)
    }

    fn fresh(&self, id: PrincipalId) -> Option<Arc<Caller>> {
        let remembered = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let (asked, caller) = remembered.get(&id)?;
        (asked.elapsed() < FRESH).then(|| caller.clone())
    }
}

fn caller(client: &client::Client) -> Option<Caller> {
    let fields = &client.fields;
    let rate = fields.rate_limit_per_minute.unwrap_or(client::DEFAULT_RATE_LIMIT);
    (fields.state != Some(State::Disabled)).then(|| Caller {
        id: client.meta.id.cast(),
        kind: CallerKind::Client,
        unit: fields.unit_id,
        scopes: fields.scopes.iter().copied().collect(),
        rate_limit_per_minute: u32::try_from(rate).unwrap_or(u32::MAX),
    })
}
