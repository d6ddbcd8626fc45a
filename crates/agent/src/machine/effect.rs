use qv_domain::chat::ChatRequest;
use qv_domain::{AgentRole, FilePath, SmokeCheck, StepKind};

use super::AgentEvent;
use crate::apply::FileChange;
use crate::tools::ToolCall;

/// What the driver must do. Effects of one input are carried out in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Call the model and feed what it streams back as [`super::Input::Text`],
    /// [`super::Input::Thinking`] and one [`super::Input::StepEnded`] or
    /// [`super::Input::StepFailed`].
    CallModel {
        /// The step's number in the turn, from 0.
        step: u32,
        /// Why it is called.
        kind: StepKind,
        /// Whose part it is: that one's model answers.
        role: AgentRole,
        /// Which continuation or repair of its kind this is, from 1; 0 for the draft.
        round: u32,
        /// What to send.
        request: ChatRequest,
    },
    /// End the running model call; nothing more is expected from it.
    StopModel,
    /// What was shown of the last model call is void: it is made again, by the
    /// [`Effect::CallModel`] that follows.
    Restart,
    /// Append to the log and show.
    Emit(AgentEvent),
    /// Write these to the project, all or none, exactly once for this `step`.
    CommitChanges {
        /// The step that they come from.
        step: u32,
        /// What to do, in this order.
        changes: Vec<FileChange>,
    },
    /// Check the app and carry out its smoke checks, and feed [`super::Input::Checked`].
    RunChecks,
    /// Carry out smoke checks that are no files yet, on the app as it is written now, and feed
    /// [`super::Input::SmokeTried`].
    TrySmoke {
        /// The checks, each with the file that it may become.
        checks: Vec<(FilePath, SmokeCheck)>,
    },
    /// Run this in the project's sandbox, with the files as they are written now, and feed
    /// [`super::Input::ToolDone`] when it is over.
    RunTool {
        /// Its number in the turn, from 1. The same one comes again when it was lost and is begun anew.
        id: u32,
        /// What to run.
        call: ToolCall,
    },
    /// End what runs; nothing more is expected from it.
    StopTool {
        /// Which.
        id: u32,
    },
    /// Wait until a person says whether this may run, and feed [`super::Input::PersonAnswered`]. The question was shown
    /// by [`AgentEvent::PermissionAsked`].
    AskPerson {
        /// Which run.
        id: u32,
        /// What would be run.
        call: ToolCall,
        /// Why a person is asked, as a sentence.
        why: String,
    },
    /// The turn is over.
    Finish {
        /// Whether the last changes were checked and hold. False when nothing was changed.
        verified: bool,
        /// Whether anything was committed: then a version is due.
        changed: bool,
        /// What was said and done, in short: kept as the answer in later turns' history.
        summary: String,
    },
    /// The turn ended by an error and changed nothing.
    Fail {
        /// Which.
        code: FailCode,
        /// A message for the person, with the remedy.
        message: String,
        /// Whether the same turn may work if tried again.
        retryable: bool,
    },
    /// The turn was stopped by a person.
    Cancelled {
        /// Whether anything had been committed before: then a version is due.
        changed: bool,
        /// What was said and done until then.
        summary: String,
    },
}

/// Why a turn failed. The texts are API: they never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailCode {
    /// The provider asks for a pause.
    RateLimited,
    /// The provider is busy or broken.
    Overloaded,
    /// The key does not work.
    Auth,
    /// No credit at the provider.
    Payment,
    /// The provider does not know the model.
    UnknownModel,
    /// Project and chat do not fit the model.
    ContextTooLong,
    /// The model would not do it.
    Refused,
    /// The connection failed or the answer broke off.
    Interrupted,
    /// A budget forbids it.
    Budget,
    /// The request was not accepted.
    Invalid,
    /// The model answered nothing.
    EmptyAnswer,
    /// The model repeated itself or did not come to an end.
    Rambling,
    /// The answer is longer than may be.
    AnswerTooLong,
    /// The model's edits could not be applied, nor mended.
    EditsFailed,
}

impl FailCode {
    /// The one spelling, as in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RateLimited => "rate_limited",
            Self::Overloaded => "overloaded",
            Self::Auth => "auth",
            Self::Payment => "payment",
            Self::UnknownModel => "unknown_model",
            Self::ContextTooLong => "context_too_long",
            Self::Refused => "refused",
            Self::Interrupted => "interrupted",
            Self::Budget => "budget",
            Self::Invalid => "invalid_request",
            Self::EmptyAnswer => "empty_answer",
            Self::Rambling => "rambling",
            Self::AnswerTooLong => "answer_too_long",
            Self::EditsFailed => "edits_failed",
        }
    }
}
