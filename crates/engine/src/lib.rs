//! Use cases free of HTTP: accounts, projects, generations, workspaces, versions.
//!
//! [`Engine`] is the one door. Who asks comes in as an [`Actor`] (somebody signed in) or an [`Access`]
//! (a member of a project, whose role was checked); what goes out is a shape of `qv-wire` or an
//! [`EngineError`]. A turn's way: [`Engine::start_turn`] writes message, generation and first event in one
//! transaction and wakes a worker; `worker` claims it; `driver` feeds the turn machine of `qv-agent`, and
//! whatever is shown is first in the log (`driver::recorder`); `workspace` keeps the app compiled for its
//! preview and for checks.

mod access;
mod accounts;
mod api_tokens;
mod attempts;
mod audit;
mod backup;
mod budgets;
mod config;
mod csrf;
mod dead_letters;
mod dependencies;
mod diff;
mod driver;
mod edits;
mod enhance;
mod env;
mod error;
mod events;
mod export;
mod files;
mod findings;
mod health;
mod hub;
mod kept;
mod log;
mod look;
mod mail;
mod maintenance;
mod merge;
mod messages;
mod models;
mod node;
mod passwords;
mod prices;
mod projects;
mod queue;
mod resets;
mod roles;
mod sandboxes;
mod second_factor;
mod secret_file;
mod sessions;
mod sign_up;
mod starters;
mod suggestions;
mod summary;
mod turns;
mod usage;
mod user_admin;
mod vault;
mod versions;
mod view;
mod worker;
mod workspace;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use qv_domain::{Env, GenerationId, Limits, NodeId, Timestamp};
use qv_security::SealingKey;
use qv_store::{Backend, Broken, Db};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use access::{Access, Actor};
pub use audit::{AuditExport, AuditQuery};
pub use backup::{Backup, Restored, backup, restore};
pub use budgets::{PlanBudget, PlanBudgets};
pub use config::{EngineConfig, EnvironmentKey};
pub use dead_letters::DeadLetterQuery;
pub use env::SystemEnv;
pub use error::{EngineError, Result};
pub use events::{EventFeed, LoggedEvent};
pub use export::Archive;
pub use hub::Follower;
pub use mail::MailConfig;
pub use maintenance::Maintenance;
pub use passwords::{ImportedPasswords, import_breached};
/// How the browser works that apps are looked at with.
pub use qv_browser::{BrowserConfig, Program as BrowserProgram};
/// What a process becomes that is started as a sandbox's supervisor; nothing may have been begun before.
#[cfg(target_os = "linux")]
pub use qv_sandbox::local::{IsolationCheck, IsolationReport, Standing, isolation, supervise};
/// How to reach an app's machine, and how large a terminal is.
pub use qv_sandbox::{Connection, PreviewTarget, ResourceLimits, TerminalSize, preview};
/// What a cookie or a link bears.
pub use qv_security::Token;
/// A generation as the store keeps it: handed from a check of access to the use case.
pub use qv_store::Generation as GenerationRow;
pub use sandboxes::{
    DaytonaSandboxes, LocalSandboxes, OutputFeed, PlanEngines, PreviewPass, PreviewPlace,
    SandboxConfig, Terminal, TerminalInput, TerminalOutput,
};
pub use second_factor::SignIn;
pub use sessions::{Authenticated, Client, SignedIn};
pub use usage::{UsageExport, UsageQuery, csv};
pub use user_admin::UserQuery;
pub use vault::{MasterKeySource, NewKey, Rotated};
pub use workspace::{COMPONENT_BYTES, PreviewFile, PreviewOptions, PreviewUpdate, PreviewUpdates};

use hub::Hub;
use log::LogWriter;
use look::Looks;
use mail::Mailer;
use models::Models;
use node::FolderLock;
use passwords::Passwords;
use sandboxes::Sandboxes;
use vault::Vault;
use workspace::Workspaces;

/// How long letting go of turns may take at a stop.
const RELEASE: Duration = Duration::from_secs(1);
/// How long closing the database may take; its log makes up for what is not closed.
const CLOSE: Duration = Duration::from_secs(1);

/// Everything that QuickVibe does, free of HTTP. Shared as an `Arc`.
#[derive(Debug)]
pub struct Engine {
    config: EngineConfig,
    env: Arc<dyn Env>,
    db: Db,
    /// When this process began.
    started_at: Timestamp,
    /// Which server this is; stays the same from start to start.
    node_id: NodeId,
    /// Its name on leases: of this process alone, so that it never takes over from itself.
    lease_owner: String,
    /// `None` for a visitor.
    folder: Option<FolderLock>,
    vault: Vault,
    /// Ties cookies and tokens to this instance.
    instance_key: SealingKey,
    hub: Hub,
    log: LogWriter,
    models: Models,
    workspaces: Workspaces,
    sandboxes: Sandboxes,
    looks: Looks,
    passwords: Passwords,
    /// `None` where the server cannot send mail.
    mailer: Option<Mailer>,
    /// Rung when there is something to claim.
    work: Notify,
    /// Rung when a waiting message may be sent.
    waiting: Notify,
    running: Mutex<HashMap<GenerationId, worker::Handle>>,
    tasks: TaskTracker,
    stopping: CancellationToken,
    stopped: CancellationToken,
}

impl Engine {
    /// Takes the data folder for itself, opens the database and starts the workers.
    ///
    /// # Errors
    /// `Conflict` when another process uses the folder. When the database, the key file or the cache folder
    /// cannot be used; the text says what to do.
    pub async fn start(config: EngineConfig, env: Arc<dyn Env>) -> Result<Arc<Self>> {
        // On the heap: whoever starts an engine need not make room for all that this takes.
        Box::pin(Self::begin(config, env)).await
    }

