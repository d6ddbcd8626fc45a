//! Prints the TypeScript of every shape, for `cargo xtask gen`.

use qv_domain::{
    AgentRole, ApiTokenId, BuildStatus, DeadLetterId, DeadLetterState, EditOp, Email, FileKind,
    FilePath, GenerationId, GenerationStatus, InviteId, KeyId, Limits, MessageId, MessageRole,
    Month, Permission, Plan, ProjectId, ProjectType, PurseKind, Role, SessionId, SignUpMode,
    StepKind, Timestamp, TokenScope, TurnMode, UserId, VersionId, VersionOrigin, Visibility,
    chat::TokenUsage,
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
        ApiTokenId,
        InviteId,
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
        TokenScope,
        CreateApiToken,
        ApiToken,
        ApiTokenCreated,
        ApiTokenList,
        UserEntry,
        UpdateUser,
        SignUpMode,
        SignUp,
        InviteToken,
        InviteInfo,
        CreateInvite,
        Invite,
        InviteCreated,
        InviteList,
        ForgotPassword,
        ResetPassword,
        CodeWanted,
        SecondFactorCode,
        SecondFactorState,
        NewSecondFactor,
        RecoveryCodes,
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
        KeySource,
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
