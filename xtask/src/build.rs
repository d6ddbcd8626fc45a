//! Builds the product: the web app, the starters' packages, the binary.

use crate::install;
use crate::shell::{Failure, Shell, say};

/// What the binary embeds. `profile` is the one that the binary is built in, so that nothing is compiled twice.
pub(crate) fn embedded(shell: &Shell, profile: &str) -> Result<(), Failure> {
    install::npm_packages(shell, "web")?;
    install::npm_packages(shell, "starters")?;
    shell.command("npm").args(["run", "--silent", "build"]).within("web").run()?;
    say("bundling the starters' packages");
    shell
        .cargo()
        .args([
            "run",
            "--quiet",
            "--profile",
            profile,
            "-p",
            "qv-packages",
            "--bin",
            "embed-packages",
            "--",
        ])
        .args([
            "--from",
            "starters/node_modules",
            "--sources",
            "starters",
            "--out",
            "crates/packages/embedded",
        ])
        .run()?;
    Ok(())
}

pub(crate) fn release(shell: &Shell) -> Result<String, Failure> {
    embedded(shell, "release")?;
    shell.cargo().args(["build", "--release", "-p", "quickvibe"]).run()?;
    Ok(shell.target_dir().join("release/quickvibe").display().to_string())
}

pub(crate) fn run(shell: &Shell, arguments: &[String]) -> Result<(), Failure> {
    let binary = release(shell)?;
    let data = shell.path("data").display().to_string();
    shell
        .command(&binary)
        .args(["serve", "--port", "4173", "--data", &data])
        .args(arguments.iter().map(String::as_str))
        .run()?;
    Ok(())
}
