//! What can be measured. Each bench prints its method and its figures.

use crate::database::Postgres;
use crate::shell::{Failure, Shell, say};
use crate::{build, install};

const BENCHES: &[(&str, &str)] = &[
    ("preview", "files ready to painted, cold and warm; edit to painted; server CPU per edit"),
    (
        "pfc",
        "tokens and money of a corpus of real changes: --mirror DIR [--corpus DIR] [--out DIR]",
    ),
    ("start", "server start to first answer; idle memory; first page's bytes and LCP"),
    ("webcore", "compile of a 15-module app: first and per edit"),
    ("crash", "kill -9 again and again: what is lost, said twice, miscounted; recovery"),
    ("relay", "delay and CPU per provider's chunk, with the durable log on"),
    ("cut", "a client cut off after every byte of a stream"),
    ("sandbox", "sandboxes on this host: start, first page, pool, npm ci, memory, HMR: [RUNS]"),
    ("login", "wrong passwords of somebody known and somebody unknown: how far apart in time"),
    ("quality", "what becomes of a real model's turns: --server URL --model NAME [--most N]"),
    ("overhead", "what session, rule and limit add to a request"),
    (
        "verdict",
        "from an edit to the word whether the app works: compiled only, and opened in Chromium",
    ),
    (
        "faults",
        "40 single faults in the starters: who notices; alarms on 40 harmless edits: [--files-only]",
    ),
    ("vanish", "1,000 clients that go without a FIN: what stays behind (needs root)"),
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
        Some("pfc") => {
            shell
                .cargo()
                .args([
                    "run",
                    "--quiet",
                    "--release",
                    "-p",
                    "qv-replay",
                    "--bin",
                    "pfc-bench",
                    "--",
                ])
                .args(arguments.iter().map(String::as_str))
                .run()?;
            Ok(())
        }
        Some(script @ ("preview" | "start" | "quality")) => {
            node_script(shell, &format!("e2e/bench/{script}.ts"), arguments)
        }
        Some(
            name @ ("crash" | "relay" | "cut" | "vanish" | "login" | "overhead" | "verdict"
            | "faults"),
        ) => of_the_binary(shell, name, arguments),
        Some("sandbox") => sandbox(shell, arguments),
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

/// A bench of the release binary, by `qv-bench`, which prints its own options with `--help`.
fn of_the_binary(shell: &Shell, name: &str, arguments: &[String]) -> Result<(), Failure> {
    let binary = build::release(shell)?;
    let features = ["--features", "bench", "--bin", "qv-bench"];
    shell.cargo().args(["build", "--release", "-p", "qv-testkit"]).args(features).run()?;
    let bench = shell.target_dir().join("release/qv-bench").display().to_string();
    let mut run = shell
        .command(&bench)
        .args([name])
        .args(arguments.iter().map(String::as_str))
        .env("QUICKVIBE_BIN", binary);
    if matches!(name, "verdict" | "faults") {
        run = run.env("QUICKVIBE_CHROMIUM", install::chromium(shell)?);
    }
    // Held here so that a PostgreSQL of our own outlives the bench.
    let postgres = match name {
        "crash" | "relay" if !arguments.iter().any(|word| word == "sqlite") => {
            Some(Postgres::find_or_start(shell)?)
        }
        _ => None,
    };
    if let Some(postgres) = &postgres {
        run = run.env("QUICKVIBE_TEST_POSTGRES", &postgres.url);
    }
    run.run()?;
    Ok(())
}

/// The local engine alone, beside bubblewrap where that can be had.
fn sandbox(shell: &Shell, arguments: &[String]) -> Result<(), Failure> {
    install::node(shell)?;
    if !shell.has("bwrap")
        && let Err(failure) = install::debian(shell, &["bubblewrap"], "what a start is compared to")
    {
        say(&format!("bubblewrap cannot be had, and is not compared to: {failure}"));
    }
    let features = ["--features", "sandbox", "--bin", "qv-bench-sandbox"];
    shell.cargo().args(["build", "--release", "-p", "qv-testkit"]).args(features).run()?;
    let bench = shell.target_dir().join("release/qv-bench-sandbox").display().to_string();
    shell.command(&bench).args(arguments.iter().map(String::as_str)).run()?;
    Ok(())
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
