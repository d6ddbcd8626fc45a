//! What a whole line means, by where it stands.

use qv_domain::{EditOp, FilePath};

use super::parser::{Accept, EditState, FileState, Part, State};
use super::tag::Tag;
use super::{Ending, Parser, Token, marker, question, tag};
use crate::EditFault;

impl Parser {
    /// The current line is over; `eol` is its end, empty at the end of the answer.
    pub(super) fn end_line(&mut self, eol: &str) {
        if self.passing {
            self.passing = false;
            return self.text(eol);
        }
        let line = std::mem::take(&mut self.line);
        match &self.state {
            State::Chat => self.chat_line(&line, eol),
            State::Think => {
                self.emit(Token::Thinking(line + eol));
            }
            State::Plan => self.plan_line(&line, eol),
            State::Question(_) => self.question_line(&line, eol),
            State::File(_) => self.file_line(&line, eol),
            State::Edit(_) => self.edit_line(&line, eol),
        }
    }

    /// A line that is too long or too plain to be of the protocol, or its beginning.
    pub(super) fn pass(&mut self, line: &str) {
        if matches!(self.state, State::Chat)
            && let Some((tag @ (Tag::File(Some(_)) | Tag::Think), rest)) =
                tag::read(line.trim_start())
            && self.takes(&tag, rest)
        {
            self.open_from_chat(tag);
            if matches!(self.state, State::Think) {
                self.passing = false;
                return self.feed(rest);
            }
            return self.text(rest);
        }
        self.text(line);
    }

    /// Text of wherever we are.
    pub(super) fn text(&mut self, text: &str) {
        match &mut self.state {
            State::Chat => {
                self.flush_held();
                self.emit(Token::Prose(text.to_owned()));
            }
            State::Think => self.emit(Token::Thinking(text.to_owned())),
            State::Plan => {
                self.state = State::Chat;
                self.emit(Token::Prose(text.to_owned()));
            }
            State::Question(lines) => question::add(lines, text),
            State::File(file) => {
                file.fresh = file.fresh && text.trim().is_empty();
                let chat = file.path.is_none();
                let text = std::mem::take(&mut self.held) + text;
                self.emit(if chat { Token::Prose(text) } else { Token::Text(text) });
            }
            State::Edit(edit) => {
                let chat = edit.path.is_none();
                match edit.part {
                    Part::Search => self.block.search.push_str(text),
                    Part::Replace => self.block.replace.push_str(text),
                    Part::Between => edit.after_block &= text.trim().is_empty(),
                }
                if chat {
                    self.emit(Token::Prose(text.to_owned()));
                } else if edit.part != Part::Search {
                    self.emit(Token::Text(text.to_owned()));
                }
            }
        }
    }

    fn chat_line(&mut self, line: &str, eol: &str) {
        let bare = line.trim();
        if let Some((tag, rest)) = tag::read(bare)
            && self.takes(&tag, rest)
        {
            self.open_from_chat(tag);
            return self.rest_of_line(rest, eol);
        }
        if bare.eq_ignore_ascii_case("</think>") {
            return;
        }
        if self.accept == Accept::Edits {
            if tag::STRAY.iter().any(|stray| bare.eq_ignore_ascii_case(stray)) {
                return;
            }
            if marker::is_fence(bare) && !self.chat_fence {
                if self.owed_fences > 0 && marker::is_closing_fence(bare) {
                    self.owed_fences -= 1;
                    return;
                }
                self.flush_held();
                self.held = format!("{line}{eol}");
                return;
            }
            if bare.is_empty() && !self.held.is_empty() {
                self.held.push_str(eol);
                return;
            }
            if marker::read(bare) == Some(marker::Marker::Search) {
                self.emit(Token::Fault(EditFault::BlockOutside));
            }
        }
        if marker::is_closing_fence(bare) {
            self.chat_fence = false;
        }
        self.text(&format!("{line}{eol}"));
    }

    /// A tag in chat; a fence just before it was only its wrapping.
    fn open_from_chat(&mut self, tag: Tag) {
        if !std::mem::take(&mut self.held).is_empty() {
            self.owed_fences += 1;
        }
        self.open_tag(tag);
    }

    /// A fence in chat turned out to be one.
    fn flush_held(&mut self) {
        let held = std::mem::take(&mut self.held);
        if !held.is_empty() {
            self.chat_fence = true;
            self.emit(Token::Prose(held));
        }
    }

    fn takes(&self, tag: &Tag, rest: &str) -> bool {
        match (self.accept, tag) {
            (_, Tag::Think) | (Accept::Edits | Accept::Plan, Tag::Plan | Tag::Question(_)) => true,
            (Accept::Edits, Tag::File(path) | Tag::Edit(path)) => {
                path.is_some() || rest.trim().is_empty()
            }
            (Accept::Edits, Tag::Delete(_) | Tag::Rename(..) | Tag::Need(..) | Tag::Run(_)) => {
                tag::stands_alone(rest)
            }
            _ => false,
        }
    }

