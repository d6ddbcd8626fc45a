use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::faults::Faults;
use crate::preview::Preview;
use crate::process::{MARK, install_tools, kill_marked};
use crate::pty::Terminal;
use crate::refusal::{Answer, Refusal};
use crate::session::Session;
use crate::settings::{Resources, Settings};

/// What a test sees of a sandbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its name.
    pub name: String,
    /// Its state, in Daytona's words.
    pub state: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Sessions in which a command runs, and terminals.
    pub running: usize,
    /// Where its files are.
    pub folder: PathBuf,
}

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) settings: Settings,
    pub(crate) faults: Faults,
    pub(crate) address: SocketAddr,
    folder: TempDir,
    next: AtomicU64,
    all: Mutex<BTreeMap<String, Sandbox>>,
}

/// A sandbox.
#[derive(Debug)]
pub(crate) struct Sandbox {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) env: BTreeMap<String, String>,
    pub(crate) state: String,
    pub(crate) reason: Option<String>,
    pub(crate) size: Resources,
    pub(crate) home: PathBuf,
    pub(crate) asked: Value,
    pub(crate) sessions: HashMap<String, Arc<Session>>,
    pub(crate) terminals: HashMap<String, Arc<Terminal>>,
    pub(crate) previews: HashMap<u16, Preview>,
}

impl Sandbox {
    /// What commands find in their environment: also by what their processes are told from others of this machine.
    pub(crate) fn environment(&self) -> BTreeMap<String, String> {
        let tools = self.home.with_file_name("tools");
        let path = std::env::var("PATH").unwrap_or_default();
        let mut env = BTreeMap::from([
            ("PATH".to_owned(), format!("{}:{path}", tools.display())),
            ("HOME".to_owned(), self.home.display().to_string()),
            (MARK.to_owned(), self.id.clone()),
        ]);
        env.extend(self.env.clone());
        env
    }

    fn end_all(&mut self) {
        for (_, session) in self.sessions.drain() {
            session.end();
        }
        for (_, terminal) in self.terminals.drain() {
            terminal.end();
        }
        kill_marked(MARK, &self.id);
        self.previews.clear();
    }

    fn running(&self) -> usize {
        let sessions = self.sessions.values().filter(|session| session.runs()).count();
        sessions + self.terminals.values().filter(|terminal| terminal.runs()).count()
    }
}

impl State {
    pub(crate) fn new(settings: Settings, address: SocketAddr) -> std::io::Result<Self> {
        Ok(Self {
            settings,
            faults: Faults::default(),
            address,
            folder: tempfile::Builder::new().prefix("daytona-fake-").tempdir()?,
            next: AtomicU64::new(1),
            all: Mutex::default(),
        })
    }

    pub(crate) fn all(&self) -> MutexGuard<'_, BTreeMap<String, Sandbox>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn fresh(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// Does something with a sandbox, by its id or name.
    pub(crate) fn with<T>(
        &self,
        id_or_name: &str,
        work: impl FnOnce(&mut Sandbox) -> Answer<T>,
    ) -> Answer<T> {
        let mut all = self.all();
        let found =
            all.values_mut().find(|sandbox| sandbox.id == id_or_name || sandbox.name == id_or_name);
        work(found.ok_or_else(|| Refusal::missing("Sandbox"))?)
    }

    /// As [`Self::with`], of one that runs; otherwise the proxy before it answers.
    pub(crate) fn with_running<T>(
        &self,
        id: &str,
        work: impl FnOnce(&mut Sandbox) -> Answer<T>,
    ) -> Answer<T> {
        self.with(id, |sandbox| {
            if sandbox.state != "started" {
                let message = "bad request: no IP address found. Is the Sandbox started?";
                return Err(Refusal::bad(message));
            }
            work(sandbox)
        })
    }

    pub(crate) fn create(self: &Arc<Self>, asked: Value, size: Resources) -> Answer<Value> {
        // No other stand-in on this machine has the same: its processes are found by it.
        static MADE: AtomicU64 = AtomicU64::new(1);
        let made = MADE.fetch_add(1, Ordering::Relaxed);
        let id = format!("fake-{}-{made}", std::process::id());
        let name = asked["name"].as_str().unwrap_or(&id).to_owned();
        let mut all = self.all();
        if all.values().any(|sandbox| sandbox.name == name) {
            let message = format!("Sandbox with name {name} already exists");
            return Err(Refusal::conflict(&message));
        }
        self.within_quota(&all, size)?;
        let home = self.folder.path().join(&id).join("home");
        std::fs::create_dir_all(&home)?;
        install_tools(&home.with_file_name("tools"))?;
        let sandbox = Sandbox {
            name,
            labels: texts(&asked["labels"]),
            env: texts(&asked["env"]),
            state: "creating".to_owned(),
            reason: None,
            size,
            home,
            asked,
            sessions: HashMap::new(),
            terminals: HashMap::new(),
            previews: HashMap::new(),
            id: id.clone(),
        };
        let shown = self.show(&sandbox);
        all.insert(id.clone(), sandbox);
        drop(all);
        self.later(id, "creating", "started");
        Ok(shown)
    }

