//! Finds where an edit belongs: a ladder from exact to lenient, each rung of which needs exactly one
//! hit. Similarity only ever serves the message.

mod indent;
mod ladder;
mod lines;
mod rungs;
mod similar;
mod strip;

#[cfg(test)]
mod tests;

pub use ladder::{MatchFault, Matched, Rung, replace};
