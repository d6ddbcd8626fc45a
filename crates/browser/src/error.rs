/// What this crate's calls give.
pub type Result<T, E = BrowserError> = std::result::Result<T, E>;

/// Why an app was not looked at. The texts are sentences for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BrowserError {
    /// There is no browser here, or it does not work here; the sentence says what to do.
    #[error("{0}")]
    Unavailable(String),
    /// More wait already than are let wait.
    #[error("the browser has too much to do now")]
    Busy,
    /// The browser ended, or stopped answering, while it was asked; the next visit starts another.
    #[error("the browser stopped: {0}")]
    Stopped(String),
}
