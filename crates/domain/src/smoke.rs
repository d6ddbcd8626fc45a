//! Smoke checks of a generated app: a few plain steps that a person could follow, kept as files of the project.
//!
//! ```text
//! # Add a task
//! open "/"
//! fill "New task" with "Buy milk"
//! press "Add"
//! see "Buy milk"
//! don't see "No tasks yet"
//! ```
//!
//! The first line names the check. Elements are named as people and screen readers name them: by label or text. Other
//! lines that begin with `#`, and empty ones, count for nothing.

use std::fmt::Write as _;

use crate::FilePath;

/// The folder in which a project keeps its smoke checks.
pub const SMOKE_FOLDER: &str = "checks";
/// How the name of such a file ends.
pub const SMOKE_EXTENSION: &str = ".check";
/// The most checks of an app: broad, brittle suites are worse than none.
pub const MOST_SMOKE_CHECKS: usize = 8;
/// The most steps of a check.
pub const MOST_SMOKE_STEPS: usize = 12;
/// How long a check may take, in milliseconds.
pub const SMOKE_LIMIT_MS: u64 = 2_000;

const NAME_CHARS: usize = 80;
const TEXT_CHARS: usize = 200;
const FILE_BYTES: usize = 8_192;

/// One check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmokeCheck {
    /// What it shows to work, in a few words.
    pub name: String,
    /// What is done and seen, in order; at least one.
    pub steps: Vec<SmokeStep>,
}

/// One step of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SmokeStep {
    /// Opens an address of the app, such as `/settings`.
    Open(String),
    /// Presses what has this name: a button, a link, a tab, a box to tick.
    Press(String),
    /// Writes into the field of this label, in place of what it has.
    Fill {
        /// The field's label or placeholder.
        label: String,
        /// What is written.
        text: String,
    },
    /// Chooses from the list of this label.
    Choose {
        /// The option's text.
        option: String,
        /// The list's label.
        label: String,
    },
    /// Presses a key, such as `Enter` or `ArrowLeft`, where the focus is.
    Key(String),
    /// The page shows this text, now or soon.
    See(String),
    /// The page does not show this text, now or soon.
    DontSee(String),
}

/// Why a text is no smoke check.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct SmokeError {
    /// Which line, from 1.
    pub line: usize,
    /// What is wrong with it and what to write.
    pub message: String,
}

impl SmokeCheck {
    /// Whether a file of a project is a smoke check, by its path.
    #[must_use]
    pub fn is_at(path: &FilePath) -> bool {
        path.as_str()
            .strip_prefix(SMOKE_FOLDER)
            .and_then(|rest| rest.strip_prefix('/'))
            .is_some_and(|name| !name.contains('/') && name.ends_with(SMOKE_EXTENSION))
    }

    /// Where a check of this name is kept: `Add a task` in `checks/add-a-task.check`. `None` where no letter or digit is
    /// in the name.
    #[must_use]
    pub fn path_for(name: &str) -> Option<FilePath> {
        let mut slug = String::new();
        for c in name.chars().take(NAME_CHARS) {
            if c.is_ascii_alphanumeric() {
                slug.push(c.to_ascii_lowercase());
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
        }
        let slug = slug.trim_end_matches('-');
        if slug.is_empty() {
            return None;
        }
        FilePath::parse(&format!("{SMOKE_FOLDER}/{slug}{SMOKE_EXTENSION}")).ok()
    }

    /// Reads a check.
    ///
    /// # Errors
    /// The first line that is not understood.
    pub fn parse(text: &str) -> Result<Self, SmokeError> {
        let fault = |line: usize, message: String| SmokeError { line, message };
        if text.len() > FILE_BYTES {
            return Err(fault(1, format!("a check has at most {FILE_BYTES} bytes")));
        }
        let mut name = None;
        let mut steps = Vec::new();
        let mut last = 0;
        for (index, line) in text.lines().enumerate() {
            let (line, number) = (line.trim(), index + 1);
            if line.is_empty() {
                continue;
            }
            last = number;
            if let Some(comment) = line.strip_prefix('#') {
                let comment = comment.trim();
                if name.is_none() && !comment.is_empty() && steps.is_empty() {
                    name = Some(comment.chars().take(NAME_CHARS).collect::<String>());
                }
                continue;
            }
            if steps.len() == MOST_SMOKE_STEPS {
                return Err(fault(number, format!("a check has at most {MOST_SMOKE_STEPS} steps")));
            }
            steps.push(step(line).map_err(|message| fault(number, message))?);
        }
        let Some(name) = name else {
            return Err(fault(1, "begin with the check's name, such as `# Add a task`".to_owned()));
        };
        if steps.is_empty() {
            return Err(fault(last, "no step follows: write one, such as `open \"/\"`".to_owned()));
        }
        Ok(Self { name: name.trim_end().to_owned(), steps })
    }

    /// The check as its file has it.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!("# {}\n", self.name);
        for step in &self.steps {
            let _ = writeln!(text, "{step}");
        }
        text
    }
}

