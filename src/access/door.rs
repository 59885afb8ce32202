//! The door itself: holds the pools and the clock, lets work in while there is room, and answers
//! "unavailable" in time when there is none or no answer comes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tracing::Instrument;

use super::caller::Caller;
use super::company::{Company, Queue};
use super::lanes::{Lanes, Purpose, WHOLE};
use super::pool::{self, Begin, Place, Pools};
use super::pulse::{Pulse, Waited};
use super::tx::{self, Tx};
use super::wanted::Wanted;
use super::write::{self, WriteTx};
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::journal;
use crate::noun::Noun;
use crate::spans;
use crate::turns;
use crate::vault::Vault;

/// How long a request waits for its turn.
const TURN: Duration = Duration::from_millis(1500);
/// How often work is run again after another writer was faster.
pub(super) const TRIES: u32 = 8;

/// The way in to the records. Cheap to clone.
#[derive(Clone)]
pub struct Door {
    place: Place,
    pools: Pools,
    clock: Clock,
    vault: Option<Vault>,
    lanes: Arc<Lanes>,
    closed: Arc<AtomicBool>,
    pulse: Arc<Pulse>,
    company: Arc<Company>,
}

impl Door {
    /// A door to `place` with at most `size` connections a pool. Connects only when asked.
    pub fn new(place: Place, size: u32, clock: Clock) -> Self {
        let pools = Pools::new(&place, size);
        let lanes = Lanes::new(&place, size as usize);
        let (closed, pulse, company) = (Arc::default(), Arc::default(), Arc::default());
        Self { place, pools, clock, vault: None, lanes, closed, pulse, company }
    }

    /// The same door with the safe behind it.
    pub fn with_vault(self, vault: Vault) -> Self {
        Self { vault: Some(vault), ..self }
    }

    /// Brings the schema up to date and names the migrations applied.
    pub fn migrate(&self) -> Result<Vec<String>> {
        pool::migrate(&self.place, None)
    }

    /// Brings the schema to an earlier version, for rows that were written under it; false where this
    /// program does not know it.
    pub fn migrate_to(&self, version: &str) -> Result<bool> {
        match pool::knows(version)? {
            true => pool::migrate(&self.place, Some(version)).map(|_| true),
            false => Ok(false),
        }
    }

