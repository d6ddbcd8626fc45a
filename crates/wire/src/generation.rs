use qv_domain::{
    AgentRole, EditOp, FilePath, GenerationId, GenerationStatus, MessageId, ProjectId, Timestamp,
    TurnMode, chat::TokenUsage,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::{ErrorCode, PlanItem, Question, ReviewFinding, SmokeResult};

/// The durable job that carries out a turn.
#[derive(Debug, Clone, PartialEq, Serialize, TS, ToSchema)]
pub struct Generation {
    /// Its id.
    pub id: GenerationId,
    /// Whose.
    pub project_id: ProjectId,
    /// The message that it answers.
    pub message_id: MessageId,
    /// What the turn is for.
    pub mode: TurnMode,
    /// The model's id; `null` when the starters answer.
    pub model: Option<String>,
    /// Where it stands.
    pub status: GenerationStatus,
    /// The newest event's number; 0 before the first.
    pub last_seq: u64,
    /// What it did, once it is final.
    pub summary: Option<GenerationSummary>,
    /// When it was asked for.
    pub queued_at: Timestamp,
    /// When a worker took it.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

/// What a finished turn did: everything that its folded card shows.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, TS, ToSchema)]
#[serde(default)]
pub struct GenerationSummary {
    /// The plan, with what was done.
    pub plan: Vec<PlanItem>,
    /// The files that it touched.
    pub files: Vec<TouchedFile>,
    /// The version that it made.
    pub version: Option<u32>,
    /// Whether that was verified; `null` when no version was made.
    pub verified: Option<bool>,
    /// Repair rounds (never charged to the user's allowance).
    pub repairs: u32,
    /// Tokens of all steps; `null` when no model was called.
    pub usage: Option<TokenUsage>,
    /// What that cost in billionths of a US dollar; `null` when the price is not known or nothing was called.
    pub cost_nanousd: Option<u64>,
    /// What sending every file would have taken, in input tokens.
    pub naive_input_tokens: Option<u64>,
    /// What answering whole files would have taken, in output tokens.
    pub naive_output_tokens: Option<u64>,
    /// What both would have cost at the same price without a cache, in billionths of a US dollar; `null` when the
    /// price is not known.
    pub naive_cost_nanousd: Option<u64>,
    /// The same for each part that the agent played, in the order in which they began.
    pub roles: Vec<RoleUsage>,
    /// What the reviewer found; `null` when nobody reviewed.
    pub review: Option<Vec<ReviewFinding>>,
    /// What became of the project's smoke checks.
    pub smoke: Vec<SmokeResult>,
    /// What the agent wants to know.
    pub questions: Vec<Question>,
    /// The address of the last picture of the app.
    pub screenshot: Option<String>,
    /// Why its changes were taken back.
    pub rolled_back: Option<String>,
    /// From start to end, in milliseconds.
    pub duration_ms: u64,
    /// Why it failed.
    pub error: Option<ErrorCode>,
    /// The same in words.
    pub error_message: Option<String>,
}

/// What one part of the agent's work took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct RoleUsage {
    /// The part.
    pub role: AgentRole,
    /// The model's id.
    pub model: String,
    /// How many calls.
    pub calls: u32,
    /// Their tokens.
    pub usage: TokenUsage,
    /// What they cost in billionths of a US dollar; `null` when the price is not known.
    pub cost_nanousd: Option<u64>,
}

/// A file that a model was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct SentFile {
    /// Its path.
    pub path: FilePath,
    /// Its tokens, as it was sent.
    pub tokens: u64,
    /// Why it was chosen, in a word: `named`, `relevant`, `recent`, ...
    pub reason: String,
    /// Whether all of it was sent, rather than the lines that seemed to matter.
    pub whole: bool,
}

/// One file that a turn touched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct TouchedFile {
    /// Its path (after a rename: the new one).
    pub path: FilePath,
    /// What was done.
    pub op: EditOp,
    /// Lines added.
    pub added: u32,
    /// Lines removed.
    pub removed: u32,
}

/// `POST /api/generations/{id}/permission`: whether a turn may run what it asks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerPermission {
    /// The number of the run, from its `permission_asked`.
    pub run: u32,
    /// Whether it may run.
    pub allowed: bool,
}
