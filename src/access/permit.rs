//! `Permit<R, A>`: proof that this caller may do `A` to `R`. A handler that has none has no
//! transaction, so forgetting access control does not compile.

use std::future::{Future, Ready, ready};
use std::marker::PhantomData;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use diesel::connection::SimpleConnection;

use super::caller::Caller;
use super::door::Door;
use super::lanes::Purpose;
use super::policy::{self, Action, Rule};
use super::pulse::Waited;
use super::tx::Tx;
use super::write::WriteTx;
use crate::database::Database;
use crate::error::{Error, Fault, Result};
use crate::noun::{Named, Noun};

/// An action as a type.
pub trait Act: 'static {
    const ACTION: Action;
}
/// An action that changes records.
pub trait Change: Act {}

macro_rules! actions {
    ($($name:ident),+) => {$(
        #[doc = concat!("The action `", stringify!($name), "`.")]
        pub struct $name;
        impl Act for $name { const ACTION: Action = Action::$name; }
    )+};
}
actions!(Read, Create, Update, Delete);
impl Change for Create {}
impl Change for Update {}
impl Change for Delete {}

/// Who is behind a request's token by now; none where it is no longer good.
pub type Renewed = Pin<Box<dyn Future<Output = Result<Option<Arc<Caller>>>>>>;

/// Finds out anew who asks, for requests that last: the token is verified and the rights are loaded again.
pub type Renew = Rc<dyn Fn() -> Renewed>;

/// Who asks, as the wire found out; absent where there was no valid token.
#[derive(Clone)]
pub struct Asking {
    pub caller: Option<Arc<Caller>>,
    pub renew: Renew,
    pub request_id: Arc<str>,
    /// Whether many records are asked for at once, as by a list.
    pub many: bool,
    /// Query parameters of an operation that takes none: 400, once 401 and 403 are decided.
    pub stray: Vec<Fault>,
}

/// Leave to do `A` to records of kind `R`. 401 and 403 are decided here.
pub struct Permit<R, A> {
    door: web::Data<Door>,
    caller: Arc<Caller>,
    renew: Renew,
    request_id: Arc<str>,
    many: bool,
    of: PhantomData<fn() -> (R, A)>,
}

/// How often a caller who waits is asked for its rights anew: with the age that loaded rights may have,
/// less than a second.
const RENEWED_EVERY: Duration = Duration::from_millis(200);

impl<R: Named, A: Act> Permit<R, A> {
    fn of(request: &HttpRequest) -> Result<Self> {
        let extensions = request.extensions();
        let asking = extensions.get::<Asking>().ok_or(Error::Unauthenticated)?;
        let caller = asking.caller.clone().ok_or(Error::Unauthenticated)?;
        allow(&caller, R::NOUN, A::ACTION)?;
        if !asking.stray.is_empty() {
            return Err(Error::Invalid(asking.stray.clone()));
        }
        let door = request.app_data::<web::Data<Door>>();
        Ok(Self {
            door: door.ok_or_else(|| Error::internal("no door"))?.clone(),
            caller,
            renew: asking.renew.clone(),
            request_id: asking.request_id.clone(),
            many: asking.many,
            of: PhantomData,
        })
    }

    pub fn caller(&self) -> &Caller {
        &self.caller
    }
}

/// Refuses a caller whose scopes do not cover what the policy asks.
fn allow(caller: &Caller, noun: Noun, action: Action) -> Result<()> {
    match policy::rule(noun, action) {
        Rule::SignedIn => Ok(()),
        Rule::Needs(scopes) if caller.scopes.covers(scopes) => Ok(()),
        Rule::Needs(scopes) => {
            Err(Error::InsufficientScope { needed: scopes.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(" ") })
        }
        Rule::Absent => Err(Error::internal("a handler for an operation that the policy lacks")),
    }
}

impl Tx<'_> {
    /// Refuses what the policy does not let this caller do: for acts that touch more nouns than the one
    /// that their permit is for.
    pub fn must_may(&self, noun: Noun, action: Action) -> Result<()> {
        allow(self.caller(), noun, action)
    }

    /// Lets one statement take nearly as long as a report may: the first after a while finds its records on the disk.
    pub fn take_time(&mut self) -> Result<()> {
        match self.conn() {
            Database::Postgresql(server) => Ok(server.batch_execute("SET LOCAL statement_timeout = '10s'")?),
            Database::Sqlite(_) => Ok(()),
        }
    }
}

impl<R: Named> Permit<R, Read> {
    /// Runs `work` on one consistent view of the records.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.door.reading(self.purpose(), self.caller.clone(), work).await
    }

    fn purpose(&self) -> Purpose {
        if self.many { Purpose::Page(R::NOUN) } else { Purpose::Of(R::NOUN) }
    }

    /// As `read`, for figures; `brief` where they were when they were last asked for.
    pub async fn figures<T: Send + 'static>(
        &self,
        brief: bool,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let purpose = if brief { Purpose::Brief } else { Purpose::Of(R::NOUN) };
        self.door.reading(purpose, self.caller.clone(), work).await
    }

    /// As `read`, for what one statement mostly answers; `work` is done anew where it took more.
    pub async fn glance<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.door.glancing(self.purpose(), self.caller.clone(), work).await
    }

    /// How long the journal is now: what is found is as good as long as this stays.
    pub async fn journal_size(&self) -> Result<i64> {
        self.door.size().await
    }

    /// Waits until the journal has another size than `seen` or the caller other rights, and tells whether
    /// to read again: not where the time is over or the service winds up. Whose token or right is gone
    /// meanwhile waits no longer (401, 403); what is read next is read with the rights of then.
    pub async fn news(&mut self, seen: i64, until: Instant) -> Result<bool> {
        loop {
            let step = until.min(Instant::now() + RENEWED_EVERY);
            let waited = self.door.news(seen, step).await?;
            let others = self.renewed().await?;
            match waited {
                Waited::Stopping => return Ok(false),
                Waited::InVain if others => return Ok(true),
                Waited::InVain if Instant::now() >= until => return Ok(false),
                Waited::InVain => {}
                Waited::News => return Ok(true),
            }
        }
    }

    /// Whether the caller has other rights by now; refused where they are none.
    async fn renewed(&mut self) -> Result<bool> {
        let caller = (self.renew)().await?.ok_or(Error::Unauthenticated)?;
        allow(&caller, R::NOUN, Action::Read)?;
        let others = caller != self.caller;
        self.caller = caller;
        Ok(others)
    }
}

impl<R: Named, A: Change> Permit<R, A> {
    /// Looks whether there is room for what is to be written, by what one statement answers.
    pub async fn look<T: Send + 'static>(&self, work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        self.door.glancing(Purpose::Page(R::NOUN), self.caller.clone(), work).await
    }

    /// Runs `work` in one transaction, again if another writer was faster: it must not keep state.
    pub async fn write<T: Send + 'static>(
        self,
        work: impl FnMut(&mut WriteTx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.door.write_of(R::NOUN, self.caller, self.request_id, work).await
    }
}

impl<R: Named, A: Act> FromRequest for Permit<R, A> {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}
