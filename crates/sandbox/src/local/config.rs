use std::fmt;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::wire::Mode;

/// How to start a supervisor: a program that calls [`super::supervise`] when it gets these arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Launcher {
    /// The program; the server itself is `/proc/self/exe`.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
}

/// Answers calls of one sandbox to the outside: gets the listener that its programs have as their proxy, and what is
/// cancelled when the sandbox ends.
#[derive(Clone)]
pub struct ServeEgress(Arc<Serve>);

type Serve = dyn Fn(TcpListener, CancellationToken) -> Serving + Send + Sync;
type Serving = Pin<Box<dyn Future<Output = ()> + Send>>;

impl ServeEgress {
    /// By a function, as `move |listener, stop| egress::serve(listener, Arc::clone(&policy), stop)`.
    pub fn new<F>(
        serve: impl Fn(TcpListener, CancellationToken) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Self(Arc::new(move |listener, stop| Box::pin(serve(listener, stop))))
    }

    pub(super) async fn serve(&self, listener: TcpListener, stop: CancellationToken) {
        (self.0)(listener, stop).await;
    }
}

impl fmt::Debug for ServeEgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServeEgress")
    }
}

/// How the local engine works.
#[derive(Debug, Clone)]
pub struct LocalConfig {
    /// Where everything is kept: the base tree, sandboxes, templates, what runs. One engine at a time.
    pub folder: PathBuf,
    /// How to start supervisors.
    pub launcher: Launcher,
    /// Where base trees are kept, when not in the folder: several engines may share them.
    pub bases: Option<PathBuf>,
    /// The Node that is copied into the base tree. `None`: the one in `PATH`, if there is one.
    pub node: Option<PathBuf>,
    /// Who sandboxes are. `None`: told by whether the server is root.
    pub mode: Option<Mode>,
    /// The host's user and group id of sandboxes, where the server is root. Nobody else's, and never 0.
    pub uid: u32,
    /// How many sandboxes may run at once.
    pub most_running: usize,
    /// How much memory those that run may be promised together, in bytes.
    pub most_memory: u64,
    /// The npm registry that sandboxes may call: `host` or `host:port`.
    pub registry: String,
    /// Who answers those calls. `None`: they are refused.
    pub egress: Option<ServeEgress>,
    /// How much templates of packages may take on disk, in bytes; the least recently used go first.
    pub most_templates: u64,
    /// How many sandboxes are kept started for each set of packages that was asked for by [`super::LocalEngine::warm`].
    pub warm: usize,
    /// For how many sandboxes what all of them begin with is made ahead: an idle process in namespaces and a control
    /// group of its own, and an empty disk.
    pub ahead: usize,
    /// Keeps each sandbox's files in an image of limited size, where the host can; else in folders that are watched.
    pub images: bool,
}

impl LocalConfig {
    /// The user id of sandboxes if nothing else is said: beyond those that systems give to people, services and
    /// containers.
    pub const UID: u32 = 2_000_000_001;

    /// The usual configuration, with everything in `folder`.
    #[must_use]
    pub fn new(folder: PathBuf, launcher: Launcher) -> Self {
        Self {
            folder,
            launcher,
            bases: None,
            node: None,
            mode: None,
            uid: Self::UID,
            most_running: 20,
            most_memory: 16 << 30,
            registry: "registry.npmjs.org".into(),
            egress: None,
            most_templates: 4 << 30,
            warm: 1,
            ahead: 2,
            images: true,
        }
    }
}
