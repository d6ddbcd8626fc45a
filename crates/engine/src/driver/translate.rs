//! The machine's words as the wire's, and the provider's as the machine's.

use qv_agent::{
    AgentEvent, CheckReport, DiagnosticKind as Found, FailCode, FailureClass, RepairReason,
};
use qv_llm::{LlmError, Retry};
use qv_wire::{CheckKind, Diagnostic, DiagnosticKind, ErrorCode, EventData, PlanItem, Severity};

const MOST_DIAGNOSTICS: usize = 50;

/// What a machine's event is to those who watch; `None` for what the driver tells itself.
pub(super) fn event(event: AgentEvent) -> Option<EventData> {
    Some(match event {
        AgentEvent::RoleChanged { role, note } => EventData::RoleChanged { role, note },
        AgentEvent::Plan { items } => EventData::Plan { items: plan(items) },
        // Told with its figures when the call is made.
        AgentEvent::StepStarted { .. } => return None,
        AgentEvent::TextDelta { text } => EventData::TextDelta { text },
        AgentEvent::FileOpened { path, op } => EventData::FileOpened { path, op },
        AgentEvent::FileDelta { path, text } => EventData::FileDelta { path, text },
        AgentEvent::FileClosed { path } => EventData::FileClosed { path },
        AgentEvent::EditApplied { path, op, index, added, removed } => {
            EventData::EditApplied { index, path, from: None, op, added, removed }
        }
        AgentEvent::EditFailed { path, reason, diff } => EventData::EditFailed {
            path,
            reason: if diff.is_empty() { reason } else { format!("{reason}\n{diff}") },
        },
        AgentEvent::CheckStarted => EventData::CheckStarted { check: CheckKind::Compile },
        AgentEvent::CheckFinished { ok, diagnostics } => EventData::CheckFinished {
            check: CheckKind::Compile,
            ok,
            diagnostics: diagnostics.into_iter().take(MOST_DIAGNOSTICS).map(diagnostic).collect(),
        },
        AgentEvent::RepairStarted { round, reason } => {
            EventData::RepairStarted { round, reason: repair_reason(reason).to_owned() }
        }
        AgentEvent::ToolStarted { id, tool, command } => {
            EventData::ToolStarted { id, tool, command }
        }
        AgentEvent::ToolFinished { id, exit, duration_ms, output } => EventData::ToolFinished {
            id,
            ok: exit.ok(),
            exit: exit.code(),
            end: exit.end(),
            duration_ms,
            output,
        },
        AgentEvent::PermissionAsked { id, command, why } => {
            EventData::PermissionAsked { id, command, why }
        }
        AgentEvent::PermissionAnswered { id, allowed } => {
            EventData::PermissionAnswered { id, allowed }
        }
    })
}

/// What is said while a provider is given time.
pub(super) fn retrying(step: u32, retry: &Retry) -> EventData {
    EventData::Retrying {
        step,
        attempt: retry.next_try,
        wait_ms: u64::try_from(retry.wait.as_millis()).unwrap_or(u64::MAX),
        reason: retry.error.safe_message(),
    }
}

fn repair_reason(reason: RepairReason) -> &'static str {
    match reason {
        RepairReason::Edits => "An edit did not fit the file.",
        RepairReason::Checks => "The app has an error.",
        RepairReason::CutOff => "A file was cut off.",
    }
}

pub(super) fn plan(items: Vec<qv_agent::PlanItem>) -> Vec<PlanItem> {
    items.into_iter().map(|item| PlanItem { text: item.text, done: item.done }).collect()
}

fn diagnostic(found: qv_agent::Diagnostic) -> Diagnostic {
    Diagnostic {
        kind: match found.kind {
            Found::Syntax => DiagnosticKind::Syntax,
            Found::Import => DiagnosticKind::Resolve,
            Found::Package => DiagnosticKind::Package,
            Found::Runtime | Found::Console | Found::Resource => DiagnosticKind::Runtime,
        },
        severity: Severity::Error,
        path: found.path,
        line: found.line.unwrap_or(0),
        column: found.column.unwrap_or(0),
        message: found.message,
        package: None,
    }
}

/// What the machine is told of the app's state: errors only, each once.
pub(super) fn check_report(found: &[Diagnostic]) -> CheckReport {
    let mut diagnostics: Vec<qv_agent::Diagnostic> = found
        .iter()
        .filter(|found| found.severity == Severity::Error)
        .map(|found| qv_agent::Diagnostic {
            kind: match found.kind {
                DiagnosticKind::Syntax
                | DiagnosticKind::Semantic
                | DiagnosticKind::Types
                | DiagnosticKind::Unused => Found::Syntax,
                DiagnosticKind::Resolve => Found::Import,
                DiagnosticKind::Package => Found::Package,
                DiagnosticKind::Runtime | DiagnosticKind::Accessibility => Found::Runtime,
                DiagnosticKind::Asset => Found::Resource,
            },
            path: found.path.clone(),
            line: (found.line > 0).then_some(found.line),
            column: (found.column > 0).then_some(found.column),
            message: found.message.clone(),
        })
        .collect();
    diagnostics.sort();
    diagnostics.dedup();
    CheckReport { diagnostics }
}

/// A provider's failure as the machine knows it.
pub(super) fn failure_class(error: &LlmError) -> FailureClass {
    match error {
        LlmError::RateLimited { .. } => FailureClass::RateLimited,
        LlmError::Overloaded { .. } => FailureClass::Overloaded,
        LlmError::Quota { .. } => FailureClass::Payment,
        LlmError::Auth { .. } => FailureClass::Auth,
        LlmError::ContextTooLong { .. } => FailureClass::ContextTooLong,
        LlmError::Refusal { .. } => FailureClass::Refused,
        LlmError::Truncated | LlmError::Timeout { .. } => FailureClass::Interrupted,
        LlmError::ModelNotFound { .. } => FailureClass::UnknownModel,
        LlmError::Network { .. } => FailureClass::Network,
        LlmError::InvalidRequest { .. } | LlmError::Protocol { .. } | LlmError::Address { .. } => {
            FailureClass::Invalid
        }
    }
}

/// Why a turn failed, in the API's word.
pub(super) const fn error_code(code: FailCode) -> ErrorCode {
    match code {
        FailCode::RateLimited => ErrorCode::ProviderRateLimited,
        FailCode::Overloaded => ErrorCode::ProviderOverloaded,
        FailCode::Auth => ErrorCode::ProviderAuth,
        FailCode::Payment => ErrorCode::ProviderQuota,
        FailCode::UnknownModel | FailCode::Invalid => ErrorCode::ProviderRejected,
        FailCode::ContextTooLong => ErrorCode::ContextTooLong,
        FailCode::Refused => ErrorCode::Refused,
        FailCode::Interrupted => ErrorCode::ProviderUnreachable,
        FailCode::Budget => ErrorCode::BudgetExceeded,
        FailCode::EmptyAnswer => ErrorCode::EmptyAnswer,
        FailCode::Rambling | FailCode::AnswerTooLong => ErrorCode::Truncated,
        FailCode::EditsFailed => ErrorCode::EditsFailed,
    }
}
