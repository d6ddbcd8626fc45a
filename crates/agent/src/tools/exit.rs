use std::fmt;

use qv_domain::{FilePath, ToolEnd};
use serde::{Deserialize, Serialize};

use crate::apply::FileContent;

/// How a run came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolExit {
    /// By itself, with this code; 0 is success.
    Code(i32),
    /// By this signal.
    Signal(i32),
    /// It ran for longer than it might.
    TimedOut,
    /// It used more memory than the sandbox has.
    OutOfMemory,
    /// The server or the sandbox was lost under it.
    Lost,
    /// It could not be started; the output says why.
    NotStarted,
}

impl ToolExit {
    /// Whether it did what it was to do.
    #[must_use]
    pub const fn ok(self) -> bool {
        matches!(self, Self::Code(0))
    }

    /// The code, when it ended by itself.
    #[must_use]
    pub const fn code(self) -> Option<i32> {
        match self {
            Self::Code(code) => Some(code),
            _ => None,
        }
    }

    /// The way it ended.
    #[must_use]
    pub const fn end(self) -> ToolEnd {
        match self {
            Self::Code(_) => ToolEnd::Exited,
            Self::Signal(_) => ToolEnd::Killed,
            Self::TimedOut => ToolEnd::TimedOut,
            Self::OutOfMemory => ToolEnd::OutOfMemory,
            Self::Lost => ToolEnd::Lost,
            Self::NotStarted => ToolEnd::NotStarted,
        }
    }
}

/// What is told of it to the model, after its name.
impl fmt::Display for ToolExit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(0) => f.write_str("ended well"),
            Self::Code(code) => write!(f, "failed with exit code {code}"),
            Self::Signal(signal) => write!(f, "was ended by signal {signal}"),
            Self::TimedOut => f.write_str("took too long and was ended"),
            Self::OutOfMemory => f.write_str("used more memory than there is and was ended"),
            Self::Lost => f.write_str(
                "was lost with its machine: whether it came to its end is not known, nor what it wrote",
            ),
            Self::NotStarted => f.write_str("could not be started"),
        }
    }
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolOutcome {
    /// How it ended.
    pub exit: ToolExit,
    /// What it wrote, both streams in one: what [`super::Capture`] keeps of it.
    pub output: String,
    /// How long it took.
    pub duration_ms: u64,
    /// The project's files that it changed, as they are written to the project already; `None` for one that is gone.
    pub files: Vec<(FilePath, Option<FileContent>)>,
}
