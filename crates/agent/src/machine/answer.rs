use std::hash::{DefaultHasher, Hasher};

use qv_domain::{EditOp, FilePath};

use super::{AgentEvent, PlanItem, Question};
use crate::EditFault;
use crate::apply::Change;
use crate::protocol::{Accept, EditBlock, OpenEdit, Parser, RunTag, Token};

/// How often one line may follow itself before the answer counts as a loop.
const REPEATED_LINES: usize = 200;

/// A plan has no more items than a person reads.
const PLAN_ITEMS: usize = 50;

/// The most questions of one answer.
const QUESTIONS: usize = 3;

/// The most changes of one answer, and the faults that are kept.
const CHANGES: usize = 1_000;
const FAULTS: usize = 100;

/// The most files that an answer may ask for.
const NEEDS: usize = 40;

/// The most runs of an answer that are kept; fewer are carried out.
const RUNS: usize = 20;

/// A file that the model wants to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Need {
    pub(super) path: FilePath,
    /// Only these lines, first and last; all of it where there are none.
    pub(super) lines: Vec<(u32, u32)>,
}

/// An answer as it arrives, continuations included: its text, and what it means.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    accept: Accept,
    text: String,
    parser: Parser,
    open: Option<OpenChange>,
    pub(super) changes: Vec<Change>,
    pub(super) faults: Vec<EditFault>,
    pub(super) plan: Vec<PlanItem>,
    /// What it asks the person.
    pub(super) questions: Vec<Question>,
    /// What it wants to be shown.
    pub(super) needs: Vec<Need>,
    /// What it wants to be run, in order.
    pub(super) runs: Vec<RunTag>,
    pub(super) prose: String,
    /// Whether something stands between the last words and the next ones.
    gap: bool,
    repeats: Repeats,
}

#[derive(Debug, Clone)]
struct OpenChange {
    edit: OpenEdit,
    content: String,
    blocks: Vec<EditBlock>,
}

impl Answer {
    pub(super) fn new(accept: Accept) -> Self {
        Self {
            accept,
            text: String::new(),
            parser: Parser::new(accept),
            open: None,
            changes: Vec::new(),
            faults: Vec::new(),
            plan: Vec::new(),
            questions: Vec::new(),
            needs: Vec::new(),
            runs: Vec::new(),
            prose: String::new(),
            gap: true,
            repeats: Repeats { blank: true, ..Repeats::default() },
        }
    }

    /// The answer so far, as the model wrote it.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The file or edit that is open.
    pub(super) fn open(&self) -> Option<&OpenEdit> {
        self.open.as_ref().map(|open| &open.edit)
    }

    /// Whether the model repeats one line without end.
    pub(super) fn is_loop(&self) -> bool {
        self.repeats.count >= REPEATED_LINES
    }

    /// Takes more text and gives what is to be shown.
    pub(super) fn push(&mut self, text: &str) -> Vec<AgentEvent> {
        self.repeats.push(text);
        self.text.push_str(text);
        let tokens = self.parser.push(text);
        self.take(tokens)
    }

    /// The answer is over.
    pub(super) fn finish(&mut self) -> Vec<AgentEvent> {
        let tokens = self.parser.finish();
        self.take(tokens)
    }

    /// Goes back to the first `length` bytes. Gives what shows the open file as it is then.
    pub(super) fn cut(&mut self, length: usize) -> Vec<AgentEvent> {
        let mut text = std::mem::take(&mut self.text);
        text.truncate(length);
        *self = Self::new(self.accept);
        // All of this was shown before.
        self.push(&text);
        let Some(open) = &self.open else { return Vec::new() };
        let OpenEdit { path, op } = open.edit.clone();
        let text = open.content.clone();
        let mut events = vec![AgentEvent::FileOpened { path: path.clone(), op }];
        if !text.is_empty() {
            events.push(AgentEvent::FileDelta { path, text });
        }
        events
    }

    /// Forgets the text from here on. What was read of it stays read.
    pub(super) fn forget(&mut self, from: usize) {
        self.text.truncate(from);
    }

    /// Drops the file that is open.
    pub(super) fn drop_open(&mut self) -> Option<FilePath> {
        self.parser = Parser::new(self.accept);
        self.open.take().map(|open| open.edit.path)
    }

