//! Lanes: who gets a connection, and when. Each noun has a lane of its own, narrower than the road, so
//! that a table somebody holds locked, or work that is heavy, takes the others' connections from nobody.
//! What must not come in: the work itself.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::OwnedSemaphorePermit;

use super::pool::Place;
use super::trouble::{Silence, Trouble};
use crate::error::{Error, Result};
use crate::noun::Noun;
use crate::turns::{BRISK, PATIENT, Turn, Turns};

/// How long work may take, and a report, which is drawn up for a whole nation once in a while.
pub(super) const WHOLE: Duration = Duration::from_millis(3600);
const REPORT: Duration = Duration::from_secs(12);
/// How much longer than it worked heavy work makes way for other work that is there; not at all where that was
/// but shortly, no longer than a page of a list takes.
const REST: u32 = 3;
const SHORTLY: Duration = Duration::from_millis(5);
/// How long records count as asked for one by one, in microseconds.
const OF_LATE: u64 = 50_000;
/// How long work uses the processors before it is thought to wait for something else.
const WAITING: Duration = Duration::from_millis(25);
/// Threads that may be given up while a silent network holds them.
const MOST_GIVEN_UP: usize = 64;

/// What work is begun for.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Purpose {
    /// What is asked of records of a noun.
    Of(Noun),
    /// A page of a list of them.
    Page(Noun),
    /// What goes before: signing in, tokens.
    Entrance,
    /// Whether figures that were given are still good: quickly told, so often asked.
    Recall,
    /// Figures that took no longer than a page of a list when they were last asked for.
    Brief,
    /// The registry's own look at its records, whoever else is there.
    Own,
}

impl Purpose {
    /// Work that may take long: it runs where others leave room, and few at a time.
    pub(super) fn heavy(self) -> bool {
        matches!(self.lane(), Self::Of(Noun::Observation | Noun::Balance | Noun::MovementReport))
    }

    /// Whose lane it is.
    fn lane(self) -> Self {
        match self {
            Self::Page(noun) => Self::Of(noun),
            other => other,
        }
    }

    /// How long work and the wait for its turn may take together: longer than the database lets a statement
    /// run. A report is many statements.
    pub(super) fn whole(self) -> Duration {
        match self.lane() {
            Self::Of(Noun::MovementReport) => REPORT,
            _ => WHOLE,
        }
    }
}

/// The turns of one noun, or of several.
struct Lane {
    turns: Arc<Turns>,
    /// Of these, those that may write.
    writers: Arc<Turns>,
    /// Of these, those that may wait to be one of few: other kinds are let in among them.
    few: Arc<Turns>,
    reads: Trouble,
    writes: Trouble,
}

impl Lane {
    fn trouble(&self, writes: bool) -> &Trouble {
        if writes { &self.writes } else { &self.reads }
    }
}

/// Every lane, and the road they lead to.
pub(super) struct Lanes {
    lanes: HashMap<Purpose, Arc<Lane>>,
    readers: Arc<Turns>,
    writers: Arc<Turns>,
    /// For what takes longer than a record alone, while such are asked for: as much at once as the processors get
    /// through, so that nobody waits for a record behind pages.
    long: Arc<Turns>,
    /// When a record alone was last asked for, in microseconds since these lanes were made.
    brisk: AtomicU64,
    /// One pool for both: writers are on the readers' road too.
    shared: bool,
    silence: Silence,
    given_up: AtomicUsize,
}

/// Leave to work, until it ends or is given up.
pub(super) struct Pass {
    lanes: Arc<Lanes>,
    lane: Arc<Lane>,
    writes: bool,
    began: Instant,
    turns: Mutex<Option<Held>>,
}

/// What a pass holds, in the order in which it is let go.
struct Held {
    long: Option<Turn>,
    _road: Vec<Turn>,
    _trying: Vec<OwnedSemaphorePermit>,
    lane: Option<Turn>,
}

impl Lanes {
    /// For `size` connections.
    pub(super) fn new(place: &Place, size: usize) -> Arc<Self> {
        let shared = matches!(place, Place::Server(_));
        // Of one pool writers leave half to readers: a journal that somebody holds stops only writers.
        let writers = if shared { size.div_ceil(2) } else { 1 };
        // One fourth stays for the others; half of the processors, at most, for what is heavy.
        let (wide, narrow) = (size * 3 / 4, (size / 4).min(processors() / 2));
        let lane = |width: usize, longest: Duration| {
            let (turns, writers) = (Turns::new(width, longest), Turns::new(writers * 3 / 4, PATIENT));
            let few = Turns::new(processors(), longest);
            Arc::new(Lane { turns, writers, few, reads: Trouble::default(), writes: Trouble::default() })
        };
        // A report takes its time, and the turn of no other figures.
        let (heavy, report) = (lane(narrow, PATIENT), lane(1, PATIENT));
        let of = |noun: &Noun| Purpose::Of(*noun);
        let nouns = Noun::ALL.iter().map(of).chain([Purpose::Entrance]);
        let mut lanes: HashMap<_, _> =
            nouns.map(|purpose| (purpose, if purpose.heavy() { heavy.clone() } else { lane(wide, BRISK) })).collect();
        lanes.insert(Purpose::Of(Noun::MovementReport), report);
        lanes.insert(Purpose::Recall, lane(1, BRISK));
        lanes.insert(Purpose::Brief, lane(1, PATIENT));
        lanes.insert(Purpose::Own, lane(2, PATIENT));
        Arc::new(Self {
            lanes,
            readers: Turns::new(size, PATIENT),
            writers: Turns::new(writers, PATIENT),
            long: Turns::new(processors(), PATIENT),
            brisk: AtomicU64::new(0),
            shared,
            silence: Silence::default(),
            given_up: AtomicUsize::new(0),
        })
    }

