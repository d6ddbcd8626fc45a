//! The `quickvibe` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    quickvibe::run()
}
