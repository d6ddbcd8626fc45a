//! A stand-in for Daytona's API of version 0, for tests alone.
//!
//! It keeps state: sandboxes are made, started, stopped and removed as at the real service, with its quotas, its refusals and
//! its oddities (whole lines of output, three-byte marks, nulls). Its "toolbox" runs commands as **processes of this
//! machine, without any isolation**, in a temporary folder. So it listens on the loopback interface alone, asks for a key,
//! and is in no product. The vendor's own client drives it, too, which keeps it honest.
//!
//! [`Fake::fail`] makes calls go wrong on purpose.

mod api;
mod faults;
mod log;
mod preview;
mod process;
mod pty;
mod refusal;
mod routes;
mod serve;
mod session;
mod settings;
mod state;
mod toolbox;

pub use faults::Fault;
pub use settings::{Resources, Settings};
pub use state::Seen;

use std::net::SocketAddr;
use std::sync::Arc;

use state::State;

/// A running stand-in; it ends, with all that runs in its sandboxes, when it is dropped.
#[derive(Debug)]
pub struct Fake {
    state: Arc<State>,
    address: SocketAddr,
    server: tokio::task::JoinHandle<()>,
}

impl Fake {
    /// Listens on a free port of the loopback interface.
    ///
    /// # Errors
    /// When there is no port or no temporary folder.
    pub async fn start(settings: Settings) -> std::io::Result<Self> {
        Self::start_on(settings, 0).await
    }

    /// Listens on this port of the loopback interface.
    ///
    /// # Errors
    /// When it is taken, or there is no temporary folder.
    pub async fn start_on(settings: Settings, port: u16) -> std::io::Result<Self> {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
        let address = listener.local_addr()?;
        let state = Arc::new(State::new(settings, address)?);
        let server = tokio::spawn(serve::serve(listener, Arc::clone(&state)));
        Ok(Self { state, address, server })
    }

    /// Where the API is.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/api", self.address)
    }

    /// The key that it takes.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.state.settings.key
    }

    /// Makes calls of a route fail: the `nth` from now on (counted from 1) and the `times - 1` after it. A route is its
    /// method and its path with names for what varies, as `POST /sandbox` or `DELETE /sandbox/{id}`.
    pub fn fail(&self, route: &str, nth: u32, times: u32, fault: Fault) {
        self.state.faults.plan(route, nth, times, fault);
    }

    /// Forgets what was planned to fail.
    pub fn heal(&self) {
        self.state.faults.forget();
    }

    /// Every route that was called, in order.
    #[must_use]
    pub fn calls(&self) -> Vec<String> {
        self.state.faults.calls()
    }

    /// What there is now.
    #[must_use]
    pub fn sandboxes(&self) -> Vec<Seen> {
        self.state.seen()
    }

    /// Changes the state of a sandbox, by its name, behind its owner's back.
    pub fn set_state(&self, name: &str, state: &str, reason: Option<&str>) {
        self.state.force(name, state, reason);
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.server.abort();
        self.state.end();
    }
}
