//! The real engine behind the real server on a loopback port, with a database and a clock of its own.
//!
//! ```no_run
//! # async fn example() {
//! use qv_testkit::TestApp;
//!
//! let app = TestApp::start().await;
//! let owner = app.owner().await;
//! let built = owner.build("a pomodoro timer").await;
//! let events = owner.events(&built.generation).await.to_end().await;
//! assert_eq!(events.last().unwrap().kind, "done");
//! # }
//! ```
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "only tests call this, and what they cannot do without must stop them"
)]

mod answer;
mod client;
mod events;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use qv_domain::{Email, Plan, ProjectId, Role, SessionId, UserId};
use qv_engine::{Engine, EngineConfig, EnvironmentKey};
use qv_llm::{ProbeTargets, ProviderKind};
use qv_security::{SecretString, Token, TokenHash};
use qv_server::{Rates, ServerConfig};
use qv_store::testing::{HeldEnv, TestDb};
use qv_store::{Backend, Session, User};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub use answer::Answer;
pub use client::{Ask, Built, Client};
pub use events::{EventStream, Heard, kinds};

use crate::model_server::ModelServer;

/// How long a test waits for something that should happen at once.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
/// The key by which the app calls a [`ModelServer`]: a canary that must not be seen anywhere else.
pub const MODEL_KEY: &str = "sk-canary-4f1d9e0b7a63c258";

/// A running app. Ends with the test's runtime.
#[derive(Debug)]
pub struct TestApp {
    /// What it does, free of HTTP.
    pub engine: Arc<Engine>,
    /// Its time, which stands until it is moved, and its randomness.
    pub env: Arc<HeldEnv>,
    /// Its database, to look into and to prepare.
    pub db: TestDb,
    /// Where it listens.
    pub address: SocketAddr,
    setup: Setup,
    /// The data folder of its node.
    folder: PathBuf,
    serving: JoinHandle<std::io::Result<()>>,
    stop: CancellationToken,
}

/// How an app is set up, where a test wants it otherwise than usual.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The engine; its folder and its database are set by [`TestApp`].
    pub engine: EngineConfig,
    /// The server.
    pub server: ServerConfig,
}

impl Default for Setup {
    /// Offline, and blind to model servers that happen to run on this machine.
    fn default() -> Self {
        let mut engine = EngineConfig::new("");
        engine.offline = true;
        engine.turns_at_once = 2;
        engine.probes = ProbeTargets { doors: Vec::new() };
        // A test's clock stands, so all of its requests come at one moment.
        let rates = Rates {
            sign_ups: Rates::sign_ups(1_000_000),
            ..Rates::per_minute(1_000_000, 1_000_000, 1_000_000)
        };
        Self { engine, server: ServerConfig { rates, ..ServerConfig::default() } }
    }
}

impl Setup {
    /// With a model server as the provider `custom`, by a key from the environment.
    #[must_use]
    pub fn model(mut self, server: &ModelServer) -> Self {
        self.engine.environment_keys.push(EnvironmentKey {
            provider: ProviderKind::Custom,
            secret: Some(SecretString::from(MODEL_KEY)),
            base_url: Some(server.base_url()),
        });
        self
    }
}

impl TestApp {
    /// An app on SQLite, without a model.
    pub async fn start() -> Self {
        Self::on(TestDb::new(Backend::Sqlite).await, Setup::default()).await
    }

    /// An app on SQLite that asks this model server.
    pub async fn with_model(server: &ModelServer) -> Self {
        Self::on(TestDb::new(Backend::Sqlite).await, Setup::default().model(server)).await
    }

    /// An app on a database of the test's choice.
    pub async fn on(db: TestDb, setup: Setup) -> Self {
        let folder = db.data_dir().to_owned();
        Self::run(db, Arc::default(), setup, folder).await
    }

    /// Stops in good order and starts again on the same data: what a restart of the process does. `grace` is what
    /// running turns are given, `away` how long it is away by its own clock.
    pub async fn restart(self, grace: Duration, away: Duration) -> Self {
        let setup = self.setup.clone();
        self.restart_as(setup, grace, away).await
    }

    /// The same, set up in another way.
    pub async fn restart_as(self, setup: Setup, grace: Duration, away: Duration) -> Self {
        self.stop.cancel();
        self.engine.stop(grace).await;
        soon("the server's end", self.serving).await.expect("it ends").expect("it ends well");
        self.env.advance(away);
        Self::run(self.db, self.env, setup, self.folder).await
    }

