//! The socket by which Vite tells a page what has changed. As much of WebSockets as that needs.

use std::time::{Duration, Instant};

use qv_sandbox::{Connection, PreviewTarget};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

use crate::app::PORT;
use crate::figure::Fault;
use crate::http::{dial, get};

pub(crate) struct Hmr {
    connection: Box<dyn Connection>,
    read: Vec<u8>,
}

impl Hmr {
    pub(crate) async fn open(target: &PreviewTarget) -> Result<Self, Fault> {
        // Only who can read this page's own script knows the token.
        let client = get(target, "/@vite/client").await?;
        let token = client
            .split_once("wsToken = \"")
            .and_then(|(_, rest)| rest.split_once('"'))
            .map(|(token, _)| token)
            .ok_or("Vite's client has no token")?;
        let head = format!(
            "GET /?token={token} HTTP/1.1\r\nHost: localhost:{PORT}\r\nOrigin: http://localhost:{PORT}\r\n\
             Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: vite-hmr\r\n\r\n"
        );
        let mut connection = dial(target).await?;
        connection.write_all(head.as_bytes()).await?;
        let mut read = Vec::new();
        let end = loop {
            if let Some(at) = read.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            if connection.read_buf(&mut read).await? == 0 {
                return Err("Vite closes its socket".into());
            }
        };
        if !read.starts_with(b"HTTP/1.1 101 ") {
            return Err(String::from_utf8_lossy(&read).into_owned().into());
        }
        read.drain(..end);
        let mut hmr = Self { connection, read };
        hmr.until("connected").await?;
        Ok(hmr)
    }

    /// Waits for a message that has this word; gives when it came.
    pub(crate) async fn until(&mut self, word: &str) -> Result<Instant, Fault> {
        let waiting = async {
            loop {
                if self.message().await?.contains(word) {
                    return Ok(Instant::now());
                }
            }
        };
        timeout(Duration::from_secs(10), waiting).await?
    }

    /// The next message, whole and unmasked as servers send them.
    async fn message(&mut self) -> Result<String, Fault> {
        loop {
            let (head, length) = match self.read.get(1).map(|second| second & 0x7f) {
                Some(126) if self.read.len() >= 4 => {
                    (4, usize::from(u16::from_be_bytes([self.read[2], self.read[3]])))
                }
                Some(short) if short < 126 => (2, usize::from(short)),
                Some(127) => return Err("a message is too long".into()),
                _ => (2, usize::MAX),
            };
            if length != usize::MAX && self.read.len() >= head + length {
                let message = String::from_utf8_lossy(&self.read[head..head + length]).into_owned();
                self.read.drain(..head + length);
                return Ok(message);
            }
            if self.connection.read_buf(&mut self.read).await? == 0 {
                return Err("Vite closes its socket".into());
            }
        }
    }
}
