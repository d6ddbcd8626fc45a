//! Measures sandboxes of this host: what `cargo xtask bench sandbox` starts. Apart from `qv-bench`, as it needs no server.

use std::process::ExitCode;

#[cfg(target_os = "linux")]
mod app;
#[cfg(target_os = "linux")]
mod figure;
#[cfg(target_os = "linux")]
mod hmr;
#[cfg(target_os = "linux")]
mod http;
#[cfg(target_os = "linux")]
mod measure;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    // Supervisors are this program again, and have one thread.
    if std::env::args().nth(1).as_deref() == Some(measure::SUPERVISE) {
        return qv_sandbox::local::supervise();
    }
    let runs = std::env::args().nth(1).and_then(|runs| runs.parse().ok()).unwrap_or(15);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            figure::say(&format!("there is no runtime: {error}"));
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(measure::run(runs)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(fault) => {
            figure::say(&format!("the bench could not be carried out: {fault}"));
            ExitCode::from(2)
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    ExitCode::FAILURE
}
