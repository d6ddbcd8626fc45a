//! Server-sent events over a bare TCP connection: what a client sees byte by byte, at next to no cost of its own.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The longest head of an answer.
const HEAD_BYTES: usize = 64 * 1024;

/// An answer being read from a connection of its own.
#[derive(Debug)]
pub struct RawAnswer {
    stream: TcpStream,
    /// The status.
    pub status: u16,
    body: Body,
    unread: Vec<u8>,
}

impl RawAnswer {
    /// Asks for `path` and reads the head of the answer. `headers` are whole lines, such as `cookie: qv=x`.
    ///
    /// # Errors
    /// When there is no connection or no HTTP on it.
    pub async fn get(address: SocketAddr, path: &str, headers: &[String]) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Self::get_over(stream, path, headers).await
    }

    /// The same over a connection that stands.
    ///
    /// # Errors
    /// When there is no HTTP on it.
    pub async fn get_over(
        mut stream: TcpStream,
        path: &str,
        headers: &[String],
    ) -> io::Result<Self> {
        let mut request = format!("GET {path} HTTP/1.1\r\n");
        for header in headers {
            request.push_str(header);
            request.push_str("\r\n");
        }
        request.push_str("\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut unread = Vec::with_capacity(4096);
        let end = loop {
            if let Some(at) = find(&unread, b"\r\n\r\n") {
                break at;
            }
            if unread.len() > HEAD_BYTES || stream.read_buf(&mut unread).await? == 0 {
                return Err(bad("no head of an answer came"));
            }
        };
        let head = String::from_utf8_lossy(&unread[..end]).to_ascii_lowercase();
        unread.drain(..end + 4);
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| bad("the answer has no status"))?;
        let field =
            |name: &str| head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let body = if field("transfer-encoding").is_some_and(|value| value.contains("chunked")) {
            Body::Chunks(Chunk::Size(0))
        } else {
            let length = field("content-length").and_then(|length| length.trim().parse().ok());
            Body::Plain(length.unwrap_or(usize::MAX))
        };
        Ok(Self { stream, status, body, unread })
    }

    /// Reads more of the body into `into`, whatever comes first. False when the body is over.
    ///
    /// # Errors
    /// When the connection breaks, or ends in the middle.
    pub async fn read(&mut self, into: &mut Vec<u8>) -> io::Result<bool> {
        let before = into.len();
        loop {
            self.body.take(&mut self.unread, into)?;
            if into.len() > before {
                return Ok(true);
            }
            if self.body.is_over() {
                return Ok(false);
            }
            if self.stream.read_buf(&mut self.unread).await? == 0 {
                let open_ended = matches!(self.body, Body::Plain(_));
                return if open_ended { Ok(false) } else { Err(bad("the answer was cut")) };
            }
        }
    }
}

#[derive(Debug)]
enum Body {
    Plain(usize),
    Chunks(Chunk),
}

#[derive(Debug, Clone, Copy)]
enum Chunk {
    Size(usize),
    Data(usize),
    /// The line end after the data.
    End(usize),
    Over,
}

impl Body {
    const fn is_over(&self) -> bool {
        matches!(self, Self::Plain(0) | Self::Chunks(Chunk::Over))
    }

    /// Moves what is of the body from `unread` to `into`.
    fn take(&mut self, unread: &mut Vec<u8>, into: &mut Vec<u8>) -> io::Result<()> {
        let mut at = 0;
        match self {
            Self::Plain(left) => {
                at = unread.len().min(*left);
                into.extend_from_slice(&unread[..at]);
                *left -= at;
            }
            Self::Chunks(state) => {
                while at < unread.len() {
                    let byte = unread[at];
                    match *state {
                        Chunk::Size(size) => {
                            at += 1;
                            *state = match byte {
                                b'\n' if size == 0 => Chunk::Over,
                                b'\n' => Chunk::Data(size),
                                b'\r' => Chunk::Size(size),
                                _ => {
                                    let digit = char::from(byte).to_digit(16);
                                    let digit = digit.ok_or_else(|| bad("not a chunk"))?;
                                    Chunk::Size(size * 16 + digit as usize)
                                }
                            };
                        }
                        Chunk::Data(left) => {
                            let take = left.min(unread.len() - at);
                            into.extend_from_slice(&unread[at..at + take]);
                            at += take;
                            *state =
                                if take == left { Chunk::End(2) } else { Chunk::Data(left - take) };
                        }
                        Chunk::End(left) => {
                            at += 1;
                            *state = if left == 1 { Chunk::Size(0) } else { Chunk::End(left - 1) };
                        }
                        Chunk::Over => break,
                    }
                }
            }
        }
        unread.drain(..at);
        Ok(())
    }
}

/// One event as it stood in the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawEvent {
    /// The line `id`.
    pub id: u64,
    /// The line `event`.
    pub kind: String,
    /// The line `data`.
    pub data: String,
}

/// Cuts a stream into events.
#[derive(Debug, Default)]
pub struct Splitter {
    /// What has come and is not a whole event yet.
    pub unread: Vec<u8>,
    at: usize,
}

impl Splitter {
    /// The next whole event; comments are passed over.
    pub fn next_event(&mut self) -> Option<RawEvent> {
        while let Some(length) = find(&self.unread[self.at..], b"\n\n") {
            let text = String::from_utf8_lossy(&self.unread[self.at..self.at + length]);
            let event = parse(&text);
            self.at += length + 2;
            if event.is_some() {
                return event;
            }
        }
        self.unread.drain(..self.at);
        self.at = 0;
        None
    }
}

fn parse(text: &str) -> Option<RawEvent> {
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
    Some(RawEvent {
        id: field("id: ")?.parse().ok()?,
        kind: field("event: ")?.to_owned(),
        data: field("data: ")?.to_owned(),
    })
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

fn bad(words: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, words.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_put_together_wherever_they_are_cut() {
        let sent = b"5\r\nid: 1\r\n1b\r\n\nevent: a\ndata: {}\n\n: note\n\r\n1\r\n\n\r\n0\r\n\r\n";
        for size in 1..sent.len() {
            let mut body = Body::Chunks(Chunk::Size(0));
            let (mut unread, mut splitter) = (Vec::new(), Splitter::default());
            for piece in sent.chunks(size) {
                unread.extend_from_slice(piece);
                body.take(&mut unread, &mut splitter.unread).unwrap();
            }
            let event = RawEvent { id: 1, kind: "a".into(), data: "{}".into() };
            assert_eq!(splitter.next_event(), Some(event), "pieces of {size}");
            assert_eq!(splitter.next_event(), None);
            assert!(body.is_over() && splitter.unread.is_empty());
        }
    }
}
