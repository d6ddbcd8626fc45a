use qv_domain::{
    AgentRole, EditOp, EngineKind, FilePath, GenerationId, PurseKind, StepKind, Timestamp, ToolEnd,
    ToolKind, TurnMode, chat::TokenUsage,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::{
    CheckKind, Diagnostic, ErrorCode, PlanItem, Question, ReviewFinding, SentFile, SmokeResult,
};

/// One entry of a generation's log, as SSE clients receive it: `id:` is `seq`, `event:` is the type,
/// `data:` is this object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct Event {
    /// From 1, without gaps.
    pub seq: u64,
    /// When it was written.
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub data: EventData,
}

/// What happened in a generation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum EventData {
    /// The turn is durable and waits for a worker.
    GenerationStarted {
        /// The generation.
        generation_id: GenerationId,
        /// What it is for.
        mode: TurnMode,
        /// Who answers; `null` when the starters do.
        model: Option<String>,
    },
    /// Where the turn stands in the queue; a later one replaces it.
    #[serde(rename = "queue_position")]
    Queued {
        /// How many turns are before it; 0 when it is the next.
        position: u32,
    },
    /// A starter or scaffold was chosen to begin from.
    StarterChosen {
        /// Its id.
        starter: String,
        /// Its title.
        title: String,
        /// Why, in words.
        reason: String,
    },
    /// The agent now plays this part.
    RoleChanged {
        /// The part.
        role: AgentRole,
        /// What it does, in a few words.
        note: String,
    },
    /// A model is being called.
    StepStarted {
        /// From 1 within the generation.
        step: u32,
        /// Why.
        kind: StepKind,
        /// Files sent whole or in part.
        files_sent: u32,
        /// Files in the project.
        files_total: u32,
        /// Input tokens, estimated before sending.
        input_tokens: u64,
        /// Whose part of the work it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        role: Option<AgentRole>,
        /// Who answers, where it is not the turn's own model.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        model: Option<String>,
        /// The files of a turn's first call, each with why it was chosen.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<SentFile>,
    },
    /// The provider did not do its part; the same call is made again.
    Retrying {
        /// The step.
        step: u32,
        /// Which try comes next, from 2; there are at most 3.
        attempt: u32,
        /// How long it waits before that, in milliseconds.
        wait_ms: u64,
        /// Why, in words.
        reason: String,
    },
    /// What will be done; a later one replaces it.
    Plan {
        /// The items.
        items: Vec<PlanItem>,
    },
    /// The model is reasoning; its words are shown while they come and kept nowhere else.
    ThinkingDelta {
        /// The text.
        text: String,
    },
    /// Prose of the answer.
    TextDelta {
        /// The text.
        text: String,
    },
    /// A file is being written or edited.
    FileOpened {
        /// Its path.
        path: FilePath,
        /// What is done to it.
        op: EditOp,
    },
    /// More of that file (the whole content for `write`, the new lines for `replace`).
    FileDelta {
        /// Its path.
        path: FilePath,
        /// The text.
        text: String,
    },
    /// That file is complete; it is applied with the step.
    FileClosed {
        /// Its path.
        path: FilePath,
    },
    /// An edit is in the project's files.
    EditApplied {
        /// Its number within the step.
        index: u32,
        /// Its path.
        path: FilePath,
        /// Where it came from, after a rename.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        from: Option<FilePath>,
        /// What was done.
        op: EditOp,
        /// Lines added.
        added: u32,
        /// Lines removed.
        removed: u32,
    },
    /// An edit did not fit; nothing was changed by it.
    EditFailed {
        /// Its path, as the model gave it.
        path: String,
        /// Why, in words.
        reason: String,
    },
    /// A check began.
    CheckStarted {
        /// Which.
        check: CheckKind,
    },
    /// A check ended.
    CheckFinished {
        /// Which.
        check: CheckKind,
        /// Whether nothing was found.
        ok: bool,
        /// What was found, at most 50.
        diagnostics: Vec<Diagnostic>,
    },
    /// The app was opened in a browser of the server's own, and this is what it looked like.
    Screenshot {
        /// The picture's address.
        image: String,
        /// From the newest files to the picture, in milliseconds.
        duration_ms: u64,
    },
    /// What became of the project's smoke checks.
    SmokeFinished {
        /// Each check, by path.
        results: Vec<SmokeResult>,
    },
    /// The reviewer has read the change against the request.
    ReviewFinished {
        /// Whether nothing is missing or wrong.
        ok: bool,
        /// What is, at most 10.
        findings: Vec<ReviewFinding>,
    },
    /// The request is too vague to be worth money: the agent asks, and changes nothing.
    Questions {
        /// What it asks, at most 3.
        items: Vec<Question>,
    },
    /// The turn broke what had worked and could not mend it: its changes are taken back.
    RolledBack {
        /// Why, in words.
        reason: String,
        /// The files that are as before.
        paths: Vec<FilePath>,
    },
    /// A change met what a person had just written there: it was not made, and waits to be looked at.
    Suggested {
        /// The file.
        path: FilePath,
        /// Why it was not made, in words.
        reason: String,
    },
    /// The agent mends its own work; not charged to the user's allowance.
    RepairStarted {
        /// From 1 within the turn.
        round: u32,
        /// Why, in words.
        reason: String,
    },
    /// Something is run in the sandbox. One that comes again, after the server was lost, begins anew: what was shown of
    /// its output is void.
    ToolStarted {
        /// From 1 within the turn.
        id: u32,
        /// What kind of run.
        tool: ToolKind,
        /// As one would type it.
        command: String,
    },
    /// More of what it writes.
    ToolOutput {
        /// Which run.
        id: u32,
        /// The text.
        text: String,
    },
    /// A run ended. What became of it is told to the model.
    ToolFinished {
        /// Which run.
        id: u32,
        /// Whether it did what it was to do.
        ok: bool,
        /// Its exit code; `null` when it did not end by itself.
        exit: Option<i32>,
        /// How it came to its end.
        end: ToolEnd,
        /// How long it took, in milliseconds.
        duration_ms: u64,
        /// The last of its output.
        output: String,
    },
    /// The agent wants to run something that needs a person's leave; the turn waits.
    PermissionAsked {
        /// Which run.
        id: u32,
        /// What would be run, as one would type it.
        command: String,
        /// Why a person is asked, as a sentence.
        why: String,
    },
    /// It was answered, by a person or because nobody did in time.
    PermissionAnswered {
        /// Which run.
        id: u32,
        /// Whether it is run.
        allowed: bool,
    },
    /// What a step took.
    Usage {
        /// The step.
        step: u32,
        /// Why it was called.
        kind: StepKind,
        /// Its tokens.
        usage: TokenUsage,
        /// Its price in billionths of a US dollar; `null` when not known.
        cost_nanousd: Option<u64>,
    },
    /// So much of a month's budget is used now; told once each.
    BudgetAlert {
        /// Which budget.
        purse: PurseKind,
        /// Percent used: 50, 80 or 100.
        percent: u32,
        /// Spent of it, in billionths of a US dollar.
        spent_nanousd: u64,
        /// Its limit.
        limit_nanousd: u64,
    },
    /// Where the app runs.
    SandboxDecided {
        /// The engine.
        engine: EngineKind,
        /// Why, in words.
        reason: String,
    },
    /// The preview shows the newest files.
    PreviewReady {},
    /// A version was made.
    VersionCreated {
        /// Its number.
        version: u32,
        /// Whether all checks held.
        verified: bool,
    },
    /// Another worker goes on after the first one was lost.
    Resumed {
        /// Which attempt this is, from 2.
        attempt: u32,
    },
    /// What came from `from_seq` on is void: the step begins again.
    Superseded {
        /// The first void event.
        from_seq: u64,
    },
    /// It ended for good; the files are as before or as the last applied step left them.
    Failed {
        /// Why.
        code: ErrorCode,
        /// What the person can do.
        message: String,
        /// Whether "retry" can help.
        retryable: bool,
    },
    /// A person stopped it.
    Cancelled {},
    /// It is finished.
    Done {
        /// The version that it made, if any.
        version: Option<u32>,
        /// Whether that was verified.
        verified: Option<bool>,
    },
}

