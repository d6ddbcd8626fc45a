use std::time::Duration;

use super::lives::{Lives, Recovery};
use super::{Options, RECOVERY};
use crate::bench::say;

/// Examples that are printed of each kind.
const EXAMPLES: usize = 5;

/// What a run came to.
#[derive(Debug, Default)]
pub struct Report {
    /// What must not be: each with how often it was, and some examples.
    pub findings: Vec<Finding>,
    /// What was done, in words.
    pub facts: Vec<String>,
    /// How fast turns went on.
    pub recovery: Recovery,
    /// Errors in the server's log. They may be honest, and so are shown but do not count.
    pub errors: Vec<String>,
    /// The whole run.
    pub took: Duration,
}

/// One kind of fault.
#[derive(Debug)]
pub struct Finding {
    /// What it is.
    pub name: &'static str,
    /// How often.
    pub count: u64,
    /// Where.
    pub examples: Vec<String>,
}

impl Report {
    pub(super) fn recovery(&mut self, lives: &Lives) {
        self.recovery = lives.recovery();
    }

    /// The finding of this name, made when it is not there.
    pub(super) fn finding(&mut self, name: &'static str) -> &mut Finding {
        let at = self.findings.iter().position(|finding| finding.name == name);
        let at = at.unwrap_or_else(|| {
            self.findings.push(Finding { name, count: 0, examples: Vec::new() });
            self.findings.len() - 1
        });
        &mut self.findings[at]
    }

    /// Whether nothing was found and recovery was fast enough.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.findings.iter().all(|finding| finding.count == 0)
            && self.recovery.never == 0
            && self.recovery.after_spawn.1 < RECOVERY
    }

    /// Prints everything.
    pub fn print(&self, options: &Options) {
        say(&format!(
            "crash: {} kills by SIGKILL, {} streams, {}, seed {}, {} s",
            options.kills,
            options.streams,
            options.backend.as_str(),
            options.seed,
            self.took.as_secs()
        ));
        for fact in &self.facts {
            say(&format!("  {fact}"));
        }
        for finding in &self.findings {
            say(&format!("  {:>7}  {}", finding.count, finding.name));
            for example in &finding.examples {
                say(&format!("             {example}"));
            }
        }
        let Recovery { count, never, after_ready, after_spawn } = self.recovery;
        say(&format!(
            "  recovery of a running turn, {count} times ({never} never): after the restart's first 200 median {} worst {} ms; \
             after the process's start median {} worst {} ms (limit {} ms)",
            after_ready.0.as_millis(),
            after_ready.1.as_millis(),
            after_spawn.0.as_millis(),
            after_spawn.1.as_millis(),
            RECOVERY.as_millis()
        ));
        if !self.errors.is_empty() {
            say(&format!("  {} errors in the server's log, such as", self.errors.len()));
            for error in self.errors.iter().rev().take(EXAMPLES) {
                say(&format!("             {error}"));
            }
        }
        say(if self.passed() { "  passed" } else { "  FAILED" });
    }
}

impl Finding {
    /// Notes one more, if `is`.
    pub(super) fn note(&mut self, is: bool, example: impl FnOnce() -> String) {
        if is {
            self.add(1, example);
        }
    }

    /// Notes so many more.
    pub(super) fn add(&mut self, count: u64, example: impl FnOnce() -> String) {
        if count > 0 {
            self.count += count;
            if self.examples.len() < EXAMPLES {
                self.examples.push(example());
            }
        }
    }
}
