//! Everything that is not the same SQL on both databases. There is nothing of the kind elsewhere.

/// Which database is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// One file on this machine.
    Sqlite,
    /// A server that many nodes may share.
    Postgres,
}

impl Backend {
    /// The product's name of it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }

    /// Starts a transaction that may write. SQLite takes the write lock at once: a later upgrade
    /// from reading could fail in a way that waiting does not mend.
    pub(crate) const fn begin(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN",
        }
    }

    /// The database's own name and the query for its version.
    pub(crate) const fn name_and_version(self) -> (&'static str, &'static str) {
        match self {
            Self::Sqlite => ("SQLite", "SELECT sqlite_version()"),
            Self::Postgres => ("PostgreSQL", "SELECT current_setting('server_version')"),
        }
    }

    /// Ends a `SELECT` that picks a job: on PostgreSQL several workers pick at the same time, and
    /// each passes over what another has in hand. SQLite's workers queue for the one writer.
    pub(crate) const fn skip_locked(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => "FOR UPDATE OF g SKIP LOCKED",
        }
    }
}
