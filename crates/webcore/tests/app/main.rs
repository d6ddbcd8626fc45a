//! A project as the rest of QuickVibe uses it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot set up has failed")]

mod modules;
mod support;
mod updates;
