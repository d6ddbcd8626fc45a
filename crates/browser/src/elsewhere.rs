use std::sync::Arc;

use qv_domain::Env;

use crate::{BrowserConfig, BrowserError, Result, Serve, Sighting, Visit};

const NEEDS_LINUX: &str =
    "Looking at apps in a browser needs a server on Linux; compiling them does not.";

/// Stands where no Chromium can be held safely: says so.
#[derive(Debug, Clone)]
pub struct Browser(());

impl Browser {
    /// None.
    #[must_use]
    pub fn new(_: BrowserConfig, _: Arc<dyn Env>) -> Self {
        Self(())
    }

    /// Nobody will ask.
    pub fn share(&self, _: &str, _: Arc<dyn Serve>) {}

    /// Why there is none.
    ///
    /// # Errors
    /// Always.
    pub fn standing(&self) -> Result<(), String> {
        Err(NEEDS_LINUX.to_owned())
    }

    /// Why there is none.
    ///
    /// # Errors
    /// Always.
    pub async fn version(&self) -> Result<String> {
        Err(BrowserError::Unavailable(NEEDS_LINUX.to_owned()))
    }

    /// Why there is none.
    ///
    /// # Errors
    /// Always.
    pub async fn visit(&self, _: Visit) -> Result<Sighting> {
        Err(BrowserError::Unavailable(NEEDS_LINUX.to_owned()))
    }

    /// Nothing to end.
    pub async fn close(&self) {}
}
