//! One error type for the whole house, free of HTTP: variants say what went wrong, in the client's
//! words (both languages) where a client may read them, and in the log's words where it may not.

use std::borrow::Cow;
use std::fmt;

/// What a fallible step of the house gives.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// One sentence in both languages of the service. It never repeats a value that a client sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    pub en: Cow<'static, str>,
    pub vi: Cow<'static, str>,
}

impl Words {
    pub fn new(en: impl Into<Cow<'static, str>>, vi: impl Into<Cow<'static, str>>) -> Self {
        Self { en: en.into(), vi: vi.into() }
    }
}

/// Where in a request a fault lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A JSON pointer (RFC 6901) into the body.
    Body(String),
    /// A query parameter, header or path parameter, by name.
    Parameter(String),
}

/// One fault of a request that the schema can express.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub place: Place,
    pub code: &'static str,
    pub detail: Words,
}

impl Fault {
    pub fn parameter(name: &str, code: &'static str, detail: Words) -> Self {
        Self { place: Place::Parameter(name.to_owned()), code, detail }
    }

    pub fn body(pointer: &str, code: &'static str, detail: Words) -> Self {
        Self { place: Place::Body(pointer.to_owned()), code, detail }
    }
}

/// Everything that can keep a request from its answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no valid access token")]
    Unauthenticated,
    #[error("the caller lacks the scope for this operation")]
    InsufficientScope { needed: String },
    #[error("no such resource, or outside the caller's territory")]
    NotFound,
    #[error("no such operation on this resource")]
    MethodNotAllowed { allow: String },
    #[error("none of the accepted media types can be produced")]
    NotAcceptable { offered: &'static str },
    #[error("the request took too long to arrive")]
    RequestTimeout,
    #[error("the request is larger than allowed")]
    TooLarge,
    #[error("the body's media type is not the one this operation reads")]
    UnsupportedMediaType { expected: &'static str },
    #[error("the request needs an If-Match header")]
    PreconditionRequired,
    #[error("the record has changed since it was read")]
    Stale,
    #[error("{}", told(.0))]
    Invalid(Vec<Fault>),
    #[error("the cursor belongs to another view of the records")]
    CursorExpired,
    #[error("rule: duplicate")]
    Duplicate(Words),
    #[error("rule: reference missing at {pointer}")]
    ReferenceMissing { pointer: &'static str },
    #[error("rule: the record is in use")]
    InUse,
    #[error("rule: no transition from {from} to {to}")]
    InvalidTransition { from: &'static str, to: &'static str },
    #[error("rule: unit not in force")]
    UnitNotInForce,
    #[error("rule: category not in force at {pointer}")]
    CategoryNotInForce { pointer: &'static str },
    #[error("rule violated: {}", .0.en)]
    RuleViolated(Words),
    #[error("idempotency key used for another request")]
    IdempotencyKeyReused,
    #[error("a request with this idempotency key is still running")]
    IdempotencyInProgress,
    #[error("rate limit")]
    TooManyRequests { retry_after: u64 },
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// Too many at once; said without delay and not worth a line in the log each time.
    #[error("busy")]
    Busy,
    /// The change was sent to the database, and no answer came back.
    #[error("outcome unknown: {0}")]
    Unknown(String),
    /// Another writer was faster; the door runs the work again and no client sees this.
    #[error("raced by another writer")]
    Raced,
    #[error("{0}")]
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// A fault of ours, in the log's words alone.
    pub fn internal(what: impl fmt::Display) -> Self {
        Self::Internal(what.to_string().into())
    }

    /// Whether somebody else kept the database from answering in time.
    pub fn is_timeout(&self) -> bool {
        const WAITED: [&str; 3] = ["lock timeout", "statement timeout", "database is locked"];
        matches!(self, Self::Unavailable(why) if WAITED.iter().any(|words| why.contains(words)))
    }

    /// Whether a lock that somebody else holds was not let go in time.
    pub fn met_a_lock(&self) -> bool {
        matches!(self, Self::Unavailable(why) if why.contains("lock timeout"))
    }

    /// Whether the client is refused, so that the fault lies neither in the service nor in the moment.
    pub fn is_refusal(&self) -> bool {
        !matches!(self, Self::Unavailable(_) | Self::Busy | Self::Unknown(_) | Self::Raced | Self::Internal(_))
    }

    /// Whether the connection to the database is gone, so that another may still answer.
    pub fn is_disconnection(&self) -> bool {
        matches!(self, Self::Unavailable(_)) && !self.is_timeout()
    }

    /// A rule about stored state, in the client's words.
    pub fn rule(en: impl Into<Cow<'static, str>>, vi: impl Into<Cow<'static, str>>) -> Self {
        Self::RuleViolated(Words::new(en, vi))
    }
}

impl From<diesel::result::Error> for Error {
    /// Only what no store has named arrives here. `NotFound` is a bug here, not a 404: stores use
    /// `.optional()`.
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::DatabaseErrorKind as Kind;
        use diesel::result::Error as Db;
        match error {
            Db::DatabaseError(Kind::SerializationFailure, _) => Self::Raced,
            Db::DatabaseError(Kind::ClosedConnection | Kind::UnableToSendCommand, info) => {
                Self::Unavailable(info.message().to_owned())
            }
            Db::DatabaseError(_, ref info) if info.message().contains("deadlock detected") => Self::Raced,
            Db::DatabaseError(_, ref info) if passes(info.message()) => Self::Unavailable(info.message().to_owned()),
            Db::BrokenTransactionManager => Self::Unavailable("broken connection".to_owned()),
            other => Self::Internal(Box::new(other)),
        }
    }
}

/// The faults in the operator's words. A name that is not ours may be anybody's, so it is not repeated.
fn told(faults: &[Fault]) -> String {
    let one = |fault: &Fault| match &fault.place {
        _ if fault.code == "unknown" => "An unknown name.".to_owned(),
        Place::Body(place) | Place::Parameter(place) => format!("{place}: {}", fault.detail.en),
    };
    faults.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// Whether the database says of a failure that it lies in the moment, not in the statement.
pub fn passes(message: &str) -> bool {
    const PASSING: [&str; 11] = [
        "database is locked",
        "database or disk is full",
        "disk I/O error",
        "No space left",
        "statement timeout",
        "lock timeout",
        "server closed the connection",
        "terminating connection",
        "the database system is",
        "no connection to the server",
        "connection",
    ];
    PASSING.iter().any(|words| message.contains(words))
}
