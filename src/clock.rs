//! The one clock. Handlers never read it: time comes from the door (`tx.now()`).

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::types::Moment;

/// Where "now" comes from: the system, or a hand that a test turns.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    hand: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// A clock that stands at `at` until it is moved.
    pub fn standing_at(at: Moment) -> Self {
        Self { hand: Some(Arc::new(AtomicI64::new(at.micros()))) }
    }

    /// Moves a standing clock; the system's clock cannot be moved and stays as it is.
    pub fn move_to(&self, at: Moment) {
        if let Some(hand) = &self.hand {
            hand.store(at.micros(), Ordering::SeqCst);
        }
    }

    pub fn now(&self) -> Moment {
        match &self.hand {
            Some(hand) => Moment::from_micros(hand.load(Ordering::SeqCst)),
            None => Moment::from_micros(system_micros()),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the system's clock")]
fn system_micros() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_micros() as i64)
}
