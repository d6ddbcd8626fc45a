//! Why a bench could not be carried out.

/// Why a bench could not be carried out. What it finds is in its report instead.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A file, a process or a connection.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// What went wrong.
        source: std::io::Error,
    },
    /// The server did not do what it must for the bench to go on.
    #[error("{0}")]
    Server(String),
    /// The database, looked into from outside.
    #[error(transparent)]
    Store(#[from] qv_store::StoreError),
}

/// What benches give.
pub type Result<T, E = Fault> = std::result::Result<T, E>;

impl Fault {
    /// Makes an error of input or output one that says what was tried.
    pub fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }
}
