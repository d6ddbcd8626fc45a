//! The turn machine and the edit protocol, without I/O.
//!
//! [`Machine`] decides, its driver acts: every [`Input`] that the driver feeds yields the
//! [`Effect`]s that it must carry out, in order. The machine reads no clock, no file and no
//! network, so a turn can be replayed from what is in the log.

pub mod apply;
pub mod continuation;
mod fault;
pub mod machine;
pub mod matcher;
pub mod prompts;
pub mod protocol;
pub mod tools;

pub use apply::{FileChange, FileContent, FileOp};
pub use fault::EditFault;

pub use machine::{
    AgentEvent, Check, CheckReport, Diagnostic, DiagnosticKind, EditStyle, Effect, FailCode,
    FailureClass, Finding, Input, Machine, ModelProfile, PastTurn, Picture, PlanItem,
    ProjectContext, Question, RepairReason, RoleModels, ShownPart, SmokeOutcome, StarterInfo,
    TurnInput, TurnLimits, clarify,
};
pub use tools::{Capture, ToolCall, ToolExit, ToolOutcome, Tools};
