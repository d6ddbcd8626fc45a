//! Files that are written from the code, so that nobody writes them twice.

use crate::shell::{Failure, Shell, say};

/// Each generated file and the example that prints it.
const GENERATED: &[(&str, &str, &str)] = &[
    ("web/src/api/generated/wire.ts", "qv-wire", "typescript"),
    ("docs/CONFIG.md", "quickvibe", "config_reference"),
    ("docs/ERRORS.md", "qv-wire", "error_reference"),
    ("docs/openapi.json", "qv-server", "openapi"),
];

pub(crate) fn run(shell: &Shell, check: bool) -> Result<(), Failure> {
    let mut stale = Vec::new();
    for (path, package, example) in GENERATED {
        let fresh =
            shell.cargo().args(["run", "--quiet", "-p", package, "--example", example]).output()?;
        let present = shell.read(path).unwrap_or_default();
        if fresh == present {
            continue;
        }
        if check {
            stale.push(*path);
        } else {
            shell.write(path, &fresh)?;
            say(&format!("wrote {path}"));
        }
    }
    if stale.is_empty() {
        return Ok(());
    }
    Err(Failure::Message(format!(
        "not fresh: {}; run `cargo xtask gen` and commit",
        stale.join(", ")
    )))
}
