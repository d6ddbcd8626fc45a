use crate::Env;

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
        #[cfg_attr(feature = "schema", ts(type = "string"), schema(value_type = String, format = "uuid"))]
        #[serde(transparent)]
        pub struct $name(uuid::Uuid);

        impl $name {
            /// A new id, ordered by time (UUID version 7).
            #[must_use]
            pub fn generate(env: &dyn Env) -> Self {
                let mut random = [0; 10];
                env.fill_random(&mut random);
                Self(uuid::Builder::from_unix_timestamp_millis(env.now().as_millis(), &random).into_uuid())
            }

            /// Takes an id that is known already.
            #[must_use]
            pub const fn from_uuid(id: uuid::Uuid) -> Self {
                Self(id)
            }

            /// The plain id, for a database.
            #[must_use]
            pub const fn as_uuid(self) -> uuid::Uuid {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                s.parse().map(Self)
            }
        }
    )+};
}

ids! {
    /// A user's id.
    UserId;
    /// A session's id: not the token, safe to show.
    SessionId;
    /// A project's id.
    ProjectId;
    /// A message's id.
    MessageId;
    /// A generation's id.
    GenerationId;
    /// A version's id.
    VersionId;
    /// A vault key's id.
    KeyId;
    /// A usage row's id.
    UsageId;
    /// The id of a server among those that share a database; kept in its data folder.
    NodeId;
    /// A dead letter's id.
    DeadLetterId;
    /// The id of an attempt to sign in.
    AttemptId;
    /// An invitation's id: not its token, safe to show.
    InviteId;
    /// An API token's id: not the token, safe to show.
    ApiTokenId;
    /// The id of an entry of the audit log.
    AuditId;
    /// A sandbox's id.
    SandboxId;
    /// The id of a message that waits to be said.
    QueuedId;
    /// The id of a change that was wanted and not made.
    SuggestionId;
}

impl ProjectId {
    /// The id that no project has: of what belongs to none.
    pub const NONE: Self = Self(uuid::Uuid::nil());
}

/// An event stream is named by what it tells of: today that is always a generation.
pub type EventStreamId = GenerationId;
