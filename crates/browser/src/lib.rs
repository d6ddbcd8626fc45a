//! A headless Chromium that the server drives: what an app looks like, what it throws, what its smoke checks find.
//!
//! ```text
//! engine ── Browser::visit ──> page ── asks for a file ──> Fetch (DevTools) ──> Serve, which the engine implements
//!                               └── whatever else it asks for is refused
//! ```
//!
//! Generated code is hostile. No request of a page leaves this process: all of them, of frames and workers too, are paused
//! and answered here by [`Serve`], or refused. Behind that wall there is no network to reach (a namespace without an
//! interface, no names, a proxy that does not exist). Chromium runs under its own sandbox or
//! not at all, as a user of its own where the server is root, with a fresh home, without the server's environment, and
//! ends with the server. Nobody else can drive it: it listens on pipes.
//!
//! Beside `qv-sandbox` this is the only crate that makes processes.

mod config;
mod error;
mod serve;
mod sighting;

#[cfg(target_os = "linux")]
mod browser;
#[cfg(target_os = "linux")]
mod cdp;
#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod keys;
#[cfg(target_os = "linux")]
mod lane;
#[cfg(target_os = "linux")]
mod launch;
#[cfg(target_os = "linux")]
mod page;
#[cfg(target_os = "linux")]
mod router;
#[cfg(target_os = "linux")]
mod smoke;
#[cfg(target_os = "linux")]
mod sys;
#[cfg(target_os = "linux")]
mod visit;
#[cfg(target_os = "linux")]
mod watch;

#[cfg(target_os = "linux")]
pub use browser::Browser;
pub use config::{BrowserConfig, Program};
#[cfg(not(target_os = "linux"))]
pub use elsewhere::Browser;
pub use error::{BrowserError, Result};
pub use serve::{Answer, Request, Serve};
pub use sighting::{
    Exception, FailedRequest, Place, Printed, Sighting, SmokeOutcome, Violation, Visit,
};
