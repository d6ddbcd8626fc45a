//! Prompt-footprint control: what a step sends and what it costs.
//!
//! - [`count_tokens`]: how long a text is for a model, and whether that is exact.
//! - [`price`] and [`cost_nanousd`]: what a call costs, from the price list in `data/prices.json`.
//! - [`outline()`]: what a file holds, and where it can be cut.
//! - [`pack()`]: what a turn sends within a budget: the map, and the files or slices that are worth their tokens, each
//!   with its reason. Every file gets a chance of being needed from signals (`rank/`), every chunk of it a chance of
//!   being touched; what is sent is what is worth more than it costs (`pack/select.rs`).
//! - [`history()`]: what was asked and changed before, in bounded length.
//!
//! A request is ordered by how long its parts stay the same: system, map, history, files, prompt. Providers cache
//! beginnings, so the marks belong after each of them (see `docs/pfc.md`).

mod facts;
mod history;
mod outline;
mod pack;
mod prices;
mod rank;
mod tokens;

pub use facts::FactsCache;
pub use history::history;
pub use outline::{Lines, Outline, Symbol, SymbolKind, outline};
pub use pack::{
    PackRequest, Packed, Part, PastChange, Reason, Scope, SentFile, SourceFile, pack, render,
};
pub use prices::{ModelRef, Price, PriceList, cost_nanousd, price, price_list};
pub use rank::{Ranked, Signals};
pub use tokens::{Calibration, Scale, TokenCount, count_tokens};
