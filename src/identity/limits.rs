//! Rate limits: so many requests a minute for each caller, shared by all workers of the process.

use crate::types::PrincipalId;
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};

use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

use crate::access::Caller;

type Bucket = RateLimiter<NotKeyed, InMemoryState, DefaultClock, StateInformationMiddleware>;

/// How many callers are counted before the counting begins anew.
const MOST: usize = 100_000;

/// The buckets of all callers.
#[derive(Default)]
pub struct Limits(Mutex<HashMap<PrincipalId, (u32, Arc<Bucket>)>>);

/// Where a caller stands with its limit; the numbers of the `RateLimit-*` headers.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    pub limit: u32,
    pub remaining: u32,
    /// Seconds until the limit is whole again.
    pub reset: u64,
    /// Seconds to wait, when there is nothing left.
    pub wait: Option<u64>,
}

impl Limits {
    /// Counts one request.
    pub fn count(&self, caller: &Caller) -> Standing {
        let limit = caller.rate_limit_per_minute.max(1);
        let bucket = self.bucket(caller.id, limit);
        let (remaining, wait) = match bucket.check() {
            Ok(state) => (state.remaining_burst_capacity(), None),
            Err(full) => {
                let wait = full.wait_time_from(DefaultClock::default().now());
                (0, Some(wait.as_secs() + 1))
            }
        };
        let used = u64::from(limit.saturating_sub(remaining));
        Standing { limit, remaining, reset: (used * 60).div_ceil(u64::from(limit)), wait }
    }

    fn bucket(&self, id: PrincipalId, limit: u32) -> Arc<Bucket> {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST {
            buckets.clear();
        }
        match buckets.get(&id) {
            Some((of, bucket)) if *of == limit => bucket.clone(),
            _ => {
                let quota = Quota::per_minute(NonZeroU32::new(limit).unwrap_or(NonZeroU32::MIN));
                let bucket = Arc::new(RateLimiter::direct(quota).with_middleware());
                buckets.insert(id, (limit, bucket.clone()));
                bucket
            }
        }
    }
}
