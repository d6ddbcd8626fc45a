//! A scripted model server: both wire formats over HTTP on a loopback port, cut up in any way that a network could,
//! and a check of every request that it gets.
//!
//! ```no_run
//! # async fn example() {
//! use qv_testkit::model_server::{Cut, ModelServer, Reply};
//!
//! let server = ModelServer::start().await;
//! server.script([Reply::text("héllo").cut(Cut::Bytes(1)), Reply::error(529, "{}")]);
//! // ... call server.base_url() ...
//! let requests = server.finish().await; // fails on a malformed request or an unused reply
//! # }
//! ```
//!
//! The same server runs as a process of its own: `scripted-model FILE`, with a [`Script`] as JSON.

mod invariants;
mod record;
mod render;
mod reply;
mod routes;
mod script;
mod state;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

pub use record::{Outcome, Recorded, Wire, text_of};
pub use reply::{Cut, Ending, LineEnd, Reply, Usage};
pub use script::{Rule, Script};

use axum::serve::ListenerExt;
use state::State;

/// How long a test waits for something that should happen at once.
const PATIENCE: Duration = Duration::from_secs(10);

/// A running server. Ends with the test's runtime; say [`ModelServer::finish`] at the end of a test.
#[derive(Debug)]
pub struct ModelServer {
    address: SocketAddr,
    state: Arc<State>,
    serving: tokio::task::JoinHandle<std::io::Result<()>>,
    finished: bool,
}

impl ModelServer {
    /// Starts on a free loopback port, with nothing to say yet.
    ///
    /// # Panics
    /// When no port can be had.
    #[expect(clippy::expect_used, reason = "a test without a port cannot go on")]
    pub async fn start() -> Self {
        Self::serve(Script::default()).await.expect("a loopback port")
    }

    /// Starts with a script, for a process of its own.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn serve(script: Script) -> std::io::Result<Self> {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let state = Arc::new(State::new(script));
        let app = routes::router(Arc::clone(&state));
        // Small writes must not wait for each other.
        let listener = listener.tap_io(|stream| {
            let _ = stream.set_nodelay(true);
        });
        let serving = tokio::spawn(async move { axum::serve(listener, app).await });
        Ok(Self { address, state, serving, finished: false })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What to enter as a provider's base URL.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Says these, one for each request, whatever is asked.
    pub fn script(&self, replies: impl IntoIterator<Item = Reply>) {
        self.rule(Rule::always(replies));
    }

    /// Adds a rule after those that are there; the first that fits a request and has a reply left answers it.
    pub fn rule(&self, rule: Rule) {
        self.state.with(|inner| inner.script.rules.push(rule));
    }

    /// Lets `answer` decide about each request first; where it says nothing, the script does.
    pub fn on_request(&self, answer: impl Fn(&Recorded) -> Option<Reply> + Send + 'static) {
        self.state.with(|inner| inner.closure = Some(Box::new(answer)));
    }

    /// Lets calls without a key pass, as local servers do.
    pub fn without_key(&self) {
        self.state.with(|inner| inner.script.keyless = true);
    }

    /// Keeps what is asked no longer than it takes to answer: for benches that ask for hours.
    pub fn forget_texts(&self) {
        self.state.with(|inner| inner.forgets = true);
    }

    /// When each reply was said to its end, in the order of the requests; `None` for one that was not.
    #[must_use]
    pub fn ends(&self) -> Vec<Option<Instant>> {
        self.state.with(|inner| inner.ends.clone())
    }

    /// What is wrong with the requests so far.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        self.state.with(|inner| inner.violations())
    }

    /// Does not count violations that contain these words.
    pub fn tolerate(&self, words: &str) {
        self.state.with(|inner| inner.tolerated.push(words.to_owned()));
    }

    /// What has been asked so far.
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        self.state.with(|inner| inner.requests.clone())
    }

    /// Lets one held reply go on; given beforehand, the next one will not be held.
    pub fn release(&self) {
        self.state.release(1);
    }

    /// Waits until so many requests have been made in all.
    pub async fn wait_for_requests(&self, count: usize) {
        self.wait(&format!("{count} requests"), |requests, _| requests.len() >= count).await;
    }

    /// Waits until so many replies are held at the same time.
    pub async fn wait_until_held(&self, count: usize) {
        self.wait(&format!("{count} held replies"), |_, held| held >= count).await;
    }

    /// Waits until request number `index`, counted from 0, has ended, and says how.
    pub async fn outcome(&self, index: usize) -> Outcome {
        let ended = |requests: &[Recorded]| {
            requests.get(index).map(|request| request.outcome).filter(|end| *end != Outcome::Open)
        };
        self.wait("a reply to end", |requests, _| ended(requests).is_some()).await;
        ended(&self.requests()).unwrap_or(Outcome::Open)
    }

    async fn wait(&self, what: &str, reached: impl Fn(&[Recorded], usize) -> bool) {
        let mut changes = self.state.changes();
        let waiting = async {
            while !self.state.with(|inner| reached(&inner.requests, inner.held)) {
                if changes.changed().await.is_err() {
                    break;
                }
            }
        };
        let in_time = tokio::time::timeout(PATIENCE, waiting).await.is_ok();
        assert!(in_time, "waited {PATIENCE:?} for {what}");
    }

    /// Ends the server and hands out what it was asked.
    ///
    /// # Panics
    /// When a request was malformed, was not foreseen, or a scripted reply was never asked for.
    pub async fn finish(mut self) -> Vec<Recorded> {
        self.finished = true;
        self.serving.abort();
        let violations = self.state.with(|inner| inner.violations());
        assert!(violations.is_empty(), "the model server objects:\n{}", violations.join("\n"));
        let unused = self.state.with(|inner| inner.script.unused());
        assert!(unused == 0, "{unused} scripted replies were never asked for");
        self.requests()
    }
}

impl Drop for ModelServer {
    fn drop(&mut self) {
        self.serving.abort();
        if !self.finished && !std::thread::panicking() {
            let violations = self.state.with(|inner| inner.violations());
            assert!(violations.is_empty(), "the model server objects:\n{}", violations.join("\n"));
        }
    }
}
