//! A real Chromium looks at pages that are wrong, hostile, or well. Skipped, with a word, where there is none.

mod faults;
mod hostile;
mod lives;
mod smoke;
mod support;
