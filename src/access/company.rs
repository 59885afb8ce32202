//! Company: changes of one kind that come at once are committed at once, so that they share the wait for
//! the disk and for the head of the journal. Each is whole or undone by itself, and nobody is told of a
//! change before it is committed. What must not come in: what is changed.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::joint::{Care, Joint};
use super::pool::{Begin, Link, Pool};
use super::wanted::{Change, Step};
use crate::error::{Error, Result};
use crate::noun::Noun;

/// How many are committed at once, and for how long more are taken in.
const MOST: usize = 32;
const LONGEST: Duration = Duration::from_millis(50);
/// For how long who leads goes on with those who came meanwhile: a turn for each round would cost more than
/// the wait of whoever leads.
const ROUNDS: Duration = Duration::from_millis(15);
/// How many wait at most, and how long until their turn; longer is not worth it.
const MOST_WAITING: usize = 512;
const PATIENCE: Duration = Duration::from_millis(1500);

/// For how many commits care is taken after one was spoilt: who sends what fails once does it again.
const CAREFUL: u32 = 16;

/// Those who wait with changes of one kind.
#[derive(Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    /// Told when somebody is to lead.
    vacant: Notify,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Box<dyn Change>>,
    led: bool,
    /// How many of the next commits are made with more care, after one that was spoilt.
    careful: u32,
}

/// Leave to see to it that those who wait are served, until dropped.
pub(super) struct Lead<'q>(&'q Queue);

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.led = false;
        if !state.waiting.is_empty() {
            self.0.vacant.notify_one();
        }
    }
}

impl Queue {
    /// Joins those who wait; `Busy` where they are too many or get nowhere.
    pub(super) fn join(&self, change: Box<dyn Change>) -> Result<()> {
        let mut left_behind = Vec::new();
        let mut state = self.state();
        while let Some(first) = state.waiting.pop_front_if(|first| first.waited() > PATIENCE) {
            // They wait for somebody who does not come home in time.
            left_behind.push(first);
        }
        let stuck = state.led && !left_behind.is_empty();
        let joins = !stuck && state.waiting.len() < MOST_WAITING;
        if joins {
            state.waiting.push_back(change);
        }
        drop(state);
        left_behind.into_iter().for_each(|change| change.tell(Err(Error::Busy)));
        if joins { Ok(()) } else { Err(Error::Busy) }
    }

    /// The lead, where nobody has it and somebody waits.
    pub(super) fn lead(&self) -> Option<Lead<'_>> {
        let mut state = self.state();
        let taken = !state.led && !state.waiting.is_empty();
        state.led |= taken;
        taken.then(|| Lead(self))
    }

    /// Waits until somebody is to lead.
    pub(super) async fn vacancy(&self) {
        self.vacant.notified().await;
    }

    /// Sends away all who wait: no turn came for them.
    pub(super) fn send_away(&self, why: &Error) {
        let waiting = std::mem::take(&mut self.state().waiting);
        waiting.into_iter().for_each(|change| change.tell(Err(same(why))));
    }

    /// The next whom an answer still reaches in time.
    fn next(&self) -> Option<Box<dyn Change>> {
        loop {
            let change = self.state().waiting.pop_front()?;
            if change.waited() <= PATIENCE {
                return Some(change);
            }
            change.tell(Err(Error::Busy));
        }
    }

    /// Whether the first is made in haste too: where others wait behind it, unless that was in vain before.
    fn hastens(&self) -> bool {
        let state = self.state();
        state.waiting.len() > 1 && state.waiting.front().is_some_and(|first| !first.tried())
    }

    /// How much care the next commit needs.
    fn care(&self) -> Care {
        let mut state = self.state();
        let careful = state.careful > 0;
        state.careful = state.careful.saturating_sub(1);
        if careful { Care::Savepoints } else { Care::None }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Serves those who wait with connections of `writers`, in haste where the place `allows` it, until nobody
    /// waits behind another or `ROUNDS` are over.
    pub(super) fn rounds(&self, writers: &Pool, allows: bool) -> Result<()> {
        let until = Instant::now() + ROUNDS;
        loop {
            let hasty = allows && self.hastens();
            let begin = if hasty { Begin::Hastily } else { Begin::Writing };
            writers.begun(begin, |link| self.serve(link, hasty))?;
            if !self.hastens() || Instant::now() >= until {
                return Ok(());
            }
        }
    }

    /// Makes the changes of those who wait, in the transaction that was begun on `link`, in haste or not, and
    /// commits them.
    fn serve(&self, link: &mut Link, hasty: bool) -> Result<()> {
        let (began, mut joint) = (Instant::now(), Joint::begun(link, hasty, self.care()));
        let (mut made, mut void) = (Vec::new(), None);
        let outcome = loop {
            while void.is_none() && made.len() < MOST && began.elapsed() < LONGEST {
                let Some(mut change) = self.next() else { break };
                match change.make(&mut joint) {
                    Step::Made => made.push(change),
                    Step::Refused => {}
                    Step::Again => {
                        // What was made lets go of what others need before this is tried again.
                        self.state().waiting.push_front(change);
                        break;
                    }
                    Step::Spoilt => {
                        made.push(change);
                        void = self.anew(&mut joint, &mut made).err();
                    }
                    Step::Void(why) => void = Some(Error::Unavailable(why)),
                }
            }
            match joint.settle() {
                Err(_) if joint.spoilt() => void = void.or(self.anew(&mut joint, &mut made).err()),
                settled => break settled.and_then(|()| joint.commit()),
            }
        };
        for change in made {
            change.tell(outcome.as_ref().copied().map_err(same));
        }
        outcome.and(void.map_or(Ok(()), Err))
    }

    /// Has changes made again, in their order and with care.
    fn anew(&self, joint: &mut Joint<'_>, spoilt: &mut Vec<Box<dyn Change>>) -> Result<()> {
        let mut state = self.state();
        state.careful = CAREFUL;
        spoilt.drain(..).rev().for_each(|change| state.waiting.push_front(change));
        drop(state);
        joint.begin_anew()
    }
}

