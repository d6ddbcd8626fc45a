//! The machine's words as the wire's, and the provider's as the machine's.

use qv_agent::{
    AgentEvent, Check, CheckReport, DiagnosticKind as Found, FailCode, FailureClass, Finding,
    Picture, RepairReason, SmokeOutcome,
};
use qv_domain::FilePath;
use qv_llm::{LlmError, Retry};
use qv_wire::{
    CheckKind, Diagnostic, DiagnosticKind, ErrorCode, EventData, PlanItem, Question, ReviewFinding,
    Severity, SmokeResult,
};

use crate::workspace::Checked;

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
        // Told in full, check by check, when it is heard of.
        AgentEvent::CheckFinished { .. } => return None,
        AgentEvent::ReviewFinished { findings } => {
            EventData::ReviewFinished { ok: findings.is_empty(), findings: review(findings) }
        }
        AgentEvent::Questions { items } => EventData::Questions { items: questions(items) },
        AgentEvent::RolledBack { reason, paths } => EventData::RolledBack { reason, paths },
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
        RepairReason::Review => "The review found something.",
    }
}

pub(super) fn plan(items: Vec<qv_agent::PlanItem>) -> Vec<PlanItem> {
    items.into_iter().map(|item| PlanItem { text: item.text, done: item.done }).collect()
}

pub(super) fn review(findings: Vec<Finding>) -> Vec<ReviewFinding> {
    let finding = |found: Finding| ReviewFinding { path: found.path, message: found.message };
    findings.into_iter().map(finding).collect()
}

pub(super) fn questions(items: Vec<qv_agent::Question>) -> Vec<Question> {
    items.into_iter().map(|item| Question { text: item.text, choices: item.choices }).collect()
}

/// What people are told of a look at the app: each check, the picture, the smoke checks. The compiler's was told of when
/// it began.
pub(super) fn checked(checked: &Checked) -> Vec<EventData> {
    let mut events = Vec::new();
    for (check, found) in &checked.found {
        let check = *check;
        if check != CheckKind::Compile {
            events.push(EventData::CheckStarted { check });
        }
        let ok = !found.iter().any(is_error);
        let diagnostics = found.iter().take(MOST_DIAGNOSTICS).cloned().collect();
        events.push(EventData::CheckFinished { check, ok, diagnostics });
    }
    if let Some(seen) = &checked.seen {
        let (image, duration_ms) = (seen.image.clone(), seen.duration_ms);
        events.push(EventData::Screenshot { image, duration_ms });
    }
    if !checked.smoke.is_empty() {
        events.push(EventData::SmokeFinished { results: checked.smoke.clone() });
    }
    events
}

fn is_error(found: &Diagnostic) -> bool {
    found.severity == Severity::Error
}

/// What the machine is told of the app's state: errors only, each once. What is only worth knowing is nothing to mend.
pub(super) fn check_report(checked: &Checked) -> CheckReport {
    // What worked before and fails now is the machine's own matter: `smoke` tells of it.
    let regressed = |path: &FilePath| {
        checked.smoke.iter().any(|result| result.path == *path && result.ok_before == Some(true))
    };
    let found = checked.found.iter().flat_map(|(check, found)| {
        found
            .iter()
            .filter(|found| is_error(found))
            .filter(|found| {
                *check != CheckKind::Smoke || !found.path.as_ref().is_some_and(regressed)
            })
            .map(|found| diagnostic(*check, found))
    });
    let mut diagnostics: Vec<qv_agent::Diagnostic> = found.collect();
    diagnostics.sort();
    diagnostics.dedup();
    let picture = checked.seen.as_ref().map(|seen| Picture {
        hash: seen.hash,
        media_type: seen.media_type.clone(),
        address: seen.image.clone(),
        takes_checks: seen.takes_checks,
        image: None,
    });
    CheckReport { diagnostics, smoke: smoke(&checked.smoke), picture }
}

