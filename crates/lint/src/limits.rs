//! How much of an app is read. What is beyond is not looked at, and nothing is said about it.

/// The largest text that is read, in bytes. What people and models write is far smaller; what is larger is data.
pub const MAX_TEXT_BYTES: usize = 400_000;
/// All texts together, in bytes.
pub const MAX_TOTAL_BYTES: usize = 8_000_000;
/// How many bytes are searched for words, all searches together; beyond, every word counts as found.
pub const MAX_SEARCHED_BYTES: usize = 200_000_000;
/// How far up a place in a script is followed.
pub const MAX_ANCESTORS: usize = 500;
/// Names that are compared with known ones for likeness.
pub const MAX_COMPARED: usize = 2_000;
/// Places in a script whose values are followed to where they come from.
pub const MAX_FOLLOWED: u32 = 100;
/// The most findings that are told.
pub const MAX_FOUND: usize = 200;
/// The most findings of one rule: after these a person has understood.
pub const MAX_OF_A_RULE: usize = 30;
/// How often a name that is told is looked for among all that it may have been meant to be.
pub const MAX_SUGGESTED: usize = 50;
/// The longest class name that is judged, in bytes.
pub const MAX_CLASS_BYTES: usize = 200;