    /// Starts another node on the same database when the first has been silent for `away`, but is not dead: its
    /// server is gone, its turns hang, and it still holds its data folder.
    pub async fn replace(self, away: Duration) -> Self {
        self.serving.abort();
        self.env.advance(away);
        let folder = self.folder.join("next-node");
        std::fs::create_dir(&folder).expect("a folder for the next node");
        // Nodes of one instance share the master key and the peppers.
        for file in ["master.key", "peppers"] {
            std::fs::copy(self.folder.join(file), folder.join(file)).expect("the key is there");
        }
        Self::run(self.db, self.env, self.setup, folder).await
    }

    async fn run(db: TestDb, env: Arc<HeldEnv>, setup: Setup, folder: PathBuf) -> Self {
        let mut config = setup.engine.clone();
        folder.clone_into(&mut config.data_dir);
        config.database_url = match db.backend() {
            Backend::Sqlite => format!("sqlite:{}", db.data_dir().join("quickvibe.db").display()),
            Backend::Postgres => db.url().to_owned(),
        };
        let engine = Engine::start(config, env.clone()).await.expect("the engine starts");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a loopback port");
        let address = listener.local_addr().expect("the port's number");
        let stop = CancellationToken::new();
        let serving = tokio::spawn(qv_server::serve(
            listener,
            engine.clone(),
            setup.server.clone(),
            stop.clone(),
        ));
        Self { engine, env, db, address, setup, folder, serving, stop }
    }

    /// Somebody who is not signed in, at `localhost`.
    #[must_use]
    pub fn anyone(&self) -> Client {
        Client::new(self.address)
    }

    /// The token of a fresh setup link.
    pub async fn setup_token(&self) -> String {
        let link = self.engine.owner_link().await.expect("the database answers");
        link.expect("the owner has no password yet").expose().to_owned()
    }

    /// The owner, signed in by the setup link.
    pub async fn owner(&self) -> Client {
        let anyone = self.anyone();
        let token = self.setup_token().await;
        let answer = anyone.post("/api/auth/setup", serde_json::json!({ "token": token })).await;
        anyone.signed_in_by(&answer.expect(200))
    }

    /// Another user, signed in: there is no route that makes one yet.
    pub async fn user(&self, name: &str) -> Client {
        let now = self.db_now();
        let user = User {
            id: UserId::generate(&*self.env),
            email: Some(Email::parse(&format!("{name}@example.org")).expect("an address")),
            name: name.to_owned(),
            plan: Plan::Free,
            is_admin: false,
            password_phc: None,
            created_at: now,
            updated_at: now,
            suspended_at: None,
        };
        let token = Token::generate(&*self.env);
        let session = Session {
            id: SessionId::generate(&*self.env),
            user_id: user.id,
            token_hash: *token.hash().as_bytes(),
            created_at: now,
            last_seen_at: now,
            expires_at: now.plus(Duration::from_secs(7 * 24 * 3600)),
            user_agent: None,
            address: None,
            previous_hash: None,
            previous_until: None,
            rotated_at: now,
            authenticated_at: now,
        };
        let mut tx = self.db.begin().await.expect("a transaction begins");
        tx.insert_user(&user).await.expect("a user is new");
        tx.insert_session(&session).await.expect("a session is new");
        tx.commit().await.expect("a transaction ends");
        self.anyone().signed_in_as(&format!("qv={}", token.expose())).await
    }

    /// Gives somebody a role in a project: there is no route for it yet.
    pub async fn add_member(&self, project: &str, member: &Client, role: Role) {
        let session = member.get("/api/auth/session").await.expect(200).json();
        let id = |text: &str| text.parse::<UserId>().expect("an id");
        let user = id(session["account"]["id"].as_str().expect("an account"));
        let project: ProjectId = project.parse().expect("a project's id");
        let mut tx = self.db.begin().await.expect("a transaction begins");
        tx.set_member(project, user, role, self.db_now()).await.expect("a member is added");
        tx.commit().await.expect("a transaction ends");
    }

    /// Takes somebody's role in a project away.
    pub async fn remove_member(&self, project: &str, member: &Client) {
        let session = member.get("/api/auth/session").await.expect(200).json();
        let user = session["account"]["id"].as_str().expect("an account").parse().expect("an id");
        let mut tx = self.db.begin().await.expect("a transaction begins");
        tx.remove_member(project.parse().expect("a project's id"), user).await.expect("they go");
        tx.commit().await.expect("a transaction ends");
    }

    fn db_now(&self) -> qv_domain::Timestamp {
        qv_domain::Env::now(&*self.env)
    }
}

/// What the database keeps of a token.
#[must_use]
pub fn token_hash(token: &str) -> [u8; 32] {
    *TokenHash::of(token).as_bytes()
}

/// Waits for what should happen at once.
pub(crate) async fn soon<T>(what: &str, work: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(done) => done,
        Err(_) => panic!("waited {PATIENCE:?} for {what}"),
    }
}