    async fn begin(mut config: EngineConfig, env: Arc<dyn Env>) -> Result<Arc<Self>> {
        std::fs::create_dir_all(&config.data_dir).map_err(|source| EngineError::Io {
            what: format!("cannot make the data folder {}", config.data_dir.display()),
            source,
        })?;
        let (node_id, folder) = if config.visitor {
            config.turns_at_once = 0;
            // It must not bear the id of the server that it may share the folder with.
            (NodeId::generate(&*env), None)
        } else {
            let lock = FolderLock::take(&config.data_dir)?;
            (node::load_id(&config.data_dir, &*env)?, Some(lock))
        };
        tracing::debug!(node = %node_id, "starting");
        let passwords = Passwords::open(&config, &*env)?;
        let mailer = config.mail.as_ref().map(Mailer::open).transpose()?;
        let db = Db::open(&config.database_url, &config.data_dir).await?;
        let opened = async {
            if !config.visitor {
                db.fold_log().await?;
            }
            passwords.require_known(&db, !config.visitor, &*env).await?;
            let vault = Vault::open(&config, &db, env.clone()).await?;
            let key = vault::load_instance_key(&db, &vault, &*env, config.visitor).await?;
            Ok((vault, key))
        };
        let (vault, instance_key) = match opened.await {
            Ok(opened) => opened,
            Err(error) => {
                db.close().await;
                return Err(error);
            }
        };
        let workspaces = Workspaces::open(&config, env.clone())?;
        let name = qv_security::bound_token(&instance_key, "sandboxes", b"");
        let instance = sandboxes::Instance {
            registry: &workspaces.registry(),
            // Enough to tell instances apart, and nothing that the key could be told from.
            name: &name[..name.len().min(16)],
            env: &env,
        };
        let sandboxes = Sandboxes::new(&config, instance);
        let engine = Arc::new(Self {
            models: Models::new(&config, env.clone())?,
            sandboxes,
            looks: Looks::new(config.browser.clone(), workspaces.packages(), env.clone()),
            workspaces,
            lease_owner: format!("{node_id}/{}", NodeId::generate(&*env)),
            log: LogWriter::start(db.clone(), env.clone()),
            config,
            started_at: env.now(),
            env,
            db,
            node_id,
            folder,
            vault,
            instance_key,
            passwords,
            mailer,
            hub: Hub::default(),
            work: Notify::new(),
            waiting: Notify::new(),
            running: Mutex::default(),
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
            stopped: CancellationToken::new(),
        });
        worker::start(&engine);
        if !engine.config.visitor {
            tokio::spawn(audit::forget_old(engine.clone()));
            sandboxes::start(&engine);
        }
        Ok(engine)
    }

    /// How large things may be.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        &self.config.limits
    }

    /// Where time and randomness come from.
    #[must_use]
    pub fn env(&self) -> &Arc<dyn Env> {
        &self.env
    }

    /// Which server this is among those that share a database.
    #[must_use]
    pub const fn node_id(&self) -> NodeId {
        self.node_id
    }

    /// Whether the database answers and work is still taken.
    ///
    /// # Errors
    /// `Unavailable`, with the reason.
    pub async fn ready(&self) -> Result<()> {
        if self.stopping.is_cancelled() {
            return Err(EngineError::refused(
                qv_wire::ErrorCode::Unavailable,
                "The server is stopping.",
            ));
        }
        Ok(self.db.ping().await?)
    }

    /// Fires when the engine begins to stop: long answers end then, and nothing new is begun.
    #[must_use]
    pub fn stopping(&self) -> CancellationToken {
        self.stopping.clone()
    }

    /// Waits until the database's disk fails. From then on nothing is kept any more, so the process must end, by
    /// [`Engine::close`] without [`Engine::drain`].
    pub async fn broken(&self) {
        self.db.broken().await;
    }

    /// How the database's disk failed, if it did, and what the operator can do.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        let Broken { fault, cause } = self.db.fault()?;
        let remedy = match self.db.backend() {
            Backend::Sqlite => fault.remedy(),
            Backend::Postgres => "Look after its server, then start again",
        };
        Some(format!(
            "{} {fault} ({cause}). QuickVibe has stopped, so that it promises nothing that is not kept; what it \
             said was saved is. {remedy}",
            self.db.place()
        ))
    }

    /// Takes no new work, gives running turns `grace` to end, then lets go of them, so that another node or the next
    /// start goes on with them.
    pub async fn drain(&self, grace: Duration) {
        self.stopping.cancel();
        self.tasks.close();
        if tokio::time::timeout(grace, self.tasks.wait()).await.is_err() {
            tracing::warn!(
                "turns were still running; another node, or the next start, goes on with them"
            );
            if tokio::time::timeout(RELEASE, self.release_running()).await.is_err() {
                tracing::warn!("not all were let go of: their leases lapse by themselves");
            }
        }
        self.stopped.cancel();
    }

    /// Closes the database and leaves the data folder to the next.
    pub async fn close(&self) {
        self.stopping.cancel();
        self.stopped.cancel();
        self.stop_machines().await;
        self.looks.close().await;
        if tokio::time::timeout(CLOSE, self.db.close()).await.is_err() {
            tracing::warn!("the database was still in use; its log has all that was committed");
        }
        if let Some(folder) = &self.folder {
            folder.release();
        }
    }

    /// [`Engine::drain`] and [`Engine::close`].
    pub async fn stop(&self, grace: Duration) {
        self.drain(grace).await;
        self.close().await;
    }
}
