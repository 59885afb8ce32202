//! Patience: how long a connection may keep the service waiting for a request's head, for its body, or
//! to take an answer. The framework has a timer for the first head and for silence between requests alone.

use std::cell::Cell;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::rt::net::TcpStream;
use actix_web::rt::time::{Sleep, sleep};
use futures_util::{StreamExt, stream};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How long a head may take, a small body, and a part of an answer.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// How much of an answer must be taken in that time, in bytes.
const PART: usize = 1 << 16;
/// How many bytes of a body buy it another second.
const BYTES_A_SECOND: u64 = 8 << 10;

/// What a connection waits for: known to the requests that come over it.
#[derive(Clone)]
pub struct Watch(Rc<Waiting>);

struct Waiting {
    /// A request is being answered: the client is the one who waits.
    at_work: Cell<bool>,
    /// A head has begun to arrive.
    begun: Cell<bool>,
    since: Cell<Instant>,
}

impl Watch {
    fn new() -> Self {
        let (at_work, begun) = (Cell::new(false), Cell::new(false));
        Self(Rc::new(Waiting { at_work, begun, since: Cell::new(Instant::now()) }))
    }

    /// The head of a request is there.
    pub fn work(&self) {
        self.0.at_work.set(true);
    }

    /// The answer goes out.
    pub fn rest(&self) {
        self.0.at_work.set(false);
        self.0.begun.set(false);
        self.0.since.set(Instant::now());
    }

    /// Something arrived.
    fn heard(&self) {
        if !self.0.begun.replace(true) {
            self.0.since.set(Instant::now());
        }
    }

    fn due(&self) -> Option<Instant> {
        (!self.0.at_work.get()).then(|| self.0.since.get() + PATIENCE)
    }
}

/// A connection that is ended when it takes too long.
pub struct Line {
    stream: TcpStream,
    watch: Watch,
    timer: Pin<Box<Sleep>>,
    /// Since when the client has not taken a part of its answer, and how much of it it has.
    blocked: Option<(Instant, usize)>,
}

impl Line {
    pub fn new(stream: TcpStream) -> Self {
        Self { stream, watch: Watch::new(), timer: Box::pin(sleep(PATIENCE)), blocked: None }
    }

    pub fn watch(&self) -> Watch {
        self.watch.clone()
    }

    fn due(&self) -> Option<Instant> {
        let taken = self.blocked.map(|(since, _)| since + PATIENCE);
        [self.watch.due(), taken].into_iter().flatten().min()
    }

    /// Whether it has taken too long. The timer never runs longer than anybody's patience from now, so
    /// it need not be set anew whenever something happens.
    fn late(&mut self, cx: &mut Context<'_>) -> bool {
        while self.timer.as_mut().poll(cx).is_ready() {
            let now = Instant::now();
            let due = self.due().unwrap_or(now + PATIENCE);
            if due <= now {
                return true;
            }
            self.timer.as_mut().reset(due.into());
        }
        false
    }

    fn took(&mut self, bytes: usize) {
        if let Some((since, taken)) = &mut self.blocked {
            *taken += bytes;
            if *taken >= PART {
                (*since, *taken) = (Instant::now(), 0);
            }
        }
    }
}

impl AsyncRead for Line {
    /// Who is late has said its last word.
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.late(cx) {
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.watch.heard();
        }
        read
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match Pin::new(&mut self.stream).poll_write(cx, bytes) {
            Poll::Pending => {
                self.blocked.get_or_insert_with(|| (Instant::now(), 0));
                if self.late(cx) { Poll::Ready(Err(io::ErrorKind::TimedOut.into())) } else { Poll::Pending }
            }
            Poll::Ready(Ok(taken)) => {
                self.took(taken);
                if taken == bytes.len() {
                    self.blocked = None;
                }
                Poll::Ready(Ok(taken))
            }
            failed => failed,
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// A body that fails when it does not arrive in time.
pub fn hurried(payload: Payload) -> Payload {
    if matches!(payload, Payload::None) {
        return payload;
    }
    let (mut payload, mut end, began, mut size) = (payload, Box::pin(sleep(PATIENCE)), Instant::now(), 0);
    let arriving = stream::poll_fn(move |cx| match payload.poll_next_unpin(cx) {
        Poll::Ready(Some(Ok(chunk))) => {
            size += chunk.len() as u64;
            end.as_mut().reset((began + PATIENCE + Duration::from_secs(size / BYTES_A_SECOND)).into());
            Poll::Ready(Some(Ok(chunk)))
        }
        Poll::Pending => end.as_mut().poll(cx).map(|()| Some(Err(PayloadError::Io(io::ErrorKind::TimedOut.into())))),
        ended => ended,
    });
    Payload::Stream { payload: Box::pin(arriving) }
}

/// Whether a body failed because it did not arrive in time.
pub fn came_too_late(error: &PayloadError) -> bool {
    matches!(error, PayloadError::Io(error) if error.kind() == io::ErrorKind::TimedOut)
}
