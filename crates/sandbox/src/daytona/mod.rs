//! Sandboxes at Daytona: its API of version 0, on the vendor's machines or one's own.
//!
//! A sandbox is made, found and removed through the API; files, commands and ports go through the "toolbox" inside it. Our
//! id is in its name and its labels: the remote id is only remembered, and looked up again after a restart.
//!
//! What Daytona cannot do as a local engine does:
//! - Output comes in whole lines, but for a terminal's. Standard input is lines of text.
//! - A reader who does not read does not hold the command back.
//! - What a command has started is found by a variable of its environment; what clears that outlives the command, until the
//!   sandbox stops.
//! - Limits of processes and open files are Daytona's own.
//! - Only ports 3000 to 9999 can be seen from outside.

mod config;
mod demux;
mod fault;
mod files;
mod follow;
mod http;
mod input;
mod inside;
mod life;
mod make;
mod pty;
mod remote;
mod run;
mod script;
mod service;
mod session;
mod socket;
mod trait_impl;
mod upload;
mod wire;

use std::sync::Arc;

use qv_domain::Env;

pub use config::{DaytonaConfig, Patience, Rates, Source, UploadProgress};

use self::config::OnUpload;
use self::http::Api;
use self::remote::Known;
use crate::Result;

/// Sandboxes at Daytona.
#[derive(Debug, Clone)]
pub struct DaytonaEngine {
    core: Arc<Core>,
}

#[derive(Debug)]
struct Core {
    api: Arc<Api>,
    config: DaytonaConfig,
    known: Known,
    on_upload: Option<OnUpload>,
}

impl DaytonaEngine {
    /// An engine for an account. Nothing is asked yet. `env` gives the time, by which a date in `retry-after` is
    /// understood, and names that nobody can guess.
    ///
    /// # Errors
    /// `Auth` without a key, `InvalidSpec` for an address that is none.
    pub fn new(config: DaytonaConfig, env: Arc<dyn Env>) -> Result<Self> {
        Self::build(config, env, None)
    }

    /// As [`new`](Self::new), with somebody who hears how far each upload is. They are called in the midst of it and must
    /// not block.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_progress(
        config: DaytonaConfig,
        env: Arc<dyn Env>,
        on_upload: impl Fn(UploadProgress) + Send + Sync + 'static,
    ) -> Result<Self> {
        Self::build(config, env, Some(OnUpload(Arc::new(on_upload))))
    }

    fn build(
        config: DaytonaConfig,
        env: Arc<dyn Env>,
        on_upload: Option<OnUpload>,
    ) -> Result<Self> {
        let api = Arc::new(Api::new(&config, env)?);
        Ok(Self { core: Arc::new(Core { api, config, known: Known::default(), on_upload }) })
    }
}