fn diagnostic(check: CheckKind, found: &Diagnostic) -> qv_agent::Diagnostic {
    qv_agent::Diagnostic {
        check: match check {
            CheckKind::Compile => Check::Compile,
            CheckKind::Lint => Check::Lint,
            CheckKind::Types => Check::Types,
            CheckKind::Runtime => Check::Runtime,
            CheckKind::Smoke => Check::Smoke,
        },
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
    }
}

/// What became of smoke checks, for the machine.
pub(super) fn smoke(results: &[SmokeResult]) -> Vec<SmokeOutcome> {
    let outcome = |result: &SmokeResult| SmokeOutcome {
        path: result.path.clone(),
        name: result.name.clone(),
        ok: result.ok,
        ok_before: result.ok_before,
        message: result.message.clone(),
        duration_ms: result.duration_ms,
    };
    results.iter().map(outcome).collect()
}

/// The same for people, from what the machine heard.
pub(super) fn smoke_results(outcomes: &[SmokeOutcome]) -> Vec<SmokeResult> {
    let result = |outcome: &SmokeOutcome| SmokeResult {
        path: outcome.path.clone(),
        name: outcome.name.clone(),
        ok: outcome.ok,
        ok_before: outcome.ok_before,
        message: outcome.message.clone(),
        duration_ms: outcome.duration_ms,
    };
    outcomes.iter().map(result).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Seen;
    use qv_domain::{BlobHash, FilePath};

    fn found(severity: Severity, message: &str) -> Diagnostic {
        Diagnostic {
            kind: DiagnosticKind::Asset,
            severity,
            path: Some(FilePath::parse("src/a.ts").unwrap()),
            line: 3,
            column: 0,
            message: message.to_owned(),
            package: None,
        }
    }

    #[test]
    fn people_are_told_all_and_the_machine_what_is_to_be_mended() {
        let result = SmokeResult {
            path: FilePath::parse("checks/a.check").unwrap(),
            name: "a".into(),
            ok: false,
            ok_before: Some(true),
            message: "press".into(),
            duration_ms: 9,
        };
        let image = "/api/projects/x/screenshots/y".to_owned();
        let seen = Seen {
            hash: BlobHash::from_bytes([1; 32]),
            media_type: "image/png".into(),
            image: image.clone(),
            takes_checks: true,
            duration_ms: 700,
        };
        let looked = Checked {
            found: vec![
                (CheckKind::Compile, Vec::new()),
                (CheckKind::Lint, vec![found(Severity::Warning, "unused")]),
                (
                    CheckKind::Runtime,
                    vec![found(Severity::Error, "threw"), found(Severity::Error, "threw")],
                ),
            ],
            smoke: vec![result.clone()],
            seen: Some(seen),
        };
        let events = checked(&looked);
        let kinds: Vec<&str> = events.iter().map(EventData::kind).collect();
        let expected = [
            "check_finished",
            "check_started",
            "check_finished",
            "check_started",
            "check_finished",
            "screenshot",
            "smoke_finished",
        ];
        assert_eq!(kinds, expected);
        let ok: Vec<bool> = events
            .iter()
            .filter_map(|event| match event {
                EventData::CheckFinished { ok, .. } => Some(*ok),
                _ => None,
            })
            .collect();
        assert_eq!(ok, [true, true, false], "what is only worth knowing fails no check");
        let report = check_report(&looked);
        let [error] = report.diagnostics.as_slice() else { panic!("{report:?}") };
        assert_eq!(
            (error.check, error.kind, error.message.as_str()),
            (Check::Runtime, Found::Resource, "threw")
        );
        assert_eq!(smoke_results(&report.smoke), [result]);
        // What is kept of it names the picture and does not have it.
        let kept = serde_json::to_string(&report).unwrap();
        assert!(kept.contains(&image) && !kept.contains("\"image\""), "{kept}");
        assert_eq!(serde_json::from_str::<CheckReport>(&kept).unwrap(), report);
    }
}