impl std::fmt::Display for SmokeStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Open(path) => write!(f, "open {}", quoted(path)),
            Self::Press(name) => write!(f, "press {}", quoted(name)),
            Self::Fill { label, text } => write!(f, "fill {} with {}", quoted(label), quoted(text)),
            Self::Choose { option, label } => {
                write!(f, "choose {} in {}", quoted(option), quoted(label))
            }
            Self::Key(key) => write!(f, "key {}", quoted(key)),
            Self::See(text) => write!(f, "see {}", quoted(text)),
            Self::DontSee(text) => write!(f, "don't see {}", quoted(text)),
        }
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        if c == '"' || c == '\\' {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}

fn step(line: &str) -> Result<SmokeStep, String> {
    const VERBS: &str = "begin with open, press, fill, choose, key, see or don't see";
    let split = line.find('"').ok_or_else(|| format!("put texts in quotes, and {VERBS}"))?;
    let verb = line[..split].trim();
    let (first, rest) = text(&line[split..])?;
    let second = |word: &str| -> Result<String, String> {
        let after = rest.trim_start().strip_prefix(word).map(str::trim_start);
        let after = after.ok_or_else(|| format!("`{word}` and a text in quotes come next"))?;
        let (second, rest) = text(after)?;
        if rest.trim().is_empty() { Ok(second) } else { Err("the line goes on".to_owned()) }
    };
    let step = match verb {
        "fill" => return Ok(SmokeStep::Fill { text: second("with")?, label: filled(first)? }),
        "choose" => {
            return Ok(SmokeStep::Choose { label: filled(second("in")?)?, option: filled(first)? });
        }
        "open" if !first.starts_with('/') || first.starts_with("//") => {
            return Err("an address begins with one `/`, such as `/settings`".to_owned());
        }
        "open" => SmokeStep::Open(first),
        "press" => SmokeStep::Press(filled(first)?),
        "key" => SmokeStep::Key(filled(first)?),
        "see" => SmokeStep::See(filled(first)?),
        "don't see" | "don\u{2019}t see" => SmokeStep::DontSee(filled(first)?),
        _ => return Err(VERBS.to_owned()),
    };
    if rest.trim().is_empty() { Ok(step) } else { Err("the line goes on".to_owned()) }
}

fn filled(text: String) -> Result<String, String> {
    if text.trim().is_empty() { Err("the text in quotes is empty".to_owned()) } else { Ok(text) }
}

