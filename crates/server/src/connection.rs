//! What is asked of the kernel for every connection that is accepted.

use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;

/// Data that a peer has not acknowledged for so long is given up, and the connection with it. A phone that leaves its
/// network says no FIN, and Linux would go on sending for a quarter of an hour. With a heartbeat every 10 s a stream
/// whose client vanished is over within 25 s: the next heartbeat, this wait, and the kernel's own timers. A client that
/// is only slow acknowledges; one that is suspended with its buffers full is cut off as well, and resumes by the last
/// number it saw.
const UNACKNOWLEDGED: Duration = Duration::from_secs(12);
/// An idle connection is asked whether it lives after so long, and then so often.
const IDLE: Duration = Duration::from_secs(15);
const PROBE: Duration = Duration::from_secs(5);

/// Sets a connection up. None of it is worth losing a connection for.
pub(crate) fn prepare(stream: &TcpStream) {
    // Events are small and come one by one: none may wait for the answer to the one before.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection keeps its small writes back");
    }
    let socket = SockRef::from(stream);
    let keepalive = TcpKeepalive::new().with_time(IDLE).with_interval(PROBE);
    if let Err(error) = socket.set_tcp_keepalive(&keepalive) {
        tracing::debug!(%error, "an idle connection is not asked whether it lives");
    }
    #[cfg(target_os = "linux")]
    if let Err(error) = socket.set_tcp_user_timeout(Some(UNACKNOWLEDGED)) {
        tracing::debug!(%error, "a connection's dead peer will be noticed late");
    }
}
