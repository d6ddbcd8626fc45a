use qv_domain::{EngineKind, ProjectId, SandboxId, SandboxState, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// An engine that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct PassedEngine {
    /// Which.
    pub engine: EngineKind,
    /// Why not, as a sentence.
    pub why: String,
}

/// `GET /api/projects/{id}/sandbox`: where the app runs, why there, and how it is.
#[derive(Debug, Clone, PartialEq, Serialize, TS, ToSchema)]
pub struct Sandbox {
    /// Where the app runs; `null` when nothing here can run it.
    pub engine: Option<EngineKind>,
    /// Why there, or why nowhere, as a sentence.
    pub reason: String,
    /// What a person has chosen; `null` leaves it to QuickVibe.
    pub chosen: Option<EngineKind>,
    /// The engines that were passed over.
    pub passed: Vec<PassedEngine>,
    /// The machine of its own that it has, for its server or for commands; `null` when it has none.
    pub machine: Option<Machine>,
}

/// A sandbox that an engine runs or keeps.
#[derive(Debug, Clone, PartialEq, Serialize, TS, ToSchema)]
pub struct Machine {
    /// Its id.
    pub id: SandboxId,
    /// Where it is.
    pub engine: EngineKind,
    /// How it is.
    pub state: SandboxState,
    /// What is done to it now, such as "Installing packages"; or why it failed.
    pub step: Option<String>,
    /// What serves the app in it, such as "Vite"; `null` when nothing does.
    pub server: Option<String>,
    /// Whether the app's server takes connections.
    pub serving: bool,
    /// Memory now, in bytes.
    pub memory_bytes: Option<u64>,
    /// The most memory it may use, in bytes.
    pub memory_limit_bytes: u64,
    /// What it keeps on disk, in bytes.
    pub disk_bytes: Option<u64>,
    /// The most it may keep on disk, in bytes.
    pub disk_limit_bytes: u64,
    /// How long it ran this month, in seconds.
    pub seconds_this_month: u64,
    /// What that cost, in billionths of a US dollar.
    pub cost_nanousd: u64,
    /// When it was last used; it is stopped some time after.
    pub used_at: Timestamp,
}

/// `PUT /api/projects/{id}/sandbox/engine`: choose where the app runs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChooseEngine {
    /// The engine; `null` leaves it to QuickVibe.
    pub engine: Option<EngineKind>,
}

/// One piece of what the app's server, an install or a build wrote. `GET /api/projects/{id}/sandbox/log` sends them as
/// server-sent events of type `output`; `id:` is `seq`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct SandboxOutput {
    /// From 1, without gaps, as long as the server runs; old pieces are forgotten.
    pub seq: u64,
    /// When it was written.
    pub at: Timestamp,
    /// What wrote it.
    pub source: OutputSource,
    /// The text, with the terminal's colour codes.
    pub text: String,
}

/// What wrote an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutputSource {
    /// QuickVibe itself, about the sandbox.
    Quickvibe,
    /// The app's server.
    Server,
    /// An install of packages.
    Install,
    /// A command of the agent.
    Agent,
}

/// What the browser says on a terminal's WebSocket (`GET /api/projects/{id}/terminal`) as text; what is typed goes as
/// binary messages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum TerminalRequest {
    /// The terminal has another size now.
    Resize {
        /// In characters, at most 500.
        columns: u16,
        /// In characters, at most 300.
        rows: u16,
    },
    /// Ends the shell.
    End {},
}

/// What the server says on a terminal's WebSocket as text; what the shell writes goes as binary messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum TerminalEvent {
    /// The sandbox is being made ready; the shell comes after it.
    Preparing {
        /// What is done now.
        step: String,
    },
    /// The shell runs; binary messages follow.
    Attached {
        /// Comes back to this shell: `?terminal=<id>&after=<bytes received so far>`.
        terminal: String,
        /// How many bytes the shell had written before the first that follows.
        offset: u64,
    },
    /// The shell ended; nothing follows.
    Ended {
        /// How, as a sentence.
        reason: String,
    },
    /// There is no shell, and this is why; nothing follows.
    Failed {
        /// As a sentence.
        message: String,
    },
}

/// `GET /api/admin/sandboxes`: what runs, and how much may.
#[derive(Debug, Clone, PartialEq, Serialize, TS, ToSchema)]
pub struct SandboxOverview {
    /// The engines of this instance.
    pub engines: Vec<EngineOverview>,
    /// Sandboxes that run or are kept, those used last first; at most 200.
    pub sandboxes: Vec<SandboxEntry>,
}

/// One engine.
#[derive(Debug, Clone, PartialEq, Serialize, TS, ToSchema)]
pub struct EngineOverview {
    /// Which.
    pub engine: EngineKind,
    /// Whether it can be had now.
    pub ready: bool,
    /// How it is, as a sentence: how it isolates, or why it cannot be had and what to do.
    pub note: String,
    /// Sandboxes that run there.
    pub running: u32,
    /// The most that may run at once; `null` when the engine decides.
    pub most_running: Option<u32>,
    /// What the sandboxes that run may use of memory together, in bytes.
    pub memory_bytes: u64,
    /// The most that they may, in bytes; `null` when the engine decides.
    pub memory_limit_bytes: Option<u64>,
    /// How long sandboxes ran there this month, in seconds.
    pub seconds_this_month: u64,
    /// What that cost, in billionths of a US dollar.
    pub cost_nanousd: u64,
}

/// A sandbox as administrators see it.
#[derive(Debug, Clone, PartialEq, Serialize, TS, ToSchema)]
pub struct SandboxEntry {
    /// The project it belongs to.
    pub project_id: ProjectId,
    /// Its name.
    pub project_name: String,
    /// Its owner's address.
    pub owner: String,
    /// The sandbox.
    pub machine: Machine,
}