/// The text in quotes that a line begins with, and what comes after it.
fn text(line: &str) -> Result<(String, &str), String> {
    let inner = line.strip_prefix('"').ok_or("put the text in quotes")?;
    let mut out = String::new();
    let mut chars = inner.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' if out.chars().count() > TEXT_CHARS => {
                return Err(format!("a text has at most {TEXT_CHARS} characters"));
            }
            '"' => return Ok((out, &inner[at + 1..])),
            '\\' => match chars.next() {
                Some((_, c @ ('"' | '\\'))) => out.push(c),
                _ => return Err("after `\\` comes `\"` or `\\`".to_owned()),
            },
            c if c.is_control() => return Err("a text has no control characters".to_owned()),
            c => out.push(c),
        }
    }
    Err("a quote is not closed".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_check_is_read() {
        let check = SmokeCheck::parse(
            "# Add a task\n\nopen \"/\"\nfill \"New \\\"task\\\"\" with \"\"\n# a note\nchoose \"High\" in \"Priority\"\n\
             press \"Add\"\nkey \"Enter\"\nsee \"Buy milk\"\ndon't see \"No tasks yet\"\n",
        )
        .unwrap();
        assert_eq!(check.name, "Add a task");
        assert_eq!(check.steps.len(), 7);
        assert_eq!(
            check.steps[1],
            SmokeStep::Fill { label: "New \"task\"".into(), text: String::new() }
        );
        assert_eq!(SmokeCheck::parse(&check.to_text()).unwrap(), check);
    }

    #[test]
    fn faults_name_the_line_and_the_remedy() {
        for (text, line, says) in [
            ("open \"/\"", 1, "begin with the check's name"),
            ("# A", 1, "no step follows"),
            ("# A\nopen \"settings\"", 2, "begins with one `/`"),
            ("# A\nopen \"//evil.example\"", 2, "begins with one `/`"),
            ("# A\nclick \"x\"", 2, "begin with open"),
            ("# A\npress x", 2, "quotes"),
            ("# A\npress \"x", 2, "not closed"),
            ("# A\npress \"x\" y", 2, "goes on"),
            ("# A\nsee \" \"", 2, "empty"),
            ("# A\nfill \"x\" \"y\"", 2, "`with`"),
        ] {
            let error = SmokeCheck::parse(text).unwrap_err();
            assert_eq!(error.line, line, "{text}");
            assert!(error.message.contains(says), "{text}: {error}");
        }
        let many = format!("# A\n{}", "see \"x\"\n".repeat(13));
        assert_eq!(SmokeCheck::parse(&many).unwrap_err().line, 14);
    }

    #[test]
    fn checks_have_a_place() {
        let path = |text: &str| FilePath::parse(text).unwrap();
        assert_eq!(SmokeCheck::path_for("Add a task!"), Some(path("checks/add-a-task.check")));
        assert_eq!(SmokeCheck::path_for("\u{65e5}\u{672c}"), None);
        assert!(SmokeCheck::is_at(&path("checks/a.check")));
        assert!(!SmokeCheck::is_at(&path("src/checks/a.check")));
        assert!(!SmokeCheck::is_at(&path("checks/b/a.check")));
    }

    fn words() -> impl Strategy<Value = String> {
        "[^\\p{Cc} ][^\\p{Cc}]{0,20}"
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(
            name in "[a-zA-Z][a-zA-Z0-9 ]{0,20}[a-z]",
            texts in prop::collection::vec((0..7_u8, words(), words()), 1..MOST_SMOKE_STEPS),
        ) {
            let steps = texts
                .into_iter()
                .map(|(kind, a, b)| match kind {
                    0 => SmokeStep::Open(format!("/{}", a.trim_start_matches('/'))),
                    1 => SmokeStep::Press(a),
                    2 => SmokeStep::Fill { label: a, text: b },
                    3 => SmokeStep::Choose { option: a, label: b },
                    4 => SmokeStep::Key(a),
                    5 => SmokeStep::See(a),
                    _ => SmokeStep::DontSee(a),
                })
                .collect();
            let check = SmokeCheck { name, steps };
            prop_assert_eq!(SmokeCheck::parse(&check.to_text()).unwrap(), check);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "(?s).{0,200}") {
            let _ = SmokeCheck::parse(&text);
        }
    }
}
