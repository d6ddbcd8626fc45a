use std::fmt;
use std::net::TcpStream as StdStream;
use std::sync::Weak;
use std::time::Duration;

use async_trait::async_trait;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::super::link::{gone, transient};
use super::super::running::Running;
use super::super::wire::Request;
use crate::{Connection, Dialer, Result, SandboxError};

/// How long a listener with a full backlog is waited for.
const CONNECT: Duration = Duration::from_secs(5);

/// Connections to one port of a sandbox, for as long as it runs.
pub(super) struct LocalDialer {
    pub(super) running: Weak<Running>,
    pub(super) port: u16,
}

impl fmt::Debug for LocalDialer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalDialer").field("port", &self.port).finish_non_exhaustive()
    }
}

/// One connection to what listens on the port.
pub(super) async fn connect(running: &Running, port: u16) -> Result<TcpStream> {
    let refused = |error: std::io::Error| transient("nothing answers on the port", error);
    let socket = running
        .link
        .ask(Request::Connect(port))
        .await?
        .ok_or_else(|| transient("a connection", "it did not come"))?;
    let stream = TcpStream::from_std(StdStream::from(socket)).map_err(refused)?;
    // It may not be made yet: a listener takes its time.
    timeout(CONNECT, stream.writable())
        .await
        .map_err(|_| SandboxError::Timeout { what: "connecting", limit: CONNECT })?
        .map_err(refused)?;
    match stream.take_error().map_err(refused)? {
        Some(error) => Err(refused(error)),
        None => Ok(stream),
    }
}

#[async_trait]
impl Dialer for LocalDialer {
    async fn dial(&self) -> Result<Box<dyn Connection>> {
        let running = self.running.upgrade().ok_or_else(gone)?;
        Ok(Box::new(connect(&running, self.port).await?))
    }
}
