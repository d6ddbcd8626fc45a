use qv_domain::{EditOp, FilePath};

use super::token::append;
use super::{EditBlock, Token, marker, tag};

/// What a parser takes as part of the protocol; the rest is chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accept {
    /// Everything.
    Edits,
    /// A plan and questions; tags that would change files are chat.
    Plan,
    /// Nothing: all is chat.
    Text,
}

/// The longest line that may be a tag, in bytes: two of the longest paths, and attributes to spare.
const TAG_BYTES: usize = 2_048;

/// The longest line with both an opening tag and content, in bytes: a longer one streams.
const INLINE_BYTES: usize = 65_536;

/// Reads an answer as it arrives. However the text is cut, the tokens are the same once neighbours
/// of one kind are joined.
///
/// Holds back only a line that may still be a tag, and an edit's block until it is whole, so its
/// memory is bounded by the longest block.
#[derive(Debug, Clone)]
pub struct Parser {
    pub(super) accept: Accept,
    pub(super) state: State,
    /// The line so far, while it may still be a tag.
    pub(super) line: String,
    /// Whether the line is known to be text, so that its rest passes through.
    pub(super) passing: bool,
    /// Fence lines, and blank ones after them, that a tag may make superfluous.
    pub(super) held: String,
    /// Fences that were dropped at their opening and are to be dropped at their closing.
    pub(super) owed_fences: usize,
    /// Whether chat is inside a fence.
    pub(super) chat_fence: bool,
    pub(super) block: EditBlock,
    pub(super) out: Vec<Token>,
    carriage_return: bool,
    begun: bool,
}

#[derive(Debug, Clone)]
pub(super) enum State {
    Chat,
    Think,
    Plan,
    /// The question's lines so far.
    Question(String),
    File(FileState),
    Edit(EditState),
}

#[derive(Debug, Clone)]
pub(super) struct FileState {
    /// `None` when the tag's path was refused: the text is chat then.
    pub(super) path: Option<FilePath>,
    /// Whether nothing but blank lines came so far.
    pub(super) fresh: bool,
    pub(super) fenced: bool,
}

#[derive(Debug, Clone)]
pub(super) struct EditState {
    pub(super) path: Option<FilePath>,
    pub(super) part: Part,
    /// Whether a block or a fault came of it, so that it is not empty.
    pub(super) fruitful: bool,
    /// Whether a whole block came last, and nothing since.
    pub(super) after_block: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Between,
    Search,
    Replace,
}

/// A file or edit that is not closed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenEdit {
    /// Which file.
    pub path: FilePath,
    /// [`EditOp::Write`] or [`EditOp::Replace`].
    pub op: EditOp,
}

impl Parser {
    /// A parser at the beginning of an answer.
    #[must_use]
    pub fn new(accept: Accept) -> Self {
        Self {
            accept,
            state: State::Chat,
            line: String::new(),
            passing: false,
            held: String::new(),
            owed_fences: 0,
            chat_fence: false,
            block: EditBlock::default(),
            out: Vec::new(),
            carriage_return: false,
            begun: false,
        }
    }

    /// Takes more of the answer, cut anywhere, and gives what is certain by now.
    pub fn push(&mut self, text: &str) -> Vec<Token> {
        let text = self.normalise(text);
        let mut rest = text.as_str();
        while let Some(end) = rest.find('\n') {
            self.feed(&rest[..end]);
            self.end_line("\n");
            rest = &rest[end + 1..];
        }
        self.feed(rest);
        std::mem::take(&mut self.out)
    }

    /// The answer is over; what is still open is closed.
    pub fn finish(&mut self) -> Vec<Token> {
        self.carriage_return = false;
        if self.passing || !self.line.is_empty() {
            self.end_line("");
        }
        self.close_all();
        std::mem::take(&mut self.out)
    }

    /// The file or edit that is open.
    #[must_use]
    pub fn open(&self) -> Option<OpenEdit> {
        let (path, op) = match &self.state {
            State::File(file) => (file.path.clone(), EditOp::Write),
            State::Edit(edit) => (edit.path.clone(), EditOp::Replace),
            State::Chat | State::Think | State::Plan | State::Question(_) => return None,
        };
        path.map(|path| OpenEdit { path, op })
    }

    /// Drops a byte order mark at the start and makes every line end in `\n`.
    fn normalise(&mut self, text: &str) -> String {
        let mut text = text;
        if !self.begun && !text.is_empty() {
            self.begun = true;
            text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        }
        let mut clean = String::with_capacity(text.len() + 1);
        if self.carriage_return && !text.is_empty() {
            self.carriage_return = false;
            if !text.starts_with('\n') {
                clean.push('\r');
            }
        }
        if let Some(before) = text.strip_suffix('\r') {
            self.carriage_return = true;
            text = before;
        }
        let mut lines = text.split("\r\n");
        clean.push_str(lines.next().unwrap_or_default());
        for line in lines {
            clean.push('\n');
            clean.push_str(line);
        }
        clean
    }

    /// Takes a piece of the current line.
    pub(super) fn feed(&mut self, piece: &str) {
        if piece.is_empty() {
            return;
        }
        if matches!(self.state, State::Think) {
            return self.feed_thinking(piece);
        }
        if self.passing {
            return self.text(piece);
        }
        self.line.push_str(piece);
        if !self.may_be_more_than_text() {
            self.passing = true;
            let line = std::mem::take(&mut self.line);
            self.pass(&line);
        }
    }

    /// Whether the line so far may still be part of the protocol.
    fn may_be_more_than_text(&self) -> bool {
        if let State::Edit(EditState { part: Part::Search, .. }) = self.state {
            return true;
        }
        let line = self.line.trim_start();
        if self.line.len() > TAG_BYTES {
            return self.line.len() <= INLINE_BYTES
                && matches!(self.state, State::Chat)
                && matches!(tag::read(line), Some((tag::Tag::File(Some(_)), _)));
        }
        let tag = || tag::may_open(line) || tag::may_become(line, &tag::STRAY);
        let fence = || marker::may_become_fence(line);
        let escape = || line.starts_with('\\');
        line.is_empty()
            || match &self.state {
                State::Chat => tag() || fence() || marker::may_become(line),
                State::Plan
                | State::Question(_)
                | State::Edit(EditState { part: Part::Between, .. }) => true,
                State::File(_) => tag() || fence() || escape(),
                State::Edit(_) => tag() || escape() || marker::may_become(line),
                State::Think => false,
            }
    }

    /// Takes text inside `<think>`, holding back what may become its closer.
    fn feed_thinking(&mut self, piece: &str) {
        const CLOSER: &str = "</think>";
        self.line.push_str(piece);
        if let Some(at) = self.line.find(CLOSER) {
            let rest = self.line.split_off(at);
            let before = std::mem::take(&mut self.line);
            self.emit(Token::Thinking(before));
            self.state = State::Chat;
            return self.feed(&rest[CLOSER.len()..]);
        }
        let mut keep = self.line.len().saturating_sub(CLOSER.len() - 1);
        while !self.line.is_char_boundary(keep) {
            keep -= 1;
        }
        let rest = self.line.split_off(keep);
        let before = std::mem::replace(&mut self.line, rest);
        self.emit(Token::Thinking(before));
    }

    pub(super) fn emit(&mut self, token: Token) {
        if let Token::Prose(text) | Token::Thinking(text) | Token::Text(text) = &token
            && text.is_empty()
        {
            return;
        }
        append(&mut self.out, token);
    }
}
