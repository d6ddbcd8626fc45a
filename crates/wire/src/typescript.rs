//! Prints the TypeScript of every shape, for `cargo xtask gen`.

use qv_domain::{
    AgentRole, AuditAction, AuditActor, AuditId, AuditTarget, BuildStatus, DeadLetterId,
    DeadLetterState, EditOp, Email, FileKind, FilePath, GenerationId, GenerationStatus, KeyId,
    Limits, MessageId, MessageRole, Month, NodeId, Permission, Plan, ProjectId, ProjectType,
    PurseKind, Role, SessionId, StepKind, Timestamp, TurnMode, UserId, VersionId, VersionOrigin,
    Visibility, chat::TokenUsage,
};
use ts_rs::{Config, TS};

use crate::*;

/// One TypeScript module with every shape, in a fixed order.
#[must_use]
pub fn module() -> String {
    let config = Config::new().with_large_int("number");
    let mut out = String::from(
        "// Generated from crates/wire by `cargo xtask gen`. Do not edit.\n/* eslint-disable */\n",
    );
    macro_rules! print {
        ($($name:ty),+ $(,)?) => { $(
            out.push_str("\nexport ");
            out.push_str(&<$name>::decl(&config));
            out.push('\n');
        )+ };
    }
    print!(
        UserId,
        SessionId,
        ProjectId,
        MessageId,
        GenerationId,
        VersionId,
        KeyId,
        DeadLetterId,
        AuditId,
        NodeId,
        Timestamp,
        FilePath,
        Email,
        ProjectType,
        Visibility,
        BuildStatus,
        VersionOrigin,
        Role,
        Permission,
        Plan,
        AuditAction,
        AuditActor,
        AuditTarget,
        TurnMode,
        MessageRole,
        GenerationStatus,
        DeadLetterState,
        StepKind,
        AgentRole,
        EditOp,
        FileKind,
        Limits,
        TokenUsage,
        ErrorCode,
        Problem,
        FieldProblem,
        Page<ts_rs::Dummy>,
        Instance,
        SetupToken,
        Login,
        UpdateAccount,
        PasswordChange,
        Reauthentication,
        Account,
        SessionInfo,
        SessionEntry,
        SessionList,
        Project,
        CreateProject,
        ProjectCreated,
        UpdateProject,
        FileEntry,
        FileList,
        FileText,
        FileContent,
        SaveFile,
        AddPackage,
        FileSaved,
        Message,
        ImageUpload,
        TurnContext,
        PickedElement,
        StartTurn,
        TurnStarted,
        Generation,
        GenerationSummary,
        SentFile,
        TouchedFile,
        DeadLetter,
        DeadLetterPayload,
        AuditEntry,
        Health,
        DatabaseHealth,
        QueueHealth,
        DiskHealth,
        Event,
        EventData,
        PlanItem,
        CheckKind,
        Severity,
        DiagnosticKind,
        Diagnostic,
        Version,
        VersionFiles,
        RenameVersion,
        VersionDiff,
        FileDiff,
        DiffHunk,
        DiffLine,
        DiffLineKind,
        Model,
        ModelSource,
        ModelList,
        SaveModelChoice,
        ProviderStatus,
        ProviderState,
        Key,
        KeyList,
        SaveKey,
        KeyTest,
        PreviewMode,
        PreviewAddress,
        PreviewReports,
        PreviewReport,
        RuntimeIssue,
        Starter,
        StarterList,
        PurseKind,
        Month,
        Budget,
        Budgets,
        ProjectBudget,
        SaveBudget,
        UserBudget,
        AskEstimate,
        Estimate,
        UsageReport,
        UsageTotals,
        UsageDay,
        UsageNaive,
        UsageShare,
        UsageOfKind,
        UsageGroup,
        PriceSource,
        PriceList,
        ModelPrice,
        SavePrice,
    );
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn events_are_a_union_by_type() {
        let module = super::module();
        assert!(
            module.contains("export type EventData = { \"type\": \"generation_started\""),
            "{module}"
        );
        assert!(module.contains("export type Page<T> = "), "{module}");
    }
}
