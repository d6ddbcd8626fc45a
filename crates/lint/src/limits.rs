//! How much of an app is read. What is beyond is not looked at, and nothing is said about it.

/// The largest text that is read, in bytes. What people and models write is far smaller; what is larger is data.
pub const MAX_TEXT_BYTES: usize = 400_000;
/// All texts together, in bytes.
pub const MAX_TOTAL_BYTES: usize = 8_000_000;
/// The most findings that are told.
pub const MAX_FOUND: usize = 200;
/// The most findings of one rule: after these a person has understood.
pub const MAX_OF_A_RULE: usize = 30;
