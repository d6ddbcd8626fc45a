//! Every check, from the cheap ones to the browser.

use std::time::Instant;

use crate::database::Postgres;
use crate::shell::{Failure, Shell, say};
use crate::{asvs, build, generate, hostile, install, tidy};

pub(crate) fn run(shell: &Shell, lint_only: bool, models: bool) -> Result<(), Failure> {
    let start = Instant::now();
    install::npm_packages(shell, "web")?;
    install::npm_packages(shell, "starters")?;

    stage("format", start);
    shell.cargo().args(["fmt", "--all", "--check"]).run()?;
    npm(shell, "web", "format:check")?;

    stage("lints", start);
    shell.cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]).run()?;
    tidy::run(shell)?;
    asvs::run(shell)?;
    generate::run(shell, true)?;
    for folder in ["web", "starters"] {
        npm(shell, folder, "typecheck")?;
        npm(shell, folder, "lint")?;
    }
    if lint_only {
        return Ok(());
    }

    stage("web and starter tests", start);
    npm(shell, "web", "test")?;
    npm(shell, "starters", "test")?;

    stage("what the binary embeds", start);
    build::embedded(shell, "dev")?;

    stage("Rust tests, on SQLite and PostgreSQL", start);
    let postgres = Postgres::find_or_start(shell)?;
    if !shell.has("strace") {
        install::debian(shell, &["strace"], "tests make the disk fail by it")?;
    }
    let chromium = install::chromium(shell)?;
    rust_tests(shell, &postgres.url, &chromium)?;

    stage("hostile programs in sandboxes", start);
    hostile::run(shell)?;

    stage("fuzzing", start);
    fuzz(shell)?;

    stage("end to end in Chromium", start);
    shell.cargo().args(["build", "-p", "quickvibe", "-p", "qv-testkit", "--bins"]).run()?;
    shell
        .command("npm")
        .args(["run", "--silent", "e2e"])
        .within("web")
        .env("QUICKVIBE_CHROMIUM", chromium)
        .env("QUICKVIBE_BIN_DIR", shell.target_dir().join("debug"))
        .run()?;

    if models {
        stage("real model servers", start);
        shell
            .cargo()
            .args([
                "test",
                "-p",
                "qv-llm",
                "--test",
                "real_servers",
                "--",
                "--ignored",
                "--nocapture",
            ])
            .run()?;
    }
    say(&format!("everything passed in {} s", start.elapsed().as_secs()));
    Ok(())
}

fn stage(name: &str, start: Instant) {
    say(&format!("== {name} (at {} s)", start.elapsed().as_secs()));
}

fn npm(shell: &Shell, folder: &str, script: &str) -> Result<(), Failure> {
    shell.command("npm").args(["run", "--silent", script]).within(folder).run()?;
    Ok(())
}

/// Property tests try the same cases in every run of the whole check: a rare counterexample must not fail somebody
/// else's change. Look for new ones without it, as by `PROPTEST_CASES=30000 cargo nextest run -p qv-agent`.
const PROPERTY_SEED: &str = "20261124";

/// The npm packages that the Daytona engine is tested with: the vendor's own client, and a server of its description.
const DAYTONA: &str = "crates/sandbox/tests/prism";

fn rust_tests(shell: &Shell, postgres: &str, chromium: &str) -> Result<(), Failure> {
    install::npm_packages(shell, DAYTONA)?;
    let nextest = shell.has("cargo-nextest");
    let words: &[&str] = if nextest {
        &["nextest", "run", "--workspace", "--no-fail-fast"]
    } else {
        &["test", "--workspace"]
    };
    shell
        .cargo()
        .args(words.iter().copied())
        .env("QUICKVIBE_TEST_POSTGRES", postgres)
        .env("QUICKVIBE_CHROMIUM", chromium)
        .env("QUICKVIBE_TEST_DAYTONA_PACKAGES", shell.path(&format!("{DAYTONA}/node_modules")))
        .env("PROPTEST_RNG_SEED", PROPERTY_SEED)
        .run()?;
    // nextest does not run the examples in the documentation.
    if nextest {
        shell.cargo().args(["test", "--workspace", "--doc"]).run()?;
    }
    Ok(())
}

/// How long each target is fuzzed, in seconds.
const FUZZ_SECONDS: u32 = 60;

fn fuzz(shell: &Shell) -> Result<(), Failure> {
    if !shell.has("c++") {
        install::debian(shell, &["g++"], "the fuzzer's run time is C++")?;
    }
    // With a target named, build scripts are spared the fuzzer's flags.
    let version = shell.command("rustc").args(["-vV"]).output()?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
    let seconds = format!("-max_total_time={FUZZ_SECONDS}");
    for target in ["parser", "matcher", "paths", "turn", "outline"] {
        let (corpus, artifacts) = (format!("fuzz/corpus/{target}"), shell.path("fuzz/artifacts"));
        for folder in [shell.path(&corpus), artifacts] {
            std::fs::create_dir_all(&folder)
                .map_err(|source| Failure::File { path: folder, source })?;
        }
        shell
            .cargo()
            .args(["run", "--quiet", "--release", "--target", host, "--bin", target, "--"])
            .args([&*format!("corpus/{target}"), &*seconds, "-dict=dictionary.txt", "-timeout=10"])
            .args(["-rss_limit_mb=1024", "-max_len=4096", "-verbosity=0", "-print_final_stats=1"])
            .args([&*format!("-artifact_prefix=artifacts/{target}-")])
            .within("fuzz")
            .env("CARGO_TARGET_DIR", shell.target_dir().join("fuzz"))
            .run()?;
    }
    Ok(())
}