    fn take(&mut self, tokens: Vec<Token>) -> Vec<AgentEvent> {
        let mut events = Vec::new();
        for token in tokens {
            let is_words = matches!(token, Token::Prose(_));
            match token {
                Token::Prose(text) => events.extend(self.words(&text)),
                Token::Thinking(_) => {}
                Token::PlanItem { .. } if self.plan.len() >= PLAN_ITEMS => {}
                Token::PlanItem { text, done } => {
                    self.plan.push(PlanItem { text, done });
                    events.push(AgentEvent::Plan { items: self.plan.clone() });
                }
                Token::Question { text, choices } if self.questions.len() < QUESTIONS => {
                    self.questions.push(Question { text, choices });
                }
                Token::Question { .. } => {}
                Token::Opened { path, op } => {
                    let edit = OpenEdit { path: path.clone(), op };
                    self.open =
                        Some(OpenChange { edit, content: String::new(), blocks: Vec::new() });
                    events.push(AgentEvent::FileOpened { path, op });
                }
                Token::Text(text) => {
                    if let Some(open) = &mut self.open {
                        open.content.push_str(&text);
                        events.push(AgentEvent::FileDelta { path: open.edit.path.clone(), text });
                    }
                }
                Token::Block(block) => {
                    if let Some(open) = &mut self.open {
                        open.blocks.push(block);
                    }
                }
                Token::Closed(_) => events.extend(self.close()),
                Token::Delete(path) => self.change(Change::Delete { path }),
                Token::Rename { from, to } => self.change(Change::Rename { from, to }),
                Token::Need { path, lines } if self.needs.len() < NEEDS => {
                    self.needs.push(Need { path, lines });
                }
                Token::Need { .. } => {}
                Token::Run(run) if self.runs.len() < RUNS => self.runs.push(run),
                Token::Run(_) => {}
                Token::Fault(fault) => self.fault(fault),
            }
            self.gap |= !is_words;
        }
        events
    }

    fn close(&mut self) -> Option<AgentEvent> {
        let open = self.open.take()?;
        let OpenEdit { path, op } = open.edit;
        match op {
            EditOp::Replace if open.blocks.is_empty() => {}
            EditOp::Replace => {
                self.change(Change::Replace { path: path.clone(), blocks: open.blocks });
            }
            _ => self.change(Change::Write { path: path.clone(), content: open.content }),
        }
        Some(AgentEvent::FileClosed { path })
    }

    fn change(&mut self, change: Change) {
        if self.changes.len() < CHANGES {
            self.changes.push(change);
        } else {
            self.fault(EditFault::TooManyChanges { most: CHANGES });
        }
    }

    fn fault(&mut self, fault: EditFault) {
        if self.faults.len() < FAULTS {
            self.faults.push(fault);
        }
    }

    /// Words for the person: blank lines around tags become one paragraph break.
    fn words(&mut self, text: &str) -> Option<AgentEvent> {
        let mut text = text;
        let mut shown = String::new();
        if self.gap {
            text = text.trim_start();
            if text.is_empty() {
                return None;
            }
            self.gap = false;
            let said = self.prose.trim_end().len();
            if said > 0 {
                shown.push_str(&"\n\n"[self.prose[said..].matches('\n').count().min(2)..]);
            }
        }
        shown.push_str(text);
        self.prose.push_str(&shown);
        Some(AgentEvent::TextDelta { text: shown })
    }
}

/// Counts how often a line follows itself, at the cost of reading it once.
#[derive(Debug, Clone, Default)]
struct Repeats {
    line: DefaultHasher,
    blank: bool,
    last: u64,
    count: usize,
}

impl Repeats {
    fn push(&mut self, text: &str) {
        for byte in text.bytes() {
            if byte != b'\n' {
                self.blank &= byte.is_ascii_whitespace();
                self.line.write_u8(byte);
                continue;
            }
            let line = std::mem::take(&mut self.line).finish();
            if !std::mem::replace(&mut self.blank, true) {
                self.count = if line == self.last { self.count + 1 } else { 0 };
                self.last = line;
            }
        }
    }
}