    /// Leave to work; refused at once where it would not come soon.
    pub(super) async fn enter(self: &Arc<Self>, purpose: Purpose, writes: bool) -> Result<Arc<Pass>> {
        let lane = self.lanes.get(&purpose.lane()).ok_or_else(|| Error::internal("a purpose without a lane"))?;
        let mut trying = Vec::new();
        trying.extend(self.silence.pass()?);
        trying.extend(lane.trouble(writes).pass()?);
        let mut road = Vec::new();
        let few = self.makes_way(purpose, writes);
        if few {
            road.push(lane.few.take().await?);
        }
        // On a file reads and writes do not meet.
        if writes {
            road.push(lane.writers.take().await?);
        }
        let turn = if writes && !self.shared { None } else { Some(lane.turns.take().await?) };
        let long = if few { Some(self.long.take().await?) } else { None };
        if purpose != Purpose::Own {
            if writes {
                road.push(self.writers.take().await?);
            }
            if !writes || self.shared {
                road.push(self.readers.take().await?);
            }
        }
        let turns = Mutex::new(Some(Held { long, _road: road, _trying: trying, lane: turn }));
        let (lanes, lane) = (self.clone(), lane.clone());
        Ok(Arc::new(Pass { lanes, lane, writes, began: Instant::now(), turns }))
    }

    /// Whether work is to be one of few, since records are asked for one by one; notes where it is such a record.
    fn makes_way(&self, purpose: Purpose, writes: bool) -> bool {
        match purpose {
            _ if purpose.heavy() => false,
            Purpose::Page(_) | Purpose::Brief => self.is_brisk(),
            Purpose::Of(_) if writes => self.is_brisk(),
            // Rights are looked at beside whatever is asked for.
            Purpose::Of(noun) if noun != Noun::Me => {
                self.brisk.store(self.silence.now(), Ordering::Relaxed);
                false
            }
            _ => false,
        }
    }

    /// Makes way after so much work, for as long as others are at theirs.
    pub(super) fn rest(&self, worked: Duration) {
        let worked = worked.min(Duration::from_secs(2));
        let until = Instant::now() + if worked < SHORTLY { Duration::ZERO } else { worked * REST };
        while !(self.readers.idle() && self.writers.idle()) {
            match until.saturating_duration_since(Instant::now()) {
                Duration::ZERO => break,
                left => std::thread::sleep(left.min(Duration::from_millis(5))),
            }
        }
    }

    /// Whether records are asked for one by one of late.
    fn is_brisk(&self) -> bool {
        self.silence.now().saturating_sub(self.brisk.load(Ordering::Relaxed)) < OF_LATE
    }
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

impl Pass {
    /// The work has ended, in time or not.
    pub(super) fn ended<T>(&self, outcome: &Result<T>) {
        self.lane.trouble(self.writes).note(outcome);
        if !matches!(outcome, Err(Error::Unavailable(_) | Error::Unknown(_))) {
            self.lanes.silence.beats();
        }
    }

    /// Work that lasts. After a while it most likely waits for something, so others may use the processors.
    pub(super) async fn lasting<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        if self.held().as_ref().is_some_and(|held| held.long.is_some()) {
            if let Ok(done) = tokio::time::timeout(WAITING, &mut work).await {
                return done;
            }
            if let Some(held) = &mut *self.held() {
                held.long = None;
            }
        }
        work.await
    }

    /// Lets the next in.
    pub(super) fn leave(&self) {
        drop(self.let_go());
    }

    fn let_go(&self) -> Option<Held> {
        let held = self.held().take();
        if held.is_none() {
            // It was given up, and comes home after all.
            self.lanes.given_up.fetch_sub(1, Ordering::SeqCst);
        }
        held
    }

    /// Lets the next in, but into the lane only after a rest, for as long as others are at work.
    pub(super) fn leave_rested(&self) {
        let Some(Held { long, _road: road, _trying: trying, lane }) = self.let_go() else {
            return;
        };
        drop((long, road, trying));
        self.lanes.rest(self.began.elapsed());
        drop(lane);
    }

    /// Nobody waits for the work any more. Where a network may hold it for ever, others take its place.
    pub(super) fn give_up(&self) {
        self.lanes.silence.missed(self.began);
        self.lane.trouble(self.writes).missed();
        let room = self.lanes.given_up.load(Ordering::SeqCst) < MOST_GIVEN_UP;
        if self.lanes.shared && room {
            let held = self.held().take();
            self.lanes.given_up.fetch_add(usize::from(held.is_some()), Ordering::SeqCst);
        }
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Option<Held>> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
