//! The edit protocol: plain text that any model can stream, read as it arrives.
//!
//! ```text
//! What the agent says, for the person.
//!
//! <plan>
//! - [ ] Add the timer
//! </plan>
//!
//! <file path="src/Timer.tsx">
//! the whole file
//! </file>
//!
//! <edit path="src/App.tsx">
//! <<<<<<< SEARCH
//! lines as they are
//! =======
//! lines as they shall be
//! >>>>>>> REPLACE
//! </edit>
//!
//! <delete path="src/Old.tsx"/>
//! <rename from="src/a.ts" to="src/b.ts"/>
//! <question>What the agent wants to know first<choice>An answer</choice><choice>Another</choice></question>
//! <need path="src/Long.tsx" lines="40-80"/>
//! <run tool="install" packages="express"/>
//! <run command="node scripts/seed.js"/>
//! ```
//!
//! Tags stand at the start of a line and closers alone on theirs; a line of content that looks like
//! a closer is written with a backslash before it. What is broken is read as far as its meaning is
//! plain, and is chat otherwise. Nothing in a file's content asks for a run.

mod element;
mod marker;
mod parser;
mod question;
mod states;
mod tag;
mod token;
mod utf8;

#[cfg(test)]
mod tests;

pub(crate) use element::{Element, elements, without_thoughts};
pub use parser::{Accept, OpenEdit, Parser};
pub use token::{EditBlock, Ending, RunTag, Token};
pub use utf8::Utf8Joiner;

/// The file that a line opens, if it is an opening tag with a path that may be used.
pub(crate) fn opens_file(line: &str) -> Option<qv_domain::FilePath> {
    match tag::read(line.trim())? {
        (tag::Tag::File(Some(path)) | tag::Tag::Edit(Some(path)), _) => {
            qv_domain::FilePath::parse(path.strip_prefix("./").unwrap_or(&path)).ok()
        }
        _ => None,
    }
}

/// Whether a line is a code fence.
pub(crate) fn is_fence(line: &str) -> bool {
    marker::is_fence(line.trim())
}

/// A file as it is shown to a model, and as a model writes it.
pub(crate) fn show_file(path: &str, content: &str) -> String {
    let end = if content.is_empty() || content.ends_with('\n') { "" } else { "\n" };
    format!("<file path=\"{path}\">\n{}{end}</file>\n", marker::escape(content))
}

/// Text that can't end the part of a message that it stands in.
pub(crate) fn show_text(text: &str) -> String {
    marker::escape_data(text)
}