    /// Keeps requests out until the records are there.
    pub fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }

    /// Lets requests in.
    pub fn open(&self) {
        self.closed.store(false, Ordering::SeqCst);
    }

    /// Has those who wait for news go home: the service is about to stop.
    pub fn wind_up(&self) {
        self.pulse.stop();
    }

    /// Whether the service is about to stop.
    pub fn winding_up(&self) -> bool {
        self.pulse.stopping()
    }

    /// Waits until the journal has another size than `seen`, until the service winds up, or until then.
    pub(super) async fn news(&self, seen: i64, until: Instant) -> Result<Waited> {
        self.pulse.news(self, seen, until).await
    }

    /// How long the journal is by now.
    pub(super) async fn size(&self) -> Result<i64> {
        self.pulse.size(self, Instant::now()).await
    }

    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// How long the journal is, as far as this connection knows.
    pub(crate) async fn journal_size(&self) -> Result<i64> {
        self.look(|tx| journal::size(tx.conn())).await
    }

    /// The pools by name with the connections each may have, has, and has at rest.
    pub(crate) fn pools(&self) -> Vec<(&'static str, u32, u32, u32)> {
        self.pools.told(&self.place)
    }

    /// Reads on this thread. For commands; requests use a permit.
    pub(crate) fn read_now<T>(&self, caller: &Caller, work: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<T> {
        let (now, vault) = (self.clock.now(), self.vault.as_ref());
        self.pools.readers.begun(Begin::Reading, |link| tx::read(link, caller, now, vault, work))
    }

    /// As `read_now`, for what one statement mostly answers: it is asked without a transaction, and again
    /// within one where more were needed.
    fn glance_now<T>(&self, caller: &Caller, work: impl Fn(&mut Tx<'_>) -> Result<T>) -> Result<T> {
        let (now, vault) = (self.clock.now(), self.vault.as_ref());
        match self.pools.readers.idly(|link| tx::glance(link, caller, now, vault, &work))? {
            Some(Some(found)) => Ok(found),
            _ => self.read_now(caller, work),
        }
    }

    /// Writes on this thread. For commands; requests use a permit.
    pub(crate) fn write_now<T>(
        &self,
        caller: &Caller,
        request_id: &str,
        work: impl FnMut(&mut WriteTx<'_>) -> Result<T>,
    ) -> Result<T> {
        self.repeat(caller, request_id, false, work)
    }

    /// As `write_now`, and nothing of it is kept.
    pub(crate) fn rehearse_now<T>(
        &self,
        caller: &Caller,
        request_id: &str,
        work: impl FnMut(&mut WriteTx<'_>) -> Result<T>,
    ) -> Result<T> {
        self.repeat(caller, request_id, true, work)
    }

    fn repeat<T>(
        &self,
        caller: &Caller,
        request_id: &str,
        rehearses: bool,
        mut work: impl FnMut(&mut WriteTx<'_>) -> Result<T>,
    ) -> Result<T> {
        let mut tries = 1;
        loop {
            let (now, vault) = (self.clock.now(), self.vault.as_ref());
            let write =
                |link: &mut pool::Link| write::write(link, caller, now, request_id, (vault, rehearses), &mut work);
            match self.pools.writers.begun(Begin::Writing, write) {
                Err(Error::Raced) if tries < TRIES => tries += 1,
                Err(Error::Raced) => return Err(Error::Unavailable("contended".to_owned())),
                outcome => return outcome,
            }
        }
    }

    /// Rests on this thread after so much work, for as long as requests are at theirs.
    pub(crate) fn make_way(&self, worked: Duration) {
        self.lanes.rest(worked);
    }

    /// Reads for whoever comes to the entrance.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        caller: Arc<Caller>,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.reading(Purpose::Entrance, caller, work).await
    }

    /// Reads what a request is about and one statement mostly answers.
    pub(crate) async fn glance_of<T: Send + 'static>(
        &self,
        noun: Noun,
        caller: Arc<Caller>,
        work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.glancing(Purpose::Of(noun), caller, work).await
    }

    pub(super) async fn glancing<T: Send + 'static>(
        &self,
        purpose: Purpose,
        caller: Arc<Caller>,
        work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let door = self.clone();
        self.in_turn(purpose, false, move || door.glance_now(&caller, work)).await
    }

    /// Reads for the registry itself, however many requests there are.
    pub(crate) async fn look<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.reading(Purpose::Own, Arc::new(Caller::system()), work).await
    }

    /// Reads for some purpose.
    pub(super) async fn reading<T: Send + 'static>(
        &self,
        purpose: Purpose,
        caller: Arc<Caller>,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let door = self.clone();
        self.in_turn(purpose, false, move || door.read_now(&caller, work)).await
    }

    /// Writes for whoever comes to the entrance.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        caller: Arc<Caller>,
        request_id: Arc<str>,
        work: impl FnMut(&mut WriteTx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let door = self.clone();
        self.in_turn(Purpose::Entrance, true, move || door.write_now(&caller, &request_id, work)).await
    }

    /// Writes what a request is about.
    pub(crate) async fn write_of<T: Send + 'static>(
        &self,
        noun: Noun,
        caller: Arc<Caller>,
        request_id: Arc<str>,
        work: impl FnMut(&mut WriteTx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (change, told) = Wanted::new((caller, request_id), (self.clock.clone(), self.vault.clone()), work);
        let queue = self.company.of(noun)?;
        queue.join(Box::new(change))?;
        self.in_company(noun, queue, told).instrument(spans::transaction(true)).await
    }

    /// Waits until a change that joined others is made, and leads them while nobody else does.
    async fn in_company<T>(&self, noun: Noun, queue: &Queue, mut told: oneshot::Receiver<Result<T>>) -> Result<T> {
        let asked = Instant::now();
        let late = || Error::Unknown("the database did not answer in time".to_owned());
        loop {
            // Who has waited for long leaves the lead to others: a turn may take as long again.
            if asked.elapsed() < TURN
                && let Some(lead) = queue.lead()
            {
                self.serve(noun, queue).await;
                drop(lead);
            }
            let left = WHOLE.saturating_sub(asked.elapsed());
            tokio::select! {
                biased;
                outcome = &mut told => return outcome.unwrap_or_else(|_| Err(Error::internal("a change was dropped"))),
                () = queue.vacancy() => {}
                () = tokio::time::sleep(left) => return Err(late()),
            }
        }
    }

    /// Makes some of the changes that wait, in their turn.
    async fn serve(&self, noun: Noun, queue: &Queue) {
        let (door, began) = (self.clone(), Arc::new(AtomicBool::new(false)));
        let served = began.clone();
        let work = move || {
            served.store(true, Ordering::SeqCst);
            let hasty = matches!(door.place, Place::Server(_));
            door.company.of(noun)?.rounds(&door.pools.writers, hasty)
        };
        match self.turn(Purpose::Of(noun), true, work).await {
            // Whom it concerns has been told.
            Err(error) if !began.load(Ordering::SeqCst) => queue.send_away(&error),
            Err(error) => tracing::debug!(%error, "changes were not made"),
            Ok(()) => {}
        }
    }

    /// Runs blocking work in its turn, with a deadline around both. The turn lasts until the work really
    /// ends, even when the client has had its 503 long before, unless it is given up.
    async fn in_turn<T: Send + 'static>(
        &self,
        purpose: Purpose,
        writes: bool,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.turn(purpose, writes, work).instrument(spans::transaction(writes)).await
    }

    async fn turn<T: Send + 'static>(
        &self,
        purpose: Purpose,
        writes: bool,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let asked = Instant::now();
        if self.closed.load(Ordering::SeqCst) {
            return Err(Error::Unavailable("the records are not there yet".to_owned()));
        }
        let pass = match tokio::time::timeout(TURN, self.lanes.enter(purpose, writes)).await {
            Ok(pass) => pass?,
            Err(_) => return Err(Error::Unavailable("no turn came in time".to_owned())),
        };
        let (worker, rested) = (pass.clone(), pass.clone());
        let noted = move || {
            let outcome = work();
            worker.ended(&outcome);
            if !purpose.heavy() {
                worker.leave();
            }
            outcome
        };
        let work = async {
            match (purpose.heavy(), &self.place) {
                (true, _) => turns::gently(noted, move || rested.leave_rested()).await,
                (false, Place::Server(_)) if !matches!(purpose, Purpose::Page(_)) => turns::off(noted).await,
                // A page is long work also where a server finds it: it is made into records and words here.
                (false, _) => turns::behind(noted).await,
            }
        };
        let left = purpose.whole().saturating_sub(asked.elapsed());
        let done = pass.lasting(tokio::time::timeout(left, work)).await;
        match done {
            Ok(done) => done?,
            Err(_) => {
                pass.give_up();
                let why = "the database did not answer in time".to_owned();
                Err(if writes { Error::Unknown(why) } else { Error::Unavailable(why) })
            }
        }
    }
}
