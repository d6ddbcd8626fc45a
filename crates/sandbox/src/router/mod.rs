//! Which engine an app runs on, decided purely.

mod asked;
mod choose;
mod manifest;
mod needs;
#[cfg(test)]
mod tests;

pub use asked::asks_for_a_machine;
pub use choose::{Availability, Decision, NoEngine, Offer, Offers, Passed, Purpose, Route, route};
pub use manifest::Manifest;
pub use needs::{DevServer, Framework, Needs, NeedsInput, Shape, needs};
