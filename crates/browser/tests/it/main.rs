//! A real Chromium looks at pages that are wrong, hostile, or well. Skipped, with a word, where there is none.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "helpers of tests fail, and say why they are skipped, as tests do"
)]

mod faults;
mod hostile;
mod lives;
mod smoke;
mod support;
