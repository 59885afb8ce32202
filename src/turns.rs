//! Turns: how much work of a kind is done at once. Whoever comes when the queue is longer than it is
//! worth waiting in is sent away at once, not after a wait. What must not come in: what the work is.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::error::{Error, Result};

/// The longest queue anybody is let into, by the time it takes to get through: where turns are short, and
/// where one turn alone may take long.
pub const BRISK: Duration = Duration::from_millis(150);
pub const PATIENT: Duration = Duration::from_millis(700);
/// The longest queue by heads, for as long as nothing is known of the time.
const MOST_WAITING: usize = 1024;
/// How long those who were let in wait when work takes longer than it used to.
const PATIENCE: Duration = Duration::from_millis(1500);
/// What one turn counts for at most in the pace, so that a stall is soon forgotten.
const SLOWEST: Duration = Duration::from_secs(1);
/// How much of the processors work takes that gives way to other work (nice, from 0 to 19): what keeps one busy
/// to the threads that read requests and refuse, so that a refusal comes at once; what is heavy to both.
const BUSY: i32 = 5;
const HEAVY: i32 = 15;

/// So many turns at once, and a queue in order of arrival.
pub struct Turns {
    size: usize,
    longest: Duration,
    free: Arc<Semaphore>,
    waiting: AtomicUsize,
    /// How long a turn takes of late, in microseconds.
    pace: AtomicU64,
    /// How long the last who had to wait did, in microseconds: when turns get slower, the pace is late to tell.
    waited: AtomicU64,
}

/// A turn; over when dropped.
pub struct Turn {
    turns: Arc<Turns>,
    began: Instant,
    _held: OwnedSemaphorePermit,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let took = self.began.elapsed().min(SLOWEST).as_micros() as u64;
        let pace = self.turns.pace.load(Ordering::Relaxed);
        self.turns.pace.store(if pace == 0 { took } else { (7 * pace + took) / 8 }, Ordering::Relaxed);
    }
}

/// One of those who wait.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Turns {
    /// `size` at once; nobody is let into a queue that takes `longest` or longer.
    pub fn new(size: usize, longest: Duration) -> Arc<Self> {
        let size = size.max(1);
        let free = Arc::new(Semaphore::new(size));
        let (waiting, pace, waited) = (AtomicUsize::new(0), AtomicU64::new(0), AtomicU64::new(0));
        Arc::new(Self { size, longest, free, waiting, pace, waited })
    }

    /// A turn, now or soon; `Busy` at once where it would not come soon.
    pub async fn take(self: &Arc<Self>) -> Result<Turn> {
        if let Ok(held) = self.free.clone().try_acquire_owned() {
            return Ok(self.begin(held));
        }
        let before = self.waiting.fetch_add(1, Ordering::Relaxed);
        let waiting = Waiting(&self.waiting);
        if self.too_long(before) {
            return Err(Error::Busy);
        }
        let began = Instant::now();
        let held = tokio::time::timeout(PATIENCE, self.free.clone().acquire_owned()).await;
        self.waited.store(began.elapsed().as_micros() as u64, Ordering::Relaxed);
        drop(waiting);
        match held {
            Ok(held) => Ok(self.begin(held.map_err(Error::internal)?)),
            Err(_) => Err(Error::Unavailable("no turn came in time".to_owned())),
        }
    }

    /// `Busy` where `take` would say so now: for work that is better not begun.
    pub fn open(&self) -> Result<()> {
        let full = self.free.available_permits() == 0;
        if full && self.too_long(self.waiting.load(Ordering::Relaxed)) { Err(Error::Busy) } else { Ok(()) }
    }

    /// Whether nobody has a turn.
    pub fn idle(&self) -> bool {
        self.free.available_permits() == self.size
    }

    fn begin(self: &Arc<Self>, held: OwnedSemaphorePermit) -> Turn {
        Turn { turns: self.clone(), began: Instant::now(), _held: held }
    }

    fn too_long(&self, before: usize) -> bool {
        let longest = self.longest.as_micros() as u64;
        let wait = self.pace.load(Ordering::Relaxed) * (before + 1) as u64 / self.size as u64;
        let slower = before > 0 && self.waited.load(Ordering::Relaxed) > longest;
        before >= MOST_WAITING || wait > longest || slower
    }
}

/// Runs blocking work off the async threads. It goes on to its end when nobody waits for it any more.
#[expect(clippy::disallowed_methods, reason = "the one place that blocks; who calls it bounds it")]
pub async fn off<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)
}

/// As `off`, for work that keeps a processor busy and does not wait for another program's.
pub async fn behind<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    off(move || {
        give_way(BUSY);
        work()
    })
    .await
}

/// As `off`, on a thread that gets the processors when others leave them; then runs `after` there.
pub async fn gently<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
    after: impl FnOnce() + Send + 'static,
) -> Result<T> {
    let (told, done) = oneshot::channel();
    let work = move || {
        let outcome = work();
        // Nobody may be waiting any more.
        drop(told.send(outcome));
        after();
    };
    aside("gently", work)?;
    done.await.map_err(Error::internal)
}

/// Starts a thread of its own that gets the processors when others leave them.
pub fn aside(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    let work = move || {
        give_way(HEAVY);
        work();
    };
    std::thread::Builder::new().name(name.to_owned()).spawn(work).map_err(Error::internal)
}

/// Has this thread get the processors after those that give way less; it stays so.
fn give_way(nice: i32) {
    thread_local!(static GIVEN: Cell<i32> = const { Cell::new(0) });
    // On Linux the priority is the thread's own. Without it the work is done all the same.
    if GIVEN.replace(nice) != nice
        && let Err(error) = rustix::process::setpriority_process(None, nice)
    {
        tracing::debug!(%error, "a thread keeps its priority");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_would_wait_too_long_is_sent_away_at_once() {
        let turns = Turns::new(1, PATIENT);
        turns.pace.store(300_000, Ordering::Relaxed);
        let held = turns.take().await.expect("the first is free");
        let queue: Vec<_> = (0..2)
            .map(|_| {
                let turns = turns.clone();
                tokio::spawn(async move { turns.take().await.map(drop) })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(50)).await;
        let began = Instant::now();
        assert!(matches!(turns.take().await, Err(Error::Busy)) && matches!(turns.open(), Err(Error::Busy)));
        assert!(began.elapsed() < Duration::from_millis(50));
        drop(held);
        for waiting in queue {
            waiting.await.expect("it runs").expect("its turn comes");
        }
        assert!(turns.idle() && turns.open().is_ok());
    }

    #[tokio::test]
    async fn a_queue_that_does_not_move_is_left() {
        let turns = Turns::new(1, PATIENT);
        let held = turns.take().await.expect("the first is free");
        assert!(matches!(turns.take().await, Err(Error::Unavailable(_))));
        drop(held);
        turns.take().await.expect("it is free again");
    }

    #[tokio::test]
    async fn gentle_work_gives_way_and_is_heard() {
        let priority = || rustix::process::getpriority_process(None).expect("it can be asked");
        let before = priority();
        assert_eq!(gently(priority, || ()).await.expect("it runs"), HEAVY.max(before));
        assert_eq!(priority(), before, "others keep theirs");
    }
}
