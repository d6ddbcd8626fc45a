//! Entities, typed ids, value types, roles and what they may do.
//!
//! No I/O, no clock, no randomness, no async: time and random bytes come in through [`Env`].
//! The names are the product's words; every other crate uses them unchanged.

mod audit;
mod budget;
pub mod chat;
mod env;
mod file;
mod ids;
mod known_key;
mod limits;
pub mod nesting;
mod path;
mod preview_id;
mod project;
mod sandbox;
mod smoke;
mod time;
mod turn;
mod user;

pub use audit::{AuditAction, AuditActor, AuditTarget};
pub use budget::{LimitScope, Month, PurseKind};
pub use env::Env;
pub use file::{Blob, BlobHash, FileKind};
pub use ids::{
    ApiTokenId, AttemptId, AuditId, DeadLetterId, EventStreamId, GenerationId, InviteId, KeyId,
    MessageId, NodeId, ProjectId, QueuedId, SandboxId, SessionId, SuggestionId, UsageId, UserId,
    VersionId,
};
pub use known_key::{KNOWN_KEYS, KeyReach, KnownKey};
pub use limits::Limits;
pub use path::{FilePath, PathError};
pub use preview_id::PreviewId;
pub use project::{
    BuildStatus, ProjectName, ProjectNameError, ProjectType, Role, VersionOrigin, Visibility,
};
pub use sandbox::{EngineKind, SandboxState};
pub use smoke::{
    MOST_SMOKE_CHECKS, MOST_SMOKE_STEPS, SMOKE_EXTENSION, SMOKE_FOLDER, SMOKE_LIMIT_MS, SmokeCheck,
    SmokeError, SmokeStep,
};
pub use time::Timestamp;
pub use turn::{
    AgentRole, DeadLetterState, EditOp, GenerationStatus, MessageRole, StepKind, SuggestionState,
    ToolEnd, ToolKind, TurnMode,
};
pub use user::{Email, EmailError, LinkPurpose, Permission, Plan, SignUpMode, TokenScope};

/// A string enum whose one spelling serves the database, JSON and the command line.
macro_rules! text_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vmeta])* $variant,)+ }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The one spelling, as in JSON and the database.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownText;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                match s {
                    $($text => Ok(Self::$variant),)+
                    _ => Err($crate::UnknownText { kind: stringify!($name), text: s.chars().take(40).collect() }),
                }
            }
        }
    };
}
pub(crate) use text_enum;

/// A word that is none of an enum's values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a {kind}")]
pub struct UnknownText {
    /// The enum's name.
    pub kind: &'static str,
    /// What was given, cut to 40 characters.
    pub text: String,
}
