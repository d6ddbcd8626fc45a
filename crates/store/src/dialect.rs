//! Everything that is not the same SQL on both databases. There is nothing of the kind elsewhere.

use crate::sql::places;

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

    /// The query for how many bytes all of it takes.
    pub(crate) const fn size(self) -> &'static str {
        match self {
            Self::Sqlite => {
                "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
            }
            Self::Postgres => "SELECT pg_database_size(current_database())",
        }
    }

    /// The places of `rows` rows with `columns` values each, where a statement has no other arguments. A
    /// place with a number is a name to SQLite, which compares each with all those before.
    pub(crate) fn rows(self, rows: usize, columns: usize) -> String {
        match self {
            Self::Sqlite => {
                let row = format!("({})", vec!["?"; columns].join(", "));
                vec![row; rows].join(", ")
            }
            Self::Postgres => places(rows, columns),
        }
    }

    /// Ends a `SELECT` of rows to change: on PostgreSQL several transactions may look at the same
    /// time, and each passes over what another has in hand. On SQLite they queue for the one
    /// writer.
    pub(crate) const fn skip_locked(self, what: Locked) -> &'static str {
        match (self, what) {
            (Self::Sqlite, _) => "",
            (Self::Postgres, Locked::Generation) => "FOR UPDATE OF g SKIP LOCKED",
            (Self::Postgres, Locked::Blob) => "FOR UPDATE OF b SKIP LOCKED",
        }
    }
}

/// What is picked by [`Backend::skip_locked`], by the alias of its table.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Locked {
    /// A job to claim, `g`.
    Generation,
    /// Contents to collect, `b`.
    Blob,
}
