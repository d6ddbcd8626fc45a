//! What can be measured. Each bench prints its method and its figures.

use crate::shell::{Failure, Shell, say};
use crate::{build, install};

const BENCHES: &[(&str, &str)] = &[
    ("preview", "files ready to painted, cold and warm; edit to painted; server CPU per edit"),
    ("start", "server start to first answer; idle memory; first page's bytes and LCP"),
    ("webcore", "compile of a 15-module app: first and per edit"),
];

pub(crate) fn run(shell: &Shell, name: Option<&str>, arguments: &[String]) -> Result<(), Failure> {
    match name {
        Some("webcore") => {
            shell
                .cargo()
                .args(["run", "--release", "-p", "qv-webcore", "--example", "bench"])
                .run()?;
            Ok(())
        }
        Some(script @ ("preview" | "start")) => {
            node_script(shell, &format!("e2e/bench/{script}.ts"), arguments)
        }
        other => {
            for (name, what) in BENCHES {
                say(&format!("{name}: {what}"));
            }
            match other {
                None => Ok(()),
                Some(name) => Err(Failure::Message(format!(
                    "there is no bench `{name}`; the names are above"
                ))),
            }
        }
    }
}

pub(crate) fn screenshots(shell: &Shell) -> Result<(), Failure> {
    node_script(shell, "e2e/screenshots.ts", &[])
}

/// A script that drives the release binary in Chromium.
fn node_script(shell: &Shell, script: &str, arguments: &[String]) -> Result<(), Failure> {
    build::release(shell)?;
    shell.cargo().args(["build", "--release", "-p", "qv-testkit", "--bins"]).run()?;
    let chromium = install::chromium(shell)?;
    shell
        .command("npx")
        .args(["--no-install", "tsx", script])
        .args(arguments.iter().map(String::as_str))
        .within("web")
        .env("QUICKVIBE_CHROMIUM", chromium)
        .env("QUICKVIBE_BIN_DIR", shell.target_dir().join("release"))
        .run()?;
    Ok(())
}
