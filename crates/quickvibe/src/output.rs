//! What a person at the terminal reads.

use std::error::Error as _;
use std::io::Write as _;
use std::process::ExitCode;

use crate::fault::Fault;

/// One line on standard output. A closed pipe is no reason to fail.
pub(crate) fn line(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// One line on standard error.
pub(crate) fn note(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Tells why a command failed, with what is behind it.
pub(crate) fn fault(fault: &Fault) -> ExitCode {
    note(&format!("quickvibe: {fault}"));
    if let Fault::Engine(error) = fault {
        let shown = error.for_operator();
        let mut cause: Option<&dyn std::error::Error> = Some(error);
        while let Some(error) = cause {
            let text = error.to_string();
            if !shown.contains(&text) {
                note(&format!("  because: {text}"));
            }
            cause = error.source();
        }
    } else if let Some(cause) = fault.source() {
        tracing::debug!(%cause, "the cause");
    }
    ExitCode::from(fault.exit())
}
