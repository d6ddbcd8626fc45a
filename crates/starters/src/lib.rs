//! The starter apps, and how a prompt chooses one and fills it in.
//!
//! Nothing here is a model and nothing pretends to be one: [`match_prompt`] finds the starter that a prompt
//! is about, [`fill`] sets its name, words, colours, fields and sections from what the prompt says in plain
//! words, and [`follow_up`] does a small set of later changes the same way. What is not understood is said.
//!
//! All that can be set is in the app's `src/config.json`; what there is to set is in `starters/<id>/starter.toml`.
//!
//! Pure: the apps are embedded, and there is no clock, no randomness and no I/O.

mod blank;
mod catalogue;
mod change;
mod clauses;
mod config;
mod error;
mod features;
mod fill;
mod follow;
mod kind;
mod manifest;
mod name;
mod numbers;
mod pages;
mod preset;
mod print;
mod rank;
mod recognise;
mod subject;
mod text;
mod words;

pub use blank::blank;
pub use catalogue::{Catalogue, Files, Starter, catalogue, files, get, list};
pub use error::StarterError;
pub use fill::{Filled, fill};
pub use follow::{FollowUp, follow_up};
pub use kind::project_type;
pub use manifest::{
    About, Examples, Field, FieldKind, List, Manifest, Noun, NumberSlot, Palette, Presets, Section,
    Subject, TextSlot,
};
pub use rank::{Match, Scored, match_prompt};
