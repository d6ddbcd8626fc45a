use qv_domain::{EditOp, FilePath};

use crate::EditFault;

/// What the parser found, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// Text for the person.
    Prose(String),
    /// Reasoning that a model wrote into its answer as `<think>`.
    Thinking(String),
    /// One item of a plan.
    PlanItem {
        /// What will be done.
        text: String,
        /// Whether it is ticked.
        done: bool,
    },
    /// Something that the model wants to know before it begins.
    Question {
        /// The question.
        text: String,
        /// Answers to choose from.
        choices: Vec<String>,
    },
    /// A file ([`EditOp::Write`]) or an edit ([`EditOp::Replace`]) begins.
    Opened {
        /// Which file.
        path: FilePath,
        /// Which of the two.
        op: EditOp,
    },
    /// Text of the open file; in an edit, of a replacement: for showing, [`Token::Block`] has it all.
    Text(String),
    /// One search and replacement of the open edit.
    Block(EditBlock),
    /// The open file or edit is over.
    Closed(Ending),
    /// Remove this file.
    Delete(FilePath),
    /// Move this file.
    Rename {
        /// From where.
        from: FilePath,
        /// To where.
        to: FilePath,
    },
    /// Show this file, before anything is changed.
    Need {
        /// Which.
        path: FilePath,
        /// Only these lines, first and last; all of it where there are none.
        lines: Vec<(u32, u32)>,
    },
    /// Run this once the changes are written.
    Run(RunTag),
    /// Something that can't be carried out.
    Fault(EditFault),
}

/// What a model asks to be run, word for word: what becomes of it is decided elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RunTag {
    /// The tool.
    pub tool: Option<String>,
    /// The packages to install.
    pub packages: Option<String>,
    /// The file to test.
    pub file: Option<String>,
    /// The command, in one line.
    pub command: Option<String>,
}

/// What ended a file or an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Its closer.
    Closer,
    /// The next tag, without a closer.
    NextTag,
    /// The end of the answer, without a closer.
    Answer,
}

/// Lines to find and lines to put in their place. Lines end in `\n`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EditBlock {
    /// The lines as they are.
    pub search: String,
    /// The lines as they shall be.
    pub replace: String,
}

impl EditBlock {
    /// As lines that start with `-` and `+`, at most 200.
    #[must_use]
    pub fn diff(&self) -> String {
        let lines = self.search.lines().map(|line| ('-', line));
        let lines = lines.chain(self.replace.lines().map(|line| ('+', line)));
        let mut text = String::new();
        for (sign, line) in lines.take(200) {
            text.push(sign);
            text.extend(line.chars().take(400));
            text.push('\n');
        }
        text
    }
}

/// Appends, growing the last token when it is of the same kind.
pub(super) fn append(out: &mut Vec<Token>, token: Token) {
    match (out.last_mut(), token) {
        (Some(Token::Prose(last)), Token::Prose(text))
        | (Some(Token::Thinking(last)), Token::Thinking(text))
        | (Some(Token::Text(last)), Token::Text(text)) => last.push_str(&text),
        (_, token) => out.push(token),
    }
}
