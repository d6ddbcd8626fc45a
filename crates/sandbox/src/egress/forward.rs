//! Passes on one request in absolute form, and its answer.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::ReadHalf;
use tokio::time::timeout;

use super::head::{self, Plain};
use super::relay::{Moved, Side, pump};
use super::{Policy, Refusal};

/// The head of the registry's answer.
const ANSWER_HEAD: usize = 64 << 10;

pub(super) async fn pass(
    client: &mut TcpStream,
    mut registry: TcpStream,
    request: &Plain,
    rest: Vec<u8>,
    policy: &Policy,
) -> Result<(), Refusal> {
    let limits = policy.limits();
    let (mut client_read, mut client_write) = client.split();
    let sending = send(&mut client_read, &mut registry, request, rest);
    let Ok(sent) = timeout(limits.idle_time, sending).await else { return Err(Refusal::TooSlow) };
    if sent.is_err() {
        return Err(Refusal::Unreachable);
    }
    let bytes = answer_head(&mut registry, limits.idle_time).await?;
    let moved = Moved::new();
    let back = Side { bytes, limit: limits.received_bytes };
    tokio::select! {
        _ = pump(&mut registry, &mut client_write, back, &moved) => {}
        () = moved.rests(limits.idle_time) => tracing::debug!("an egress answer stood still for too long"),
        // The registry may keep the connection; a program that has its answer does not.
        () = gone(&mut client_read) => {}
    }
    Ok(())
}

/// Sends the head as we say it and just as much body as it says. What a program sends beyond that goes nowhere.
async fn send(
    client: &mut ReadHalf<'_>,
    registry: &mut TcpStream,
    request: &Plain,
    mut rest: Vec<u8>,
) -> io::Result<()> {
    registry.write_all(request.render().as_bytes()).await?;
    let body = request.body.unwrap_or(0);
    rest.truncate(usize::try_from(body).unwrap_or(usize::MAX));
    registry.write_all(&rest).await?;
    let left = body - rest.len() as u64;
    let copied = tokio::io::copy(&mut client.take(left), registry).await?;
    if copied == left { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// The head of the answer, saying that the connection ends after it, and what came with it.
async fn answer_head(registry: &mut TcpStream, idle_time: Duration) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::with_capacity(4096);
    let reading = async {
        loop {
            if let Some(length) = head::end(&bytes) {
                let rest = bytes.split_off(length);
                match said_to_close(&bytes) {
                    None => return Err(Refusal::Answer),
                    // "Wait" and the like: the answer itself follows.
                    Some((100..=199, _)) => bytes = rest,
                    Some((_, mut head)) => {
                        head.extend_from_slice(&rest);
                        return Ok(head);
                    }
                }
                continue;
            }
            if bytes.len() > ANSWER_HEAD {
                return Err(Refusal::Answer);
            }
            match registry.read_buf(&mut bytes).await {
                Ok(0) | Err(_) => return Err(Refusal::Answer),
                Ok(_) => {}
            }
        }
    };
    timeout(idle_time, reading).await.unwrap_or(Err(Refusal::Unreachable))
}

/// An answer's status, and its head without what it says of the connection.
fn said_to_close(head: &[u8]) -> Option<(u16, Vec<u8>)> {
    let text = head.strip_suffix(b"\r\n\r\n")?;
    let mut lines =
        text.split(|b| *b == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let first = lines.next()?;
    let status = std::str::from_utf8(first.strip_prefix(b"HTTP/1.")?.get(2..5)?).ok()?;
    let status = status.parse().ok().filter(|status| (100..1000).contains(status))?;
    let of_the_connection = |line: &[u8]| {
        let name = line.split(|b| *b == b':').next().unwrap_or_default();
        [&b"connection"[..], b"keep-alive", b"proxy-connection"]
            .iter()
            .any(|other| name.eq_ignore_ascii_case(other))
    };
    let mut said = first.to_vec();
    for line in lines.filter(|line| !of_the_connection(line)) {
        said.extend_from_slice(b"\r\n");
        said.extend_from_slice(line);
    }
    said.extend_from_slice(b"\r\nConnection: close\r\n\r\n");
    Some((status, said))
}

/// Ends when the program closes its side; what it sends meanwhile is thrown away.
async fn gone(client: &mut ReadHalf<'_>) {
    let mut away = [0_u8; 1024];
    while client.read(&mut away).await.is_ok_and(|read| read > 0) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_says_that_the_connection_ends() {
        let head = b"HTTP/1.1 302 Found\r\nConnection: keep-alive\r\nLocation: http://x/\r\nKEEP-ALIVE: 5\r\n\r\n";
        let (status, said) = said_to_close(head).unwrap();
        assert_eq!(status, 302);
        assert_eq!(
            String::from_utf8(said).unwrap(),
            "HTTP/1.1 302 Found\r\nLocation: http://x/\r\nConnection: close\r\n\r\n"
        );
        assert!(said_to_close(b"SSH-2.0-x\r\n\r\n").is_none());
        assert!(said_to_close(b"HTTP/1.1 99\r\n\r\n").is_none());
    }
}
