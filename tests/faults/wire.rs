//! HTTP/1.1 on a bare connection: cheap enough to ask ten times as much as the service can answer, and
//! plain enough to see where an answer was cut. What must not come in: what is asked.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::stand::Caller;

/// A connection to the service.
pub struct Wire {
    pub stream: TcpStream,
    rest: Vec<u8>,
}

/// An answer that arrived whole.
pub struct Heard {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Heard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.head.replace("\r\n", " | "), String::from_utf8_lossy(&self.body))
    }
}

impl Heard {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The service will close the connection.
    pub fn closes(&self) -> bool {
        self.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"))
    }

    pub fn refused(&self) -> bool {
        matches!(self.status, 429 | 503) && self.header("retry-after").is_some()
    }
}

/// The address behind a base URL.
pub fn address(base: &str) -> String {
    base.trim_start_matches("http://").to_owned()
}

/// The bytes of a request.
pub fn request(caller: &Caller, method: &str, path: &str, more: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\n", address(&caller.base));
    let mut put = |name: &str, value: &str| text.push_str(&format!("{name}: {value}\r\n"));
    if !caller.token.is_empty() {
        put("Authorization", &format!("Bearer {}", caller.token));
    }
    if !body.is_empty() {
        put("Content-Type", "application/json");
        put("Content-Length", &body.len().to_string());
    }
    more.iter().for_each(|(name, value)| put(name, value));
    (text + "\r\n" + body).into_bytes()
}

pub fn get(caller: &Caller, path: &str) -> Vec<u8> {
    request(caller, "GET", path, &[], "")
}

impl Wire {
    pub async fn connect(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self::over(stream))
    }

    pub fn over(stream: TcpStream) -> Self {
        Self { stream, rest: Vec::new() }
    }

    /// Asks and hears the answer to its end.
    pub async fn ask(&mut self, request: &[u8]) -> io::Result<Heard> {
        self.stream.write_all(request).await?;
        self.hear().await
    }

    pub async fn hear(&mut self) -> io::Result<Heard> {
        let end = loop {
            if let Some(at) = self.rest.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            self.more().await?;
        };
        let head = String::from_utf8_lossy(&self.rest[..end]).into_owned();
        let status = head.get(9..12).and_then(|code| code.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
        let mut heard = Heard { status, head, body: Vec::new() };
        let length: usize = heard.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
        while self.rest.len() < end + length {
            self.more().await?;
        }
        let rest = self.rest.split_off(end + length);
        heard.body = std::mem::replace(&mut self.rest, rest).split_off(end);
        Ok(heard)
    }

    async fn more(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.rest).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}
