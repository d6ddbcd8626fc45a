//! Every JSON shape that crosses a wire: requests, responses, events, problems.
//!
//! `snake_case` throughout. TypeScript types are printed from here by `cargo xtask gen`
//! (`web/src/api/generated/wire.ts`), the OpenAPI document by the server, so that neither is written
//! by hand. Request types refuse unknown fields: a misspelt field is told, not ignored.

mod account;
mod api_token;
mod audit;
mod budget;
mod check;
mod dead_letter;
mod error_code;
mod event;
mod file;
mod finding;
mod generation;
mod health;
mod message;
mod model;
mod page;
mod preview;
mod problem;
mod project;
mod queue;
mod reset;
mod roles;
mod sandbox;
mod second_factor;
mod sign_up;
mod smoke;
mod starter;
mod suggestion;
pub mod typescript;
mod usage;
mod user;
mod version;

pub use account::{
    Account, Instance, Login, PasswordChange, Reauthentication, SessionEntry, SessionInfo,
    SessionList, SetupToken, UpdateAccount,
};
pub use api_token::{ApiToken, ApiTokenCreated, ApiTokenList, CreateApiToken};
pub use audit::AuditEntry;
pub use budget::{AskEstimate, Budget, Budgets, Estimate, ProjectBudget, SaveBudget, UserBudget};
pub use check::{
    CheckKind, Diagnostic, DiagnosticKind, PlanItem, Question, ReviewFinding, Severity, SmokeResult,
};
pub use dead_letter::{DeadLetter, DeadLetterPayload};
pub use error_code::ErrorCode;
pub use event::{Event, EventData};
pub use file::{AddPackage, FileContent, FileEntry, FileList, FileSaved, FileText, SaveFile};
pub use finding::{Finding, FindingLevel, FindingTopic, Findings};
pub use generation::{
    AnswerPermission, Generation, GenerationSummary, RoleUsage, SentFile, TouchedFile,
};
pub use health::{DatabaseHealth, DiskHealth, Health, QueueHealth};
pub use message::{ImageUpload, Message, PickedElement, StartTurn, TurnContext, TurnStarted};
pub use model::{
    Key, KeyList, KeySource, KeyTest, Model, ModelList, ModelSource, ProviderState, ProviderStatus,
    SaveKey, SaveModelChoice,
};
pub use page::Page;
pub use preview::{PreviewAddress, PreviewMode, PreviewReport, PreviewReports, RuntimeIssue};
pub use problem::{FieldProblem, Problem};
pub use project::{CreateProject, Project, ProjectCreated, UpdateProject};
pub use queue::{ChangeQueued, MessageQueue, QueuedMessage};
pub use reset::{ForgotPassword, ResetPassword};
pub use roles::{EnhancePrompt, EnhancedPrompt, RoleChoice, Roles};
pub use sandbox::{
    ChooseEngine, EngineOverview, Machine, OutputSource, PassedEngine, Sandbox, SandboxEntry,
    SandboxOutput, SandboxOverview, TerminalEvent, TerminalRequest,
};
pub use second_factor::{
    CodeWanted, NewSecondFactor, RecoveryCodes, SecondFactorCode, SecondFactorState,
};
pub use sign_up::{
    CreateInvite, Invite, InviteCreated, InviteInfo, InviteList, InviteToken, SignUp,
};
pub use smoke::{CheckRun, MeantChange, SmokeCheckState, SmokeChecks};
pub use starter::{Starter, StarterList};
pub use suggestion::{Suggestion, Suggestions};
pub use usage::{
    ModelPrice, PriceList, PriceSource, SavePrice, UsageDay, UsageGroup, UsageNaive, UsageOfKind,
    UsageReport, UsageShare, UsageTotals,
};
pub use user::{UpdateUser, UserEntry};
pub use version::{
    DiffHunk, DiffLine, DiffLineKind, FileDiff, RenameVersion, RestoreVersion, Version,
    VersionDiff, VersionFiles,
};
