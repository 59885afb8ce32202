//! A change: what a request wants changed, made among others and told of when all are committed. What must
//! not come in: who else waits.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::caller::Caller;
use super::door::TRIES;
use super::joint::{self, Joint};
use super::write::WriteTx;
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::vault::Vault;

/// What became of one change among others.
pub(super) enum Step {
    /// It is made, and waits for the commit.
    Made,
    /// It was refused, and whoever asked knows.
    Refused,
    /// Another writer was faster, or holds what it needs and may wait for what those before it hold.
    Again,
    /// It failed so that those made before it must be made again, and it after them.
    Spoilt,
    /// The database did not answer as it should: whatever was made with it is void.
    Void(String),
}

/// A change that waits to be made.
pub(super) trait Change: Send {
    fn make(&mut self, joint: &mut Joint<'_>) -> Step;
    /// Tells whoever asked that it is committed, or why it is not.
    fn tell(self: Box<Self>, outcome: std::result::Result<(), Error>);
    /// How long it waits already; for ever where nobody waits for it.
    fn waited(&self) -> Duration;
    /// Whether it was tried before, in vain.
    fn tried(&self) -> bool;
}

/// A change as a request wants it made.
pub(super) struct Wanted<T, W> {
    caller: Arc<Caller>,
    request_id: Arc<str>,
    clock: Clock,
    vault: Option<Vault>,
    work: W,
    asked: Instant,
    tries: u32,
    made: Option<T>,
    answer: Option<oneshot::Sender<Result<T>>>,
}

impl<T, W> Wanted<T, W> {
    pub(super) fn new(
        (caller, request_id): (Arc<Caller>, Arc<str>),
        (clock, vault): (Clock, Option<Vault>),
        work: W,
    ) -> (Self, oneshot::Receiver<Result<T>>) {
        let (answer, told) = oneshot::channel();
        let (asked, answer) = (Instant::now(), Some(answer));
        (Self { caller, request_id, clock, vault, work, asked, tries: 0, made: None, answer }, told)
    }

    fn say(&mut self, outcome: Result<T>) {
        if let Some(answer) = self.answer.take() {
            // Nobody may be waiting any more.
            drop(answer.send(outcome));
        }
    }
}

impl<T, W> Change for Wanted<T, W>
where
    T: Send + 'static,
    W: FnMut(&mut WriteTx<'_>) -> Result<T> + Send + 'static,
{
    fn make(&mut self, joint: &mut Joint<'_>) -> Step {
        self.tries += 1;
        let (now, vault, hasty) = (self.clock.now(), self.vault.as_ref(), joint.in_haste());
        match joint::join(joint, (&self.caller, &self.request_id), now, vault, &mut self.work) {
            Ok(made) => {
                self.made = Some(made);
                Step::Made
            }
            Err(_) if joint.spoilt() => Step::Spoilt,
            Err(Error::Raced) if self.tries < TRIES => Step::Again,
            Err(error) if hasty && error.met_a_lock() && self.tries < TRIES => Step::Again,
            Err(Error::Raced) => {
                self.say(Err(Error::Unavailable("contended".to_owned())));
                Step::Refused
            }
            Err(Error::Unavailable(why)) => {
                self.say(Err(Error::Unavailable(why.clone())));
                Step::Void(why)
            }
            Err(error) => {
                self.say(Err(error));
                Step::Refused
            }
        }
    }

    fn tell(mut self: Box<Self>, outcome: std::result::Result<(), Error>) {
        let outcome = match (outcome, self.made.take()) {
            (Ok(()), Some(made)) => Ok(made),
            (Ok(()), None) => Err(Error::internal("a change was committed that nobody made")),
            (Err(error), _) => Err(error),
        };
        self.say(outcome);
    }

    fn waited(&self) -> Duration {
        let gone = self.answer.as_ref().is_none_or(oneshot::Sender::is_closed);
        if gone { Duration::MAX } else { self.asked.elapsed() }
    }

    fn tried(&self) -> bool {
        self.tries > 0
    }
}
