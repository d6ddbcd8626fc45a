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
//! ```
//!
//! Tags stand at the start of a line and closers alone on theirs; a line of content that looks like
//! a closer is written with a backslash before it. What is broken is read as far as its meaning is
//! plain, and is chat otherwise.

mod marker;
mod parser;
mod states;
mod tag;
mod token;
mod utf8;

#[cfg(test)]
mod tests;

pub use parser::{Accept, OpenEdit, Parser};
pub use token::{EditBlock, Ending, Token};
pub use utf8::Utf8Joiner;
