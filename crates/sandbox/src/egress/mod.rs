//! The only way out of a sandbox: a forward proxy that reaches the npm registry and nothing else.
//!
//! A sandbox has an empty network. The listener that its programs find at `127.0.0.1:3128` was opened inside it and
//! handed to this process, so whoever connects is known by the listener alone. [`serve`] reads one request head
//! ([`head`], pure), asks the [`Policy`], resolves the name on this side, refuses addresses that lead inwards, and
//! connects to the very address that it judged.
//!
//! A tunnel (`CONNECT`) carries bytes to the registry and back. Where the operator's registry speaks plain HTTP, a request
//! in absolute form is passed on too: one to a connection, so that each is judged; a redirect is an answer like any
//! other, and whoever follows it to another host is refused there.

mod address;
mod connection;
mod forward;
mod head;
mod policy;
mod refusal;
mod relay;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub use policy::{EgressCounts, EgressLimits, Policy, Resolve};
pub use refusal::Refusal;

/// How long nothing is taken after the system would give no connection, as when files run out.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves one sandbox until `stop`; then every connection is ended. Beyond the policy's number of connections the next
/// ones wait unaccepted.
///
/// The listener keeps the sandbox's network alive: whoever ends the sandbox cancels `stop`.
pub async fn serve(listener: TcpListener, policy: Arc<Policy>, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(policy.limits().connections));
    // Ends what is left in it when this future is dropped.
    let mut connections = JoinSet::new();
    let taking = async {
        loop {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            match listener.accept().await {
                Ok((client, _)) => {
                    let policy = Arc::clone(&policy);
                    connections.spawn(async move {
                        connection::serve(client, &policy).await;
                        drop(place);
                    });
                    while connections.try_join_next().is_some() {}
                }
                Err(error) => {
                    tracing::warn!(%error, "a sandbox's egress connection was not taken");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = taking => {}
    }
    connections.shutdown().await;
}