    /// What follows an opening tag on its line.
    fn rest_of_line(&mut self, rest: &str, eol: &str) {
        if rest.trim().is_empty() {
            return;
        }
        match self.state {
            State::Chat => {}
            State::Think => {
                self.feed(rest);
                self.end_line(eol);
            }
            State::Plan => self.plan_line(rest, eol),
            State::Question(_) => self.question_line(rest, eol),
            State::Edit(_) => self.edit_line(rest, eol),
            State::File(_) => {
                let body = rest.trim_end();
                let closer = tag::CLOSERS.iter().find(|closer| {
                    let at = body.len().checked_sub(closer.len());
                    at.and_then(|at| body.get(at..)).is_some_and(|e| e.eq_ignore_ascii_case(closer))
                });
                match closer {
                    Some(closer) => {
                        let inner = &body[..body.len() - closer.len()];
                        if !inner.is_empty() {
                            self.text(&format!("{inner}\n"));
                        }
                        self.close(Ending::Closer);
                    }
                    None => self.text(&format!("{rest}{eol}")),
                }
            }
        }
    }

    fn plan_line(&mut self, line: &str, eol: &str) {
        const CLOSER: &str = "</plan>";
        let bare = line.trim();
        let at = bare.len().checked_sub(CLOSER.len());
        let closes =
            at.filter(|at| bare.get(*at..).is_some_and(|e| e.eq_ignore_ascii_case(CLOSER)));
        let item = closes.map_or(bare, |at| bare[..at].trim_end());
        if closes.is_some() {
            self.state = State::Chat;
        }
        if item.is_empty() {
            return;
        }
        match marker::plan_item(item) {
            Some(item) => self.emit(item),
            None => {
                self.state = State::Chat;
                self.chat_line(if closes.is_some() { item } else { line }, eol);
            }
        }
    }

    fn file_line(&mut self, line: &str, eol: &str) {
        let bare = line.trim();
        if is_closer(bare) {
            return self.close(Ending::Closer);
        }
        if let Some(tag) = next_tag(line) {
            self.close(Ending::NextTag);
            return self.open_tag(tag);
        }
        let State::File(file) = &mut self.state else { return };
        if marker::is_fence(bare) && file.fresh && !file.fenced && !is_markdown(file.path.as_ref())
        {
            file.fenced = true;
            return;
        }
        let may_close_fence = marker::is_closing_fence(bare) && self.held.is_empty();
        if file.fenced && (may_close_fence || bare.is_empty() && !self.held.is_empty()) {
            self.held.push_str(line);
            self.held.push_str(eol);
            return;
        }
        let line = marker::unescape(line).unwrap_or_else(|| line.to_owned());
        self.text(&(line + eol));
    }

    fn edit_line(&mut self, line: &str, eol: &str) {
        let bare = line.trim();
        if is_closer(bare) {
            return self.close(Ending::Closer);
        }
        if let Some(tag) = next_tag(line) {
            self.close(Ending::NextTag);
            return self.open_tag(tag);
        }
        let State::Edit(edit) = &mut self.state else { return };
        if edit.part == Part::Between
            && edit.after_block
            && let Some((tag @ Tag::Run(_), rest)) = tag::read(line)
            && tag::stands_alone(rest)
        {
            // No content stands here: only the edit's closer was forgotten.
            self.close(Ending::NextTag);
            return self.open_tag(tag);
        }
        let found = marker::read(bare);
        match (edit.part, found) {
            (Part::Between, Some(marker::Marker::Search)) => edit.part = Part::Search,
            (Part::Between, None) if marker::is_bare_search(bare) => edit.part = Part::Search,
            (Part::Between, Some(_)) => {}
            (Part::Between, None) if bare.is_empty() || marker::is_fence(bare) => {}
            (Part::Search, Some(marker::Marker::Divider)) => edit.part = Part::Replace,
            (Part::Search, Some(found)) => {
                self.end_block();
                self.set_part(found);
            }
            (Part::Replace, Some(found)) if found != marker::Marker::Divider => {
                self.end_block();
                self.set_part(found);
            }
            _ => {
                let line = marker::unescape(line).unwrap_or_else(|| line.to_owned());
                self.text(&(line + eol));
            }
        }
    }

    fn set_part(&mut self, found: marker::Marker) {
        if let State::Edit(edit) = &mut self.state {
            edit.part = if found == marker::Marker::Search { Part::Search } else { Part::Between };
        }
    }

