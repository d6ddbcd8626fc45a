//! Edits applied in memory, together or not at all, with guards against the destructive ones.

mod change;
mod guards;
mod stage;

#[cfg(test)]
mod tests;

pub use change::{Change, FileChange, FileContent, FileOp, StagedChange};
pub use stage::Stage;
