//! Prompt-footprint control: what a step sends and what it costs.
//!
//! - [`count_tokens`]: how long a text is for a model, and whether that is exact.
//! - [`price`] and [`cost_nanousd`]: what a call costs, from the price list in `data/prices.json`.
//! - [`pack`]: which files a turn sends within a budget, each with its reason.

mod pack;
mod prices;
mod tokens;

pub use pack::{PackRequest, Packed, Reason, SentFile, SourceFile, pack};
pub use prices::{ModelRef, Price, PriceList, cost_nanousd, price, price_list};
pub use tokens::{TokenCount, count_tokens};
