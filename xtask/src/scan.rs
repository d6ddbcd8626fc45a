//! Foreign scanners against the running server. They are slow and come from PyPI, so `test` does not call them.

use crate::install;
use crate::shell::{Failure, Shell};

/// A scanner, and the script that starts a server for it and judges what it says.
pub(crate) struct Scanner {
    package: &'static str,
    script: &'static str,
    why: &'static str,
}

pub(crate) const SCHEMATHESIS: Scanner = Scanner {
    package: "schemathesis==4.32.5",
    script: "e2e/checks/api.ts",
    why: "it asks the API what its document allows, and what it does not",
};
pub(crate) const SQLMAP: Scanner = Scanner {
    package: "sqlmap==1.10.10",
    script: "e2e/checks/injection.ts",
    why: "it tries to reach the database through parameters",
};
pub(crate) const WAPITI: Scanner = Scanner {
    package: "wapiti3==3.2.3",
    script: "e2e/checks/pages.ts",
    why: "it looks for holes in the pages",
};

pub(crate) fn run(shell: &Shell, scanner: &Scanner, arguments: &[String]) -> Result<(), Failure> {
    install::npm_packages(shell, "web")?;
    let bin = install::python(shell, &[scanner.package], scanner.why)?;
    shell.cargo().args(["build", "-p", "quickvibe", "--bins"]).run()?;
    shell
        .command("npx")
        .args(["--no-install", "tsx", scanner.script])
        .args(arguments.iter().map(String::as_str))
        .within("web")
        .env("QUICKVIBE_PYTHON_BIN", bin)
        .env("QUICKVIBE_BIN_DIR", shell.target_dir().join("debug"))
        .run()?;
    Ok(())
}
