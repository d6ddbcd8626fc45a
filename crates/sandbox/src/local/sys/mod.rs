//! System calls that have no safe form elsewhere, each behind a function that cannot be used wrongly.

mod loops;
mod mounts;
mod net;
mod polled;
mod process;

pub(super) use loops::loop_device;
pub(super) use mounts::{
    Attributes, attach, attach_at, clone_tree, new_filesystem, set_attributes,
};
pub(super) use net::{connect_loopback, raise_loopback};
pub(super) use polled::polled;
pub(super) use process::{
    child_signals, close_all_but, close_on_exec_from, drop_rights, fork, unshare, use_rights,
};

/// What a step of starting a sandbox gives: on failure, what was being done and why it did not work.
pub(super) type Step<T> = Result<T, String>;

/// Says what was being done when something failed.
pub(super) trait Doing<T> {
    /// Puts `what` before the error.
    fn doing(self, what: &str) -> Step<T>;
}

impl<T, E: std::fmt::Display> Doing<T> for Result<T, E> {
    fn doing(self, what: &str) -> Step<T> {
        self.map_err(|error| format!("{what}: {error}"))
    }
}
