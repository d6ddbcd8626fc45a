use std::borrow::Cow;

use sqlx::error::ErrorKind;

use crate::DiskFault;

/// Why the store could not do what it was asked. "Not found" is no error here: look-ups return
/// `Option`, and what its absence means is the caller's word.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The change contradicts what is kept: a name is taken, or what it refers to is gone.
    #[error("{0}")]
    Conflict(Cow<'static, str>),
    /// Another worker holds the generation now, or it is over: stop writing.
    #[error("another worker holds this generation, or it is over: this one must stop")]
    StaleFence,
    /// Something would be larger than allowed.
    #[error("{what} is over its limit of {limit}")]
    Limit {
        /// What is too large, with its unit: "the file `src/App.tsx` (bytes)".
        what: String,
        /// The most that is allowed.
        limit: u64,
    },
    /// A cursor that no list of this store gave.
    #[error("the cursor is not one that a list gave: leave it out to start from the first page")]
    Cursor,
    /// The database cannot be opened as configured; the text says what to do.
    #[error("{0}")]
    Setup(String),
    /// The database is busy or out of reach: trying again later may work.
    #[error("the database is busy or out of reach")]
    Unavailable(#[source] sqlx::Error),
    /// The disk failed. Nothing of this was kept, nothing more is taken: the process must end.
    #[error("the database {fault}")]
    Disk {
        /// How.
        fault: DiskFault,
        /// What the database said; `None` when an earlier call heard it.
        source: Option<sqlx::Error>,
    },
    /// What is kept contradicts itself; a person must look.
    #[error("the stored data is damaged: {0}")]
    Corrupt(String),
    /// Anything else that the database said.
    #[error("the database refused a statement")]
    Database(#[source] sqlx::Error),
}

impl StoreError {
    /// Whether the same call may succeed later.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    /// Whether the disk failed: the process must end.
    #[must_use]
    pub const fn is_disk(&self) -> bool {
        matches!(self, Self::Disk { .. })
    }

    /// The same error; a failing disk is told with its place and remedy, for whoever wants to open it.
    pub(crate) fn at(self, place: &str) -> Self {
        match self {
            Self::Disk { fault, source: Some(cause) } => {
                Self::Setup(format!("{place} {fault} ({cause}). {}", fault.remedy()))
            }
            other => other,
        }
    }

    pub(crate) fn corrupt(what: impl Into<String>) -> Self {
        Self::Corrupt(what.into())
    }

    pub(crate) const fn conflict(what: &'static str) -> Self {
        Self::Conflict(Cow::Borrowed(what))
    }

    /// The same error, with a conflict told in words that a person understands.
    pub(crate) fn conflict_means(self, what: &'static str) -> Self {
        match self {
            Self::Conflict(_) => Self::conflict(what),
            other => other,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) => {
                let (disk, transient) = {
                    let code = database.code();
                    (code.as_deref().and_then(DiskFault::of), is_transient(code.as_deref()))
                };
                match (database.kind(), disk) {
                    (ErrorKind::UniqueViolation, _) => {
                        Self::Conflict(format!("it exists already: {}", database.message()).into())
                    }
                    (ErrorKind::ForeignKeyViolation, _) => {
                        Self::conflict("what it belongs to does not exist, or is still referred to")
                    }
                    (_, Some(fault)) => Self::Disk { fault, source: Some(error) },
                    (_, None) if transient => Self::Unavailable(error),
                    (_, None) => Self::Database(error),
                }
            }
            sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unavailable(error),
            _ => Self::Database(error),
        }
    }
}

/// SQLite's extended codes keep the primary one in their low byte: 5 is BUSY, 6 LOCKED. PostgreSQL:
/// serialization failure, deadlock, class 08 (connection), 53 (resources, but for the disk) and 57P (shutdown).
fn is_transient(code: Option<&str>) -> bool {
    let Some(code) = code else { return false };
    if code.len() == 5 && !code.starts_with(' ') {
        return matches!(code, "40001" | "40P01")
            || ["08", "53", "57P"].iter().any(|class| code.starts_with(class));
    }
    code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6))
}

#[cfg(test)]
mod tests {
    use super::is_transient;

    #[test]
    fn transient_codes_of_both_databases() {
        for code in ["5", "6", "261", "517", "40001", "40P01", "08006", "53300", "57P01"] {
            assert!(is_transient(Some(code)), "{code}");
        }
        for code in ["1", "19", "2067", "23505", "42P01", "57014"] {
            assert!(!is_transient(Some(code)), "{code}");
        }
    }
}
