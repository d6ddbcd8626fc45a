use qv_domain::{AgentRole, EditOp, FilePath, StepKind, ToolKind};

use super::Diagnostic;
use crate::tools::ToolExit;

/// What people see of a turn while it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgentEvent {
    /// The agent plays another part now.
    RoleChanged {
        /// Which.
        role: AgentRole,
        /// What it is about, in a few words.
        note: String,
    },
    /// The plan as it stands: replaces the one shown before.
    Plan {
        /// All items so far, in order.
        items: Vec<PlanItem>,
    },
    /// A model call starts.
    StepStarted {
        /// The step's number in the turn, from 0.
        step: u32,
        /// Why.
        kind: StepKind,
        /// Which continuation or repair of its kind, from 1; 0 for the draft.
        round: u32,
    },
    /// More of what the agent says.
    TextDelta {
        /// The new text.
        text: String,
    },
    /// The agent starts to write a file or an edit of one. When the path is already open or was
    /// written in this turn, what was shown for it is replaced.
    FileOpened {
        /// Which.
        path: FilePath,
        /// Whole file or parts of it.
        op: EditOp,
    },
    /// More text of the open file; for [`EditOp::Replace`], of the replacements.
    FileDelta {
        /// Which.
        path: FilePath,
        /// The new text.
        text: String,
    },
    /// The file or edit is complete, though not yet applied.
    FileClosed {
        /// Which.
        path: FilePath,
    },
    /// An edit holds and is part of the changes that are committed next.
    EditApplied {
        /// Which file; for a rename the new path.
        path: FilePath,
        /// What was done.
        op: EditOp,
        /// Its number in the step, from 0.
        index: u32,
        /// Lines that are new.
        added: u32,
        /// Lines that are gone.
        removed: u32,
    },
    /// An edit could not be applied. Nothing of the turn is committed while one is open.
    EditFailed {
        /// The path as the model wrote it, shortened; empty when it named none.
        path: String,
        /// What is wrong.
        reason: String,
        /// What the model wanted, as lines that start with `-` and `+`; may be empty.
        diff: String,
    },
    /// The app is being checked.
    CheckStarted,
    /// The checks are done.
    CheckFinished {
        /// Whether all is well.
        ok: bool,
        /// What is wrong.
        diagnostics: Vec<Diagnostic>,
    },
    /// The reviewer has read the change against the request.
    ReviewFinished {
        /// What is missing or wrong; nothing: all is well.
        findings: Vec<Finding>,
    },
    /// The agent asks before it begins, and changes nothing.
    Questions {
        /// What it asks.
        items: Vec<Question>,
    },
    /// The turn broke what had worked and could not mend it: the [`super::Effect::CommitChanges`] that follows takes its
    /// changes back.
    RolledBack {
        /// Why, in words.
        reason: String,
        /// The files that are as before.
        paths: Vec<FilePath>,
    },
    /// The agent mends its own mistake. Not charged to the person's allowance.
    RepairStarted {
        /// Which repair of its reason this is, from 1.
        round: u32,
        /// Why.
        reason: RepairReason,
    },
    /// A run begins. With a number that was told before it begins anew: what was shown of it is void.
    ToolStarted {
        /// Its number in the turn, from 1.
        id: u32,
        /// What kind of run.
        tool: ToolKind,
        /// As one would type it.
        command: String,
    },
    /// A run is over.
    ToolFinished {
        /// Which.
        id: u32,
        /// How it ended.
        exit: ToolExit,
        /// How long it took.
        duration_ms: u64,
        /// The last of its output.
        output: String,
    },
    /// A person is asked whether something may run.
    PermissionAsked {
        /// The number of the run.
        id: u32,
        /// As one would type it.
        command: String,
        /// Why it is asked, as a sentence.
        why: String,
    },
    /// That was answered.
    PermissionAnswered {
        /// The number of the run.
        id: u32,
        /// Whether it runs.
        allowed: bool,
    },
}

/// What a repair is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RepairReason {
    /// Edits that could not be applied.
    Edits,
    /// Checks that failed.
    Checks,
    /// A file that was cut off and is asked for alone.
    CutOff,
    /// What the reviewer misses or finds wrong.
    Review,
}

impl RepairReason {
    /// The one spelling, as in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Edits => "edits",
            Self::Checks => "checks",
            Self::CutOff => "cut_off",
            Self::Review => "review",
        }
    }
}

/// One item of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanItem {
    /// What will be done.
    pub text: String,
    /// Whether it is.
    pub done: bool,
}

/// Something that the reviewer misses or finds wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file, where one of the project's is named.
    pub path: Option<FilePath>,
    /// What is missing or wrong: a model's words.
    pub message: String,
}

/// What the agent wants to know before it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The question.
    pub text: String,
    /// Answers to choose from; a person may say something else.
    pub choices: Vec<String>,
}
