//! What is measured and what is broken on purpose, against the real binary: `qv-bench`, which `cargo xtask bench` starts.

pub mod crash;
pub mod cut;
pub mod door;
pub mod fault;
pub mod faults;
pub mod figures;
pub mod http;
pub mod meant;
pub mod program;
pub mod random;
pub mod relay;
pub mod vanish;
pub mod verdict;

pub use fault::{Fault, Result};
pub use figures::say;
