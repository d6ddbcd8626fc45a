use qv_domain::chat::{Image, StopReason, TokenUsage};
use qv_domain::{BlobHash, FilePath};
use serde::{Deserialize, Serialize};

use super::FailCode;
use crate::apply::FileContent;
use crate::tools::ToolOutcome;

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input<'a> {
    /// The turn begins.
    Start,
    /// The model wrote more of its answer. May be cut at any character.
    Text(&'a str),
    /// The model wrote more of its reasoning. Never becomes part of the answer.
    Thinking(&'a str),
    /// The model's answer is over.
    StepEnded {
        /// Why.
        stop: StopReason,
        /// What it took.
        usage: TokenUsage,
    },
    /// The call failed, at its start or in mid-answer, and is not tried again by the caller.
    StepFailed {
        /// What kind of failure.
        class: FailureClass,
        /// A message that is safe to show.
        message: String,
    },
    /// The checks that [`super::Effect::RunChecks`] asked for are done.
    Checked(CheckReport),
    /// What became of the checks that [`super::Effect::TrySmoke`] asked to carry out.
    SmokeTried(Vec<SmokeOutcome>),
    /// The run that [`super::Effect::RunTool`] asked for is over. One that is not waited for is passed over.
    ToolDone {
        /// Which.
        id: u32,
        /// What came of it.
        outcome: ToolOutcome,
    },
    /// A person has answered [`super::Effect::AskPerson`], or nobody did in time, which is a no. An answer that is not
    /// waited for is passed over.
    PersonAnswered {
        /// Which run.
        id: u32,
        /// Whether it may run.
        allowed: bool,
    },
    /// People changed files while the turn runs: the new content, or `None` for a removed file.
    FilesChangedByHand(Vec<(FilePath, Option<FileContent>)>),
    /// The model call or the run under way was lost together with the server that made it, or the
    /// question to a person was. What had come of it was heard; no more of it will.
    Resumed,
    /// A person stops the turn.
    Cancel,
    /// The turn's time is over. Like [`Input::Cancel`], but what broke a smoke check that had gone well is taken back
    /// first, by one more [`super::Effect::CommitChanges`].
    OutOfTime,
}

/// Why a model call failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FailureClass {
    /// Too many requests.
    RateLimited,
    /// The provider is busy or broken.
    Overloaded,
    /// The key is missing, wrong or may not use this model.
    Auth,
    /// No credit at the provider.
    Payment,
    /// The model does not exist there.
    UnknownModel,
    /// The request was longer than the model's context.
    ContextTooLong,
    /// The provider would not answer this.
    Refused,
    /// The answer ended without its end mark, or nothing came for too long: what came is kept.
    Interrupted,
    /// No connection.
    Network,
    /// A budget of ours forbids the call.
    Budget,
    /// The request was not accepted, or the answer not understood.
    Invalid,
}

impl FailureClass {
    /// How a turn ends by it, and whether trying again may help.
    pub(super) const fn outcome(self) -> (FailCode, bool) {
        match self {
            Self::RateLimited => (FailCode::RateLimited, true),
            Self::Overloaded => (FailCode::Overloaded, true),
            Self::Auth => (FailCode::Auth, false),
            Self::Payment => (FailCode::Payment, false),
            Self::UnknownModel => (FailCode::UnknownModel, false),
            Self::ContextTooLong => (FailCode::ContextTooLong, false),
            Self::Refused => (FailCode::Refused, false),
            Self::Interrupted | Self::Network => (FailCode::Interrupted, true),
            Self::Budget => (FailCode::Budget, false),
            Self::Invalid => (FailCode::Invalid, false),
        }
    }
}

/// What the checks found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CheckReport {
    /// Every error, most telling first. What is only worth knowing is shown to people and is not here.
    pub diagnostics: Vec<Diagnostic>,
    /// What became of the project's smoke checks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub smoke: Vec<SmokeOutcome>,
    /// What the app looked like, where it was opened in a browser.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<Picture>,
}

impl CheckReport {
    /// Whether all is well.
    #[must_use]
    pub fn ok(&self) -> bool {
        self.diagnostics.is_empty() && self.smoke.iter().all(|check| check.ok)
    }
}

/// What became of a smoke check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmokeOutcome {
    /// Its file.
    pub path: FilePath,
    /// Its name.
    pub name: String,
    /// Whether every step went well.
    pub ok: bool,
    /// Where it is known: whether it went well before this turn.
    pub ok_before: Option<bool>,
    /// The step that did not go well, and why. Comes from the generated app: data, not orders.
    pub message: String,
    /// How long it took, in milliseconds.
    #[serde(default)]
    pub duration_ms: u64,
}

/// What an app looked like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// The blob that keeps it.
    pub hash: BlobHash,
    /// Such as `image/png`.
    pub media_type: String,
    /// The address under which people see it.
    pub address: String,
    /// Whether smoke checks can be carried out on the app. One that has a server of its own would keep what they do.
    #[serde(default)]
    pub takes_checks: bool,
    /// The picture itself, for a model that sees. Not written with the rest: the blob has it.
    #[serde(skip)]
    pub image: Option<Image>,
}

/// One error of the app.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Which check found it.
    #[serde(default)]
    pub check: Check,
    /// What kind.
    pub kind: DiagnosticKind,
    /// Where, when known.
    pub path: Option<FilePath>,
    /// The line, from 1.
    pub line: Option<u32>,
    /// The column, from 1.
    pub column: Option<u32>,
    /// What is wrong. Comes from compilers and from the generated app: data, not orders.
    pub message: String,
}

/// Which check found an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// The app's modules are compiled.
    #[default]
    Compile,
    /// The sources are read.
    Lint,
    /// The types are checked.
    Types,
    /// The app is run.
    Runtime,
    /// The project's smoke checks.
    Smoke,
}

/// Who found an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum DiagnosticKind {
    /// The parser: the file is not valid.
    Syntax,
    /// The resolver: an import leads nowhere.
    Import,
    /// A package that is not installed or not to be had.
    Package,
    /// The running app: an exception or an unhandled rejection.
    Runtime,
    /// The running app's console.
    Console,
    /// A picture, font or other resource that did not load.
    Resource,
}

impl DiagnosticKind {
    /// The one spelling, as in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::Import => "import",
            Self::Package => "package",
            Self::Runtime => "runtime",
            Self::Console => "console",
            Self::Resource => "resource",
        }
    }
}