    /// Gives the block that is being read, whole or not.
    fn end_block(&mut self) {
        let State::Edit(edit) = &mut self.state else { return };
        let block = std::mem::take(&mut self.block);
        let part = std::mem::replace(&mut edit.part, Part::Between);
        let Some(path) = edit.path.as_ref().map(ToString::to_string) else { return };
        if part == Part::Between {
            return;
        }
        edit.fruitful = true;
        edit.after_block = part == Part::Replace;
        self.emit(if part == Part::Replace {
            Token::Block(block)
        } else {
            Token::Fault(EditFault::Unfinished { path, search: block.search })
        });
    }

    fn open_tag(&mut self, tag: Tag) {
        match tag {
            Tag::Plan => self.state = State::Plan,
            Tag::Question(text) => {
                self.state = State::Question(text.map(|text| text + "\n").unwrap_or_default());
            }
            Tag::Think => self.state = State::Think,
            Tag::File(path) => {
                let path = self.path("file", path);
                self.opened(path.as_ref(), EditOp::Write);
                self.state = State::File(FileState { path, fresh: true, fenced: false });
            }
            Tag::Edit(path) => {
                let path = self.path("edit", path);
                self.opened(path.as_ref(), EditOp::Replace);
                let part = Part::Between;
                self.state =
                    State::Edit(EditState { path, part, fruitful: false, after_block: false });
            }
            Tag::Delete(path) => {
                if let Some(path) = self.path("delete", path) {
                    self.emit(Token::Delete(path));
                }
            }
            Tag::Rename(from, to) => {
                let from = self.path("rename", from);
                if let (Some(from), Some(to)) = (from, self.path("rename", to)) {
                    self.emit(Token::Rename { from, to });
                }
            }
            Tag::Need(path, lines) => {
                if let Some(path) = self.path("need", path) {
                    self.emit(Token::Need { path, lines: ranges(&lines.unwrap_or_default()) });
                }
            }
            Tag::Run(run) => self.emit(Token::Run(run)),
        }
    }

    fn opened(&mut self, path: Option<&FilePath>, op: EditOp) {
        if let Some(path) = path {
            self.emit(Token::Opened { path: path.clone(), op });
        }
    }

    /// Checks a tag's path; a leading `./` is forgiven.
    fn path(&mut self, tag: &'static str, path: Option<String>) -> Option<FilePath> {
        let fault = match path {
            None => EditFault::NoPath { tag },
            Some(path) => match FilePath::parse(path.strip_prefix("./").unwrap_or(&path)) {
                Ok(path) => return Some(path),
                Err(source) => EditFault::BadPath { path: path.chars().take(80).collect(), source },
            },
        };
        self.emit(Token::Fault(fault));
        None
    }

    pub(super) fn close(&mut self, ending: Ending) {
        self.end_block();
        let held = std::mem::take(&mut self.held);
        match std::mem::replace(&mut self.state, State::Chat) {
            State::File(file) => {
                if file.fenced && held.is_empty() {
                    self.owed_fences += 1;
                }
                if file.path.is_some() {
                    self.emit(Token::Closed(ending));
                }
            }
            State::Edit(edit) => {
                if let Some(path) = edit.path {
                    if !edit.fruitful {
                        let path = path.to_string();
                        self.emit(Token::Fault(EditFault::NoBlocks { path }));
                    }
                    self.emit(Token::Closed(ending));
                }
            }
            State::Question(lines) => {
                self.emit(Token::Prose(held));
                self.out.extend(question::read(&lines));
            }
            State::Chat | State::Think | State::Plan => self.emit(Token::Prose(held)),
        }
    }

    pub(super) fn close_all(&mut self) {
        self.close(Ending::Answer);
    }
}

/// Reads `40-80, 95`: first and last lines. What is not a number is passed over.
fn ranges(text: &str) -> Vec<(u32, u32)> {
    const MOST: usize = 100;
    text.split([',', ';', ' '])
        .filter_map(|range| {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            Some((first.trim().parse().ok()?, last.trim().parse().ok()?))
        })
        .take(MOST)
        .collect()
}

fn is_closer(bare: &str) -> bool {
    tag::CLOSERS.iter().any(|closer| bare.eq_ignore_ascii_case(closer))
}

/// A tag that ends what is open without a closer: whole, at the very start of its line and alone on it.
fn next_tag(line: &str) -> Option<Tag> {
    let (tag, rest) = tag::read(line)?;
    let whole = match &tag {
        Tag::File(path) | Tag::Edit(path) | Tag::Delete(path) | Tag::Need(path, _) => {
            path.is_some()
        }
        Tag::Rename(from, to) => from.is_some() && to.is_some(),
        // A run in the middle of a file is the file's: else text of a file could ask for one.
        Tag::Run(_) | Tag::Plan | Tag::Question(_) | Tag::Think => false,
    };
    (whole && tag::stands_alone(rest)).then_some(tag)
}

/// In Markdown a fence is content.
fn is_markdown(path: Option<&FilePath>) -> bool {
    path.is_some_and(|path| matches!(path.extension().as_str(), "md" | "mdx" | "markdown"))
}
