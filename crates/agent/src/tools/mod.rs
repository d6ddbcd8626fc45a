//! What a turn may run in a project's sandbox, decided purely.
//!
//! A model asks by a tag; [`classify`] says what that is: a [`ToolCall`] that runs at once, one that a person is
//! asked about, or nothing that is run at all. What is allowed is a short list of known shapes, each rebuilt from its
//! parts, so that a program gets the arguments that were looked at and no others. No shell is in between: a line that
//! needs one is always asked about.

mod call;
mod classify;
mod command;
mod exit;
mod manifest;
mod npm;
mod output;
#[cfg(test)]
mod tests;
mod words;

pub use call::ToolCall;
pub use classify::{Verdict, classify};
pub use exit::{ToolExit, ToolOutcome};
pub use output::{Capture, SHOWN_CHARS};

pub(crate) use call::asked_for;
pub(crate) use output::{excerpt, same_failure, tail};

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// What a project's sandbox has as a turn begins.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tools {
    /// The programs of its installed packages, as they are named in `node_modules/.bin`.
    pub installed: BTreeSet<String>,
}

/// Whether a character is not to be seen, or makes others seem what they are not. People are asked about what they see,
/// and a model is shown what people can see.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{AD}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
            | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}
