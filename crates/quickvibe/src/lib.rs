//! The binary's inside: commands, configuration, wiring, lifecycle.

mod commands;
pub mod config;
mod fault;
mod hardening;
mod output;
mod telemetry;

use std::process::ExitCode;

use clap::Parser as _;

use commands::{Arguments, Command};
use fault::Fault;

/// The word that makes this program a sandbox's supervisor. Only a server says it.
pub(crate) const SUPERVISOR: &str = "sandbox-sup";

/// Reads the command line and carries it out.
#[must_use]
pub fn run() -> ExitCode {
    // Before there is a second thread: a supervisor makes namespaces, and only a process of one thread may.
    #[cfg(target_os = "linux")]
    if std::env::args_os().nth(1).is_some_and(|word| word == SUPERVISOR) {
        return qv_engine::supervise();
    }
    // Before anything reads a key.
    if let Err(error) = hardening::keep_memory_private() {
        output::note(&format!(
            "The system does not keep this program's memory from being dumped: {error}"
        ));
    }
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(source) => return output::fault(&Fault::Start { what: "the runtime", source }),
    };
    let done = runtime.block_on(async {
        match arguments.command {
            Command::Serve(serve) => commands::serve::run(serve).await,
            Command::Build(build) => commands::build::run(build).await,
            Command::Admin(admin) => commands::admin::run(admin).await,
            Command::Backup(backup) => commands::backup::backup(backup).await,
            Command::Restore(restore) => commands::backup::restore(restore).await,
            Command::Doctor(doctor) => commands::doctor::run(doctor).await,
        }
    });
    // Work that hangs in a blocking call must not hold the process.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    done.unwrap_or_else(|fault| output::fault(&fault))
}
