//! A preview: a listener of its own that lets through who has the token.

use std::io::{Error, Result};
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::AbortOnDropHandle;

const MOST_HEAD: usize = 64 << 10;

#[derive(Debug)]
pub(crate) struct Preview {
    address: SocketAddr,
    pub(crate) token: String,
    _server: AbortOnDropHandle<()>,
}

impl Preview {
    pub(crate) async fn open(port: u16, token: String) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let expected = token.clone();
        let server = tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let token = expected.clone();
                tokio::spawn(async move {
                    let _ = pass(connection, port, &token).await;
                });
            }
        });
        Ok(Self { address, token, _server: AbortOnDropHandle::new(server) })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

async fn pass(mut client: TcpStream, port: u16, token: &str) -> Result<()> {
    let mut head = Vec::new();
    let end = loop {
        if let Some(at) = head.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        if head.len() > MOST_HEAD || client.read_buf(&mut head).await? == 0 {
            return Err(Error::other("no head"));
        }
    };
    let text = String::from_utf8_lossy(&head[..end]).into_owned();
    let upgrades = text.to_ascii_lowercase().contains("\r\nupgrade:");
    let (mut allowed, mut lines) = (false, Vec::new());
    for line in text.split("\r\n") {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        match name.to_ascii_lowercase().as_str() {
            "x-daytona-preview-token" => allowed |= value.trim() == token,
            // One request on each connection: each shows its token.
            "connection" if !upgrades => {}
            _ => lines.push(line),
        }
    }
    if !allowed {
        return refuse(&mut client, "401 Unauthorized").await;
    }
    if !upgrades {
        lines.push("connection: close");
    }
    let Ok(mut app) = dial(port).await else {
        return refuse(&mut client, "502 Bad Gateway").await;
    };
    app.write_all(lines.join("\r\n").as_bytes()).await?;
    app.write_all(&head[end..]).await?;
    copy_bidirectional(&mut client, &mut app).await?;
    Ok(())
}

/// What listens may do so on either family.
pub(crate) async fn dial(port: u16) -> Result<TcpStream> {
    match TcpStream::connect(("127.0.0.1", port)).await {
        Ok(connection) => Ok(connection),
        Err(_) => TcpStream::connect(("::1", port)).await,
    }
}

async fn refuse(client: &mut TcpStream, status: &str) -> Result<()> {
    let text = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    client.write_all(text.as_bytes()).await?;
    client.shutdown().await
}
