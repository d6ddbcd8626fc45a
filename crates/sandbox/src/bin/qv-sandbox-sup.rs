//! A supervisor of sandboxes as a program of its own, for tests; in the product it is the server's binary again.

use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(target_os = "linux")]
    return qv_sandbox::local::supervise();
    #[cfg(not(target_os = "linux"))]
    ExitCode::FAILURE
}