impl EventData {
    /// The `type`, as in JSON.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::GenerationStarted { .. } => "generation_started",
            Self::Queued { .. } => "queue_position",
            Self::StarterChosen { .. } => "starter_chosen",
            Self::RoleChanged { .. } => "role_changed",
            Self::StepStarted { .. } => "step_started",
            Self::Retrying { .. } => "retrying",
            Self::Plan { .. } => "plan",
            Self::ThinkingDelta { .. } => "thinking_delta",
            Self::TextDelta { .. } => "text_delta",
            Self::FileOpened { .. } => "file_opened",
            Self::FileDelta { .. } => "file_delta",
            Self::FileClosed { .. } => "file_closed",
            Self::EditApplied { .. } => "edit_applied",
            Self::EditFailed { .. } => "edit_failed",
            Self::CheckStarted { .. } => "check_started",
            Self::CheckFinished { .. } => "check_finished",
            Self::Screenshot { .. } => "screenshot",
            Self::SmokeFinished { .. } => "smoke_finished",
            Self::ReviewFinished { .. } => "review_finished",
            Self::Questions { .. } => "questions",
            Self::RolledBack { .. } => "rolled_back",
            Self::Suggested { .. } => "suggested",
            Self::RepairStarted { .. } => "repair_started",
            Self::ToolStarted { .. } => "tool_started",
            Self::ToolOutput { .. } => "tool_output",
            Self::ToolFinished { .. } => "tool_finished",
            Self::PermissionAsked { .. } => "permission_asked",
            Self::PermissionAnswered { .. } => "permission_answered",
            Self::Usage { .. } => "usage",
            Self::BudgetAlert { .. } => "budget_alert",
            Self::SandboxDecided { .. } => "sandbox_decided",
            Self::PreviewReady {} => "preview_ready",
            Self::VersionCreated { .. } => "version_created",
            Self::Resumed { .. } => "resumed",
            Self::Superseded { .. } => "superseded",
            Self::Failed { .. } => "failed",
            Self::Cancelled {} => "cancelled",
            Self::Done { .. } => "done",
        }
    }

    /// Whether no event can follow.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Failed { .. } | Self::Cancelled {} | Self::Done { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_flat_object() {
        let event = Event {
            seq: 3,
            at: Timestamp::from_micros(0),
            data: EventData::TextDelta { text: "hi".into() },
        };
        let json = serde_json::to_value(&event).unwrap();
        assert_eq!(
            json,
            serde_json::json!({"seq": 3, "at": "1970-01-01T00:00:00Z", "type": "text_delta", "text": "hi"})
        );
        assert_eq!(json["type"], event.data.kind());
        assert_eq!(serde_json::from_value::<Event>(json).unwrap(), event);
    }

    #[test]
    fn a_run_is_told_by_its_number() {
        let data = EventData::ToolFinished {
            id: 2,
            ok: false,
            exit: Some(1),
            end: ToolEnd::Exited,
            duration_ms: 1_200,
            output: "1 failed".into(),
        };
        let json = serde_json::to_value(&data).unwrap();
        let told = serde_json::json!({
            "type": data.kind(), "id": 2, "ok": false, "exit": 1, "end": "exited",
            "duration_ms": 1200, "output": "1 failed",
        });
        assert_eq!(json, told);
        assert_eq!(serde_json::from_value::<EventData>(json).unwrap(), data);
    }

    #[test]
    fn a_type_that_is_named_otherwise_is_its_kind() {
        let data = EventData::Queued { position: 2 };
        let json = serde_json::to_value(&data).unwrap();
        assert_eq!(json, serde_json::json!({"type": data.kind(), "position": 2}));
    }
}
