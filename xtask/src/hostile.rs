//! Hostile programs against the local sandboxes: what they try, and how much of it was held.

use crate::shell::{Failure, Shell, say};

/// Runs the suite and prints `held n of n` for each mode that this machine can try, and what was not held.
pub(crate) fn run(shell: &Shell) -> Result<(), Failure> {
    let nextest = shell.has("cargo-nextest");
    let words: &[&str] = if nextest { &["nextest", "run", "--no-capture"] } else { &["test"] };
    let mut run = shell.cargo();
    run = run.args(words.iter().copied());
    run = run.args(["-p", "qv-sandbox", "--features", "hostile", "--test", "hostile"]);
    if !nextest {
        run = run.args(["--", "--nocapture", "--test-threads=1"]);
    }
    // What failed is said by its own lines.
    let output = run.optional().output()?;
    let is_result = |line: &&str| {
        [": NOT HELD ", ": held ", ": not run"].iter().any(|word| line.contains(word))
            || line.starts_with("control: ")
    };
    let (mut modes, mut failed) = (0, false);
    for line in output.lines().filter(is_result) {
        if let Some((_, counts)) = line.split_once(": held ")
            && let Some((held, all)) = counts.split_once(" of ")
            && let (Ok(held), Ok(all)) = (held.parse::<u32>(), all.parse::<u32>())
        {
            modes += 1;
            failed |= held != all;
            say(line);
        } else if !line.contains(": held ") {
            failed |= line.contains(": NOT HELD ");
            say(line);
        }
    }
    failed |= output.lines().any(|line| line.contains("panicked at"));
    if modes > 0 && !failed && output.contains("control: ") {
        return Ok(());
    }
    Err(Failure::Message(format!(
        "not everything was held, or not everything was tried:\n{}",
        tail(&output)
    )))
}

/// The end of what was said, where the reason is.
fn tail(output: &str) -> String {
    let lines: Vec<&str> = output.lines().collect();
    lines[lines.len().saturating_sub(40)..].join("\n")
}