    pub(crate) fn within_quota(
        &self,
        all: &BTreeMap<String, Sandbox>,
        size: Resources,
    ) -> Answer<()> {
        let running = all.values().filter(|sandbox| sandbox.state != "stopped");
        let used = running.fold((0, 0), |(cpu, memory), sandbox| {
            (cpu + sandbox.size.cpu, memory + sandbox.size.memory)
        });
        let disk: u64 = all.values().map(|sandbox| sandbox.size.disk).sum();
        let quota = self.settings.quota;
        for (what, used, most, unit) in [
            ("CPU", used.0 + size.cpu, quota.cpu, ""),
            ("memory", used.1 + size.memory, quota.memory, "GiB"),
            ("disk", disk + size.disk, quota.disk, "GiB"),
        ] {
            if used > most {
                let message =
                    format!("Total {what} limit exceeded. Maximum allowed: {most}{unit}.");
                return Err(Refusal::bad(message));
            }
        }
        Ok(())
    }

    /// Lets a sandbox go on to its next state, unless something else has happened to it.
    pub(crate) fn later(self: &Arc<Self>, id: String, from: &'static str, to: &'static str) {
        let (state, wait): (_, Duration) = (Arc::downgrade(self), self.settings.change);
        tokio::spawn(async move {
            tokio::time::sleep(wait).await;
            let Some(state) = state.upgrade() else { return };
            let mut all = state.all();
            if let Some(sandbox) = all.get_mut(&id)
                && sandbox.state == from
            {
                to.clone_into(&mut sandbox.state);
            }
        });
    }

    pub(crate) fn remove(&self, id: &str) {
        if let Some(mut sandbox) = self.all().remove(id) {
            sandbox.end_all();
            let _ = std::fs::remove_dir_all(self.folder.path().join(id));
        }
    }

    pub(crate) fn stop(sandbox: &mut Sandbox) {
        sandbox.end_all();
        "stopping".clone_into(&mut sandbox.state);
    }

    pub(crate) fn force(&self, name: &str, state: &str, reason: Option<&str>) {
        let _ = self.with(name, |sandbox| {
            if state != "started" {
                sandbox.end_all();
            }
            state.clone_into(&mut sandbox.state);
            sandbox.reason = reason.map(str::to_owned);
            Ok(())
        });
    }

    pub(crate) fn end(&self) {
        for sandbox in self.all().values_mut() {
            sandbox.end_all();
        }
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        let all = self.all();
        let seen = all.values().map(|sandbox| Seen {
            name: sandbox.name.clone(),
            state: sandbox.state.clone(),
            labels: sandbox.labels.clone(),
            running: sandbox.running(),
            folder: sandbox.home.clone(),
        });
        seen.collect()
    }

    /// A sandbox as the API tells of it.
    pub(crate) fn show(&self, sandbox: &Sandbox) -> Value {
        let of = |name: &str| sandbox.asked.get(name).cloned();
        json!({
            "id": sandbox.id, "organizationId": "org", "name": sandbox.name, "user": "daytona",
            "snapshot": of("snapshot").unwrap_or(json!("default")), "env": sandbox.env,
            "labels": sandbox.labels, "public": of("public").unwrap_or(json!(false)),
            "networkBlockAll": of("networkBlockAll").unwrap_or(json!(false)),
            "domainAllowList": of("domainAllowList"), "target": of("target").unwrap_or(json!("eu")),
            "cpu": sandbox.size.cpu, "gpu": 0, "memory": sandbox.size.memory, "disk": sandbox.size.disk,
            "state": sandbox.state, "errorReason": sandbox.reason,
            "autoStopInterval": of("autoStopInterval"), "autoDeleteInterval": of("autoDeleteInterval"),
            "toolboxProxyUrl": format!("http://{}/toolbox", self.address),
        })
    }
}

fn texts(value: &Value) -> BTreeMap<String, String> {
    let entries = value.as_object().into_iter().flatten();
    entries.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}
