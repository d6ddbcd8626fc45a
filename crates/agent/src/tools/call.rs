use std::borrow::Cow;
use std::fmt;

use qv_domain::{FilePath, ToolKind};

use super::is_hidden;
use crate::protocol::RunTag;

/// Something to run in the sandbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToolCall {
    /// Install npm packages and note them in `package.json`; without any, those that it names already.
    Install {
        /// Names, each with or without a version.
        packages: Vec<String>,
    },
    /// The project's `build` script.
    Build,
    /// The project's `test` script.
    Test {
        /// Only this file.
        file: Option<FilePath>,
    },
    /// A program with its arguments.
    Command {
        /// Both; nothing in them is expanded.
        argv: Vec<String>,
    },
    /// A line for the shell. Runs only when a person allows it.
    Shell {
        /// The line.
        line: String,
    },
}

impl ToolCall {
    /// What kind of run it is.
    #[must_use]
    pub const fn kind(&self) -> ToolKind {
        match self {
            Self::Install { .. } => ToolKind::Install,
            Self::Build => ToolKind::Build,
            Self::Test { .. } => ToolKind::Test,
            Self::Command { .. } | Self::Shell { .. } => ToolKind::Command,
        }
    }

    /// Whether running it once more, after nobody knows how far it came, does no more than running it once.
    #[must_use]
    pub const fn is_repeatable(&self) -> bool {
        matches!(self, Self::Install { .. } | Self::Build | Self::Test { .. })
    }

    /// The program and its arguments, to be run in the project's folder without a shell.
    #[must_use]
    pub fn argv(&self) -> Vec<String> {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        match self {
            Self::Install { packages } => {
                let mut argv: Vec<String> =
                    words(&["npm", "install", "--no-audit", "--no-fund", "--no-progress"]);
                if !packages.is_empty() {
                    argv.push("--".to_owned());
                    argv.extend(packages.iter().cloned());
                }
                argv
            }
            Self::Build => words(&["npm", "run", "build"]),
            Self::Test { file: None } => words(&["npm", "test"]),
            Self::Test { file: Some(file) } => words(&["npm", "test", "--", file]),
            Self::Command { argv } => argv.clone(),
            Self::Shell { line } => words(&["sh", "-c", line]),
        }
    }
}

/// As one would type it.
impl fmt::Display for ToolCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Install { packages } => {
                f.write_str("npm install")?;
                packages.iter().try_for_each(|package| write!(f, " {}", quoted(package)))
            }
            Self::Shell { line } => f.write_str(line),
            _ => {
                let argv = self.argv();
                let words: Vec<_> = argv.iter().map(|word| quoted(word)).collect();
                f.write_str(&words.join(" "))
            }
        }
    }
}

fn quoted(word: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_alphanumeric() || "_./:=@,+^%-".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.into();
    }
    format!("'{}'", word.replace('\'', "'\\''")).into()
}

/// What was asked for, in few words: to name what is not run.
pub(crate) fn asked_for(run: &RunTag) -> String {
    const CHARS: usize = 120;
    let parts = [&run.command, &run.tool, &run.packages, &run.file];
    let text: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    let text = text.join(" ");
    if text.trim().is_empty() {
        return "<run>".to_owned();
    }
    text.chars().filter(|c| !is_hidden(*c) && *c != '`').take(CHARS).collect()
}
