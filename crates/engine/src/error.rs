use qv_llm::LlmError;
use qv_store::StoreError;
use qv_wire::ErrorCode;

/// Why a use case did not happen. What is safe to show is in [`EngineError::code`],
/// [`EngineError::detail`] and [`EngineError::field`]; the chain behind it is for the log.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// A field is wrong.
    #[error("{field}: {message}")]
    Invalid {
        /// Its name in the request.
        field: &'static str,
        /// What is wrong and the remedy.
        message: String,
    },
    /// Something else about the request does not work out.
    #[error("{detail}")]
    Refused {
        /// What kind of refusal.
        code: ErrorCode,
        /// What happened and what to do.
        detail: String,
    },
    /// Not now, but soon.
    #[error("{detail}")]
    Later {
        /// What kind of refusal.
        code: ErrorCode,
        /// What happened and what to do.
        detail: String,
        /// How long to wait.
        wait: std::time::Duration,
    },
    /// A model's provider did not do its part.
    #[error(transparent)]
    Model(#[from] LlmError),
    /// The database did not do its part.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A secret cannot be sealed, opened or hashed.
    #[error("{0}")]
    Secret(String),
    /// A file of the server's own cannot be read or written.
    #[error("{what}")]
    Io {
        /// Which, and for what.
        what: String,
        /// Why.
        source: std::io::Error,
    },
    /// Something that cannot be, was.
    #[error("{0}")]
    Internal(String),
}

/// What the engine's calls give.
pub type Result<T, E = EngineError> = std::result::Result<T, E>;

impl EngineError {
    /// A wrong field.
    pub fn invalid(field: &'static str, message: impl ToString) -> Self {
        Self::Invalid { field, message: message.to_string() }
    }

    /// A refusal in words.
    pub fn refused(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self::Refused { code, detail: detail.into() }
    }

    /// It is not there, or not for the asker: both look the same.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::refused(ErrorCode::NotFound, format!("There is no such {what}, or it is not yours."))
    }

    /// What went wrong, as one word.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Invalid { .. } => ErrorCode::Invalid,
            Self::Refused { code, .. } | Self::Later { code, .. } => *code,
            Self::Model(error) => model_code(error),
            Self::Store(error) => store_code(error),
            Self::Secret(_) | Self::Io { .. } | Self::Internal(_) => ErrorCode::Internal,
        }
    }

    /// What happened and what to do, safe to show.
    #[must_use]
    pub fn detail(&self) -> String {
        match self {
            Self::Invalid { message, .. } => message.clone(),
            Self::Refused { detail, .. } | Self::Later { detail, .. } => detail.clone(),
            Self::Model(error) => error.safe_message(),
            Self::Store(
                error @ (StoreError::Conflict(_) | StoreError::Limit { .. } | StoreError::Cursor),
            ) => error.to_string(),
            Self::Store(StoreError::Unavailable(_)) => {
                "The database is busy or out of reach. Try again in a moment.".to_owned()
            }
            Self::Store(StoreError::Disk { .. }) => {
                "The server cannot write to its disk any more and stops. This was not saved; what was saved before is kept."
                    .to_owned()
            }
            Self::Store(_) | Self::Secret(_) | Self::Io { .. } | Self::Internal(_) => {
                "The server had a problem. Its log has the details under the request id.".to_owned()
            }
        }
    }

    /// What happened and what to do, for the operator's terminal: over HTTP the server's own troubles stay in its log.
    #[must_use]
    pub fn for_operator(&self) -> String {
        match self {
            Self::Store(StoreError::Setup(text)) => text.clone(),
            Self::Io { what, source } => format!("{what}: {source}"),
            Self::Secret(text) => text.clone(),
            _ => self.detail(),
        }
    }

    /// How long to wait before the same may succeed, when that is known.
    #[must_use]
    pub fn retry_after(&self) -> Option<std::time::Duration> {
        match self {
            Self::Model(error) => error.retry_after(),
            Self::Later { wait, .. } => Some(*wait),
            Self::Store(StoreError::Unavailable(_)) => Some(std::time::Duration::from_secs(1)),
            _ => None,
        }
    }

    /// The field that is wrong, if it is one.
    #[must_use]
    pub const fn field(&self) -> Option<&'static str> {
        match self {
            Self::Invalid { field, .. } => Some(field),
            Self::Store(StoreError::Cursor) => Some("cursor"),
            _ => None,
        }
    }
}

fn store_code(error: &StoreError) -> ErrorCode {
    match error {
        StoreError::Conflict(_) | StoreError::StaleFence => ErrorCode::Conflict,
        StoreError::Limit { .. } => ErrorCode::TooLarge,
        StoreError::Cursor => ErrorCode::Invalid,
        StoreError::Unavailable(_) | StoreError::Disk { .. } => ErrorCode::Unavailable,
        StoreError::Setup(_) | StoreError::Corrupt(_) | StoreError::Database(_) => {
            ErrorCode::Internal
        }
    }
}

/// The API's word for what a provider said.
pub(crate) fn model_code(error: &LlmError) -> ErrorCode {
    match error {
        LlmError::RateLimited { .. } => ErrorCode::ProviderRateLimited,
        LlmError::Overloaded { .. } => ErrorCode::ProviderOverloaded,
        LlmError::Quota { .. } => ErrorCode::ProviderQuota,
        LlmError::Auth { .. } => ErrorCode::ProviderAuth,
        LlmError::ContextTooLong { .. } => ErrorCode::ContextTooLong,
        LlmError::Refusal { .. } => ErrorCode::Refused,
        LlmError::Truncated => ErrorCode::Truncated,
        LlmError::Network { .. } => ErrorCode::ProviderUnreachable,
        LlmError::Timeout { .. } => ErrorCode::ProviderTimeout,
        LlmError::InvalidRequest { .. }
        | LlmError::ModelNotFound { .. }
        | LlmError::Protocol { .. }
        | LlmError::Address { .. } => ErrorCode::ProviderRejected,
    }
}
