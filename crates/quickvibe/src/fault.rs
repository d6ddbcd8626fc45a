use std::path::PathBuf;

use qv_engine::EngineError;
use qv_wire::ErrorCode;

/// Why a command did not do its work. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// A setting is wrong.
    #[error("configuration: {0}")]
    Config(String),
    /// The engine refused.
    #[error("{}", .0.for_operator())]
    Engine(#[from] EngineError),
    /// The disk under the database failed.
    #[error("{0}")]
    Disk(String),
    /// Data in PostgreSQL is kept by its own tools.
    #[error("{0}")]
    Postgres(String),
    /// The address is taken, or not ours.
    #[error("cannot listen on {address}: {source}. Choose another with --port or QUICKVIBE_PORT")]
    Listen {
        /// Host and port.
        address: String,
        /// Why.
        source: std::io::Error,
    },
    /// A part of the program cannot start.
    #[error("cannot start {what}: {source}")]
    Start {
        /// Which.
        what: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The folder to write to holds something already.
    #[error("{} is not empty: name a new folder with --out, or add --force", .0.display())]
    NotEmpty(PathBuf),
}

/// The exit code for a disk that failed, as in `sysexits.h`: a service manager must not simply start again.
const DISK: u8 = 74;

impl Fault {
    /// What the process exits with.
    pub(crate) fn exit(&self) -> u8 {
        if matches!(self, Self::Disk(_)) { DISK } else { 1 }
    }

    /// The API's word for it.
    pub(crate) fn code(&self) -> ErrorCode {
        match self {
            Self::Engine(error) => error.code(),
            Self::Disk(_) => ErrorCode::Unavailable,
            Self::Config(_) | Self::NotEmpty(_) | Self::Postgres(_) => ErrorCode::Invalid,
            Self::Listen { .. } | Self::Start { .. } | Self::Write { .. } => ErrorCode::Internal,
        }
    }
}
