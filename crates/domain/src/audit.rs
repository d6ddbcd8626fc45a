use crate::text_enum;

text_enum! {
    /// Who did what the audit log tells of.
    AuditActor {
        /// Somebody who was signed in, or signed in by it.
        User = "user",
        /// Somebody who is not known: an attempt.
        Stranger = "stranger",
        /// An operator, by a command on the server's own machine.
        Command = "command",
        /// The server by itself.
        System = "system",
    }
}

text_enum! {
    /// What an act of the audit log was done to.
    AuditTarget {
        /// A user, by their id.
        User = "user",
        /// A session, by its id.
        Session = "session",
        /// A project, by its id.
        Project = "project",
        /// A key of the vault, by its id; one of the environment, by its provider.
        Key = "key",
        /// A model, as `provider/name`.
        Model = "model",
        /// A failed turn, by its id.
        DeadLetter = "dead_letter",
        /// An API token, by its id.
        Token = "token",
        /// An invitation, by its id.
        Invite = "invite",
        /// This instance.
        Instance = "instance",
    }
}

text_enum! {
    /// What was done. The words are kept for good: a name may be added, and none is ever changed.
    AuditAction {
        /// Somebody signed in.
        SignIn = "sign_in",
        /// A sign-in that was refused.
        SignInFailed = "sign_in_failed",
        /// So many wrong passwords that no more are taken for a while.
        SignInLocked = "sign_in_locked",
        /// Somebody signed out.
        SignOut = "sign_out",
        /// A session was ended from elsewhere.
        SessionRevoked = "session_revoked",
        /// Somebody gave their password once more for what needs it.
        Reauthenticated = "reauthenticated",
        /// Somebody made an account for themselves.
        SignUp = "sign_up",
        /// The instance's owner was made.
        OwnerMade = "owner_made",
        /// Another e-mail address to sign in with.
        EmailChanged = "email_changed",
        /// A new password, by who knew the one before.
        PasswordChanged = "password_changed",
        /// A link to set a new password was made.
        ResetLinkMade = "reset_link_made",
        /// A new password, by a link.
        PasswordReset = "password_reset",
        /// Passwords that are refused were imported.
        BreachedImported = "breached_imported",
        /// A second factor is asked for from now on.
        SecondFactorOn = "second_factor_on",
        /// A second factor is no longer asked for.
        SecondFactorOff = "second_factor_off",
        /// New recovery codes were made.
        RecoveryCodesMade = "recovery_codes_made",
        /// A recovery code took the place of the second factor.
        RecoveryCodeUsed = "recovery_code_used",
        /// A key was saved.
        KeySet = "key_set",
        /// A key was removed.
        KeyRemoved = "key_removed",
        /// A provider was asked whether a key works.
        KeyTested = "key_tested",
        /// A key was opened for a model's call: once for each key, user and day.
        KeyUsed = "key_used",
        /// All keys were sealed anew under another master key.
        MasterKeyRotated = "master_key_rotated",
        /// A limit of money was set or taken away.
        BudgetChanged = "budget_changed",
        /// A user got another plan.
        PlanChanged = "plan_changed",
        /// A user became an administrator, or is one no longer.
        RoleChanged = "role_changed",
        /// A model's price was set.
        PriceSet = "price_set",
        /// A model's price is the list's again.
        PriceRemoved = "price_removed",
        /// A project was made.
        ProjectCreated = "project_created",
        /// A project was removed with all that was in it.
        ProjectDeleted = "project_deleted",
        /// Others may see a project now, or no longer.
        VisibilityChanged = "visibility_changed",
        /// A project was downloaded.
        ProjectExported = "project_exported",
        /// An app's machine was removed with what it had kept.
        SandboxDeleted = "sandbox_deleted",
        /// An administrator stopped an app's machine.
        SandboxStopped = "sandbox_stopped",
        /// Usage was downloaded.
        UsageExported = "usage_exported",
        /// This log was downloaded.
        AuditExported = "audit_exported",
        /// A backup was taken.
        BackupMade = "backup_made",
        /// A failed turn was tried again.
        DeadLetterRetried = "dead_letter_retried",
        /// A failed turn was left as it is.
        DeadLetterDiscarded = "dead_letter_discarded",
        /// An API token was made.
        TokenMade = "token_made",
        /// An API token was taken back.
        TokenRevoked = "token_revoked",
        /// An invitation was made.
        InviteMade = "invite_made",
        /// An invitation was taken back.
        InviteRevoked = "invite_revoked",
        /// Somebody came by an invitation.
        InviteUsed = "invite_used",
        /// A user can no longer sign in.
        UserSuspended = "user_suspended",
        /// A user can sign in again.
        UserReinstated = "user_reinstated",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_act_has_one_word_everywhere() {
        let mut words: Vec<&str> = AuditAction::ALL.iter().map(|action| action.as_str()).collect();
        for action in AuditAction::ALL {
            assert_eq!(serde_json::to_value(action).unwrap(), action.as_str());
            assert_eq!(action.as_str().parse(), Ok(*action));
        }
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), AuditAction::ALL.len());
        for target in AuditTarget::ALL {
            assert_eq!(serde_json::to_value(target).unwrap(), target.as_str());
        }
    }
}
