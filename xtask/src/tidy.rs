//! Rules about the repository itself: which crate may use which, and how long a file may be.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::shell::{Failure, Shell, say};

/// The rooms by height. A crate may use crates of lower height only; siblings never.
const HEIGHT: &[(&str, u8)] = &[
    ("qv-domain", 0),
    ("qv-wire", 1),
    ("qv-agent", 1),
    ("qv-pfc", 1),
    ("qv-webcore", 1),
    ("qv-lint", 1),
    ("qv-packages", 1),
    ("qv-starters", 1),
    ("qv-llm", 1),
    ("qv-sandbox", 1),
    ("qv-browser", 1),
    ("qv-security", 1),
    ("qv-store", 1),
    ("qv-engine", 2),
    ("qv-server", 3),
    ("quickvibe", 4),
];
/// For tests alone, and outside the order.
const TEST_ONLY: &[&str] = &["qv-testkit", "qv-daytona-fake", "qv-replay", "xtask"];
/// What the server may never reach around the engine for.
const SERVER_NEVER: &[&str] =
    &["sqlx", "qv-llm", "qv-agent", "qv-packages", "qv-sandbox", "qv-browser"];

const MOST_LINES: usize = 500;
const MEDIAN_LINES: usize = 150;
/// Files that may be longer, each with its reason.
const LONG_FILES: &[(&str, &str)] = &[];

pub(crate) fn run(shell: &Shell) -> Result<(), Failure> {
    let mut faults = directions(shell)?;
    faults.extend(file_sizes(shell)?);
    for fault in &faults {
        say(fault);
    }
    if faults.is_empty() {
        return Ok(());
    }
    Err(Failure::Message(format!("tidy found {} faults", faults.len())))
}

fn directions(shell: &Shell) -> Result<Vec<String>, Failure> {
    let text = shell
        .cargo()
        .args(["metadata", "--format-version", "1", "--no-deps", "--locked"])
        .output()?;
    let metadata: Value = serde_json::from_str(&text)
        .map_err(|error| Failure::Message(format!("cargo metadata: {error}")))?;
    let heights: BTreeMap<&str, u8> = HEIGHT.iter().copied().collect();
    let mut faults = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        if TEST_ONLY.contains(&name) {
            continue;
        }
        let Some(height) = heights.get(name) else {
            faults.push(format!(
                "{name} has no place in the order: add it to HEIGHT in xtask/src/tidy.rs"
            ));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let other = dependency["name"].as_str().unwrap_or_default();
            let normal = dependency["kind"].is_null();
            if normal && name == "qv-server" && SERVER_NEVER.contains(&other) {
                faults.push(format!("{name} must not use {other}: go through the engine"));
            }
            if normal && TEST_ONLY.contains(&other) {
                faults.push(format!("{name} must not use {other} outside tests"));
            }
            if let Some(below) = heights.get(other)
                && below >= height
                && normal
            {
                faults.push(format!("{name} must not use {other}: dependencies point down"));
            }
        }
    }
    Ok(faults)
}

fn file_sizes(shell: &Shell) -> Result<Vec<String>, Failure> {
    let listed = shell.command("git").args(["ls-files", "*.rs", "*.ts", "*.tsx"]).output()?;
    let long: BTreeSet<&str> = LONG_FILES.iter().map(|(path, _)| *path).collect();
    let mut faults = Vec::new();
    let mut sizes = Vec::new();
    for path in listed.lines().filter(|path| !path.contains("/generated/")) {
        let Ok(text) = shell.read(path) else { continue };
        let lines = text.lines().count();
        sizes.push(lines);
        if lines > MOST_LINES && !long.contains(path) {
            faults.push(format!(
                "{path} has {lines} lines: split it, or state the reason in xtask/src/tidy.rs"
            ));
        }
    }
    sizes.sort_unstable();
    let median = sizes.get(sizes.len() / 2).copied().unwrap_or(0);
    if median >= MEDIAN_LINES {
        faults.push(format!("the median file has {median} lines: keep it under {MEDIAN_LINES}"));
    }
    Ok(faults)
}