/// The same once more, for each of those whom it concerns.
fn same(error: &Error) -> Error {
    match error {
        Error::Unknown(why) => Error::Unknown(why.clone()),
        Error::Busy => Error::Busy,
        Error::Unavailable(why) => Error::Unavailable(why.clone()),
        other => Error::Unavailable(other.to_string()),
    }
}

/// The queues, by what is changed.
pub(super) struct Company(HashMap<Noun, Queue>);

impl Default for Company {
    fn default() -> Self {
        Self(Noun::ALL.iter().map(|noun| (*noun, Queue::default())).collect())
    }
}

impl Company {
    pub(super) fn of(&self, noun: Noun) -> Result<&Queue> {
        self.0.get(&noun).ok_or_else(|| Error::internal("a noun without a queue"))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    struct Old(Duration, Arc<AtomicBool>);

    impl Change for Old {
        fn make(&mut self, _: &mut Joint<'_>) -> Step {
            Step::Refused
        }
        fn tell(self: Box<Self>, _: std::result::Result<(), Error>) {
            self.1.store(true, Ordering::SeqCst);
        }
        fn waited(&self) -> Duration {
            self.0
        }
        fn tried(&self) -> bool {
            false
        }
    }

    #[test]
    fn those_who_were_left_behind_are_told_and_keep_nobody_out() {
        let queue = Queue::default();
        let told = Arc::default();
        queue.join(Box::new(Old(PATIENCE * 2, Arc::clone(&told)))).expect("the first may come");
        let lead = queue.lead().expect("nobody leads");
        let new = || Box::new(Old(Duration::ZERO, Arc::default()));
        assert!(matches!(queue.join(new()), Err(Error::Busy)), "somebody is at it, for long");
        assert!(told.load(Ordering::SeqCst), "nobody is dropped without a word");
        drop(lead);
        queue.join(new()).expect("nobody is at it any more");
        assert_eq!(queue.state().waiting.len(), 1);
    }

    #[test]
    fn one_leads_at_a_time_and_only_where_somebody_waits() {
        let queue = Queue::default();
        assert!(queue.lead().is_none());
        queue.join(Box::new(Old(Duration::ZERO, Arc::default()))).expect("there is room");
        let lead = queue.lead().expect("somebody waits");
        assert!(queue.lead().is_none());
        drop(lead);
        assert!(queue.lead().is_some());
    }
}
