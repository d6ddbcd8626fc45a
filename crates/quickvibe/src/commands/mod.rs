//! What can be typed.

pub(crate) mod admin;
pub(crate) mod backup;
pub(crate) mod build;
pub(crate) mod doctor;
pub(crate) mod serve;

use std::sync::Arc;

use clap::{Parser, Subcommand};
use qv_engine::{Maintenance, SystemEnv};

use crate::config::Settings;
use crate::output;

/// A self-hosted AI app builder.
#[derive(Debug, Parser)]
#[command(name = "quickvibe", version, about)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the web app.
    Serve(serve::Serve),
    /// Build an app from a prompt, without a browser.
    Build(build::Build),
    /// Look after an instance, also while its server runs.
    #[command(subcommand)]
    Admin(admin::Admin),
    /// Write a copy of the database to a file, also while the server runs.
    Backup(backup::BackupTo),
    /// Put a copy of the database in its place, while no server runs.
    Restore(backup::RestoreFrom),
    /// Say what is missing on this machine and how to mend it.
    Doctor(doctor::Doctor),
}

/// Tells the audit log of what a command has done without the database. It is done, whether or not that succeeds.
async fn tell(settings: &Settings, told: impl AsyncFnOnce(&Maintenance) -> qv_engine::Result<()>) {
    let done = async {
        let maintenance = Maintenance::open(&settings.engine(), Arc::new(SystemEnv)).await?;
        let done = told(&maintenance).await;
        maintenance.close().await;
        done
    };
    if let Err(error) = done.await {
        output::note(&format!("This is not in the audit log: {}", error.for_operator()));
    }
}
